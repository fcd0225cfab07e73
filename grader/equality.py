"""Whether two answers mean the same: the conventions by which parsed answers of any kind are equal.

A file of its own because equality is the policy of the grader, while `latex.py` only reads a notation and `values.py`
only computes. `same` compares two parsed answers; the questions that `grade.py` and the workers ask come last.
`understood` is bounded and safe in the calling process. `equivalent` and `loosely_equal` evaluate, so they belong in a
worker with a deadline.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import permutations

from mpmath import mp

from grader.algebra import same_expression
from grader.equations import called, same_equation, same_up_to_factor, stated_value
from grader.latex import parse
from grader.nodes import MINUS, ONE, contains, mapped, names_in, rename, walk
from grader.prose import inlined, readings
from grader.regions import is_region, same_region
from grader.text import WRAP, clean, plain_words, squeezed
from grader.tokens import ParseError
from grader.units import unit_letters
from grader.values import (
    QUICK_DIGITS,
    SCALARS,
    Point,
    UndefinedError,
    exact,
    last_place,
    near,
    number,
    same_number,
    simple_number,
)
from grader.words import SPOKEN, by_words, noun_as_text, quick

# --------------------------------------------------------------------------------------------------------------------
# Equality of answers
# --------------------------------------------------------------------------------------------------------------------


def same(gold: tuple, answer: tuple) -> bool:
    """Whether two parsed answers mean the same."""
    if gold == answer:
        return True
    if (gold[0] == "list") != (answer[0] == "list") and _said_twice(gold, answer):
        return True
    if gold[0] in ("given", "eq") and answer[0] in ("given", "eq") and _same_steps(gold, answer):
        return True
    if gold[0] == "given" or answer[0] == "given":
        return _same_given(gold, answer)
    if gold[0] == "eq" or answer[0] == "eq":
        return _same_equation(gold, answer)
    if is_region(gold) or is_region(answer):
        verdict = same_region(gold, answer)
        if verdict is not None:
            return verdict
    if gold[0] == "rel" and answer[0] == "rel":
        return _same_relation(gold, answer)
    if "set" in (gold[0], answer[0]) or "list" in (gold[0], answer[0]):
        return _same_collection(gold, answer)
    g, a = _components(gold), _components(answer)
    if (g and a) or ((g or a) and {gold[0], answer[0]} & {"matrix", "tuple"}):
        return _same_components(g or gold, a or answer)
    if "matrix" in (gold[0], answer[0]):
        return _same_matrix(gold, answer)
    if gold[0] == "tuple" and answer[0] == "tuple":
        old, new = names_in(answer) - names_in(gold), names_in(gold) - names_in(answer)
        if len(old) == len(new) == 1 and old | new <= {"k", "r", "s", "t", "u", "lambda"}:  # (s, 2s) is (t, 2t)
            answer = rename(answer, *old, *new)
        alike = gold[2] == answer[2] or len(gold[1]) > 2  # two items in other brackets are another interval
        return alike and _same_items(gold[1], answer[1])
    if gold[0] == "ratio" or answer[0] == "ratio":
        return _same_ratio(gold, answer)
    if gold[0] == "deg" or answer[0] == "deg":
        return _same_angle(gold, answer)
    if gold[0] == "pct" or answer[0] == "pct":
        return _same_percent(gold, answer)
    if {gold[0], answer[0]} == {"based", "num"}:  # a base that only one side writes
        (_, digits, _), (_, value, ulp) = (gold, answer) if gold[0] == "based" else (answer, gold)
        return ulp is None and digits.isdigit() and int(digits) == value
    if gold[0] == answer[0] == "setop":
        if gold[1] == "minus":
            return answer[1] == "minus" and same(gold[2], answer[2]) and same(gold[3], answer[3])
        return gold[1] == answer[1] and _unordered(_pieces(gold, gold[1]), _pieces(answer, gold[1]))
    if gold[0] in SCALARS and answer[0] in SCALARS:
        if gold[:2] == answer[:2] and gold[:2] in (("fn", "O"), ("fn", "o"), ("fn", "Theta")):  # O(2n) is O(n)
            return same_up_to_factor(gold[2][0], answer[2][0])
        if same_expression(gold, answer) or _same_constants(gold, answer):
            return True
        some_degrees = contains(gold, "deg") != contains(answer, "deg")  # 180^\circ - x is 180 - x
        return some_degrees and same_number(_without_degrees(gold), _without_degrees(answer))
    return False


def _said_twice(gold: tuple, answer: tuple) -> bool:
    """One value in several notations: 1/2 or 0.5. The same notation again is a list."""
    values = (gold if gold[0] == "list" else answer)[1]
    other = answer if gold[0] == "list" else gold
    if other[0] in ("set", "setop", "eq") or len(values) > 4 or any(v[0] == "eq" for v in values):
        return False
    distinct = all(v not in values[:i] for i, v in enumerate(values))
    return distinct and all(same(v, other) if other is answer else same(other, v) for v in values)


def _without_degrees(node):
    return mapped(node, lambda n: n if n[0] == "fn" else _without_degrees(n[1]) if n[0] == "deg" else None)


_CONSTANT = re.compile(r"([cCKAB])(?:_?\{?\d\}?)?")


def _same_constants(gold: tuple, answer: tuple) -> bool:
    """Equality with constants of integration renamed or exchanged: C_1 and C_2 may be A and B, or C_2 and C_1."""
    old = sorted(n for n in names_in(gold) if _CONSTANT.fullmatch(n))
    free = {"a", "b", "k", "D", "M", "k_1", "k_2"} - names_in(gold)
    new = sorted(n for n in names_in(answer) if _CONSTANT.fullmatch(n) or n in free)
    if not 0 < len(old) == len(new) <= 3 or not all(_integrates(n, gold) for n in old):
        return False
    if len(old) == 1 and old == new:
        return False
    for order in permutations(new):
        renamed = answer
        for i, name in enumerate(order):
            renamed = rename(renamed, name, f"#{i}")
        for i, name in enumerate(old):
            renamed = rename(renamed, f"#{i}", name)
        if same_number(gold, renamed):
            return True
    return False


def _integrates(name: str, node: tuple) -> bool:
    """Whether a name is a constant of integration: C_1, or a C that is added or stands before e^x; not cos C or c/2."""
    if len(name) > 1 or node[0] == "sym":
        return name[0] in "cC" and node[0] != "sym"
    terms = [term for term in (node[1] if node[0] == "add" else [node]) if name in names_in(term)]
    factors = [term[1] if term[0] == "mul" else [term] for term in terms]
    alone = all(sum(name in names_in(f) for f in each) == 1 and ("sym", name) in each for each in factors)
    grows = all(any(f[0] in ("pow", "fn") and names_in(f) for f in each) for each in factors)
    return name == "C" and alone and (factors == [[("sym", name)]] or grows)


def _components(node: tuple) -> dict[str, tuple] | None:
    """Coefficients of i, j and k in 2i - 3j + k; None where a node is no such sum with at least i and j, or j and k."""
    found: dict[str, tuple] = {}
    whole = [f for f in node[1] if f[0] == "add"] if node[0] == "mul" else []
    if len(whole) == 1 and _components(whole[0]):  # (2i - j)/3
        rest = [f for f in node[1] if f is not whole[0]]
        return {axis: ("mul", [*rest, value]) for axis, value in _components(whole[0]).items()}
    for term in node[1] if node[0] == "add" else [node]:
        factors = term[1] if term[0] == "mul" else [term]
        if term[0] == "mul" and len(factors) == 2 and factors[0] == MINUS and factors[1][0] == "mul":
            factors = [MINUS, *factors[1][1]]
        units = [f for f in factors if f[0] == "sym" and re.fullmatch("(?:hat:|vec:)?[ijk]", f[1])]
        axis = units[0][1][-1] if len(units) == 1 else None
        if axis is None or axis in found:
            return None
        rest = [f for f in factors if f is not units[0]]
        found[axis] = ("mul", rest) if rest else ONE
    accents = any(n[0] == "sym" and n[1] in ("hat:k", "vec:k", "hat:i", "vec:i") for n in walk(node))
    return found if accents or ("j" in found and len(found) > 1) else None


def _same_components(gold, answer) -> bool:
    """Two vectors, each as coefficients of i, j, k or as a tuple, row or column of two or three entries."""
    zero, sides = ("num", Fraction(0), None), []
    for side in (gold, answer):
        if not isinstance(side, dict):
            rows = _rows(side) if side[0] == "matrix" else [side[1]]
            entries = [cell for row in rows or [] for cell in row]
            if not 2 <= len(entries) <= 3:
                return False
            side = dict(zip("ijk", entries, strict=False))
        sides.append([side.get(axis, zero) for axis in "ijk"])
    return _same_items(*sides)


def _same_items(gold: list, answer: list) -> bool:
    return len(gold) == len(answer) and all(map(same, gold, answer))


def _unordered(gold: list, answer: list) -> bool:
    if len(gold) != len(answer) or len(gold) > 400:
        return False
    left = list(answer)
    for g in gold:
        match = next((i for i, a in enumerate(left) if g == a), None)
        if match is None:
            match = next((i for i, a in enumerate(left) if same(g, a)), None)
        if match is None:
            return False
        left.pop(match)
    return True


def _pieces(node: tuple, op: str) -> list:
    return _pieces(node[2], op) + _pieces(node[3], op) if node[:2] == ("setop", op) else [node]


def _spread_signs(node: tuple) -> tuple:
    """An answer with \\pm written out as the list of its values."""
    if not contains(node, "pm"):
        return node
    if node[0] in ("list", "set"):
        items = []
        for item in map(_spread_signs, node[1]):
            items += item[1] if item[0] == "list" else [item]
        return (node[0], items, *node[2:])
    if node[0] == "eq":
        return ("list", [("eq", [*node[1][:-1], v], node[2]) for v in _spread_signs(node[1][-1])[1]], ",")
    return ("list", [_with_sign(node, 1), _with_sign(node, -1)], ",")


def _with_sign(node, sign: int):
    def signed(n: tuple) -> tuple | None:
        if n[0] != "pm":
            return None
        inner = _with_sign(n[2], sign)
        return inner if n[1] * sign > 0 else ("mul", [MINUS, inner])

    return mapped(node, signed)


def _same_given(gold: tuple, answer: tuple) -> bool:
    """Values under a condition: the values agree, perhaps with the parameter renamed, and so do stated conditions."""
    g, a = (n[1] if n[0] == "given" else n for n in (gold, answer))
    congruence = any(n[0] == "given" and n[2][:1] == ["mod"] for n in (gold, answer))
    g, a = (n[1][-1] if n[0] == "eq" and (n[2] or congruence) else n for n in (g, a))
    conditions = [[t for t in n[2] if t not in "{}"] for n in (gold, answer) if n[0] == "given"]
    new, old = sorted(names_in(g) - names_in(a)), sorted(names_in(a) - names_in(g))
    if len(new) == len(old) == 1 and any(new[0] in c or old[0] in c for c in conditions):
        a = rename(a, old[0], new[0])
        conditions = [[new[0] if t == old[0] else t for t in c] for c in conditions]
    modulus = conditions[0][1:] if conditions and conditions[0][:1] == ["mod"] else None
    plain = gold[1][0] == "num" if gold[0] == "given" else answer[1][0] in ("num", "eq")
    if modulus and len(conditions) == 1 and not plain:
        return False  # a residue class is no number, n mod 2 is not n
    if modulus and len(conditions) == 2 and g[0] == a[0] == "num" and modulus[0].strip("0").isdigit():
        return conditions[0] == conditions[1] and len(modulus) == 1 and (g[1] - a[1]) % int(modulus[0]) == 0
    return conditions[0] == conditions[-1] and same(g, a)


def _same_steps(gold: tuple, answer: tuple) -> bool:
    """Whether two values step through the same numbers: x = 7k + 3 and 3 (mod 7), pi/4 + k pi and 5pi/4 + k pi."""
    counted = any(n[0] == "given" and n[2][:1] in (["mod"], ["integer"]) for n in (gold, answer))
    if not counted and not all(("sym", "pi") in walk(node) for node in (gold, answer)):
        return False  # x = n + 1 is not x = n where n is a given number
    with mp.workdps(QUICK_DIGITS):
        for seed in (0, 1):
            g, a = _steps(gold, seed), _steps(answer, seed)
            if g is None or a is None or (g[0] != a[0] and g[0] and a[0]):
                return False
            turns = (a[1] - g[1]) / g[2]
            if abs(turns) > 1e6 or not near(abs(g[2]), abs(a[2]), 20) or abs(turns - mp.nint(mp.re(turns))) > 1e-20:
                return False
    return True


def _steps(node: tuple, seed: int) -> tuple | None:
    """(name, start, step) of a residue, or of `x = value` that is linear in an integer k, m or n; else None."""
    value, condition = node[1:] if node[0] == "given" else (node, [])
    label, value = ((value[2] or "?"), value[1][-1]) if value[0] == "eq" else ("", value)
    if value[0] not in SCALARS or not re.fullmatch(r"[a-z]?|\\(?:theta|alpha|phi)", label):
        return None
    if condition[:1] == ["mod"]:
        digits = len(condition) == 2 and condition[1].isdigit()
        return (label, number(value, Point(seed, False)), mp.mpf(condition[1])) if digits else None
    letters = names_in(value) & ({*condition[1:]} if condition else {"k", "m", "n"}) - {label}
    if len(letters) != 1 or condition[:1] not in ([], ["integer"]):
        return None
    at = [number(value, Point(seed, False, {next(iter(letters)): mp.mpf(k)})) for k in range(3)]
    linear = at[0] != at[1] and near(at[0] + at[2], 2 * at[1], 20)
    return (label, at[0], at[1] - at[0]) if linear else None


_BOUND = re.compile(r"(\w+'*)(?:\((\w)\)|_(\w))")


def _same_equation(gold: tuple, answer: tuple) -> bool:
    """`name = value` is its value; bound variables may be renamed; for other equations see `same_equation`."""
    if gold[0] == answer[0] == "eq":
        if gold[2] is not None and answer[2] is not None:
            numbered = re.fullmatch(rf"{re.escape(gold[2])}_\d", answer[2])  # x_1 = 2 for x = 2
            if gold[2] == answer[2] or called(gold[2]) == answer[2] or called(answer[2]) == gold[2] or numbered:
                return same(gold[1][-1], answer[1][-1])
            g, a = _BOUND.fullmatch(gold[2]), _BOUND.fullmatch(answer[2])
            if g and a and g[1] == a[1] and not (g[2] or g[3]).isdigit() and not (a[2] or a[3]).isdigit():
                free = (g[2] or g[3]) in names_in(answer[1][-1])  # f(y) = x + 22
                return not free and same(gold[1][-1], rename(answer[1][-1], a[2] or a[3], g[2] or g[3]))
        return same_equation(gold, answer)
    value = stated_value(gold if gold[0] == "eq" else answer, gold[0] == "eq")
    return value is not None and (same(value, answer) if gold[0] == "eq" else same(gold, value))


def _same_relation(gold: tuple, answer: tuple) -> bool:
    """Chains of inequalities whose steps agree up to a positive factor, in any order."""

    def steps(node: tuple) -> list:
        found = []
        for left, op, right in zip(node[1], node[2], node[1][1:], strict=False):
            if op in (">", ">="):
                left, right, op = right, left, op.replace(">", "<")
            found.append((op, ("add", [left, ("mul", [MINUS, right])])))
        return found

    left = steps(answer)
    for op, expression in steps(gold):
        loose = op in ("!=", "=")
        match = next(
            (i for i, (o, e) in enumerate(left) if o == op and same_up_to_factor(expression, e, not loose)), None
        )
        if match is None:
            return False
        left.pop(match)
    return not left


def _same_collection(gold: tuple, answer: tuple) -> bool:
    """Sets and bare lists are unordered; a bare list against a tuple, or labelled against bare values, is ordered."""
    if gold[0] == "tuple" and answer[0] == "list":
        return _same_items(gold[1], _by_label(answer[1]))
    if "set" in (gold[0], answer[0]):
        braced, other = (gold, answer) if gold[0] == "set" else (answer, gold)
        if other[0] == "tuple" and (len(braced[1]) != 1 or braced[1][0][0] != "tuple"):
            return False
        return _unordered(_distinct(gold), _distinct(answer))
    if {gold[2:], answer[2:]} == {("and",), ("or",)} and all(i[0] == "sym" or i[1] == "neg" for i in gold[1]):
        return False  # statements: p and q is not p or q
    if gold[0] != "list" or answer[0] != "list":
        return (
            gold[0] == "list"
            and answer[0] == "tuple"
            and _labels(gold[1]) == 2
            and _same_items(_by_label(gold[1]), answer[1])
        )
    if {_labels(gold[1]), _labels(answer[1])} == {0, 2}:
        return _same_items(_by_label(gold[1]), _by_label(answer[1]))
    if _unordered(gold[1], answer[1]):
        return True
    repeats = len(answer[1]) - len(_distinct(answer))  # naming one value twice adds nothing to a gold without repeats
    return 0 < repeats == len(answer[1]) - len(gold[1]) and _unordered(gold[1], _distinct(answer))


def _labels(items: list) -> int:
    """0: no item is `name = value`; 2: all are, of unlike names; 1: between, as in x_1 = 2, x_2 = 3."""
    labels = {i[2].partition("_")[0] for i in items if i[0] == "eq" and i[2] is not None}
    return 0 if not labels else 2 if len(labels) == len(items) > 1 else 1


def _by_label(items: list) -> list:
    """`y = 1, x = 2` in the order of the coordinates; other labels keep the order in which they are given."""
    if all(i[0] == "eq" and i[2] and i[2] in "xyzw" for i in items):
        return sorted(items, key=lambda i: "xyzw".index(i[2]))
    return items


def _distinct(node: tuple) -> list:
    items = node[1] if node[0] in ("set", "list") else [node]
    kept: list = []
    for item in items:
        if not any(item == k or same(k, item) for k in kept):
            kept.append(item)
    return kept


def _same_matrix(gold: tuple, answer: tuple) -> bool:
    """Entry by entry; a column or row vector may also be written as a tuple in parentheses."""
    g, a = _rows(gold), _rows(answer)
    if g is None or a is None:
        return False
    if "tuple" in (gold[0], answer[0]) and all(len(m) == 1 or all(len(r) == 1 for r in m) for m in (g, a)):
        g, a = [[c for r in g for c in r]], [[c for r in a for c in r]]
    return len(g) == len(a) and all(map(_same_items, g, a))


def _rows(node: tuple) -> list | None:
    """Rows of a matrix, of a tuple, of diag(1, 2) or I_2."""
    if node[0] == "matrix":
        return node[1]
    order = re.fullmatch(r"I_([2-6])", node[1]) if node[0] == "sym" else None
    diagonal = [ONE] * int(order[1]) if order else node[2] if node[:2] == ("fn", "diag") else []
    if diagonal:
        zero = ("num", Fraction(0), None)
        return [[d if i == j else zero for j in range(len(diagonal))] for i, d in enumerate(diagonal)]
    if node[0] == "tuple" and node[2] == "()":
        return [node[1]]
    return None


def _same_ratio(gold: tuple, answer: tuple) -> bool:
    def parts(node: tuple) -> list:
        return node[1] if node[0] == "ratio" else [node, ONE]

    g, a = parts(gold), parts(answer)
    if any(n[:2] == ("num", 0) for n in g + a) and len(g) == len(a):  # 12:00 is not 1:00
        return _same_items(g, a)
    if len(g) != len(a):  # 20:34:00 is 20:34
        longer, shorter = (g, a) if len(g) > len(a) else (a, g)
        return len(longer) == 3 and longer[2][:2] == ("num", 0) and _same_items(longer[:2], shorter)
    if not all(n[0] in SCALARS for n in g + a):
        return False
    return all(same_number(("mul", [g[0], y]), ("mul", [a[0], x])) for x, y in zip(g[1:], a[1:], strict=True))


def _same_angle(gold: tuple, answer: tuple) -> bool:
    if gold[0] == "deg" and answer[0] == "deg":
        return same(gold[1], answer[1])
    angle, other, flip = (gold, answer, False) if gold[0] == "deg" else (answer, gold, True)
    if other[0] not in SCALARS:
        return False
    pair = (other, angle[1]) if flip else (angle[1], other)
    return same_number(*pair) or same_number(angle, other)


def _same_percent(gold: tuple, answer: tuple) -> bool:
    """With a percent sign on one side only, the other may drop it or divide by 100."""
    if gold[0] == "pct" and answer[0] == "pct":
        return same(gold[1], answer[1])
    if gold[0] not in SCALARS or answer[0] not in SCALARS:
        return False
    if gold[0] == "pct":
        ulp = last_place(gold[1])
        scaled = ("num", exact(gold[1]) / 100, ulp / 100) if ulp else gold
        return same_number(gold[1], answer) or same_number(scaled, answer)
    return same_number(gold, answer[1]) or same_number(gold, answer)


# --------------------------------------------------------------------------------------------------------------------
# The questions that are asked
# --------------------------------------------------------------------------------------------------------------------


_CONDITION = re.compile(r"\b(?:for|if|when|where|with|forall)\b")
_ABOUT = re.compile(r"(?i)(?:^|\bis\b|=)\W*(?:text\W*)?(?:about|approximately|roughly|around|approx)\b")


def equivalent(gold: str, answer: str) -> tuple[bool, str]:
    """(whether the answer means the gold, why) where `quick` says None. In a worker: its time is not bounded."""
    exact_gold = simple_number(clean(gold))
    if exact_gold and exact_gold[1] is None and _ABOUT.search(answer):
        return False, "only about"
    verdict = _equivalent(gold, answer)
    if not verdict[0] and len(gold) + len(answer) <= 1000:  # longer ones are no sentences with an answer
        golds, answers = readings(clean(gold), clean(answer)), readings(clean(answer), clean(gold))
        pairs = [(gold, a) for a in answers] + [(g, a) for g in golds for a in (answer, *answers)]
        if all(_CONDITION.search(inlined(text)) for text in (gold, answer)):  # 5 when x = 2, 5 when x = 3
            pairs = []
        verdict = next(
            ((True, "equal in a sentence") for g, a in pairs if (quick(g, a) or _equivalent(g, a))[0]), verdict
        )
        ways = re.split(r"\s+or\s+", inlined(answer))
        if not verdict[0] and len(ways) == 2:  # 90 degrees or pi/2 radians
            ways = [gold, *ways] if (quick(gold, ways[0]) or _equivalent(gold, ways[0]))[0] else [gold, *ways[::-1]]
            if all((quick(w, v) or _equivalent(w, v))[0] for w, v in zip(ways, ways[1:], strict=False)):
                return True, "equal both ways"
    return verdict


_SPECIAL = re.compile(r"vec|bf|bm|bold|pmb|arrow|pm|mp|±|∓")


def _equivalent(gold: str, answer: str) -> tuple[bool, str]:
    spoken = [SPOKEN.get(plain_words(clean(t)), t) for t in (gold, answer)]
    verdict = quick(*spoken) if spoken != [gold, answer] else None
    gold, answer = spoken
    verdict = verdict or by_words(clean(gold), clean(answer))
    if verdict:
        return verdict
    gold, answer = noun_as_text(gold, answer), noun_as_text(answer, gold)
    readings = (True, False) if re.search(r"\d,\d{3}", gold + answer) else (True,)
    reason = "different"
    for thousands in readings:
        try:
            g, gold_unit = parse(gold, thousands)
            a, answer_unit = parse(answer, thousands)
        except ParseError as error:
            words = plain_words(gold)
            if re.fullmatch(r"(?=.*[a-z]{3})[a-z0-9 '\-]+", words) and words == plain_words(answer):
                return True, "equal text"
            reason = f"different notation: {error}"
            continue
        special = _SPECIAL.search(gold + answer)  # a glance at the text spares walks over the trees
        for name in sorted(n for n in names_in([g, a]) if n.startswith("vec:")) if special else ():  # a missing arrow
            g, a = (n if name in names_in(n) else rename(n, name[4:], name) for n in (g, a))
        g, gold_unit, a, answer_unit = _with_letters(g, gold_unit, a, answer_unit)
        units = {gold_unit or ("deg" if g[0] == "deg" else ""), answer_unit or ("deg" if a[0] == "deg" else "")} - {""}
        if units == {"deg", "rad"}:
            return same_number(g, a), "equal angles"
        if len({u for u in units if not (u == "deg" and "°" in gold_unit + answer_unit)}) > 1:
            return False, "another unit"
        if units & {"am", "pm"} and "ratio" in (g[0], a[0]):  # a time of day is no ratio
            same_time = g[0] == a[0] == "ratio" and _same_time(g[1], gold_unit, a[1], answer_unit)
            return same_time, "equal times" if same_time else "different"
        try:
            g, a = (_spread_signs(g), _spread_signs(a)) if special else (g, a)
            if same(g, a):
                return True, "equal expressions"
        except (UndefinedError, ZeroDivisionError):
            reason = "undefined"
    return False, reason


def _same_time(gold: list, gold_half: str, answer: list, answer_half: str) -> bool:
    """Times of day by hours, minutes and seconds: 5:30 pm is 17:30, and 5:30 where am and pm are not said."""

    def hours(hour: Fraction, half: str) -> set:
        if half:
            return {hour % 12 + 12 * (half == "pm")}
        return {hour} if hour > 12 else {hour % 12, hour % 12 + 12}

    g, a = exact(gold[0]), exact(answer[0])
    if g is None or a is None or not hours(g, gold_half) & hours(a, answer_half):
        return False
    return _same_items(*([*time[1:], ("num", Fraction(0), None)][:2] for time in (gold, answer)))


def _with_letters(gold: tuple, gold_unit: str, answer: tuple, answer_unit: str) -> tuple[tuple, str, tuple, str]:
    """Both with bare letters read as a unit where the other side says or allows it: 5 m/s, or 10m for the gold 10."""
    (g, gold_letters), (a, answer_letters) = unit_letters(gold), unit_letters(answer)
    if gold_unit and not answer_unit and answer_letters:
        answer, answer_unit = a, answer_letters
    elif answer_unit and not gold_unit and gold_letters == answer_unit:
        gold, gold_unit = g, gold_letters
    elif answer_letters and gold[0] == a[0] == "num" and not gold_unit + answer_unit:
        plain = set("mgsµΩ^-/0123456789 ") >= set(answer_letters) or "odot" in answer_letters
        answer = a if plain else answer
    return gold, gold_unit, answer, answer_unit


def understood(gold: str) -> bool:
    """Whether a gold can be graded against: words, or mathematics that parses. Evaluates nothing."""
    text = clean(gold)
    if not text:
        return False
    words = re.findall(r"(?<![\\A-Za-z])[A-Za-z]{2,}", WRAP.sub("", text))
    if len(words) > 10 and not re.search(r"[=<>^_\\\d]", WRAP.sub("", text)):
        return False  # prose without mathematics
    if simple_number(text) or re.fullmatch(r"[A-Za-z][A-Za-z ,.'\-]*", plain_words(text)):
        return True
    try:
        parse(gold)
    except ParseError:
        return False
    return True


def loosely_equal(gold: str, answer: str) -> bool:
    """OpenMathInstruct's comparison as the paper used it: relative tolerance 1e-4, a factor of 100 forgiven.

    Items of tuples, lists and matrices are compared in order; expressions by `same_number` where they are no numbers.
    """
    g, a = squeezed(clean(gold)).lower(), squeezed(clean(answer)).lower()
    if g == a:
        return True
    try:
        return _loosely(parse(gold)[0], parse(answer)[0])
    except (ParseError, UndefinedError, ZeroDivisionError):
        return False


def _loosely(gold: tuple, answer: tuple) -> bool:
    gold, answer = (n[1][-1] if n[0] == "eq" and n[2] and len(n[2]) <= 2 else n for n in (gold, answer))
    gold, answer = (n[1] if n[0] in ("pct", "deg") else n for n in (gold, answer))
    if gold[0] in ("tuple", "list", "set") and answer[0] in ("tuple", "list", "set"):
        return len(gold[1]) == len(answer[1]) and all(map(_loosely, gold[1], answer[1]))
    if gold[0] == answer[0] == "matrix":
        return [len(r) for r in gold[1]] == [len(r) for r in answer[1]] and all(
            _loosely(x, y) for r, q in zip(gold[1], answer[1], strict=True) for x, y in zip(r, q, strict=True)
        )
    if gold[0] == answer[0] == "eq":
        return same_equation(gold, answer)
    if gold[0] not in SCALARS or answer[0] not in SCALARS or ("inf",) in (gold, answer):
        return gold == answer
    if names_in(gold) | names_in(answer):
        return same_number(gold, answer)
    with mp.workdps(QUICK_DIGITS):
        g, a = number(gold, Point(0, False)), number(answer, Point(0, False))
        return any(abs(g * factor - a) <= mp.mpf("1e-4") * max(abs(g * factor), abs(a)) for factor in (1, 100, 0.01))
