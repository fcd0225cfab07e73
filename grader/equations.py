"""Equations: what value one gives to a name, and when two say the same, at random points."""

from __future__ import annotations

import re

from mpmath import mp

from grader.algebra import entries, ordered_letters
from grader.nodes import MINUS, names_in, walk
from grader.tokens import FUNCTIONS
from grader.values import QUICK_DIGITS, SCALARS, Point, UndefinedError, near, number, same_number

_CALL = re.compile(r"(?:@\w+|\\[A-Za-z]+|[A-Za-z])(?:_\w+)?'*[(\[][\w,\\]*[)\]]")  # v(t), which is read as v times t
_TRIGONOMETRIC = {"sin", "cos", "tan", "cot", "sec", "csc"}
_DERIVATIVE = re.compile(r"[/']")  # dy/dx, y'


def called(label: str) -> str:
    """The name of a function: f of f(x), but all of y(x-1)."""
    return label.partition("(")[0] if _CALL.fullmatch(label) else label


def stated_value(equation: tuple, of_gold: bool) -> tuple | None:
    """The value that `name = value` or 3 + 4 = 7 states; None where sides are only related, as in xy = 1, 0 = x + 1.

    A gold is met by its value alone when it names a letter, perhaps with an index or arguments that do not come back in
    the value (a_n = a_{n-1} + 2 is no value), or AB, |G|, a derivative, a limit; an answer may name a sum or product.
    """
    (first, *_, value), label = equation[1], equation[2] or ""
    kind = first[0] if first else "unread"
    known = not names_in(value) - {"i"}
    unknown = any(n[0] == "fn" and n[1] not in FUNCTIONS for n in walk(first)) if kind == "big" else False
    if of_gold and kind == "big" and first[1] != "lim" and known and (names_in(first) or unknown):
        return None  # the sum of a_n is 1
    if kind in SCALARS and not names_in(first):  # 2 + 3 = 5 and f(2) + f(3) = 5, but neither 3 = 6 nor 0 = 0
        label = label or (kind == "add" and all(c[0] == "fn" and len(c[1]) == 1 for c in first[1]))
        states = label or value[0] not in SCALARS or (first != value and same_number(value, first))
        return value if known and states else None
    if kind == value[0] == "sym" and _alike(first[1], value[1]):
        return None
    if not of_gold and kind == "fn" and first[1] in _TRIGONOMETRIC:
        return value
    if kind == "sym" and _DERIVATIVE.search(first[1]):  # dy/dx = -x/y, but neither dy/dx = 2y nor y'' = -y
        explicit = _head(first)[1] & names_in(value) or not _comes_back(*_head(first), value)
        return value if explicit else None
    if (kind in ("add", "mul") and not _CALL.fullmatch(label)) or (kind == "fn" and first[1] == "abs"):
        figure = label and all(n[0].isupper() or n in ("angle", "triangle") or n[:4] == "vec:" for n in names_in(first))
        known = known or (figure and kind == "fn" and not any(n[0].isupper() for n in names_in(value)))  # |A_n| = n!/2
        if not of_gold and not known:  # a step of arithmetic: 1 + 2 + ... + n = n(n+1)/2
            return value if ("sym", "ldots") in first[1] or same_number(value, first) else None
        parts = {x[0] for c in first[1] for x in (c[1] if c[0] == "mul" else [c])} if kind != "fn" else set()
        plain = parts == {"sym"} or (kind == "add" and ("sym", "ldots") in first[1])
        plain |= kind != "mul" and len(names_in(first)) > 1
        stated = figure if of_gold else label or plain
        return value if known and stated else None
    operator = kind == "pow" or (kind == "fn" and first[1] in FUNCTIONS)
    if not label or (of_gold and operator):
        return None
    return None if kind in ("sym", "fn", "mul") and _comes_back(*_head(first), value) else value


def _alike(first: str, second: str) -> bool:
    """Whether x = y only relates two letters, where k = n may state a value."""
    pair = {name.rpartition(":")[2][0] for name in (first, second)}
    return len(pair) == 1 or any(pair <= set(letters) for letters in ("uvwxyz", "abcd"))


def _head(node: tuple) -> tuple[str, set[str]]:
    """(name without accent, index and arguments) of a letter or function; those of v(t) where that is read as v t.

    Of a derivative: (the function, its variables).
    """
    if node[0] == "mul":
        return _head(node[1][0])[0], names_in(node[1][1:])
    if node[0] == "fn":
        return node[1].rstrip("'"), names_in(node[2]) or {"0"}
    if _DERIVATIVE.search(node[1]):
        above, _, below = re.sub(r"\\partial|[d\d^]", "", node[1]).rstrip("'").partition("/")
        return above, set(below or "xt")
    name, _, index = node[1].rpartition(":")[2].partition("_")
    return name, set(re.findall(r"\w+", index))


