"""Sets of real numbers: two are equal when no point between or at their bounds tells them apart."""

from __future__ import annotations

from collections.abc import Callable

from mpmath import mp

from grader.nodes import MINUS, REALS, names_in
from grader.values import SCALARS, SURE_DIGITS, Point, UndefinedError, equals, extreme, holds, near, number

_INFINITE = [("inf",), ("mul", [MINUS, ("inf",)])]


def is_region(node: tuple) -> bool:
    """Whether a node is surely a set of reals, where `(0, 1)` alone may be a point of the plane."""
    kinds = {n[0] for n in node[1]} if node[0] == "list" else set()
    if node[0] == "rel" or kinds & {"rel", "setop"} or (kinds and node[1][0] == REALS):
        return len(names_in(node[1]) - {REALS[1]}) == 1
    return node[0] == "setop" or node == REALS or (node[0] == "tuple" and node[2] in ("[)", "(]"))


def same_region(gold: tuple, answer: tuple) -> bool | None:
    """None when one of them is no set of reals with computable bounds."""
    if len({name for n in (gold, answer) if n[0] == "rel" for name in names_in(n[1])}) > 1:
        return False  # x > 2 is not y > 2
    try:
        with mp.workdps(SURE_DIGITS if extreme(gold, answer) else 80):
            (bounds, in_gold), (more, in_answer) = _region(gold), _region(answer)
            return all(in_gold(x) == in_answer(x) for x in _around(bounds + more))
    except (UndefinedError, ZeroDivisionError):
        return None


def _around(bounds: list) -> list:
    """The bounds, and a number in each gap that they leave."""
    finite = sorted(b for b in bounds if mp.isfinite(b)) or [mp.mpf(0)]
    between = [(x + y) / 2 for x, y in zip(finite, finite[1:], strict=False) if not near(x, y, 6 * mp.dps // 7)]
    return [finite[0] - 1, *finite, *between, finite[-1] + 1]


def _region(node: tuple) -> tuple[list, Callable[..., bool]]:
    """The bounds of a set of reals, and what tells whether a number is in it."""
    if node == REALS:
        return [], lambda x: True
    if node[0] == "tuple" and len(node[1]) == 2:
        low, high = map(_constant, node[1])
        if not low <= high:
            raise UndefinedError("an empty interval")
        first, last = ("<=" if bracket in "[]" else "<" for bracket in node[2])
        return [low, high], lambda x: holds(low, first, x) and holds(x, last, high)
    if node[0] == "set" or (node[0] == "eq" and node[2] in names_in(node)):
        values = [_constant(n) for n in (node[1] if node[0] == "set" else node[1][-1:])]
        return values, lambda x: any(equals(x, v) for v in values)
    if node[0] == "rel" and len(names_in(node[1])) == 1:
        return _relation(node[1], node[2], *names_in(node[1]))
    if node[0] != "setop" and not (node[0] == "list" and is_region(node)):
        raise UndefinedError("not a set of reals")
    joiner, nodes = (node[1], node[2:]) if node[0] == "setop" else (node[2], node[1])
    nodes = [("setop", "minus", REALS, ("set", [n])) if n[0] == "num" else n for n in nodes]  # x \ne 1, 2
    bounds, tests = zip(*map(_region, nodes), strict=True)
    bounds = sum(bounds, [])
    if joiner == "minus":
        return bounds, lambda x: tests[0](x) and not tests[1](x)
    # `x < -1, x > 3`: relations that cannot hold together are alternatives.
    apart = joiner == "," and not any(all(inside(x) for inside in tests) for x in _around(bounds))
    meet = any if apart or joiner == "or" else all
    return bounds, lambda x: meet(inside(x) for inside in tests)


def _constant(node: tuple):
    if node in _INFINITE:
        return mp.inf if node == _INFINITE[0] else -mp.inf
    if node[0] not in SCALARS or names_in(node):
        raise UndefinedError("not a constant")
    return number(node, Point(0, True))


def _relation(sides: list, operators: list, name: str) -> tuple[list, Callable[..., bool]]:
    """A chain of relations in one variable, with linear, quadratic and absolute-value sides."""
    found = []
    for left, right in zip(sides, sides[1:], strict=False):
        for sign in (1, -1) if left not in _INFINITE and right not in _INFINITE else ():  # each side of 0, for |x|
            at = [mp.mpf(sign * k) * 1000 for k in (1, 2, 3, 4)]
            points = [Point(0, True, {name: x}) for x in at]
            found += _quadratic_roots(at, [number(left, p) - number(right, p) for p in points])

    def inside(x) -> bool:
        point = Point(0, True, {name: x})
        values = [number(n, point) if names_in(n) else _constant(n) for n in sides]
        return all(holds(a, op, b) for a, op, b in zip(values, operators, values[1:], strict=False))

    return found, inside


def _quadratic_roots(xs: list, ys: list) -> list:
    a, b, c = mp.lu_solve(mp.matrix([[x * x, x, 1] for x in xs[:3]]), mp.matrix(ys[:3]))
    small = max(abs(y) for y in ys) * mp.mpf(10) ** (-5 * mp.dps // 7)
    if abs(a * xs[3] ** 2 + b * xs[3] + c - ys[3]) > small:
        raise UndefinedError("not quadratic")
    if abs(a) * xs[0] ** 2 <= small:
        return [-c / b] if abs(b * xs[0]) > small else []
    root = mp.sqrt(b * b - 4 * a * c)
    return [] if isinstance(root, mp.mpc) else [(-b - root) / (2 * a), (root - b) / (2 * a)]
