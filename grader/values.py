"""Values of parsed answers: exact where numbers are rational, otherwise to as many digits as asked for.

There is no sympy here: two expressions are equal when they agree exactly (rational numbers) or to many digits (mpmath)
at random points. That is faster than simplification by two orders of magnitude. What evaluates belongs in a worker with
a deadline: a hostile expression can still make it slow, never make it run code.
"""

from __future__ import annotations

import re
import zlib
from fractions import Fraction
from math import ceil, comb, factorial, floor, gcd, isqrt, lcm

from mpmath import mp

from grader.nodes import MINUS, ONE, OVER, contains, names_in, renamed, walk

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
    rf"|({_INTEGER})\s?/\s?({_INTEGER})", re.ASCII
)  # fmt: skip


def simple_number(text: str) -> tuple[Fraction, Fraction | None] | None:
    """(value, unit in the last decimal place) of a plain integer, decimal or fraction of integers, else None."""
    m = _SIMPLE_NUMBER.fullmatch(text) if text and len(text) < 700 else None
    if not m:
        return None
    whole, point, sign, top, bottom, left, right = (re.sub(r",|\{,\}|\\,", "", g) if g else g for g in m.groups())
    if top or left:
        below = int(bottom or right)
        value = Fraction(int(top or left), below) if below else None
        return None if value is None else (-value if sign == "-" else value, None)
    if point:
        head = whole if whole not in (None, "+", "-") else (whole or "") + "0"
        return Fraction(head + point), Fraction(1, 10 ** (len(point) - 1))
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


def exact(node: tuple) -> Fraction | None:
    """The rational value, None when it is irrational, symbolic or too large. Raises UndefinedError for 1/0."""
    kind = node[0]
    if kind == "num":
        return node[1]
    if kind not in ("add", "mul", "pow", "pct", "fn", "root"):
        return None
    children = node[2] if kind == "fn" else node[1] if kind in ("add", "mul") else node[1:]
    values = [exact(c) for c in children]
    if any(v is None for v in values):
        return None
    if kind == "add":
        return _sized(sum(values))
    if kind == "mul":
        product = Fraction(1)
        for v in values:
            product = _sized(product * v)
        return product
    if kind == "pct":
        return values[0] / 100
    if kind == "root":
        return _exact_root(*values)
    return _exact_power(*values) if kind == "pow" else _exact_function(node[1], values)


def _sized(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise _TooLarge
    return value


class _TooLarge(Exception):
    """An exact number outgrew MAX_BITS."""


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if base == 0 and exponent <= 0:
        raise UndefinedError("0 to a power that is not positive")
    if exponent.denominator != 1:
        return None
    size = base.numerator.bit_length() + base.denominator.bit_length()
    if abs(base) != 1 and abs(exponent) * size > MAX_BITS:
        raise _TooLarge
    return base ** (exponent.numerator if abs(base) != 1 else exponent.numerator % 2)


def _exact_root(degree: Fraction, value: Fraction) -> Fraction | None:
    if degree != 2 or value < 0:
        return None
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, bottom) if (top * top, bottom * bottom) == (value.numerator, value.denominator) else None


def _exact_function(name: str, values: list[Fraction]) -> Fraction | None:
    if name in ("abs", "floor", "ceil") and len(values) == 1:
        return Fraction({"abs": abs, "floor": floor, "ceil": ceil}[name](values[0]))
    if name in ("max", "min"):
        return max(values) if name == "max" else min(values)
    if any(v.denominator != 1 or v < 0 for v in values):
        return None
    integers = [v.numerator for v in values]
    if name == "factorial" and integers[0] <= 5000:
        return Fraction(factorial(integers[0]))
    if name == "binom" and integers[0] <= 10000:
        return Fraction(comb(*integers))
    if name in ("gcd", "lcm"):
        return Fraction((gcd if name == "gcd" else lcm)(*integers))
    return None


class Point:
    """Values of the variables: fixed pseudo-random numbers by name, the same in both expressions."""

    def __init__(self, seed: int, real: bool, fixed: dict | None = None, by_value: bool = False):
        self.seed, self.real, self.fixed, self.by_value = seed, real, fixed or {}, by_value

    def __getitem__(self, name: str):
        if name not in self.fixed:
            unit = (zlib.crc32(f"{name}/{self.seed}".encode()) + 1) / 2**32
            low, high = _RANGES[self.seed % len(_RANGES)]
            self.fixed[name] = mp.mpf(low + (high - low) * unit)
        return self.fixed[name]


