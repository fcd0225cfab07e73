"""Whether two answers mean the same: the conventions by which parsed answers of any kind are equal.

A file of its own because equality is the policy of the grader, while `latex.py` only reads a notation and `values.py`
only computes. `same` compares two parsed answers; the questions that `grade.py` and the workers ask come last.
`understood` is bounded and safe in the calling process. `equivalent` and `loosely_equal` evaluate, so they belong in a
worker with a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations

from mpmath import mp

from grader.algebra import same_expression
from grader.equations import called, difference, same_equation, same_up_to_constant, same_up_to_factor, stated_value
from grader.latex import parse
from grader.nodes import MINUS, ONE, ZERO, contains, mapped, names_in, renamed, walk
from grader.prose import inlined, readings
from grader.regions import is_region, same_region
from grader.text import WRAP, clean, plain_words, squeezed
from grader.tokens import ParseError
from grader.units import unit_letters
from grader.values import QUICK_DIGITS, SCALARS, Point, UndefinedError, exact, near, number, same_number, simple_number
from grader.words import SPOKEN, by_words, noun_as_text, quick

# --------------------------------------------------------------------------------------------------------------------
# Equality of answers
# --------------------------------------------------------------------------------------------------------------------


def same(gold: tuple, answer: tuple) -> bool:
    """Whether two parsed answers mean the same: the first rule for a kind of either decides, unless it says None."""
    if gold == answer or _said_twice(gold, answer) or _same_steps(gold, answer):
        return True
    for kinds, rule in _RULES:
        if gold[0] in kinds or answer[0] in kinds:
            verdict = rule(gold, answer)
            if verdict is not None:
                return verdict
    return False


def _same_items(gold: list, answer: list) -> bool:
    return len(gold) == len(answer) and all(map(same, gold, answer))


def _unordered(gold: list, answer: list, alike: Callable[[tuple, tuple], bool] = same) -> bool:
    if len(gold) != len(answer) or len(gold) > 400:
        return False
    left = list(answer)
    for g in gold:
        match = next((a for a in left if g == a), None) or next((a for a in left if alike(g, a)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _said_twice(gold: tuple, answer: tuple) -> bool:
    """One value in several notations: 1/2 or 0.5. The same notation again is a list."""
    if (gold[0] == "list") == (answer[0] == "list"):
        return False
    values = (gold if gold[0] == "list" else answer)[1]
    if any(v[0] == "eq" or v in values[:i] for i, v in enumerate(values)):
        return False
    return all(same(v, answer) if gold[0] == "list" else same(gold, v) for v in values)


# --------------------------------------------------------------------------------------------------------------------
# One value: numbers, expressions, degrees, percent, ratios
# --------------------------------------------------------------------------------------------------------------------


def _same_value(gold: tuple, answer: tuple) -> bool:
    """Expressions; a degree or percent sign may be missing on one side, where it need not change the value."""
    if gold[0] not in SCALARS or answer[0] not in SCALARS or {gold[0], answer[0]} == {"deg", "pct"}:
        return False
    if gold[:2] == answer[:2] and gold[:2] in (("fn", "O"), ("fn", "o"), ("fn", "Theta")):  # O(2n) is O(n)
        return same_up_to_factor(gold[2][0], answer[2][0])
    if same_expression(gold, answer) or any(same_number(gold, a) for a in _in_names_of(gold, answer)):
        return True
    if all(n[0] == "add" and ("sym", "C") in n[1] for n in (gold, answer)):
        return same_up_to_constant(gold, answer)
    signs = any(n[0] in ("deg", "pct") for n in walk([gold, answer]))
    return signs and same_number(_bare(gold), _bare(answer))


def _bare(node: tuple) -> tuple:
    """An answer without its percent sign, or its degrees outside functions: 180^\\circ - x."""
    if node[0] == "pct":
        return node[1]
    return mapped(node, lambda n: n[1] if n[0] == "deg" else n if n[0] == "fn" else None)


_CONSTANT = re.compile(r"([cCKAB])(?:_?\{?\d\}?)?")


def _in_names_of(gold: tuple, answer: tuple) -> Iterator[tuple]:
    """The answer with its constants of integration named as the gold's, in every order: A and B for C_1 and C_2."""
    names = names_in(gold)
    case = {n: n.swapcase() for n in names_in(answer) - names if n[0] in "cC" and n.swapcase() in names}
    angles = [n for n in walk(gold) if n[0] == "fn" and n[1] in ("sin", "cos", "tan")] if case else []
    if case and gold[0] != "sym" and not names_in(angles) & {*case.values()}:
        yield renamed(answer, case)
    old = sorted(n for n in names if _CONSTANT.fullmatch(n))
    if 0 < len(old) <= 4 and all(_integrates(n, gold) for n in old):
        free = {"a", "b", "k", "D", "M", "k_1", "k_2"} - names
        new = sorted(n for n in names_in(answer) if _CONSTANT.fullmatch(n) or n in free)
        for order in permutations(new) if len(new) == len(old) else ():
            yield renamed(answer, dict(zip(order, old, strict=True)))