def _comes_back(name: str, inner: set[str], node) -> bool:
    if not isinstance(node, (tuple, list)) or not node:
        return False
    if node[0] in ("sym", "fn"):
        other, within = _head(node)
        if other == name and (not within or within & inner or "/" in node[1]):
            return True
    return any(_comes_back(name, inner, c) for c in node)


def difference(equation: tuple) -> tuple | None:
    """Left side minus right side; None where a side is no single value."""
    left, right = equation[1][0], equation[1][-1]
    if left is None or left[0] not in SCALARS or right[0] not in SCALARS:
        return None
    return ("add", [left, ("mul", [MINUS, right])])


def same_equation(gold: tuple, answer: tuple) -> bool:
    """Whether two equations differ by a constant factor, or one is the other solved for a name: y = 1/x is xy = 1."""
    g, a = difference(gold), difference(answer)
    if g is None or a is None or (gold[2] and not names_in(gold[1][-1]) and gold[1][0][0] == "sym"):
        return False  # x = 5 is stated, not to be solved for
    if same_up_to_factor(g, a):
        return True
    solved = [(e[1][0][1] if e[2] and e[1][0][0] == "sym" else "", e[1][-1]) for e in (gold, answer)]
    solved = [name if name not in names_in(value) else "" for name, value in solved]
    if bool(solved[0]) == bool(solved[1]) or ordered_letters(g, a):
        return False
    return _solves(solved[0], gold[1][-1], a) if solved[0] else _solves(solved[1], answer[1][-1], g)


def same_up_to_factor(gold: tuple, answer: tuple, positive: bool = False) -> bool:
    """Whether the quotient of two expressions is the same number (not 0) at every random point."""
    if not names_in([gold, answer]):  # f(1) < f(2)
        return same_number(gold, answer)
    with mp.workdps(QUICK_DIGITS):
        points = _sampled(gold, answer, real=False)
        pairs = [pair for point in points for pair in point if pair != (0, 0)]
        if len(points) < 3 or not pairs or any(0 in pair for pair in pairs):
            return False
        ratios = [x / y for x, y in pairs]
        return all(near(r, ratios[0], QUICK_DIGITS - 14) for r in ratios) and (not positive or mp.re(ratios[0]) > 0)


def same_up_to_constant(gold: tuple, answer: tuple) -> bool:
    """Whether two antiderivatives, each with its + C, differ by a number."""
    with mp.workdps(QUICK_DIGITS):
        apart = [1 + x - y for point in _sampled(gold, answer, real=True) for x, y in point]
        return len(apart) >= 3 and all(near(v, apart[0], QUICK_DIGITS - 14) for v in apart)


def _sampled(gold: tuple, answer: tuple, real: bool) -> list[list[tuple]]:
    """Entries of both, side by side, at each of some random points where they have values; beside i, z is complex."""
    names, letters, found = names_in([gold, answer]), ordered_letters(gold, answer), []
    for seed in (0, 1, 3, 5, 7, 8, 10, 2, 4):
        point = Point(seed, real, {"z": mp.mpc(seed - 2, 1.7)} if "i" in names else {})
        try:
            found.append(list(zip(*(entries(node, letters, point) for node in (gold, answer)), strict=True)))
        except (UndefinedError, ZeroDivisionError):
            continue
    return found


def _solves(name: str, value: tuple, zero: tuple) -> bool:
    """Whether `name = value` says all that `zero = 0` says, so that (name - value) / zero is linear in the name.

    Tried at random values of the other names, and at small integers, where a factor like x - 2 would vanish.
    """
    others = names_in(zero) | names_in(value) - {name}
    if len(others) < 2 or name not in others:
        return False
    tried = 0
    with mp.workdps(QUICK_DIGITS):
        for seed, whole in [(s, None) for s in (0, 1, 3, 5)] + [(s, k) for s in (1, 3) for k in range(-5, 6)]:
            fixed = {} if whole is None else {n: mp.mpf(whole) for n in sorted(others)[:seed] if n != name}
            try:
                root = number(value, Point(seed, False, dict(fixed)))
                zeros = [number(zero, Point(seed, False, {**fixed, name: root + k})) for k in range(4)]
            except (UndefinedError, ZeroDivisionError):
                continue
            if 0 in zeros[1:] or not near(1, 1 + zeros[0], QUICK_DIGITS - 12):
                return False
            one, two, three = (k / z for k, z in enumerate(zeros) if k)
            if not near(one + three, 2 * two, QUICK_DIGITS - 12):
                return False
            tried += whole is None
    return tried >= 2