_RANGES = [(0.1, 0.9), (1.1, 3.9), (-0.9, -0.1), (0.2, 1.4), (-4, 4), (4, 9), (-3, 3)]


def number(node: tuple, point: Point):
    """The value at a point, as an mpmath number. Raises UndefinedError outside the (real) domain."""
    kind = node[0]
    if kind == "num":
        value = mp.mpf(node[1].numerator)
        return value / node[1].denominator if node[1].denominator > 1 else value
    if kind == "sym":
        if node[1] in _CONSTANTS and node[1] not in point.fixed:
            return _CONSTANTS[node[1]]()
        return point[node[1]]
    if kind == "add":
        return mp.fsum(number(c, point) for c in node[1])
    if kind == "mul":
        product = mp.mpf(1)
        for child in node[1]:
            product *= number(child, point)
        return product
    if kind == "pow":
        return _real(_power(number(node[1], point), number(node[2], point), point.by_value), point)
    if kind == "root":
        return _real(_root(number(node[1], point), number(node[2], point)), point)
    if kind == "pct":
        return number(node[1], point) / 100
    if kind == "deg":
        return number(node[1], point) * mp.pi / 180
    if kind == "fn" and node[2] and node[2][0][0] == "matrix":
        rows = [[number(cell, point) for cell in row] for row in node[2][0][1]]
        if node[1] != "det" or any(len(row) != len(rows) for row in rows) or len(rows) > 12:
            raise UndefinedError(f"no {node[1]} of such a matrix")
        return mp.det(mp.matrix(rows))
    if kind == "fn":
        return _real(_apply(node, point), point)
    if kind == "big":
        return _big(node, point)
    if kind == "cases":
        return _cases(node, point)
    raise UndefinedError(f"no value for {kind}")


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


_CONSTANTS = {"pi": lambda: +mp.pi, "e": lambda: +mp.e, "i": lambda: mp.mpc(0, 1)}  # at the current precision


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


_ALIASES = {"sh": "sinh", "ch": "cosh", "th": "tanh", "log": "ln", "sign": "sgn"}


def _apply(node: tuple, point: Point):
    name, args = node[1], [number(c, point) for c in node[2]]
    name = _ALIASES.get(name, name)
    if name.startswith("a") and name[1:] in _INVERSES:
        name = "arc" + name[1:]
    if name.startswith("ar") and name[2:] in _INVERSES:
        name = "arc" + name[2:]
    x = args[0]
    if name == "ln":
        if x == 0 or (len(args) == 2 and args[1] in (0, 1)):
            raise UndefinedError("log of 0")
        return mp.log(x) if len(args) == 1 else _real(mp.log(x), point) / _real(mp.log(args[1]), point)
    if name == "lg":
        return mp.log(x) / mp.log(10)
    if name == "exp":
        return mp.exp(_bounded(x, 64))
    if name.startswith("arc") and name[3:] in _INVERSES:
        inverse = getattr(mp, "a" + name[3:])
        return inverse(x)
    if name in _INVERSES:
        return getattr(mp, name)(_bounded(x, 4000 if name[-1] != "h" else 64))
    if name == "factorial2":
        return mp.fac2(_bounded(x, 30))
    if name == "factorial":
        return mp.factorial(_bounded(x, 40))
    if name == "binom" and len(args) == 2:
        return mp.binomial(_bounded(x, 40), _bounded(args[1], 40))
    if name == "cis":
        return mp.expj(_bounded(x, 4000))
    simple = {"abs": abs, "floor": mp.floor, "ceil": mp.ceil, "Re": mp.re, "Im": mp.im, "arg": mp.arg, "sgn": mp.sign}
    if name in simple and len(args) == 1:
        return simple[name](x)
    if name in ("max", "min"):
        return max(args) if name == "max" else min(args)
    if name == "Li" and len(args) == 2:
        return mp.polylog(args[1], _bounded(x, 12))
    if name in ("zeta", "Gamma", "erf", "erfc"):
        return getattr(mp, name.lower())(_bounded(x, 12))
    return _oracle(name, sorted(args, key=str) if name in ("gcd", "lcm") else args)


_INVERSES = {"sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"}


