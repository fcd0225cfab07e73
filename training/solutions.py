"""Which worked solutions sft_warmup.py trains on: read, graded, measured, chosen, and counted by difficulty.

DeepMath-103K (arXiv 2504.11456) gives every question up to three R1 solutions, `{thinking}</think>{answer}`; other sets
one solution without thinking, or a list of them.
"""

import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli import InputError
from prompts import Prompt, encode_prompt
from sources.files import write_whole

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

    from reward import Grade

# What can become of a solution, in the order of the table's columns.
FATES = (
    "used",
    "not chosen",  # by the policy
    "too long",
    "too short",
    "wrong",  # its answer is not the gold
    "no answer",  # it has none in a box or after "the answer is"
    "undecided",  # the grader's deadline passed
    "unreadable gold",  # nobody could be right
)


@dataclass(slots=True)
class Solution:
    """One worked solution and what became of it.

    Attributes:
        row: number of its question among the rows that were read.
        place: among the solutions of its question, from 1.
        difficulty: of its question; NaN where the data has none.
        tokens: length with the end of sequence, without the prompt; 0 until measured.
        total: length with the prompt; 0 until measured.
        example: its place in the tokenized data set; None where it was dropped before.
    """

    row: int
    place: int
    difficulty: float
    question: str
    gold: str
    text: str
    fate: str = "used"
    tokens: int = 0
    total: int = 0
    example: int | None = None


# ---------------------------------------------------------------------------------------------------------------------
# Read and grade
# ---------------------------------------------------------------------------------------------------------------------


def read_solutions(rows: Iterable[dict]) -> list[Solution]:
    """The non-empty solutions of `data.load_training_rows`' rows, in row order."""
    return [
        Solution(number, place, row["difficulty"], row["question"], row["final_answer"], text)
        for number, row in enumerate(rows)
        for place, text in enumerate(row["solutions"], 1)
        if text.strip()
    ]


def grade_solutions(solutions: list[Solution]) -> None:
    """Set the fate of every solution that is not right, by the rule of GRPO's reward.

    One process grades for all: a deadline that passed on one process alone would give the processes different data.
    """
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    from reward import grade_batch

    fates = []
    if PartialState().is_main_process:
        texts, golds = [s.text for s in solutions], [s.gold for s in solutions]
        fates = [fate_of(grade) for grade in grade_batch(texts, golds, final_line_fallback=False)]
    for solution, fate in zip(solutions, broadcast_object_list([fates])[0], strict=True):
        solution.fate = fate


def fate_of(grade: "Grade") -> str:
    """The fate that a grader's verdict means."""
    if grade.correct:
        return "used"
    if not grade.gold_parsed:
        return "unreadable gold"
    if grade.answer is None:
        return "no answer"
    return "undecided" if grade.undecided else "wrong"


# ---------------------------------------------------------------------------------------------------------------------
# Tokenize, measure, choose
# ---------------------------------------------------------------------------------------------------------------------


def opens_thinking(tokenizer: "PreTrainedTokenizerBase", prompt_ids: list[int]) -> bool:
    """Whether a prompt ends in `<think>`, as R1's chat template and Open-Reasoner-Zero's prompt do."""
    return tokenizer.decode(prompt_ids[-8:]).rstrip().endswith("<think>")


