"""Sets of real numbers: two are equal when no point between or at their bounds tells them apart."""

from __future__ import annotations

from mpmath import mp

from grader.nodes import MINUS, REALS, names_in
from grader.values import SCALARS, SURE_DIGITS, Point, UndefinedError, equals, extreme, holds, near, number


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
            bounds = _bounds(gold) + _bounds(answer)
            finite = sorted(b for b in bounds if mp.isfinite(b))
            tests = [finite[0] - 1, *finite, finite[-1] + 1] if finite else [mp.mpf(0)]
            tests += [(x + y) / 2 for x, y in zip(finite, finite[1:], strict=False) if not near(x, y, 6 * mp.dps // 7)]
            gold, answer = _meant_union(gold, tests), _meant_union(answer, tests)
            return all(_member(gold, x) == _member(answer, x) for x in tests)
    except (UndefinedError, ZeroDivisionError):
        return None


def _meant_union(node: tuple, tests: list) -> tuple:
    """`x < -1, x > 3`: relations that cannot hold together are alternatives."""
    if node[0] == "list" and node[2] == "," and not any(_member(node, x) for x in tests):
        return ("list", node[1], "or")
    return node


def _infinite(node: tuple) -> bool:
    return node in (("inf",), ("mul", [MINUS, ("inf",)]))


def _constant(node: tuple):
    if node == ("inf",):
        return mp.inf
    if node == ("mul", [MINUS, ("inf",)]):
        return -mp.inf
    if node[0] not in SCALARS or names_in(node):
        raise UndefinedError("not a constant")
    return number(node, Point(0, True))


def _bounds(node: tuple) -> list:
    if node == REALS:
        return []
    if node[0] == "tuple" and len(node[1]) == 2:
        low, high = map(_constant, node[1])
        if not low <= high:
            raise UndefinedError("an empty interval")
        return [low, high]
    if node[0] == "set":
        return [_constant(n) for n in node[1]]
    if node[0] == "setop":
        return _bounds(node[2]) + _bounds(node[3])
    if node[0] == "list" and is_region(node):
        return [b for n in node[1] for b in (_bounds(n) if n[0] != "num" else [_constant(n)])]
    if node[0] == "eq" and node[2] in names_in(node):
        return [_constant(node[1][-1])]
    if node[0] == "rel":
        return _solutions(node)
    raise UndefinedError("not a set of reals")


def _solutions(node: tuple) -> list:
    """Where the sides of a relation in one variable meet, for linear, quadratic and absolute-value sides."""
    names = names_in(node[1])
    if len(names) != 1:
        raise UndefinedError("not one variable")
    (name,) = names
    found = []
    for left, right in zip(node[1], node[1][1:], strict=False):
        for sign in (1, -1):  # each side of 0 on its own, for |x|
            at = [mp.mpf(sign * k) * 1000 for k in (1, 2, 3, 4)]
            if not {_infinite(left), _infinite(right)} & {True}:
                points = [Point(0, True, {name: x}) for x in at]
                found += _quadratic_roots(at, [number(left, p) - number(right, p) for p in points])
    return found


def _quadratic_roots(xs: list, ys: list) -> list:
    a, b, c = mp.lu_solve(mp.matrix([[x * x, x, 1] for x in xs[:3]]), mp.matrix(ys[:3]))
    small = max(abs(y) for y in ys) * mp.mpf(10) ** (-5 * mp.dps // 7)
    if abs(a * xs[3] ** 2 + b * xs[3] + c - ys[3]) > small:
        raise UndefinedError("not quadratic")
    if abs(a) * xs[0] ** 2 <= small:
        return [-c / b] if abs(b * xs[0]) > small else []
    root = mp.sqrt(b * b - 4 * a * c)
    return [] if isinstance(root, mp.mpc) else [(-b - root) / (2 * a), (root - b) / (2 * a)]


def _member(node: tuple, x) -> bool:
    if node == REALS:
        return True
    if node[0] == "tuple":
        low, high = map(_constant, node[1])
        if equals(x, low) or equals(x, high):
            return (node[2][0] == "[" and equals(x, low)) or (node[2][1] == "]" and equals(x, high))
        return low < x < high
    if node[0] in ("set", "eq"):
        return any(equals(x, _constant(n)) for n in (node[1] if node[0] == "set" else node[1][-1:]))
    if node[0] == "setop":
        left, right = _member(node[2], x), _member(node[3], x)
        return {"or": left or right, "and": left and right, "minus": left and not right}[node[1]]
    if node[0] == "list":
        inside = [_member(n, x) if n[0] != "num" else not equals(x, _constant(n)) for n in node[1]]
        return any(inside) if node[2] == "or" else all(inside)
    (name,) = names_in(node[1])
    point = Point(0, True, {name: x})
    values = [number(n, point) if names_in(n) else _constant(n) for n in node[1]]
    return all(holds(a, op, b) for a, op, b in zip(values, node[2], values[1:], strict=False))
