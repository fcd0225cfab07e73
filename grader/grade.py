"""The one grader of this repository: the training reward and the evaluation both call it.

    from reward import grade_batch
    grade_batch([r"... so \\boxed{\\frac{2}{4}}"], ["0.5"])     # [Grade(correct=True, answer='\\\\frac{2}{4}', ...)]

A completion's final answer is extracted (`extract.py`), then compared with the gold (`equality.py`): as strings, as
plain numbers, and only then by parsing both (`latex.py`), in a worker process with a deadline and a memory limit
(`workers.py`). Model output is hostile: nothing in it is ever evaluated as code, here or in a worker.

What counts as equal, where that is a convention:

| kind | rule |
|---|---|
| exact numbers | compared exactly, whatever their size: 2^61-1 is not 2^61; 0.333..., 0.\\overline{3} are 1/3 |
| decimal gold | accepts what rounds to it (from two significant digits on) or is within 1e-4, relatively; 7.0 is 7 |
| precise gold | one of five digits or more accepts only what is less than a unit of its last place away |
| approximations | "about 7" is not 7; about 3.14 may be 3.14 |
| decimal for exact gold | 0.87 is not sqrt(3)/2, 6.67 is not 20/3; 13 digits of a fraction do, of pi they do not |
| thousands, decimal comma | 1,234 = 1{,}234 = 1\\,234 = 1 234; 12,34 is 12.34 against a number with a point |
| percent | with one sign, the other side may be the number or its hundredth; without one, no factor of 100 ever |
| units, currency | may be missing on either side; other known units and powers differ; nouns ("apples") are ignored |
| degrees | may be missing, or be radians: 60^\\circ = 60 = pi/3 |
| times, ratios | :00 seconds and a.m./p.m. may be missing, 12:00 is not 1:00; 2:3 = 4:6, 16:1 = 16 |
| base-n numbers | digits must agree, and bases where both are stated |
| number words | "twenty-one" is 21, "two thirds" and 2 thirds are 2/3, 2 dozen 24; 3 inverse, 3 pairs are not 3 |
| yes/no | Yes = True, No = False, an explanation may follow; what takes it back makes it wrong |
| choices | B = (B) = B. = Option B = "(B) text of the option"; a text without its letter is not a letter |
| sentences | "the rank is 3" and "3 (since n > 2)" are 3; "at most 3" and "not 3" are not |
| words | case, articles, wrappers and final punctuation are ignored, nothing else |
| bare lists | unordered; braces may come or go; a value named twice in the answer counts once; "and", "or", \\pm |
| tuples, vectors | ordered; a bare answer in that order does; (1,2,3) = [1,2,3] = a column; (1,2) is not [1,2], {1,2} |
| labelled values | x=1, y=2 is (1,2) in the order of the coordinates, else in the order given; x=5 is 5 |
| sets of reals | intervals, inequalities, unions and differences are compared as sets; the variable is taken as real |
| equations | equal up to a factor or solved for a name; `name = value` is its value; xy = 1 is not 1, x = y not y |
| products | capitals side by side and letters around an inverse do not commute: AB is not BA; nor a x b, f o g |
| statements | compared as they are written: p and q is not p or q, f(1) < f(2) not f(2) < f(1) |
| sums, integrals | a sum, product, integral or limit is its value, to 15 digits |
| chains | the last member of a = b = c counts, the member before an approximation sign otherwise |
| functions | equal where both are real (ln x^2 = 2 ln x), at random points; an unknown f(x) is not f(y) |
| constants | of integration may be renamed or exchanged, and take up a number; a missing "+ C" is wrong |
| steps | pi/4 + k pi = 5pi/4 + k pi and 7k + 3 = 3 (mod 7), where k is said to be an integer or counts pi |
| notations | C(5,2) = C_5^2 = 10; x -> x^2 is f(x) = x^2; diag(1,1) = I_2; 1, 2, ..., 5 is written out; O(2n) = O(n) |
| conditions | "for n > 0", "(n > 0)", "mod 7" may be missing on one side; stated twice, they agree, k and n alike |
| boxes | the last counts, not its approximation, nor what "is not" announces; joined by commas they are a list |
| value twice | "1/2 or 0.5" and boxes joined by "or" must equal each other; "The answer is" never overrules a box |
| no box | `<answer>` tags, the text after "answer is", "Answer:", "####", or (if allowed) what the last sentence says |
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from grader.equality import understood
from grader.extract import MARKER, extract_answer
from grader.paper_rule import RESPONSE_CHARS
from grader.workers import DEADLINE_S, decide

GRADERS = ("ours", "paper")


@dataclass(frozen=True)
class Grade:
    """The verdict on one completion.

    Attributes:
        correct: the answer is equivalent to the gold.
        answer: what was graded, or None when the completion gives no answer.
        reason: why, in a few words ("equal numbers", "different", "no answer", "deadline", ...).
        undecided: the deadline passed or the worker died; such an answer is graded wrong.
        gold_parsed: False when the gold itself could not be understood, so that no answer can be graded fairly.
    """

    correct: bool
    answer: str | None
    reason: str
    undecided: bool = False
    gold_parsed: bool = True


_gold_understood = lru_cache(maxsize=8192)(understood)


def is_equivalent(*, answer: str, gold: str) -> bool:
    """Whether a bare answer equals the gold. Safe on any input: undecided counts as different."""
    return decide([(answer, gold)], "ours", DEADLINE_S, 1)[answer, gold][0]


def grade_batch(
    completions: list[str],
    golds: list[str],
    *,
    require_think_end: bool = False,
    final_line_fallback: bool = True,
    exactly_one_box: bool = False,
    grader: str = "ours",
    timeout: float = DEADLINE_S,
    workers: int | None = None,
) -> list[Grade]:
    """Grade completions against golds, in input order.

    Args:
        completions: the models' texts.
        golds: one reference answer for each completion.
        require_think_end: a completion without `</think>` is wrong (the paper's training rule).
        final_line_fallback: see `extract_answer`.
        exactly_one_box: a graded text without exactly one `\\boxed` is wrong (the Zero-Math-7B recipe).
        grader: "ours", or "paper" for the OR of two comparisons that the paper used.
        timeout: seconds for one answer; at it the worker is killed and the answer is wrong and undecided.
        workers: processes; by default at most 4 and at most this rank's share of the cores.

    Raises:
        ValueError: unequal lengths or an unknown grader.
    """
    if len(completions) != len(golds):
        raise ValueError(f"{len(completions)} completions but {len(golds)} golds")
    if grader not in GRADERS:
        raise ValueError(f"unknown grader {grader!r}: choose from {sorted(GRADERS)}")
    rows = []
    for completion, gold in zip(completions, golds, strict=True):
        if "\\boxed" in gold or MARKER.search(gold):
            gold = extract_answer(gold) or ""
        text, answer, fault = completion.rpartition("</think>")[2], None, None
        if require_think_end and "</think>" not in completion:
            fault = "no </think>"
        elif exactly_one_box and text.count("\\boxed") != 1:
            fault = "not exactly one box"
        else:
            answer = extract_answer(text, final_line_fallback=final_line_fallback)
            fault = "no answer" if answer is None and grader == "ours" else None
        rows.append((answer if grader == "ours" else text[-RESPONSE_CHARS:], gold, answer, fault))
    jobs = dict.fromkeys((text, gold) for text, gold, _, fault in rows if not fault)
    verdicts = decide(list(jobs), grader, timeout, workers)
    grades = []
    for text, gold, answer, fault in rows:
        correct, reason, undecided = (False, fault, False) if fault else verdicts[text, gold]
        parsed = _gold_understood(gold)
        reason = reason if parsed or correct or fault else "unparseable gold"
        grades.append(Grade(correct, answer, reason, undecided, parsed))
    return grades
