"""Products that do not commute: matrices, group elements and vectors, compared as random 2 x 2 matrices.

A vector is a matrix without trace, i(x s1 + y s2 + z s3) in Pauli's matrices, so that half a commutator is the cross
product and half an anticommutator, negated, the dot product: all their identities hold.
"""

from __future__ import annotations

import re

from mpmath import mp

from grader.nodes import MINUS, OVER, is_vector, names_in, walk
from grader.values import QUICK_DIGITS, Point, UndefinedError, number, same_number

_CAPITAL = re.compile(r"(?:vec:|hat:)?(?:[A-Z]|Sigma|Lambda|Phi|Psi|Gamma|Omega)(?:_\w+)?'?")
_TRANSPOSED = ("sym", "T")
_INVERSES = (MINUS, _TRANSPOSED)
_OF_MATRICES = {"cross", "dot", "det", "tr", "trace", "rank", "abs"}
_IDENTITY = ("sym", "I")


def ordered_letters(*nodes: tuple) -> set[str]:
    """The letters whose products keep their order; empty where no product holds two of them.

    Those are vectors; capital letters, unless one stands in a function or root, or there is a division; and all
    letters where one meets its own inverse, as in a b a^{-1}.
    """
    names = names_in(list(nodes)) - {"T", "i"}
    found = {n for n in names if is_vector(("sym", n))}
    capitals = {n for n in names if _CAPITAL.fullmatch(n)}
    every = list(walk(list(nodes))) if capitals else []
    inverse = any(n[0] == "pow" and n[1] in [("sym", c) for c in capitals] and n[2] in _INVERSES for n in every)
    if capitals and (inverse or not any(_in_scalar(n, capitals) for n in every)):
        found |= capitals
    found |= {n for n in names if found and n.startswith("hat:")}  # \hat x \hat p
    if not found and len(names) < 2:
        return set()
    products = [_factors(n) for n in walk(list(nodes)) if n[0] == "mul" or n[:2] in (("fn", "cross"), ("fn", "dot"))]
    if any(map(_conjugates, products)):
        return names
    return found if any(sum(bool(names_in(f) & found) for f in p) > 1 for p in products) else set()


def _factors(node: tuple) -> list[tuple]:
    if node[0] == "fn":
        return node[2]
    return [f for c in node[1] for f in (_factors(c) if c[0] == "mul" else [c])]


def _conjugates(factors: list[tuple]) -> bool:
    """Whether a letter and, with something between them, its inverse are among the factors."""
    seen = []
    for i, factor in enumerate(factors):
        base, power = factor[1:] if factor[0] == "pow" else (factor, ("num", 1, None))
        if base[0] == "sym" and power[0] == "num" and power[2] is None:
            seen.append((i, base[1], power[1] > 0))
    return any(i + 1 < j and (x, up) == (y, not down) for i, x, up in seen for j, y, down in seen)


def _in_scalar(node: tuple, capitals: set[str]) -> bool:
    """Whether a node makes its capital letters numbers: a function or root of one, P(A) P(B), GMm/r^2."""
    if node[0] == "pow" and node[2] == OVER:
        return bool(names_in(node[1]))
    inside = node[0] == "root" or (node[0] == "fn" and node[1] not in _OF_MATRICES)
    inside |= node[0] == "pow" and node[2][0] not in ("num", "sym")
    inside |= node[0] == "mul" and _factors(node).count(("sym", "P")) > 1
    return bool(inside and names_in(list(node[1:])) & capitals)


def same_expression(gold: tuple, answer: tuple) -> bool:
    """Equality of two expressions, whether their products commute or not."""
    letters = ordered_letters(gold, answer)
    if not letters:
        return same_number(gold, answer)
    with mp.workdps(QUICK_DIGITS):
        for seed in (0, 1, 5):
            g, a = (entries(node, letters, Point(seed, False)) for node in (gold, answer))
            if max(abs(x - y) for x, y in zip(g, a, strict=True)) > max(map(abs, g)) * mp.mpf(10) ** -18:
                return False
    return True


def entries(node: tuple, letters: set[str], point: Point) -> list:
    """The value of an expression as a matrix, row after row; as the only entry when no letter is one."""
    if not letters:
        return [number(node, point)]
    scaled = letters - {"I"}
    products = [_factors(n) for n in walk(node) if n[0] == "mul"]
    if scaled < letters and scaled and not any(_IDENTITY in p and names_in(p) & scaled for p in products):
        point.fixed[_IDENTITY] = mp.eye(2)
    return list(_matrix(_element(node, letters, point)))


def _matrix(value) -> mp.matrix:
    return value if isinstance(value, mp.matrix) else value * mp.eye(2)


def _letter(name: str, point: Point) -> mp.matrix:
    w, x, y, z = (point[f"{name}.{k}"] for k in range(4))
    if is_vector(("sym", name)):
        return mp.matrix([[mp.mpc(0, z), mp.mpc(y, x)], [mp.mpc(-y, x), mp.mpc(0, -z)]])
    return mp.matrix([[w, x], [y, z]])


def _element(node: tuple, letters: set[str], point: Point):
    """The value of a node: a matrix, or a number where it is one."""
    if not names_in(node) & letters:
        return number(node, point)
    if node[0] == "sym":
        return point.fixed[_IDENTITY] if node == _IDENTITY and _IDENTITY in point.fixed else _letter(node[1], point)
    if node[0] not in ("add", "mul", "pow", "fn", "root"):
        raise UndefinedError(f"no matrix for {node[0]}")
    parts = node[1] if node[0] in ("add", "mul") else node[2] if node[0] == "fn" else node[1:2]
    values = [_element(part, letters, point) for part in parts]
    first, last = values[0], values[-1]
    if node[0] == "mul":
        for value in values[1:]:
            first = first * value
        return first
    if node[0] == "add" and any(isinstance(v, mp.matrix) for v in values):
        return sum(map(_matrix, values[1:]), _matrix(first))
    if isinstance(first, mp.matrix) and node[0] == "pow":
        if node[2] == _TRANSPOSED:
            return first.T
        if node[2] != OVER and node[2][0] == "num" and node[2][1].denominator == 1 and abs(node[2][1]) < 100:
            return first ** int(node[2][1])
        raise UndefinedError("no power of a matrix")
    if node[:2] == ("fn", "cross"):
        return (first * last - last * first) / 2
    if node[:2] == ("fn", "dot"):
        return -(first * last + last * first)[0, 0] / 2
    if node[0] == "fn" and isinstance(first, mp.matrix):
        if node[1].startswith("nabla"):  # linear, and no more is known
            return sum(point[f"{node[1]}.{k}"] * entry for k, entry in enumerate(first))
        if node[1] in ("det", "tr", "trace"):
            return mp.det(first) if node[1] == "det" else first[0, 0] + first[1, 1]
    held = {f"@{k}": mp.sqrt(mp.det(v)) if isinstance(v, mp.matrix) else v for k, v in enumerate(values)}
    names = [("sym", name) for name in held]
    scalar = (*node[:-1], names) if node[0] == "fn" else (node[0], names if node[0] == "add" else names[0], *node[2:])
    return number(scalar, Point(point.seed, False, {**point.fixed, **held}))
