"""Products that do not commute: matrices and group elements, compared with random matrices in place of the letters."""

from __future__ import annotations

import random
import re

from mpmath import mp

from grader.values import QUICK_DIGITS, UndefinedError, exact

_INVERSE = r"\s?\^\s?\{?\s?(?:-\s?1|T|\\top)\s?\}?"
_MATRICES = re.compile(
    rf"[A-Z)]{_INVERSE}\s?[A-Z(]|[A-Z)](?:\^\{{?\d\}}?)?\s?[A-Z]{_INVERSE}|\)\s?{_INVERSE}\s?[A-Z]"
    r"|([A-Z])\s?([A-Z])\s?[-+]\s?\2\s?\1(?![A-Za-z])"
)
_ELEMENTS = re.compile(r"(?=.*([a-z]).+\1\s?\^\s?\{?-1|.*([a-z])\s?\^\s?\{?-1\}?.+\2)(?:[a-z](?:\^\{?-?\d\}?)?\s?){3,}")


def letters_that_do_not_commute(text: str) -> str:
    """Which letters of a cleaned text are no numbers: "A-Z" or, as in ghg^{-1}, "a-z"; "" for none."""
    return "A-Z" if _MATRICES.search(text) else "a-z" if _ELEMENTS.fullmatch(text) else ""


def same_product(gold: tuple, answer: tuple, letters: str) -> bool:
    """Equality with random 3 x 3 matrices for the letters of this range, in which I is the identity."""
    with mp.workdps(QUICK_DIGITS):
        try:
            for seed in range(2):
                g, a = (_value(node, seed, re.compile(f"[{letters}](?:_.*)?")) for node in (gold, answer))
                if mp.mnorm(g - a) > mp.mnorm(g) * mp.mpf(10) ** (10 - QUICK_DIGITS):
                    return False
        except (UndefinedError, ZeroDivisionError):
            return gold == answer
    return True


def _value(node: tuple, seed: int, letters: re.Pattern) -> mp.matrix:
    """A 3 x 3 matrix; a number is that multiple of the identity. Raises UndefinedError for what has no such value."""
    kind = node[0]
    if kind == "num":
        return mp.eye(3) * (mp.mpf(node[1].numerator) / node[1].denominator)
    if kind == "sym":
        draw = random.Random(f"{node[1]}/{seed}")
        if not letters.fullmatch(node[1]):
            return mp.eye(3) * draw.uniform(0.5, 2)
        return mp.eye(3) if node[1] == "I" else mp.matrix([[draw.uniform(-1, 1) for _ in range(3)] for _ in range(3)])
    if kind in ("add", "mul"):
        values = [_value(child, seed, letters) for child in node[1]]
        total = values[0]
        for value in values[1:]:
            total = total + value if kind == "add" else total * value
        return total
    if kind == "pow":
        base, power = _value(node[1], seed, letters), exact(node[2])
        if node[2] in (("sym", "T"), ("sym", "top")):
            return base.T
        if power is not None and power.denominator == 1 and abs(power) <= 20:
            return base ** int(power)
    raise UndefinedError(f"no matrix for {kind}")