def _oracle(name: str, args: list):
    """A function nobody defined: a pseudo-random value for each list of arguments, so that f(x) = f(y) iff x = y."""
    key = name + ",".join(mp.nstr(mp.mpmathify(a), 12) for a in args)
    return mp.mpf(zlib.crc32(key.encode()) + 1) / 2**30


def _big(node: tuple, point: Point):
    """A finite sum or product; `by_value` infinite ones, integrals and limits too; else an unknown function."""
    _, name, variable, low, high, body = node

    def term(x):
        return number(body, Point(point.seed, point.real, {**point.fixed, variable: mp.mpf(x)}, point.by_value))

    if name in ("sum", "prod") and variable and high != ("inf",):
        ends = [number(end, point) for end in (low, high)]
        if all(mp.isint(end) for end in ends):
            if ends[1] - ends[0] > 3000:
                raise UndefinedError("too many terms")
            values = [term(k) for k in range(int(ends[0]), int(ends[1]) + 1)]
            return mp.fsum(values) if name == "sum" else mp.fprod(values)
    if point.by_value and variable and not (name == "int" and (low, high) == (ONE, ONE)):
        ends = [mp.inf if end == ("inf",) else _end(end, point) for end in (low, high)]
        if name in ("sum", "prod"):
            return (mp.nsum if name == "sum" else mp.nprod)(term, ends)
        if name == "int":
            return mp.quad(term, ends)
        if name == "lim" and variable in names_in(body):  # not a_n, of which nothing is known
            return mp.limit(term, ends[0])
    fixed = {**point.fixed, variable: mp.mpf("0.7310585786")} if variable else point.fixed
    parts = [] if low == ("inf",) else [number(low, point)]
    parts += [] if high[0] in ("inf", "mul") else [number(high, point)]
    return _oracle(name + str(high == ("inf",)), [*parts, number(body, Point(point.seed, point.real, fixed))])


def _end(node: tuple, point: Point):
    return -mp.inf if node == ("mul", [MINUS, ("inf",)]) else number(node, point)


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
    known, given = names_in(gold), names_in(answer)
    for name in given - known if gold[0] != "sym" else ():  # a constant of integration in the gold's case, c_1 for C_1
        if name[0] in "cC" and name.swapcase() in known - given:
            answer = renamed(answer, {name: name.swapcase()})
    names = known | names_in(answer)
    signs = [n for n in walk([gold, answer]) if n[0] == "big"]
    if any(n[1] in ("int", "lim") or n[4] == ("inf",) for n in signs):
        verdict = _same_limits(gold, answer, names)
        if verdict is not None:
            return verdict
    if names - {"i"} or signs:
        return _same_function(gold, answer, names, complex_only="i" in names)
    return _same_constant(gold, answer)


def _same_limits(gold: tuple, answer: tuple, names: set[str]) -> bool | None:
    """Equality to 15 digits where infinite sums, integrals or limits are computed; None where they have no value."""
    whole = _integer_names(gold, answer)
    with mp.workdps(25):
        for seed in (0, 3) if names else (0,):
            try:
                at = {n: mp.mpf(1 + zlib.crc32(f"{n}/{seed}".encode()) % 12) for n in whole}
                g, a = (number(n, Point(seed, True, dict(at), by_value=True)) for n in (gold, answer))
            except (UndefinedError, ZeroDivisionError, ValueError, TypeError, mp.NoConvergence):
                return None
            if not near(g, a, 15):
                return False
    return True


def _integer_names(*nodes: tuple) -> set[str]:
    """Variables in the exponent of a negative number or in a case for even n: they make sense at integers only."""
    found: set[str] = set()
    for node in walk(list(nodes)):
        if node[0] == "big" and node[1] in ("sum", "prod"):
            found |= names_in(list(node[3:5]))
        elif node[0] == "pow" and node[1][0] in ("num", "mul") and not names_in(node[1]) and (exact(node[1]) or 0) < 0:
            found |= names_in(node[2])
        elif node[0] == "parity":
            found |= names_in(node[1])
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
    sign, mantissa, exponent, _ = value._mpf_
    if abs(exponent) > MAX_BITS:
        raise UndefinedError("too large")
    return Fraction((-1) ** sign * mantissa) * Fraction(2) ** exponent


