"""The paper's rule for a right answer, more lenient than ours, and math-verify's own. They run in workers only."""

from __future__ import annotations

from grader.equality import loosely_equal
from grader.extract import BOX, box_content

RESPONSE_CHARS = 20000  # the end of a response that math-verify sees under the paper's rule


def paper_rule(gold: str, response: str) -> tuple[bool, str]:
    """The OR by which the paper graded training and evaluation (DeepMath `reward_func.py`, `uni_eval.py`).

    Written anew: an OpenMathInstruct-style comparison of the last box, the same of the text after "The answer is: ",
    and math-verify on the whole response against `\\boxed{$GOLD}$` (sic, the dollar stands outside the brace). The
    original ran answers through sympy's `parse_expr`, which executes Python; here they meet this repository's parser.
    On OlympiadBench the paper asked that benchmark's own judge as a third, which is not here.
    """
    boxes = [m.end() for m in BOX.finditer(response)]
    boxed = box_content(response, boxes[-1])[0] if boxes else None
    _, said, tail = response.rpartition("The answer is: ")
    if any(c and loosely_equal(gold, c) for c in (boxed, tail.strip() if said else None)):
        return True, "equal by OpenMathInstruct's rule"
    return math_verify(gold, response, form="\\boxed{$%s}$")


def math_verify(gold: str, response: str, form: str = "\\boxed{%s}") -> tuple[bool, str]:
    """math-verify in its default configuration, for a second opinion; `form` is how it sees the gold."""
    from math_verify import parse, verify

    # Its own time-outs share SIGALRM with the worker's: the worker's deadline bounds it.
    gold, response = (parse(text, parsing_timeout=None) for text in (form % gold, response))
    correct = bool(verify(gold, response, timeout_seconds=None))
    return correct, "equal by math-verify" if correct else "different"
