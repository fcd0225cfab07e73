r"""The rewards that train_grpo.py trains on, in TRL's signature. Yours stand here, or in a file of your own.

A reward is a function of `completions` (texts, or lists of chat messages) and of the data set's columns by name; it
returns one number a completion, or None for a row that is not to be trained on. TRL hands over more by keyword
(`prompts`, `completion_ids`, `trainer_state`, `log_extra`, `log_metric`), which `**kwargs` takes:

    def brevity(completions, **kwargs):
        return [-len(text_of(completion)) / 10_000 for completion in completions]

`--reward_funcs accuracy my_rewards.py:brevity` trains on it (`reward:brevity` where it stands here); TRL sums what is
named, weighted by `--reward_weights`.

What is right is decided by grader/, for training and evaluation alike:

    from reward import grade_batch
    grade_batch([r"... so \boxed{\frac{2}{4}}"], ["0.5"])     # [Grade(correct=True, answer='\\frac{2}{4}', ...)]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.extract import extract_answer
from grader.grade import DEADLINE_S, Grade, grade_batch, is_equivalent

__all__ = [
    "Grade",
    "accuracy_reward",
    "extract_answer",
    "grade_batch",
    "is_equivalent",
    "soft_overlong_penalty",
    "text_of",
]


def text_of(completion: str | list[dict]) -> str:
    """A completion's text, whether plain or a list of chat messages."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def accuracy_reward(
    completions: list,
    final_answer: list[str],
    *,
    require_think_end: bool = True,
    exactly_one_box: bool = False,
    count_thinking_boxes: bool = False,
    final_line_fallback: bool = False,
    grader: str = "ours",
    timeout: float = DEADLINE_S,
    log_extra: Callable[[str, list], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **kwargs,
) -> list[float | None]:
    """+1 for a correct completion, -1 for a wrong one, None (TRL skips the row) for a gold nobody can understand.

    The scores and the `</think>` rule are the paper's (`reward_func.py`). Options are those of `grade_batch`; the
    rest of the signature is TRL's: `final_answer` is the data set's column, `completions` are strings or lists of
    chat messages. `count_thinking_boxes`: for `exactly_one_box`, those before `</think>` count as well, as in the
    original. Logs `reward/undecided` and `reward/unparseable_gold` (fractions of the batch) and the columns
    `gold`, `answer` and `verdict`.
    """
    grades = grade_batch(
        [text_of(c) for c in completions],
        list(final_answer),
        require_think_end=require_think_end,
        exactly_one_box=exactly_one_box,
        final_line_fallback=final_line_fallback,
        grader=grader,
        timeout=timeout,
    )
    if exactly_one_box and count_thinking_boxes:
        more = [text_of(c).count("\\boxed") > 1 for c in completions]
        fault = {"correct": False, "reason": "not exactly one box"}
        grades = [replace(g, **fault) if m else g for g, m in zip(grades, more, strict=True)]
    if log_extra is not None:
        log_extra("gold", list(final_answer))
        log_extra("answer", [g.answer if g.answer is not None else "[none]" for g in grades])
        log_extra("verdict", [g.reason for g in grades])
    if log_metric is not None and grades:
        log_metric("reward/undecided", sum(g.undecided for g in grades) / len(grades))
        log_metric("reward/unparseable_gold", sum(not g.gold_parsed for g in grades) / len(grades))
    return [(1.0 if g.correct else -1.0) if g.gold_parsed else None for g in grades]


def soft_overlong_penalty(max_completion_length: int, buffer: int) -> Callable[..., list[float]]:
    """DAPO's soft overlong punishment (arXiv 2503.14476, Eq. 13) as a TRL reward function.

    0 up to `max_completion_length - buffer` tokens, then falling linearly to -1 at `max_completion_length`.
    TRL's own; imported here so that grading alone does not import TRL.
    """
    from trl.rewards import get_soft_overlong_punishment

    return get_soft_overlong_punishment(max_completion_length, buffer)
