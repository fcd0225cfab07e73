"""Groups, rings, spaces and permutations: compared by their notation, factor by factor."""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd

from grader.tokens import split

SETOPS = {r"\cup": "or", r"\cap": "and", r"\setminus": "minus", r"\backslash": "minus"}
_STRUCTURE = {r"\oplus", r"\otimes", r"\rtimes", r"\ltimes", r"\rangle", r"\mathbb", r"\times"}
_SPACES = re.compile(r"(?=.*\^)[A-Z](?:[\^_][1-9a-z])*(?:\\times[A-Z](?:[\^_][1-9a-z])*)+")  # S^1 \times S^2
CYCLES = re.compile(r"(?:\(\s*\d{1,2}(?:(?:\s|\\,)+\d{1,2})+\s*\)\s*)+")  # (1 2)(3 4)
_HALF_LINES = {rf"\mathbbR{sign}": "()" for sign in ("^+", "_+", "_>0")}
_HALF_LINES |= {rf"\mathbbR{sign}": "[)" for sign in (r"_\ge0", r"_\geq0", "_>=0", "_0^+", "^+_0")}


def permutation(text: str) -> tuple:
    """The pairs that a product of cycles does not leave in place, applied from the right."""
    cycles = [re.findall(r"\d+", c) for c in text.replace("(", " ").split(")")][-2::-1]
    image = {}
    for start in sorted({p for c in cycles for p in c}):
        point = start
        for cycle in cycles:
            point = cycle[(cycle.index(point) + 1) % len(cycle)] if point in cycle else point
        image[start] = point
    return tuple((p, q) for p, q in image.items() if p != q)


def read_structure(tokens: list[str]) -> tuple | None:
    """Products and quotients of named structures (groups, rings, spaces) are compared by notation, factor by factor."""
    if not any(t in _STRUCTURE for t in tokens):
        return None
    flat = "".join(t for t in tokens if t not in ("{", "}"))
    plain = not any(t in _STRUCTURE for t in tokens if t != r"\times") and not _SPACES.fullmatch(flat)
    if plain or any(t in SETOPS or t in (",", r"\{") for t in tokens) or re.fullmatch(r"\\mathbb[A-Z]", flat):
        return None
    if flat in _HALF_LINES:
        return ("tuple", [("num", Fraction(0), None), ("inf",)], _HALF_LINES[flat])
    parts, marks = split(tokens, {r"\times", r"\oplus"})
    names = [re.sub(r"_\{(\w\^\w)\}", r"_(\1)", "".join(t.lstrip("@") for t in p)) for p in parts]  # Z_{p^2}
    names = [re.sub(r"[{}]", "", n) for n in names]
    names = [re.sub(r"\\mathbbZ/\(?(\w+)(?:\\mathbbZ)?\)?", r"\\mathbbZ_\1", n) for n in names]
    names = [re.sub(r"^\\mathbbQ\[(.*)\]$", r"\\mathbbQ(\1)", n) for n in names]
    powers = [re.fullmatch(r"\(?(\\mathbb[A-Z](?:_\w)?)\)?\^([2-9])", n) for n in names]
    names = [n for name, m in zip(names, powers, strict=True) for n in ([m[1]] * int(m[2]) if m else [name])]
    return ("opaque", tuple(sorted(p for n in names for p in _primary(n))))


def _primary(name: str) -> list[str]:
    """Z_12 as Z_4 and Z_3, so that it is Z_3 x Z_4."""
    order = re.fullmatch(r"(\\mathbbZ_)(\d{1,4})", name)
    rest, parts = int(order[2]) if order else 1, []
    for p in range(2, rest + 1):
        power = gcd(rest, p**13)
        rest //= power
        parts += [f"{order[1]}{power}"] if power > 1 else []
    return parts or [name]