def _integrates(name: str, node: tuple) -> bool:
    """Whether a name is a constant of integration: C_1, or a C that is added or stands before e^x; not cos C or c/2."""
    if len(name) > 1 or node[0] == "sym":
        return name[0] in "cC" and node[0] != "sym"
    terms = [term for term in (node[1] if node[0] == "add" else [node]) if name in names_in(term)]
    factors = [[f for f in term[1] if f != MINUS] if term[0] == "mul" else [term] for term in terms]
    alone = all(sum(name in names_in(f) for f in each) == 1 and ("sym", name) in each for each in factors)
    grows = all(any(f[0] in ("pow", "fn") and names_in(f) for f in each) for each in factors)
    return name == "C" and alone and (factors == [[("sym", name)]] or grows)


def _same_ratio(gold: tuple, answer: tuple) -> bool:
    """2:3 is 4:6, 16:1 is 16; with a zero it is a time: 12:00 is not 1:00, and 20:34:00 is 20:34."""
    g, a = (n[1] if n[0] == "ratio" else [n, ONE] for n in (gold, answer))
    if len(g) != len(a) or ZERO in g + a:
        return _same_items(*(n[:2] if n[2:] == [ZERO] else n for n in (g, a)))
    return all(_same_value(("mul", [g[0], y]), ("mul", [a[0], x])) for x, y in zip(g[1:], a[1:], strict=True))


def _same_base(gold: tuple, answer: tuple) -> bool:
    """A base that only one side writes."""
    (_, digits, _), (kind, value, *_) = (gold, answer) if gold[0] == "based" else (answer, gold)
    return kind == "num" and digits.isdigit() and int(digits) == value


# --------------------------------------------------------------------------------------------------------------------
# Several values: tuples, vectors, matrices, sets, lists
# --------------------------------------------------------------------------------------------------------------------


def _same_array(gold: tuple, answer: tuple) -> bool | None:
    """Matrices entry by entry; a vector is a row, a column, a tuple in parentheses or a sum of i, j and k."""
    g, a = _rows(gold), _rows(answer)
    if not g or not a:
        return None
    a = _rows(_in_parameter_of(gold, answer))
    if not gold[0] == answer[0] == "matrix" and all(len(m) == 1 or all(len(r) == 1 for r in m) for m in (g, a)):
        g, a = sum(g, []), sum(a, [])
        plane = {gold[0], answer[0]} & SCALARS and {len(g), len(a)} == {2, 3}  # (3, 4) is 3i + 4j
        return _same_items(*(v + [ZERO] if plane and len(v) == 2 else v for v in (g, a)))
    return len(g) == len(a) and all(map(_same_items, g, a))


def _rows(node: tuple) -> list:
    """Rows of a matrix, a tuple, diag(1, 2), I_2, or of a sum as 2i - j + k or (1, 2) + t(3, 4); none for others."""
    units = {n for n in names_in(node) if re.fullmatch("(?:hat:|vec:)?[ijk]", n)}
    plain = {n[-1] for n in units}
    vectors = units & {"hat:i", "vec:i", "hat:k", "vec:k"} or ("j" in plain and len(plain) > 1)
    return _entries(node, units if vectors else set())


