"""Where math-verify disagrees with our verdicts: `evaluate.py --regrade true --second_opinion math_verify`.

A grader is only as good as the disagreements somebody has read, so each is listed with what both graders saw.
math-verify can hang or fill the memory on hostile text: it runs in a process of its own, which gets 5 s and 4 GiB for
each answer, and is started anew when it overruns them.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from pathlib import Path

from cli import InputError
from samples import write_whole

LIMIT_S = 5.0
START_S = 60.0
MEMORY_BYTES = 4 << 30
TAIL_CHARS = 20_000  # the end of a response that math-verify sees

# ---------------------------------------------------------------------------------------------------------------------
# math-verify in a process of its own
# ---------------------------------------------------------------------------------------------------------------------


class MathVerify:
    """A process that answers one question at a time: does this response hold the gold answer?"""

    def __init__(self):
        self.process = None

    def start(self) -> None:
        """Start the process and wait until it has imported the library.

        Raises:
            InputError: it does not start.
        """
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if self.reply(START_S) is None:
            raise InputError("--second_opinion math_verify: it does not start; `pip install -r requirements.txt`")

    def reply(self, seconds: float) -> bool | None:
        """The next answer; None where there is none within so many seconds, or the process has ended."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else b""
        return json.loads(line) if line else None

    def ask(self, gold: str, response: str) -> bool | None:
        """math-verify's verdict on a response; None where it gives none in time, or ends.

        Raises:
            InputError: it does not start.
        """
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write(json.dumps([gold, response]).encode() + b"\n")
            self.process.stdin.flush()
            verdict = self.reply(LIMIT_S)
        except BrokenPipeError:  # it ended after its last answer
            verdict = None
        if verdict is None:
            self.close()
        return verdict

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            with contextlib.suppress(BrokenPipeError):  # an unsent question
                self.process.communicate()
            self.process = None


def serve() -> None:
    """Answer questions from standard input, one a line, until it closes."""
    import logging
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the library prints must not reach the answers
    from math_verify import parse, verify

    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    print(json.dumps(True), file=answers)
    for line in sys.stdin:
        gold, response = json.loads(line)
        try:
            reference = parse(f"\\boxed{{{gold}}}", parsing_timeout=None)
            verdict = bool(verify(reference, parse(response, parsing_timeout=None), timeout_seconds=None))
        except (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError):
            verdict = False
        print(json.dumps(verdict), file=answers)


# ---------------------------------------------------------------------------------------------------------------------
# Disagreements
# ---------------------------------------------------------------------------------------------------------------------


def write_disagreements(path: Path, problems: list[dict], rows: list[dict]) -> None:
    """Ask math-verify about every sample and write those verdicts on which it differs.

    Args:
        path: a Markdown file.
        problems: graded problems of a result file, with gold and our verdicts.
        rows: the stored samples.
    """
    responses = {(row["id"], row["sample"]): row["completion"].rpartition("</think>")[2] for row in rows}
    judge, verdicts, entries = MathVerify(), {}, []
    try:
        for problem in problems:
            for i, sample in enumerate(problem["samples"]):
                question = (problem["answer"], responses[problem["id"], i][-TAIL_CHARS:])
                if question not in verdicts:
                    verdicts[question] = judge.ask(*question)
                if verdicts[question] is not sample["correct"]:
                    entries.append(describe(problem, i, sample, verdicts[question], question[1]))
    finally:
        judge.close()
    total = sum(len(problem["samples"]) for problem in problems)
    head = f"# Verdicts that math-verify disputes: {len(entries)} of {total}\n\n"
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


if __name__ == "__main__":
    serve()
