"""Where math-verify disagrees with our verdicts: `evaluate.py --regrade true --second_opinion math_verify`.

A grader is only as good as the disagreements somebody has read, so each is listed with what both graders saw.
math-verify can hang or fill the memory on hostile text: it runs in the grader's worker processes, which get 5 s and
4 GiB for each answer and are started anew when they overrun them.
"""

import json
from pathlib import Path

from grader.paper_rule import RESPONSE_CHARS
from grader.workers import decide
from sources.files import write_whole

LIMIT_S = 5.0


def write_disagreements(path: Path, problems: list[dict], rows: list[dict]) -> None:
    """Ask math-verify about every sample and write those verdicts on which it differs.

    Args:
        path: a Markdown file.
        problems: graded problems of a result file, with gold and our verdicts.
        rows: the stored samples.
    """
    responses = {(row["id"], row["sample"]): row["completion"].rpartition("</think>")[2] for row in rows}
    asked = [
        (problem, i, sample, responses[problem["id"], i][-RESPONSE_CHARS:])
        for problem in problems
        for i, sample in enumerate(problem["samples"])
    ]
    questions = list(dict.fromkeys((response, problem["answer"]) for problem, _, _, response in asked))
    verdicts = decide(questions, "math_verify", LIMIT_S, None)
    entries = []
    for problem, i, sample, response in asked:
        correct, _, undecided = verdicts[response, problem["answer"]]
        if undecided or correct is not sample["correct"]:
            entries.append(describe(problem, i, sample, None if undecided else correct, response))
    head = f"# Verdicts that math-verify disputes: {len(entries)} of {len(asked)}\n\n"
    write_whole(path, head + "\n".join(entries))


def describe(problem: dict, i: int, sample: dict, theirs: bool | None, response: str) -> str:
    """One disagreement, to be read by a person."""
    said = {True: "correct", False: "wrong", None: f"no verdict within {LIMIT_S:g} s"}
    end = response.strip()[-300:].replace("\n", " ")
    return (
        f"## problem {problem['id']}, sample {i}\n\n- gold: {json.dumps(problem['answer'], ensure_ascii=False)}\n"
        f"- answer: {json.dumps(sample['answer'], ensure_ascii=False)}\n- ours: {said[sample['correct']]} "
        f"({sample['why']})\n- math-verify: {said[theirs]}\n- the response ends: "
        f"{json.dumps(end, ensure_ascii=False)}\n"
    )
