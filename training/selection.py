"""Which prompts are drawn, and how many: sized draws, and history that skips what cannot teach.

Only groups of mixed correctness carry a gradient, so a prompt that the model always or never solves costs its
completions and teaches nothing. Sources: DAPO (arXiv 2503.14476, section 3.2) for dynamic sampling; GRESO (arXiv
2506.02177) for the skipping of prompts by their own past, with its two probabilities that move towards a target.

Everything here is the same on every process: it is fed with the outcomes of all of them, and the only randomness is a
hash of seed and position, so a continued run decides as an uninterrupted one.
"""

import json
import math
import random
from collections.abc import Iterable
from pathlib import Path

import pandas
import torch

from cli import InputError

MARGIN = 1.15  # of a sized draw over what the kept fraction asks for: one generation batch then usually suffices
FIRST_FRACTION = 1 / 3  # kept fraction before any was seen: the original draws three prompts for a trained group
MEMORY = 0.9  # of the running kept fraction: a rollout batch ago counts 0.9 times as much
LEAST_PROBABILITY = 0.01  # GRESO: no prompt is skipped for ever
STEP = 0.01  # GRESO: how far the probabilities move after a rollout batch
TARGET = {"right": 1 / 12, "wrong": 1 / 6}  # GRESO: share of all-right and all-wrong groups to draw
COLUMNS = ("draws", "right", "streak", "last_step")  # streak: groups in a row all right (positive) or wrong (negative)


class DrawSize:
    """How many prompts to draw for the groups that are still missing.

    Args:
        wanted: groups a rollout batch.
        processes: draws are shared out evenly among so many.
        prompts: of every draw; "auto": as many as the running kept fraction asks for.
    """

    def __init__(self, wanted: int, processes: int, prompts: int | str):
        self.wanted, self.processes, self.prompts = wanted, processes, prompts
        self.drawn = self.kept = 0.0  # running, both forget alike

    def next(self, missing: int) -> int:
        """Prompts of the next draw: a multiple of the processes, at most three times a rollout batch."""
        if self.prompts != "auto":
            return self.prompts or self.wanted
        fraction = self.kept / self.drawn if self.kept else FIRST_FRACTION
        prompts = min(3 * self.wanted, missing / fraction * MARGIN)
        return math.ceil(prompts / self.processes) * self.processes

    def record(self, drawn: int, kept: int) -> None:
        """What a rollout batch drew, and how many groups of it were of mixed correctness."""
        self.drawn, self.kept = MEMORY * self.drawn + drawn, MEMORY * self.kept + kept


class History:
    """What became of every question so far, and which prompts to skip for it.

    Args:
        questions: of the data set, row by row.
        seed: of the run.
        skip: whether prompts are skipped, or only recorded.
    """

    def __init__(self, questions: Iterable[str], seed: int, skip: bool):
        self.questions, self.seed, self.skip = list(questions), seed, skip
        self.table = torch.zeros(len(COLUMNS), len(self.questions), dtype=torch.int32)  # (columns, rows)
        self.probability = {"right": 0.5, "wrong": 0.5}  # to draw a prompt whose last group was all right, all wrong

    def skips(self, position: int, row: int) -> bool:
        """Whether the prompt at a position of the stream is passed over; the next pass over the data decides anew."""
        streak = int(self.table[2, row]) if self.skip else 0
        if streak == 0:
            return False
        draw = self.probability["right" if streak > 0 else "wrong"] ** abs(streak)
        return random.Random(f"{self.seed}/{position}").random() >= max(draw, LEAST_PROBABILITY)

    def record(self, outcomes: Iterable[tuple[int, int, int]], step: int) -> None:
        """Take in a rollout batch, and move the probabilities towards the target shares.

        Args:
            outcomes: (row, right completions, completions) of every group of every process whose gold is readable.
            step: optimizer step that the groups were drawn for.
        """
        outcomes = list(outcomes)
        for row, right, size in outcomes:
            draws, solved, streak, _ = self.table[:, row].tolist()
            streak = {size: max(streak, 0) + 1, 0: min(streak, 0) - 1}.get(right, 0)
            self.table[:, row] = torch.tensor([draws + size, solved + right, streak, step], dtype=torch.int32)
        for kind, count in (
            ("right", sum(right == size for _, right, size in outcomes)),
            ("wrong", sum(right == 0 for _, right, _ in outcomes)),
        ):
            if outcomes:
                towards = -STEP if count / len(outcomes) > TARGET[kind] else STEP
                self.probability[kind] = min(1.0, max(0.0, self.probability[kind] + towards))

    def begin_with(self, known: pandas.DataFrame) -> int:
        """Take over what is known of these questions; returns of how many. See `read_pass_rates`."""
        rows = {question: row for row, question in enumerate(self.questions)}
        known = known[known.question.isin(rows)]
        at = torch.tensor([rows[question] for question in known.question], dtype=torch.long)
        for i, column in enumerate(COLUMNS[:3]):  # steps are those of the run that recorded them
            self.table[i, at] = torch.tensor(known[column].to_numpy(dtype="int32"))
        return len(known)

    def write(self, path: Path) -> None:
        """Write what is known by question, for a later run or stage to begin with."""
        seen = self.table[0].nonzero()[:, 0].tolist()
        columns = {name: self.table[i, seen].numpy() for i, name in enumerate(COLUMNS)}
        part = path.with_suffix(".part")
        pandas.DataFrame({"question": [self.questions[row] for row in seen], **columns}).to_parquet(part)
        part.replace(path)

    def state(self) -> dict:
        return {"table": self.table, "probability": dict(self.probability)}

    def restore(self, state: dict) -> None:
        self.table, self.probability = state["table"], dict(state["probability"])


def read_pass_rates(path: str) -> pandas.DataFrame:
    """What is known of questions before training: question, draws, right, streak.

    Args:
        path: prompt_history.parquet of an earlier run, or the result of an evaluation of the training set
            (evaluate.py's <name>.json), of which every problem counts as one group.

    Raises:
        InputError: no such file, or neither of the two.
    """
    file = Path(path)
    try:
        if file.suffix == ".parquet":
            return pandas.read_parquet(file)[["question", *COLUMNS[:3]]].drop_duplicates("question")
        problems = json.loads(file.read_text(encoding="utf-8"))["problems"]
        rows = [(p["problem"], len(p["samples"]), sum(s["correct"] for s in p["samples"])) for p in problems]
    except FileNotFoundError as error:
        raise InputError(f"--pass_rates {path}: no such file") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"--pass_rates {path}: neither a prompt_history.parquet nor a result of evaluate.py "
            f"({type(error).__name__}: {error})"
        ) from error
    known = pandas.DataFrame(rows, columns=["question", "draws", "right"]).drop_duplicates("question")
    return known.assign(streak=(known.right == known.draws).astype(int) - (known.right == 0).astype(int))


def within_pass_rates(questions: list[str], known: pandas.DataFrame, least: float, most: float) -> list[int]:
    """The rows whose known pass rate lies within the bounds, or of which nothing is known."""
    rates = dict(zip(known.question, known.right / known.draws, strict=True))
    return [row for row, question in enumerate(questions) if least <= rates.get(question, least) <= most]
