"""Values of parsed answers: exact where numbers are rational, otherwise to as many digits as asked for.

There is no sympy here: two expressions are equal when they agree exactly (rational numbers) or to many digits (mpmath)
at random points. That is faster than simplification by two orders of magnitude. What evaluates belongs in a worker with
a deadline: a hostile expression can still make it slow, never make it run code.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, comb, factorial, floor, gcd, inf, isqrt, lcm
from random import Random

from mpmath import mp
from mpmath.libmp import to_rational

from grader.nodes import MINUS, ONE, OVER, contains, names_in, walk

SCALARS = {"num", "sym", "add", "mul", "pow", "root", "fn", "big", "pct", "deg", "inf", "cases"}  # kinds of one value
MAX_BITS = 200_000  # size of an exact number; larger ones are compared by structure


class UndefinedError(ArithmeticError):
    """The expression has no (real) value here, or one too large to compute."""


class NoCaseError(UndefinedError):
    """None of the cases of a function applies here."""


# --------------------------------------------------------------------------------------------------------------------
# Plain numbers
# --------------------------------------------------------------------------------------------------------------------

_INTEGER = r"[-+]?(?:\d{1,300}|[1-9]\d{0,2}(?:(?:,|\{,\}|\\,)\d{3}){1,90})"
_SIMPLE_NUMBER = re.compile(
    rf"({_INTEGER})?(\.\d{{1,300}})?|([-+]?)\\frac\s?\{{\s?({_INTEGER})\s?\}}\s?\{{\s?({_INTEGER})\s?\}}"
    rf"|({_INTEGER})\s?/\s?({_INTEGER})|([-+]?)\\frac(\d)(\d)", re.ASCII
)  # fmt: skip


def simple_number(text: str) -> tuple[Fraction, Fraction | None] | None:
    """(value, unit in the last decimal place) of a plain integer, decimal or fraction of integers, else None."""
    m = _SIMPLE_NUMBER.fullmatch(text)
    if not m:
        return None
    whole, point, *fraction = (re.sub(r",|\{,\}|\\,", "", g) if g else g for g in m.groups())
    if any(fraction):
        *sign, above, below = filter(None, fraction)
        return (Fraction(int(above), int(below)) * (-1 if "-" in sign else 1), None) if int(below) else None
    if point:
        return Fraction((whole or "") + point), Fraction(1, 10 ** (len(point) - 1))
    return (Fraction(int(whole)), None) if whole else None


def agrees(gold: Fraction, gold_ulp: Fraction | None, value: Fraction, ulp: Fraction | None) -> bool:
    """Equality of two numbers, with the tolerance that a decimal allows.

    A unit in the last place (ulp) of None means an integer or fraction, of 0 a repeating decimal: both are exact. A
    decimal gold accepts what rounds to it (from two significant digits on) or is within 1e-4 of it, relatively; one of
    five digits or more, only what is less than a unit of its last place away, which no shorter decimal is. A decimal
    that is an integer, like 7.0, is exact. A fraction accepts what a calculator shows of it: 13 digits.
    """
    if gold == value:
        return True
    difference = abs(value - gold)
    if gold_ulp and ulp != 0 and (gold.denominator != 1 or gold_ulp > 1):
        if abs(gold) >= 10**4 * gold_ulp:
            return difference < gold_ulp
        return difference <= abs(gold) / 10000 or (abs(gold) >= 10 * gold_ulp and difference <= gold_ulp / 2)
    return gold_ulp is None and bool(ulp) and abs(value) >= ulp * 10**12 and difference <= ulp


# --------------------------------------------------------------------------------------------------------------------
# Values: exact where numbers are rational, otherwise to as many digits as asked for
# --------------------------------------------------------------------------------------------------------------------


class _NotRational(ArithmeticError):
    """An exact value was asked for where there is none."""


class _TooLarge(ArithmeticError):
    """An exact number outgrew MAX_BITS."""


def exact(node: tuple) -> Fraction | None:
    """The rational value, None when it is irrational or symbolic. Raises UndefinedError for 1/0."""
    try:
        return number(node, _EXACT)
    except _NotRational:
        return None


class Point:
    """Values of the variables: fixed pseudo-random numbers by name, the same in both expressions."""

    def __init__(self, seed: int, real: bool, fixed: dict | None = None, by_value: bool = False):
        self.seed, self.real, self.fixed, self.by_value = seed, real, fixed or {}, by_value

    def __getitem__(self, name: str):
        if name not in self.fixed:
            if name in ("pi", "e", "i"):  # at the current precision
                return mp.mpc(0, 1) if name == "i" else +getattr(mp, name)
            unit = (zlib.crc32(f"{name}/{self.seed}".encode()) + 1) / 2**32
            low, high = _RANGES[self.seed % len(_RANGES)]
            self.fixed[name] = mp.mpf(low + (high - low) * unit)
        return self.fixed[name]

    def where(self, name: str, value) -> Point:
        return Point(self.seed, self.real, {**self.fixed, name: mp.mpf(value)}, self.by_value)


_RANGES = [(0.1, 0.9), (1.1, 3.9), (-0.9, -0.1), (0.2, 1.4), (-4, 4), (4, 9), (-3, 3)]
_EXACT = Point(0, True)  # where numbers stay fractions, and what is no fraction has no value


def number(node: tuple, point: Point):
    """The value at a point, as an mpmath number. Raises UndefinedError outside the (real) domain."""
    kind, exactly = node[0], point is _EXACT
    if kind == "num":
        if exactly:
            return node[1]
        value = mp.mpf(node[1].numerator)
        return value / node[1].denominator if node[1].denominator > 1 else value
    if kind == "add":
        values = [number(c, point) for c in node[1]]
        if node[1][-2:-1] == [("sym", "ldots")]:
            return _progression(node[1], values)
        return _sized(sum(values)) if exactly else mp.fsum(values)
    if kind == "mul":
        product = 1
        for child in node[1]:
            product *= number(child, point)
            if exactly:
                _sized(product)
        return product
    if kind == "pct":
        return number(node[1], point) / 100
    if kind == "pow":
        base, exponent = number(node[1], point), number(node[2], point)
        return _exact_power(base, exponent) if exactly else _real(_power(base, exponent, point.by_value), point)
    if kind == "root":
        degree, value = number(node[1], point), number(node[2], point)
        return _exact_root(degree, value) if exactly else _real(_root(degree, value), point)
    if kind == "fn" and not (node[2] and node[2][0][0] == "matrix"):
        values = [number(c, point) for c in node[2]]
        return _exact_function(node[1], values) if exactly else _real(_apply(node[1], values, point), point)
    if exactly:
        raise _NotRational
    if kind == "sym":
        return point[node[1]]
    if kind == "deg":
        return number(node[1], point) * mp.pi / 180
    if kind == "big":
        return _big(node, point)
    if kind == "cases":
        return _cases(node, point)
    if kind == "inf" and point.by_value:
        return mp.inf
    rows = node[2][0][1] if node[:2] == ("fn", "det") else []
    if not 0 < len(rows) <= 12 or any(len(row) != len(rows) for row in rows):
        raise UndefinedError(f"no value for {kind}")
    return mp.det(mp.matrix([[number(cell, point) for cell in row] for row in rows]))


def _progression(terms: list[tuple], values: list):
    """1 + 3 + ... + (2n-1) or 1 + x + ... + x^n, whose first terms tell the step; other sums stay as written."""
    first, last, begun = values[0], values[-1], values[:-2]
    steps = [y - x for x, y in zip(begun, begun[1:], strict=False)]
    numbers = len(begun) > 2 or ({n[0] for n in terms[:2]} == {"num"} and terms[-1][0] != "pow")
    if steps and 0 not in steps and numbers and all(near(s, steps[0], mp.dps // 2) for s in steps):
        return (first + last) * ((last - first) / steps[0] + 1) / 2
    ratios = [y / x for x, y in zip(begun, begun[1:], strict=False)]
    powers = len(begun) > 2 or any(n[0] == "pow" and names_in(n[2]) for n in walk(terms[-1]))
    if ratios and ratios[0] != 1 and powers and all(near(r, ratios[0], mp.dps // 2) for r in ratios):
        return (last * ratios[0] - first) / (ratios[0] - 1)
    return mp.fsum(values)


def _sized(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise _TooLarge
    return value


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent <= 0:
        raise UndefinedError("0 to a power that is not positive")
    if exponent.denominator != 1:
        raise _NotRational
    if abs(base) == 1:
        return base ** (exponent.numerator % 2)
    if abs(exponent) * (base.numerator.bit_length() + base.denominator.bit_length()) > MAX_BITS:
        raise _TooLarge
    return base**exponent.numerator


def _exact_root(degree: Fraction, value: Fraction) -> Fraction:
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator)) if degree == 2 and value >= 0 else None
    if root is None or root * root != value:
        raise _NotRational
    return root


_OF_INTEGERS = {"factorial": (factorial, 5000), "binom": (comb, 10000), "gcd": (gcd, inf), "lcm": (lcm, inf)}


def _exact_function(name: str, values: list[Fraction]) -> Fraction:
    rounded = {"abs": abs, "floor": floor, "ceil": ceil}
    if name in rounded and len(values) == 1:
        return Fraction(rounded[name](values[0]))
    if name in ("max", "min"):
        return max(values) if name == "max" else min(values)
    function, largest = _OF_INTEGERS.get(name, (None, 0))
    if function is None or any(v.denominator != 1 or v < 0 for v in values) or values[0] > largest:
        raise _NotRational
    return Fraction(function(*(v.numerator for v in values)))


def _cases(node: tuple, point: Point):
    for value, case in node[1]:
        if case is None or _applies(case, point):
            return number(value, point)
    raise NoCaseError("no case applies")


def _applies(case: tuple, point: Point) -> bool:
    if case[0] == "parity":
        if not mp.isint(number(case[1], point)):
            raise UndefinedError("even or odd at integers only")
        return (int(number(case[1], point)) - case[2]) % case[3] == 0
    if case[0] not in ("rel", "eq") or None in case[1]:
        raise UndefinedError("no condition on numbers")
    values = [number(n, point) for n in case[1]]
    ops = case[2] if case[0] == "rel" else ["="] * len(values)
    return all(holds(a, op, b) for a, op, b in zip(values, ops, values[1:], strict=False))


def equals(x, y) -> bool:
    return mp.isfinite(y) and abs(x - y) <= max(abs(x), abs(y), mp.mpf(1)) * mp.mpf(10) ** (-6 * mp.dps // 7)


def holds(left, op: str, right) -> bool:
    """Whether a relation holds between two real numbers, or a number and an infinity."""
    if isinstance(left, mp.mpc) or isinstance(right, mp.mpc):
        raise UndefinedError("not real")
    if mp.isfinite(left) and mp.isfinite(right) and equals(left, right):
        return op in ("<=", ">=", "=")
    return {"<": left < right, "<=": left < right, ">": left > right, ">=": left > right, "!=": True}.get(op, False)


def _real(value, point: Point):
    if point.real and isinstance(value, mp.mpc):
        if value.imag != 0:
            raise UndefinedError("not real")
        return value.real
    return value


def _bounded(value, bits: int):
    """The value, when its magnitude is below 2**bits: beyond, argument reduction would take for ever."""
    if value != 0 and mp.mag(value) > bits:
        raise UndefinedError("too large")
    return value


def _power(base, exponent, by_value: bool):
    if by_value and base > 1 and exponent < -(2**20):  # e^{-x} far out in an integral
        return mp.mpf(0)
    _bounded(exponent, 64)
    if base == 0:
        if mp.re(exponent) <= 0:
            raise UndefinedError("0 to a power that is not positive")
        return mp.mpf(0)
    _bounded(mp.mpf(abs(mp.mag(base)) + 1) * abs(exponent), 64)
    return mp.power(base, exponent)


def _root(degree, value):
    if degree == 0:
        raise UndefinedError("zeroth root")
    odd = mp.isint(degree) and int(_bounded(degree, 30)) % 2
    if odd and not isinstance(value, mp.mpc) and value < 0:
        return -mp.power(-value, 1 / degree)
    return mp.sqrt(value) if degree == 2 else mp.power(value, 1 / degree)


_CIRCULAR, _HYPERBOLIC = ("sin", "cos", "tan", "cot", "sec", "csc"), ("sinh", "cosh", "tanh", "coth", "sech", "csch")
_FUNCTIONS = {  # name: (mpmath's name, bits that its arguments may have)
    **{name: (name, 4000) for name in _CIRCULAR},
    **{name: (name, 64) for name in _HYPERBOLIC},
    **{arc + name: ("a" + name, inf) for name in _CIRCULAR + _HYPERBOLIC for arc in ("arc", "ar", "a")},
    "abs": ("fabs", inf), "floor": ("floor", inf), "ceil": ("ceil", inf), "Re": ("re", inf),
    "Im": ("im", inf), "arg": ("arg", inf), "sgn": ("sign", inf), "sign": ("sign", inf),
    "exp": ("exp", 64), "cis": ("expj", 4000), "factorial": ("factorial", 40), "factorial2": ("fac2", 30),
    "binom": ("binomial", 40), "zeta": ("zeta", 12), "Gamma": ("gamma", 12), "erf": ("erf", 12), "erfc": ("erfc", 12),
}  # fmt: skip


def _apply(name: str, args: list, point: Point):
    if name in ("ln", "log", "lg"):
        logs = args + [mp.mpf(10)] * (name == "lg")
        if 0 in logs or 1 in logs[1:]:
            raise UndefinedError("log of 0, or to the base 1")
        logs = [_real(mp.log(x), point) for x in logs]
        return logs[0] / logs[1] if len(logs) > 1 else logs[0]
    if name in _FUNCTIONS:
        function, bits = _FUNCTIONS[name]
        return getattr(mp, function)(*(_bounded(x, bits) for x in args))
    if name in ("max", "min"):
        return max(args) if name == "max" else min(args)
    if name == "Li" and len(args) == 2:
        return mp.polylog(args[1], _bounded(args[0], 12))
    if name in ("gcd", "lcm") and all(mp.isint(x) and mp.mag(x) < 40 for x in args):
        return mp.mpf(_OF_INTEGERS[name][0](*map(int, args)))
    return _oracle(name, args)


def _oracle(name: str, args: list):
    """A function nobody defined: a pseudo-random value for each list of arguments, so that f(x) = f(y) iff x = y."""
    key = name + ",".join(mp.nstr(mp.mpmathify(a), 12) for a in args)
    return mp.mpf(zlib.crc32(key.encode()) + 1) / 2**30


def _big(node: tuple, point: Point):
    """A finite sum or product; `by_value` infinite ones, integrals and limits too; else an unknown function."""
    _, name, variable, low, high, body = node

    def term(x):
        return number(body, point.where(variable, x))

    if name in ("sum", "prod") and variable and high != ("inf",):
        ends = [number(end, point) for end in (low, high)]
        if all(mp.isint(end) for end in ends):
            if ends[1] - ends[0] > 3000:
                raise UndefinedError("too many terms")
            values = [term(k) for k in range(int(ends[0]), int(ends[1]) + 1)]
            return mp.fsum(values) if name == "sum" else mp.fprod(values)
    if point.by_value and variable and not (name == "int" and (low, high) == (ONE, ONE)):
        ends = [number(end, point) for end in (low, high)]
        if name in ("sum", "prod"):
            return (mp.nsum if name == "sum" else mp.nprod)(term, ends)
        if name == "int":
            return mp.quad(term, ends)
        if name == "lim" and variable in names_in(body):  # not a_n, of which nothing is known
            return mp.limit(term, ends[0])
    inner = point.where(variable, "0.7310585786") if variable else point
    parts = [] if low == ("inf",) else [number(low, point)]
    parts += [] if high[0] in ("inf", "mul") else [number(high, point)]
    return _oracle(name + str(high == ("inf",)), [*parts, number(body, inner)])


# --------------------------------------------------------------------------------------------------------------------
# Equality of expressions
# --------------------------------------------------------------------------------------------------------------------

QUICK_DIGITS, SURE_DIGITS = 30, 700


def same_number(gold: tuple, answer: tuple) -> bool:
    """Equality of two expressions, with the tolerance that a decimal gold allows."""
    if ("inf",) in (gold, answer):
        return gold == answer
    try:
        exact_gold, exact_answer = exact(gold), exact(answer)
        if exact_gold is not None and exact_answer is not None:
            return agrees(exact_gold, last_place(gold), exact_answer, last_place(answer))
    except _TooLarge:  # digits cannot tell 1 from 1 - 2^(-10^6)
        return _same_terms(gold, answer)
    names = names_in([gold, answer])
    signs = [n for n in walk([gold, answer]) if n[0] == "big"]
    if any(n[1] in ("int", "lim") or n[4] == ("inf",) for n in signs):
        verdict = _same_limits(gold, answer, names)
        if verdict is not None:
            return verdict
    return _same_function(gold, answer, names) if names - {"i"} or signs else _same_constant(gold, answer)


def _same_limits(gold: tuple, answer: tuple, names: set[str]) -> bool | None:
    """Equality to 15 digits where infinite sums, integrals or limits are computed; None where they have no value."""
    whole = _integer_names(gold, answer)
    with mp.workdps(25):
        for seed in (0, 3) if names else (0,):
            point = _point(seed, True, whole, by_value=True)
            try:
                if not near(number(gold, point), number(answer, point), 15):
                    return False
            except (UndefinedError, ZeroDivisionError, ValueError, TypeError, mp.NoConvergence):
                return None
    return True


def _point(seed: int, real: bool, integers: set[str], by_value: bool = False) -> Point:
    return Point(seed, real, {n: mp.mpf(Random(f"{n}/{seed}").randint(1, 12)) for n in integers}, by_value)


def _integer_names(*nodes: tuple) -> set[str]:
    """Variables of which (-1)^n, a case for even n, gcd(n, 2), n!! or floor(n/2) make sense at integers only."""
    found: set[str] = set()
    for node in walk(list(nodes)):
        if node[0] == "big" and node[1] in ("sum", "prod"):
            found |= names_in(list(node[3:5]))
        elif node[0] == "pow" and node[1][0] in ("num", "mul") and not names_in(node[1]) and (exact(node[1]) or 0) < 0:
            found |= names_in(node[2])
        elif node[0] == "parity":
            found |= names_in(node[1])
        elif node[0] == "fn" and node[1] in ("floor", "ceil", "gcd", "lcm", "factorial2"):
            found |= names_in(node[2]) & ({"n", "m", "k"} if node[1] in ("floor", "ceil") else names_in(node[2]))
    return found


def last_place(node: tuple) -> Fraction | None:
    """The unit in the last place of a decimal literal or of `1.2 \\times 10^5`; None for anything else."""
    if node[0] == "num":
        return node[2]
    if node[0] == "pct" and last_place(node[1]):
        return last_place(node[1]) / 100
    if node[0] == "mul" and len(node[1]) == 2:
        left, right = node[1]
        if left == MINUS:
            return last_place(right)
        if left[0] == "num" and right[0] == "pow" and right[1] == ("num", Fraction(10), None):
            power = exact(right[2])
            small = power is not None and power.denominator == 1 and abs(power) < 5000
            return (left[2] or Fraction(1)) * Fraction(10) ** int(power) if small else None
    return None


def _fraction(value) -> Fraction:
    if value != 0 and abs(mp.mag(value)) > MAX_BITS:
        raise UndefinedError("too large")
    return Fraction(*to_rational(value._mpf_))


def _same_constant(gold: tuple, answer: tuple) -> bool:
    point = Point(0, False)
    for digits in (QUICK_DIGITS, 120, SURE_DIGITS)[: 3 if extreme(gold, answer) else 2]:  # what differs does so soon
        with mp.workdps(digits):
            g, a = number(gold, point), number(answer, point)
            if last_place(gold) and abs(mp.im(a)) < 1e-20:
                return agrees(exact(gold), last_place(gold), _fraction(mp.re(a)), None)
            if not near(g, a, digits - 12):
                return False
            if max(mp.mag(g), mp.mag(a)) > 3 * SURE_DIGITS:  # digits cannot tell 10^(10^10) from its successor
                return _same_terms(gold, answer)
    return True


def _same_terms(gold: tuple, answer: tuple) -> bool:
    def terms(node: tuple) -> list:
        return [t for c in node[1] for t in terms(c)] if node[0] == "add" else [str(node)]

    return sorted(terms(gold)) == sorted(terms(answer))


def near(g, a, digits: int) -> bool:
    size = max(abs(g), abs(a))
    return size == 0 or abs(g - a) <= size * mp.mpf(10) ** -digits


def _same_function(gold: tuple, answer: tuple, names: set[str]) -> bool:
    """Agreement at random points: where both are real, or in the complex plane when they are real nowhere."""
    integers = _integer_names(gold, answer)
    for k in range(-6, 7) if contains([gold, answer], "cases") else ():  # where cases meet, and between
        point = Point(0, True, {name: mp.mpf(k * (-1) ** i) / 2 for i, name in enumerate(sorted(names))})
        try:
            stated = [_has_case(node, point) for node in (gold, answer)]
            if stated[0] != stated[1] or (all(stated) and not _agree_at(gold, answer, point, QUICK_DIGITS)):
                return False
        except (UndefinedError, ZeroDivisionError):
            continue
    agreed = 0 if "i" in names else _agreements(gold, answer, (_point(s, True, integers) for s in range(14)))
    if agreed is not None and agreed < 3:
        agreed = _agreements(gold, answer, (_point(s, False, integers) for s in (0, 1, 3, 5, 7, 8, 10, 12)))
    return agreed is not None and agreed >= 3


def _has_case(node: tuple, point: Point) -> bool:
    try:
        return number(node, point) is not None
    except NoCaseError:
        return False


def extreme(*nodes: tuple) -> bool:
    """Whether an expression may hold a number so large or small that many digits are needed to see it."""
    for node in walk(list(nodes)):
        if node[0] == "num" and max(node[1].numerator.bit_length(), node[1].denominator.bit_length()) > 200:
            return True
        inner = node[2] if node[0] in ("pow", "fn") else ()  # of e^{100}, 1000!, e^{e^7}
        if any(n[0] in ("pow", "fn") and n[2] != OVER or n[0] == "num" and abs(n[1]) > 50 for n in walk(inner)):
            return True
    return False


def _agreements(gold: tuple, answer: tuple, points: Iterable[Point]) -> int | None:
    """The number of points, at most 8, where both have a value and agree; None as soon as they differ at one."""
    agreed, sure = 0, SURE_DIGITS if extreme(gold, answer) else 80
    for point in points:
        try:
            if not all(_agree_at(gold, answer, point, d) for d in (QUICK_DIGITS, sure)[: 1 if agreed else 2]):
                return None
        except (UndefinedError, ZeroDivisionError):
            continue
        agreed += 1
        if agreed == 8:
            break
    return agreed


def _agree_at(gold: tuple, answer: tuple, point: Point, digits: int) -> bool:
    with mp.workdps(digits):
        g, a = number(gold, point), number(answer, point)
        if near(g, a, digits - 12):
            return True
        tiny = mp.mpf(10) ** (10 - digits)
        if max(abs(g), abs(a)) > tiny * 1000 and abs(g - a) > tiny:
            return False
    with mp.workdps(4 * digits):  # cancellation: more digits tell noise from a difference
        g, a = number(gold, point), number(answer, point)
        return near(g, a, digits) or max(abs(g), abs(a)) < mp.mpf(10) ** (-3 * digits)