def tokenize_solution(
    tokenizer: "PreTrainedTokenizerBase", prompt: Prompt, question: str, solution: str
) -> dict[str, list[int]]:
    """Token ids of prompt + solution + end of sequence, and labels that are -100 on the prompt.

    A solution that closes its thinking gets the `<think>` that the prompt does not end in, and loses its own where the
    prompt does. A solution without thinking stands as it is, and after a prompt that opens the thinking as Qwen3 writes
    an answer without any: the thinking is closed at once.
    """
    prompt_ids = encode_prompt(tokenizer, prompt, question)
    opened = opens_thinking(tokenizer, prompt_ids)
    if "</think>" in solution:
        if solution.lstrip().startswith("<think>"):
            solution = solution.lstrip().removeprefix("<think>").lstrip("\n")
        solution = solution if opened else f"<think>\n{solution}"
    elif opened:
        solution = f"\n</think>\n\n{solution}"
    solution_ids = tokenizer(solution, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
    return {"input_ids": prompt_ids + solution_ids, "labels": [-100] * len(prompt_ids) + solution_ids}


def tokenize_solutions(
    solutions: list[Solution], tokenizer: "PreTrainedTokenizerBase", prompt: Prompt, processes: int | None = None
) -> "datasets.Dataset":
    """Tokenize the solutions that are still in use, and note the length and the place of each.

    Returns:
        Data set of input_ids and labels.
    """
    import datasets

    used = [s for s in solutions if s.fate == "used"]
    texts, ids = datasets.Value("string"), datasets.List(datasets.Value("int32"))
    features = {"input_ids": ids, "labels": ids, "tokens": datasets.Value("int32"), "total": datasets.Value("int32")}

    def measured(row: dict) -> dict:
        example = tokenize_solution(tokenizer, prompt, row["question"], row["solution"])
        tokens = sum(label != -100 for label in example["labels"])
        return {**example, "tokens": tokens, "total": len(example["labels"])}

    examples = datasets.Dataset.from_dict(
        {"question": [s.question for s in used], "solution": [s.text for s in used]},
        features=datasets.Features({"question": texts, "solution": texts}),
    ).map(
        measured,
        remove_columns=["question", "solution"],
        features=datasets.Features(features),
        num_proc=processes if len(used) > 1 else None,
        desc="Tokenizing",
    )
    lengths = zip(examples["tokens"], examples["total"], strict=True)
    for place, (solution, (tokens, total)) in enumerate(zip(used, lengths, strict=True)):
        solution.example, solution.tokens, solution.total = place, tokens, total
    return examples.select_columns(["input_ids", "labels"])


def drop_by_length(solutions: list[Solution], least: int, most: int | None, together: int | None) -> None:
    """Drop what is out of bounds, whole: a solution cut before its answer teaches not to answer.

    Args:
        least, most: bounds in tokens of the solution alone; None: no bound.
        together: most tokens of prompt and solution together.
    """
    for solution in solutions:
        if solution.fate != "used":
            continue
        if solution.tokens < least:
            solution.fate = "too short"
        elif (most and solution.tokens > most) or (together and solution.total > together):
            solution.fate = "too long"


def choose(solutions: list[Solution], policy: str, seed: int) -> list[int]:
    """Apply the policy to what is left of each question.

    Args:
        policy: "all"; "shortest": the one with the fewest tokens, the first of equals; "random": one, drawn by the
            seed and the question's text, so that filters and the order of the rows do not change it.

    Returns:
        Places of the chosen solutions in the tokenized data set, in row order.
    """
    by_question: dict[int, list[Solution]] = {}
    for solution in solutions:
        if solution.fate == "used":
            by_question.setdefault(solution.row, []).append(solution)
    for group in by_question.values():
        if policy == "all":
            continue
        if policy == "shortest":
            chosen = min(group, key=lambda s: s.tokens)
        else:
            chosen = random.Random(f"{seed} {group[0].question}").choice(group)
        for solution in group:
            solution.fate = "used" if solution is chosen else "not chosen"
    return [s.example for s in solutions if s.fate == "used"]


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def count_by_difficulty(solutions: list[Solution]) -> list[dict]:
    """One row for each difficulty and one for all: questions, solutions, questions used, tokens, and every fate."""
    by_difficulty: dict[str, list[Solution]] = {}
    for solution in sorted(solutions, key=lambda s: math.inf if math.isnan(s.difficulty) else s.difficulty):
        name = "none" if math.isnan(solution.difficulty) else f"{solution.difficulty:g}"
        by_difficulty.setdefault(name, []).append(solution)
    table = []
    for name, group in {**by_difficulty, "all": solutions}.items():
        used = [s for s in group if s.fate == "used"]
        fates = Counter(s.fate for s in group)
        table.append(
            {
                "difficulty": name,
                "questions": len({s.row for s in group}),
                "solutions": len(group),
                **{fate: fates[fate] for fate in FATES},
                "questions used": len({s.row for s in used}),
                "mean tokens": sum(s.tokens for s in used) / len(used) if used else None,
                "longest": max((s.tokens for s in used), default=None),
            }
        )
    return table


def format_table(solutions: list[Solution]) -> str:
    """Markdown table of `count_by_difficulty`; fates that befell no solution are left out."""
    table = count_by_difficulty(solutions)
    names = [name for name in table[-1] if name == "used" or name not in FATES or table[-1][name]]
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in table:
        cells = ["–" if row[n] is None else f"{row[n]:.0f}" if n == "mean tokens" else str(row[n]) for n in names]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_report(output_dir: Path, solutions: list[Solution], settings: dict, sequences: dict) -> None:
    """Write solutions.md, and solutions.json with the settings and a fingerprint of what is trained on.

    Args:
        sequences: the settings that decide, beside the solutions, which token sequences the model sees.
    """
    output_dir.mkdir(parents=True, exist_ok=True)
    note = "Solutions of each question's difficulty, as read and as trained on; tokens without the prompt."
    write_whole(output_dir / "solutions.md", f"{note}\n\n{format_table(solutions)}\n")
    report = {"settings": settings, "fingerprint": fingerprint(solutions, sequences)}
    report["table"] = count_by_difficulty(solutions)
    write_whole(output_dir / "solutions.json", json.dumps(report, indent=1) + "\n")


def fingerprint(solutions: list[Solution], sequences: dict) -> str:
    """SHA-256 of the questions and solutions in use, in order, and of how they become sequences."""
    used = [(s.question, s.text, s.tokens) for s in solutions if s.fate == "used"]
    return hashlib.sha256(json.dumps([used, sequences], sort_keys=True).encode()).hexdigest()


def check_same_as_before(output_dir: Path, solutions: list[Solution], sequences: dict) -> None:
    """Refuse to resume on other sequences than those the run began with: its place in them would mean nothing.

    Raises:
        InputError: they differ, or solutions.json cannot be read.
    """
    path = output_dir / "solutions.json"
    if not path.is_file():
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))["fingerprint"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: cannot be read ({type(error).__name__}: {error}), so what this run began with is unknown; "
            "delete the file if data and settings are the same"
        ) from error
    if before != fingerprint(solutions, sequences):
        raise InputError(
            f"{path}: this run began with other solutions, prompt or packing; resume with the data, filters, "
            "--prompt_preset, --packing, --max_length, --seed and policy it had then, or start anew in another "
            "--output_dir"
        )