def _same_constant(gold: tuple, answer: tuple) -> bool:
    with mp.workdps(QUICK_DIGITS):
        g, a = number(gold, Point(0, False)), number(answer, Point(0, False))
        if last_place(gold) and abs(mp.im(a)) < 1e-20:
            return agrees(exact(gold), last_place(gold), _fraction(mp.re(a)), None)
        if not near(g, a, QUICK_DIGITS - 12):
            return False
    largest = max((mp.mag(v) for v in (g, a) if v != 0), default=0)
    if largest > 3 * SURE_DIGITS:  # two huge numbers: digits cannot tell 10^(10^10) from its successor
        return _same_terms(gold, answer)
    for digits in (120, SURE_DIGITS) if extreme(gold, answer) else (120,):  # what differs mostly does so soon
        with mp.workdps(digits):
            if not near(number(gold, Point(0, False)), number(answer, Point(0, False)), digits - 20):
                return False
    return True


def _same_terms(gold: tuple, answer: tuple) -> bool:
    return sorted(map(str, _flat_terms(gold))) == sorted(map(str, _flat_terms(answer)))


def _flat_terms(node: tuple) -> list:
    return [t for c in node[1] for t in _flat_terms(c)] if node[0] == "add" else [node]


def near(g, a, digits: int) -> bool:
    size = max(abs(g), abs(a))
    return size == 0 or abs(g - a) <= size * mp.mpf(10) ** -digits


def _same_function(gold: tuple, answer: tuple, names: set[str], complex_only: bool = False) -> bool:
    """Agreement at random points: where both are real, or in the complex plane when they are real nowhere."""
    integers = _integer_names(gold, answer)
    for k in range(-6, 7) if contains([gold, answer], "cases") else ():  # where cases meet, and between
        try:
            at = {name: mp.mpf(k * (-1) ** i) / 2 for i, name in enumerate(sorted(names))}
            stated = [_has_case(node, at) for node in (gold, answer)]
            if stated[0] != stated[1] or (all(stated) and not _agree_at(gold, answer, 0, True, QUICK_DIGITS, at)):
                return False
        except (UndefinedError, ZeroDivisionError):
            continue
    if not complex_only:
        agreed = _agreements(gold, answer, True, range(14), integers)
        if agreed is None or agreed >= 3:
            return agreed is not None
    agreed = _agreements(gold, answer, False, [s for s in range(14) if s % 7 in (0, 1, 3, 5)], integers)
    return agreed is not None and agreed >= 3


def _has_case(node: tuple, at: dict) -> bool:
    try:
        number(node, Point(0, True, dict(at)))
    except NoCaseError:
        return False
    return True


def extreme(*nodes: tuple) -> bool:
    """Whether an expression may hold a number so large or small that many digits are needed to see it."""
    for node in walk(list(nodes)):
        if node[0] == "num" and max(node[1].numerator.bit_length(), node[1].denominator.bit_length()) > 200:
            return True
        inner = node[2] if node[0] in ("pow", "fn") else ()  # of e^{100}, 1000!, e^{e^7}
        if any(n[0] in ("pow", "fn") and n[2] != OVER or n[0] == "num" and abs(n[1]) > 50 for n in walk(inner)):
            return True
    return False


def _agreements(gold: tuple, answer: tuple, real: bool, seeds, integers: set[str]) -> int | None:
    """The number of points where both have a value and agree; None as soon as they differ at one."""
    agreed, sure = 0, SURE_DIGITS if extreme(gold, answer) else 80
    for seed in seeds:
        try:
            at = {n: mp.mpf(1 + zlib.crc32(f"{n}/{seed}".encode()) % 12) for n in integers}
            if not _agree_at(gold, answer, seed, real, QUICK_DIGITS, at):
                return None
            if agreed == 0 and not _agree_at(gold, answer, seed, real, sure, at):
                return None
            agreed += 1
        except (UndefinedError, ZeroDivisionError):
            continue
        if agreed >= 8:
            break
    return agreed


def _agree_at(gold: tuple, answer: tuple, seed: int, real: bool, digits: int, at: dict) -> bool:
    with mp.workdps(digits):
        g, a = (number(n, Point(seed, real, dict(at))) for n in (gold, answer))
        if near(g, a, digits - 12):
            return True
        tiny = mp.mpf(10) ** (10 - digits)
        if max(abs(g), abs(a)) > tiny * 1000 and abs(g - a) > tiny:
            return False
    with mp.workdps(4 * digits):  # cancellation: more digits tell noise from a difference
        g, a = (number(n, Point(seed, real, dict(at))) for n in (gold, answer))
        return near(g, a, digits) or max(abs(g), abs(a)) < mp.mpf(10) ** (-3 * digits)