def _entries(node: tuple, units: set[str]) -> list:
    if node[0] in ("matrix", "tuple"):
        return node[1] if node[0] == "matrix" else [node[1]] if node[2] == "()" else []
    if node[0] == "sym" and node[1] in units:
        return [[ONE if axis == node[1][-1] else ZERO for axis in "ijk"]]
    order = re.fullmatch(r"I_([2-6])", node[1]) if node[0] == "sym" else None
    diagonal = [ONE] * int(order[1]) if order else node[2] if node[:2] == ("fn", "diag") else []
    if node[0] not in ("add", "mul"):
        return [[d if i == j else ZERO for j in range(len(diagonal))] for i, d in enumerate(diagonal)]
    parts = [_entries(c, units) for c in node[1]]
    if node[0] == "add" and all(parts) and len({(len(rows), *map(len, rows)) for rows in parts}) == 1:
        return [[("add", list(cells)) for cells in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
    if node[0] == "mul" and sum(map(bool, parts)) == 1:
        scale = [c for c, rows in zip(node[1], parts, strict=True) if not rows]
        return [[("mul", [*scale, cell]) for cell in row] for row in next(filter(None, parts))]
    return []


def _same_tuple(gold: tuple, answer: tuple) -> bool | None:
    if gold[0] != answer[0]:
        return None
    alike = gold[2] == answer[2] or len(gold[1]) > 2  # two items in other brackets are another interval
    return alike and _same_items(gold[1], _in_parameter_of(gold, answer)[1])


def _in_parameter_of(gold: tuple, answer: tuple) -> tuple:
    """(s, 2s) as (t, 2t) for a gold in t."""
    old, new = names_in(answer) - names_in(gold), names_in(gold) - names_in(answer)
    free = len(old) == len(new) == 1 and old | new <= {"k", "r", "s", "t", "u", "lambda"}
    return renamed(answer, dict(zip(old, new, strict=True))) if free else answer


def _same_collection(gold: tuple, answer: tuple) -> bool:
    """Sets and bare lists are unordered; a bare list against a tuple, or labelled against bare values, is ordered."""
    kinds = {gold[0], answer[0]}
    g, a = (n[1] if n[0] in ("set", "list") else [n] for n in (gold, answer))
    if "set" in kinds:
        return _unordered(_distinct(g), _distinct(a))
    if {gold[2:], answer[2:]} == {("and",), ("or",)} and all(i[0] == "sym" or i[1] == "neg" for i in g):
        return False  # statements: p and q is not p or q
    labels = _labels(g), _labels(a)
    if "tuple" in kinds or set(labels) == {0, 2}:
        if kinds == {"list"} or gold[0] == "tuple" or labels[0] == 2:
            return _same_items(_by_label(gold[1]), _by_label(answer[1]))
        return False
    # naming one value twice adds nothing to a gold without repeats
    return kinds == {"list"} and (_unordered(g, a) or _unordered(g, _distinct(a)))


def _labels(items: list) -> int:
    """0: no item is `name = value`; 2: all are, of unlike names; 1: between, as in x_1 = 2, x_2 = 3."""
    labels = {i[2].partition("_")[0] for i in items if i[0] == "eq" and i[2] is not None}
    return 0 if not labels else 2 if len(labels) == len(items) > 1 else 1


def _by_label(items: list) -> list:
    """`y = 1, x = 2` in the order of the coordinates; other labels keep the order in which they are given."""
    ordered = all(i[0] == "eq" and i[2] and i[2] in "xyzw" for i in items)
    return sorted(items, key=lambda i: "xyzw".index(i[2])) if ordered else items


def _distinct(items: list) -> list:
    return [item for k, item in enumerate(items) if not any(same(i, item) for i in items[:k])]


def _same_reals(gold: tuple, answer: tuple) -> bool | None:
    return same_region(gold, answer) if is_region(gold) or is_region(answer) else None


def _same_setop(gold: tuple, answer: tuple) -> bool:
    """Unions and the like of sets that are no sets of reals, in any order; differences in theirs."""
    if gold[:2] != answer[:2]:
        return False
    return (_same_items if gold[1] == "minus" else _unordered)(*(_pieces(n, gold[1]) for n in (gold, answer)))


def _pieces(node: tuple, op: str) -> list:
    return [*_pieces(node[2], op), *_pieces(node[3], op)] if node[:2] == ("setop", op) else [node]


# --------------------------------------------------------------------------------------------------------------------
# Conditions, equations and inequalities
# --------------------------------------------------------------------------------------------------------------------


def _same_given(gold: tuple, answer: tuple) -> bool:
    """Values under a condition: the values agree, perhaps with the parameter renamed, and so do stated conditions."""
    g, a = (n[1] if n[0] == "given" else n for n in (gold, answer))
    conditions = [n[2] for n in (gold, answer) if n[0] == "given"]
    congruence = any(c[:1] == ["mod"] for c in conditions)
    plain = gold[1][0] == "num" if gold[0] == "given" else answer[1][0] in ("num", "eq")
    if congruence and len(conditions) == 1 and not plain:
        return False  # a residue class is no number, n mod 2 is not n
    g, a = (n[1][-1] if n[0] == "eq" and (n[2] or congruence) else n for n in (g, a))
    new, old = sorted(names_in(g) - names_in(a)), sorted(names_in(a) - names_in(g))
    if len(new) == len(old) == 1 and _bound(new[0], old[0], conditions, names_in(g) & names_in(a)):
        a = renamed(a, {old[0]: new[0]})
        conditions = [[new[0] if t == old[0] else t for t in c] for c in conditions]
    return conditions[0] == conditions[-1] and same(g, a)


def _bound(new: str, old: str, conditions: list[list[str]], beside: set[str]) -> bool:
    """Whether conditions make a name one to be renamed: both declare theirs, it is an integer, a constant beside x."""
    declared = [c for c in conditions if new in c or old in c]
    return len(declared) == 2 or any(c[0] == "integer" or (beside and r"\mathbb" in c) for c in declared)


def _same_steps(gold: tuple, answer: tuple) -> bool:
    """Whether two values step through the same numbers: x = 7k + 3 and 3 (mod 7), pi/4 + k pi and 5pi/4 + k pi."""
    if not {gold[0], answer[0]} <= {"given", "eq"}:
        return False
    counted = any(n[0] == "given" and n[2][:1] in (["mod"], ["integer"]) for n in (gold, answer))
    if not counted and not all(("sym", "pi") in walk(node) for node in (gold, answer)):
        return False  # x = n + 1 is not x = n where n is a given number
    with mp.workdps(QUICK_DIGITS):
        g, a = _steps(gold), _steps(answer)
        if g is None or a is None or (g[0] != a[0] and g[0] and a[0]) or not near(abs(g[2]), abs(a[2]), 20):
            return False
        turns = mp.re((a[1] - g[1]) / g[2])
        return abs(turns) < 1e6 and near(g[1] + mp.nint(turns) * g[2], a[1], 20)


def _steps(node: tuple) -> tuple | None:
    """(name, start, step) of a residue, or of `x = value` that is linear in an integer k, m or n; else None."""
    value, condition = node[1:] if node[0] == "given" else (node, [])
    label, value = ((value[2] or "?"), value[1][-1]) if value[0] == "eq" else ("", value)
    if value[0] not in SCALARS or not re.fullmatch(r"[a-z]?|\\(?:theta|alpha|phi)", label):
        return None
    if condition[:1] == ["mod"]:
        digits = len(condition) == 2 and condition[1].isdigit()
        return (label, number(value, Point(0, False)), mp.mpf(condition[1])) if digits else None
    letters = names_in(value) & ({*condition[1:]} if condition else {"k", "m", "n"}) - {label}
    if len(letters) != 1 or condition[:1] not in ([], ["integer"]):
        return None
    at = [number(value, Point(0, False, dict.fromkeys(letters, mp.mpf(k)))) for k in range(3)]
    linear = at[0] != at[1] and near(at[0] + at[2], 2 * at[1], 20)
    return (label, at[0], at[1] - at[0]) if linear else None


_BOUND = re.compile(r"(\w+'*)(?:\(|_)([^\W\d])\)?")  # f(x), a_n


def _same_equation(gold: tuple, answer: tuple) -> bool:
    """`name = value` is its value; bound variables may be renamed; for other equations see `same_equation`."""
    spread = _spread_chain(gold), _spread_chain(answer)
    several = [n[0] in ("list", "tuple") or n[0] == "eq" and n[1][-1][0] == "tuple" for n in spread]
    if spread != (gold, answer) and all(several):
        return same(*spread)
    if gold[0] != answer[0]:
        value = stated_value(gold if gold[0] == "eq" else answer, gold[0] == "eq")
        return value is not None and (same(value, answer) if gold[0] == "eq" else same(gold, value))
    if gold[2] is not None and answer[2] is not None:
        numbered = re.fullmatch(rf"{re.escape(gold[2])}_\d", answer[2])  # x_1 = 2 for x = 2
        g, a = called(gold[2]), called(answer[2])
        if numbered or gold[2] in (answer[2], a) or g == answer[2] or {g, a} == {"f", "y"}:
            return same(gold[1][-1], answer[1][-1])
        g, a = _BOUND.fullmatch(gold[2]), _BOUND.fullmatch(answer[2])
        if g and a and g[1] == a[1]:
            free = g[2] in names_in(answer[1][-1])  # f(y) = x + 22
            return not free and same(gold[1][-1], renamed(answer[1][-1], {a[2]: g[2]}))
    if same_equation(gold, answer):
        return True
    g, a = difference(gold), difference(answer)
    return g is not None and a is not None and any(same_up_to_factor(g, n) for n in _in_names_of(g, a))


def _spread_chain(node: tuple) -> tuple:
    """x = y = z = 0 as x = 0, y = 0, z = 0."""
    names = node[1][:-1] if node[0] == "eq" else []
    if len(names) < 2 or not all(n and n[0] == "sym" for n in names):
        return node
    return ("list", [("eq", [n, node[1][-1]], n[1]) for n in names], ",")


def _same_relation(gold: tuple, answer: tuple) -> bool | None:
    """Chains of inequalities whose steps agree up to a positive factor, in any order."""
    if gold[0] != answer[0]:
        return None

    def steps(node: tuple) -> list:
        triples = zip(node[1], node[2], node[1][1:], strict=False)
        turned = [(y, op.replace(">", "<"), x) if op in (">", ">=") else (x, op, y) for x, op, y in triples]
        return [(op, ("add", [x, ("mul", [MINUS, y])])) for x, op, y in turned]

    def alike(one: tuple, other: tuple) -> bool:
        return one[0] == other[0] and same_up_to_factor(one[1], other[1], positive=one[0] not in ("!=", "="))

    return _unordered(steps(gold), steps(answer), alike)


_RULES = (
    ({"given"}, _same_given),
    ({"eq"}, _same_equation),
    ({"rel", "setop", "tuple", "list", "set"}, _same_reals),
    ({"rel"}, _same_relation),
    ({"set", "list"}, _same_collection),
    ({"matrix", "add", "mul", "sym", "fn"}, _same_array),
    ({"tuple"}, _same_tuple),
    ({"ratio"}, _same_ratio),
    ({"based"}, _same_base),
    ({"setop"}, _same_setop),
    (SCALARS, _same_value),
)

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
    verdict = _equivalent(gold, answer, asked=True)
    if verdict[0] or len(gold) + len(answer) > 1000:  # longer ones are no sentences with an answer
        return verdict
    if not all(_CONDITION.search(inlined(text)) for text in (gold, answer)):  # 5 when x = 2, 5 when x = 3
        golds, answers = readings(clean(gold), clean(answer)), readings(clean(answer), clean(gold))
        pairs = [(gold, a) for a in answers] + [(g, a) for g in golds for a in (answer, *answers)]
        if any(_equivalent(g, a)[0] for g, a in pairs):
            return True, "equal in a sentence"
    ways = re.split(r"\s+or\s+", inlined(answer))  # 90 degrees or pi/2 radians
    if len(ways) == 2 and any(_equivalent(gold, x)[0] and _equivalent(x, y)[0] for x, y in (ways, ways[::-1])):
        return True, "equal both ways"
    return verdict


def _equivalent(gold: str, answer: str, asked: bool = False) -> tuple[bool, str]:
    """The verdict on two texts as they are; asked: `quick` has said None of them."""
    texts = gold, answer
    gold, answer = (SPOKEN.get(plain_words(clean(t)), t) for t in texts)
    quickly = None if asked and texts == (gold, answer) else quick(gold, answer)
    verdict = quickly or by_words(clean(gold), clean(answer))
    if verdict:
        return verdict
    gold, answer = noun_as_text(gold, answer), noun_as_text(answer, gold)
    for thousands in (True, False) if re.search(r"\d,\d{3}", gold + answer) else (True,):
        try:
            verdict = _parsed_equal(gold, answer, thousands)
        except ParseError as error:
            words = plain_words(gold)
            if re.fullmatch(r"(?=.*[a-z]{3})[a-z0-9 '\-]+", words) and words == plain_words(answer):
                return True, "equal text"
            verdict = False, f"different notation: {error}"
        except (UndefinedError, ZeroDivisionError):
            verdict = False, "undefined"
        if verdict[0]:
            break
    return verdict


_SPECIAL = re.compile(r"vec|bf|bm|bold|pmb|arrow|pm|mp|±|∓")


def _parsed_equal(gold: str, answer: str, thousands: bool) -> tuple[bool, str]:
    (g, gold_unit), (a, answer_unit) = parse(gold, thousands), parse(answer, thousands)
    if _SPECIAL.search(gold + answer):  # a glance at the text spares walks over the trees
        for name in (n for n in names_in([g, a]) if n.startswith("vec:")):  # a missing arrow
            g, a = (n if name in names_in(n) else renamed(n, {name[4:]: name}) for n in (g, a))
        g, a = _spread_signs(g), _spread_signs(a)
    g, gold_unit, a, answer_unit = _with_letters(g, gold_unit, a, answer_unit)
    units = {gold_unit or ("deg" if g[0] == "deg" else ""), answer_unit or ("deg" if a[0] == "deg" else "")} - {""}
    if units == {"deg", "rad"}:
        return same_number(g, a), "equal angles"
    if len({u for u in units if not (u == "deg" and "°" in gold_unit + answer_unit)}) > 1:
        return False, "another unit"
    if units & {"am", "pm"} and g[0] == a[0] == "ratio":  # a time of day is no ratio
        rest = ([*n[1][1:], ZERO][:2] for n in (g, a))
        return bool(_hours(g, gold_unit) & _hours(a, answer_unit)) and _same_items(*rest), "different"
    return (True, "equal expressions") if same(g, a) else (False, "different")


def _hours(time: tuple, half: str) -> set:
    """The hours, of 24, that a time of day can mean: 5:30 is 17:30 too where neither am nor pm is said."""
    hour = exact(time[1][0]) or Fraction(0)
    if half:
        return {hour % 12 + 12 * (half == "pm")}
    return {hour} if hour > 12 else {hour % 12, hour % 12 + 12}


def _spread_signs(node: tuple) -> tuple:
    """An answer with \\pm written out as the list of its values."""
    if not contains(node, "pm"):
        return node
    if node[0] in ("list", "set"):
        spread = map(_spread_signs, node[1])
        return (node[0], [i for n in spread for i in (n[1] if n[0] == "list" else [n])], *node[2:])

    signed = [mapped(node, lambda n, s=s: ("num", Fraction(n[1] * s), None) if n[0] == "pm" else None) for s in (1, -1)]
    return ("list", signed, ",")


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
    gold, answer = (("tuple", [("tuple", r) for r in n[1]]) if n[0] == "matrix" else n for n in (gold, answer))
    if {gold[0], answer[0]} <= {"tuple", "list", "set"}:
        return len(gold[1]) == len(answer[1]) and all(map(_loosely, gold[1], answer[1]))
    if not {gold[0], answer[0]} <= SCALARS or ("inf",) in (gold, answer) or names_in([gold, answer]):
        return same(gold, answer)
    with mp.workdps(QUICK_DIGITS):
        g, a = number(gold, Point(0, False)), number(answer, Point(0, False))
        return any(abs(g * factor - a) <= mp.mpf("1e-4") * max(abs(g * factor), abs(a)) for factor in (1, 100, 0.01))
