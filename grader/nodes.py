"""Parsed answers as nested tuples: their kinds, and what can be done with them before anything has a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce

from grader.tokens import ParseError

# ("num", Fraction, ulp)  ulp: one unit in the last place of a decimal, None for an integer
# ("sym", name) ("add", nodes) ("mul", nodes) ("pow", base, exponent) ("root", degree, radicand) ("fn", name, nodes)
# ("big", sign, variable, low, high, body) ("pm", sign) ("deg", node) ("pct", node) ("based", digits, base)
# ("inf",) ("tuple", nodes, brackets) ("set", nodes) ("list", nodes, joiner) ("matrix", rows) ("setop", op, a, b)
# ("given", node, condition) ("eq", members, label) ("rel", nodes, operators) ("ratio", nodes) ("opaque", parts)

ONE = ("num", Fraction(1), None)
ZERO = ("num", Fraction(0), None)
MINUS = ("num", Fraction(-1), None)
OVER = ("num", Fraction(-1), False)  # the exponent of a divisor: a/b is ("mul", [a, ("pow", b, OVER)])
REALS = ("sym", "mathbb:R")


def walk(node) -> Iterator[tuple]:
    """A node and every node in it, in no order that counts."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.__class__ is tuple and node:
            yield node
            if node[0] == "num" or node[0] == "sym":
                continue
        for child in node:
            if child.__class__ is tuple or child.__class__ is list:
                stack.append(child)


def names_in(node) -> set[str]:
    """Names of the free variables of a node, or of several in a list."""
    names, bound, stack = set(), {"pi", "e"}, [node]
    while stack:
        node = stack.pop()
        kind = node[0] if node.__class__ is tuple and node else None
        if kind == "sym":
            names.add(node[1])
        elif kind != "num":
            if kind == "big":
                bound.add(node[2])
            stack += [child for child in node if child.__class__ is tuple or child.__class__ is list]
    return names - bound


def contains(node, kind: str) -> bool:
    return any(n[0] == kind for n in walk(node))


def mapped(node, change: Callable):
    """A tree, or a list of them, in which what `change` returns stands for a node; None maps the nodes in it."""
    if isinstance(node, list):
        return [mapped(c, change) for c in node]
    if not isinstance(node, tuple) or not node:
        return node
    new = change(node)
    return tuple(mapped(c, change) for c in node) if new is None else new


def renamed(node, names: dict[str, str]):
    return mapped(node, lambda n: ("sym", names[n[1]]) if n[0] == "sym" and n[1] in names else None)


_VECTOR = re.compile(r"vec:.*|hat:[a-oru-xz]")  # \hat p and \hat y are estimates
_NABLA = ("sym", "nabla")


def is_vector(node: tuple) -> bool:
    if node[0] in ("add", "mul"):
        return any(map(is_vector, node[1]))
    cross = node[:2] in (("fn", "cross"), ("fn", r"nabla\times"))
    return cross or node[0] == "sym" and _VECTOR.fullmatch(node[1]) is not None


def joined(left: tuple, mark: str, right: tuple) -> tuple | None:
    r"""What is no plain product: \times and \cdot of vectors, \nabla of what follows, f \circ g."""
    if left == _NABLA or left[:2] == ("pow", _NABLA):
        return ("fn", f"nabla{mark}" if left == _NABLA else f"nabla{left[2][1]}", [right])
    if mark == r"\circ":
        return ("fn", mark, [n for side in (left, right) for n in (side[2] if side[:2] == ("fn", mark) else [side])])
    if mark in (r"\times", r"\cdot") and is_vector(left) and is_vector(right):
        return ("fn", "cross" if mark == r"\times" else "dot", [left, right])
    return None


def product_of(factors: list[tuple]) -> tuple:
    """A product, multiplied out when a factor is a matrix. Raises ParseError where two do not fit."""
    if len(factors) == 1 or not any(f[0] == "matrix" for f in factors):
        return ("mul", factors) if len(factors) > 1 else factors[0]
    return reduce(_times, factors)


def _times(left: tuple, right: tuple) -> tuple:
    if left[0] == right[0] == "matrix":
        columns = [*zip(*right[1], strict=False)]
        if len(left[1][0]) != len(right[1]):
            raise ParseError("matrices that do not fit")
        pairs = [[zip(row, column, strict=True) for column in columns] for row in left[1]]
        return ("matrix", [[("add", [("mul", [*xy]) for xy in cell]) for cell in row] for row in pairs])
    if "matrix" not in (left[0], right[0]):
        return ("mul", [left, right])
    scalar, rows = (right, left[1]) if left[0] == "matrix" else (left, right[1])
    return ("matrix", [[("mul", [scalar, x]) for x in row] for row in rows])
