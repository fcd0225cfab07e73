"""Whether two answers mean the same: the values of parsed answers and the conventions by which they are equal.

A file of its own because equality is the policy of the grader, while `latex.py` only reads a notation. There is no
sympy here: two expressions are equal when they agree exactly (rational numbers) or to many digits (mpmath) at random
points. That is faster than simplification by two orders of magnitude.

Top to bottom: `quick` decides what strings and plain numbers can; `exact` and `number` give a tuple its value;
`same_number` compares two expressions and `same` two answers of any kind, with sets of reals apart; the questions that
`reward.py` asks come last. `quick` and `understood` are bounded and safe in the calling process. `equivalent` and
`loosely_equal` evaluate, so they belong in a worker with a deadline: a hostile expression can still make them slow,
never make them run code.
"""

from __future__ import annotations

import re
import zlib
from fractions import Fraction
from math import ceil, comb, factorial, floor, gcd, isqrt, lcm

from mpmath import mp

from latex import MAX_CHARS, MINUS, ONE, REALS, WRAP, ParseError, clean, parse, plain_words, squeezed

MAX_BITS = 200_000  # size of an exact number; larger ones are compared by structure


class UndefinedError(ArithmeticError):
    """The expression has no (real) value here, or one too large to compute."""


# --------------------------------------------------------------------------------------------------------------------
# Strings and plain numbers
# --------------------------------------------------------------------------------------------------------------------

_INTEGER = r"[-+]?(?:\d{1,300}|[1-9]\d{0,2}(?:(?:,|\{,\}|\\,)\d{3}){1,90})"
_SIMPLE_NUMBER = re.compile(
    rf"({_INTEGER})?(\.\d{{1,300}})?|([-+]?)\\frac\s?\{{\s?({_INTEGER})\s?\}}\s?\{{\s?({_INTEGER})\s?\}}"
    rf"|({_INTEGER})\s?/\s?({_INTEGER})", re.ASCII
)  # fmt: skip


def _simple_number(text: str) -> tuple[Fraction, Fraction | None] | None:
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
    decimal gold accepts what rounds to it (from two significant digits on) or is within 1e-4 of it, relatively; a
    decimal that is an integer, like 7.0, is exact. A fraction accepts what a calculator shows of it: 13 digits.
    """
    if gold == value:
        return True
    difference = abs(value - gold)
    if gold_ulp and ulp != 0 and (gold.denominator != 1 or gold_ulp > 1):
        return difference <= abs(gold) / 10000 or (abs(gold) >= 10 * gold_ulp and difference <= gold_ulp / 2)
    return gold_ulp is None and bool(ulp) and abs(value) >= ulp * 10**12 and difference <= ulp


_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_LETTER = re.compile(r"\(?\{?([A-Za-z])\}?\)?[.:)]?")


def _choice(text: str) -> str | None:
    """The letter of a bare multiple-choice answer: `B`, `(B)`, `B.`, `\\text{(B)}`."""
    m = _LETTER.fullmatch(WRAP.sub("", text).replace("{", "").replace("}", "").strip())
    return m.group(1) if m else None


def _decimal_point(text: str, other: str) -> str:
    """1000,99 as 1000.99 where the other number has a point, so that no list of numbers is meant."""
    comma = re.fullmatch(r"[-+]?(?:0,\d{2,30}|\d{1,30},(?:\d\d|\d{4,30}))", text, re.ASCII)
    return text.replace(",", ".") if comma and "." in other else text


def quick(gold: str, answer: str) -> tuple[bool, str] | None:
    """A verdict that strings, plain numbers, yes/no and choice letters allow; None when it takes parsing."""
    if len(gold) > MAX_CHARS or len(answer) > MAX_CHARS:
        return answer.strip() == gold.strip(), "equal strings" if answer.strip() == gold.strip() else "too long"
    g, a = clean(gold), clean(answer)
    if not g or not a:
        return False, "empty"
    if squeezed(g) == squeezed(a):
        return True, "equal strings"
    gw, aw = plain_words(g), plain_words(a)
    if gw in _TRUTH or aw in _TRUTH:
        return _same_truth(gw, aw, WRAP.sub("", a).lstrip(" {").lower())
    gn, an = (_simple_number(_decimal_point(x, y)) for x, y in ((g, a), (a, g)))
    if gn and an:
        if "," in g + a and gn[0] != an[0]:
            return None  # "1,234" may be a list
        same = agrees(*gn, *an)
        return same, "equal numbers" if same else "different"
    if gw == aw and re.fullmatch(r"[a-z][a-z \-]+", gw):
        return True, "equal text"
    return None


def _same_truth(gold: str, words: str, answer: str) -> tuple[bool, str]:
    """Yes/no against yes/no; after it an answer may explain itself ("Yes, because ..."), but not contradict itself."""
    said = re.match(r"(yes|no|true|false)\b\s*(?:[,.;:}(\-]|because|since|$)", answer)
    if gold not in _TRUTH or not said:
        return False, "different"
    opposite = {"no", "false", "not"} if _TRUTH[gold] else {"yes", "true"}
    same = _TRUTH[gold] == _TRUTH[said[1]] and not opposite & set(words.split()[1:])
    return same, "equal text" if same else "different"


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


class _Point:
    """Values of the variables: fixed pseudo-random numbers by name, the same in both expressions."""

    def __init__(self, seed: int, real: bool, fixed: dict | None = None):
        self.seed, self.real, self.fixed = seed, real, fixed or {}

    def __getitem__(self, name: str):
        if name not in self.fixed:
            unit = (zlib.crc32(f"{name}/{self.seed}".encode()) + 1) / 2**32
            low, high = _RANGES[self.seed % len(_RANGES)]
            self.fixed[name] = mp.mpf(low + (high - low) * unit)
        return self.fixed[name]


_RANGES = [(0.1, 0.9), (1.1, 3.9), (-0.9, -0.1), (0.2, 1.4), (-4, 4), (4, 9), (-3, 3)]


def number(node: tuple, point: _Point):
    """The value at a point, as an mpmath number. Raises UndefinedError outside the (real) domain."""
    kind = node[0]
    if kind == "num":
        return mp.mpf(node[1].numerator) / node[1].denominator
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
        return _real(_power(number(node[1], point), number(node[2], point)), point)
    if kind == "root":
        return _real(_root(number(node[1], point), number(node[2], point)), point)
    if kind == "pct":
        return number(node[1], point) / 100
    if kind == "deg":
        return number(node[1], point) * mp.pi / 180
    if kind == "fn":
        return _real(_apply(node, point), point)
    if kind == "big":
        return _big(node, point)
    raise UndefinedError(f"no value for {kind}")


_CONSTANTS = {"pi": lambda: +mp.pi, "e": lambda: +mp.e, "i": lambda: mp.mpc(0, 1)}  # at the current precision


def _real(value, point: _Point):
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


def _power(base, exponent):
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


def _apply(node: tuple, point: _Point):
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
    if name in ("zeta", "Gamma", "erf"):
        return getattr(mp, name.lower())(_bounded(x, 12))
    return _oracle(name, sorted(args, key=str) if name in ("gcd", "lcm") else args)


_INVERSES = {"sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"}


def _oracle(name: str, args: list):
    """A function nobody defined: a pseudo-random value for each list of arguments, so that f(x) = f(y) iff x = y."""
    key = name + ",".join(mp.nstr(mp.mpmathify(a), 12) for a in args)
    return mp.mpf(zlib.crc32(key.encode()) + 1) / 2**30


def _big(node: tuple, point: _Point):
    """A finite sum or product term by term; anything else is an unknown function of its parts."""
    _, name, variable, low, high, body = node
    ends = [exact(low), exact(high)]
    if name in ("sum", "prod") and variable and None not in ends and all(e.denominator == 1 for e in ends):
        if ends[1] - ends[0] > 3000:
            raise UndefinedError("too many terms")
        values = [
            number(body, _Point(point.seed, point.real, {**point.fixed, variable: mp.mpf(k)}))
            for k in range(int(ends[0]), int(ends[1]) + 1)
        ]
        return mp.fsum(values) if name == "sum" else mp.fprod(values)
    fixed = {**point.fixed, variable: mp.mpf("0.7310585786")} if variable else point.fixed
    parts = [] if low == ("inf",) else [number(low, point)]
    parts += [] if high[0] in ("inf", "mul") else [number(high, point)]
    return _oracle(name + str(high == ("inf",)), [*parts, number(body, _Point(point.seed, point.real, fixed))])


def names_in(node) -> set[str]:
    """Names of the free variables."""
    if not isinstance(node, (tuple, list)) or not node:
        return set()
    if node[0] == "sym" and isinstance(node, tuple):
        return {node[1]} - {"pi", "e"}
    if node[0] == "big":
        return set().union(*(names_in(c) for c in node[3:])) - {node[2]}
    return set().union(*(names_in(c) for c in node if isinstance(c, (tuple, list))))


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
            return agrees(exact_gold, _ulp(gold), exact_answer, _ulp(answer))
    except _TooLarge:  # digits cannot tell 1 from 1 - 2^(-10^6)
        return _same_terms(gold, answer)
    answer = _with_gold_constants(gold, answer)
    names = names_in(gold) | names_in(answer)
    if names - {"i"} or _contains(gold, "big") or _contains(answer, "big"):
        return _same_function(gold, answer, complex_only="i" in names)
    return _same_constant(gold, answer)


def _with_gold_constants(gold: tuple, answer: tuple) -> tuple:
    """The answer with its constants of integration in the gold's case: c_1 for C_1."""
    known, given = names_in(gold), names_in(answer)
    for name in given - known:
        if name[0] in "cC" and name.swapcase() in known - given:
            answer = _rename(answer, name, name.swapcase())
    return answer


def _integer_names(node) -> set[str]:
    """Variables in the exponent of a negative number: (-1)^n makes sense at integers only."""
    if not isinstance(node, (tuple, list)) or not node:
        return set()
    found = set().union(*(_integer_names(c) for c in node if isinstance(c, (tuple, list))))
    if node[0] == "pow" and node[1][0] in ("num", "mul") and not names_in(node[1]) and (exact(node[1]) or 0) < 0:
        found |= names_in(node[2])
    return found


def _ulp(node: tuple) -> Fraction | None:
    """The unit in the last place of a decimal literal or of `1.2 \\times 10^5`; None for anything else."""
    if node[0] == "num":
        return node[2]
    if node[0] == "mul" and len(node[1]) == 2:
        left, right = node[1]
        if left == MINUS:
            return _ulp(right)
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
        g, a = number(gold, _Point(0, False)), number(answer, _Point(0, False))
        if _ulp(gold) and abs(mp.im(a)) < 1e-20:
            return agrees(exact(gold), _ulp(gold), _fraction(mp.re(a)), None)
        if not _near(g, a, QUICK_DIGITS - 12):
            return False
    largest = max((mp.mag(v) for v in (g, a) if v != 0), default=0)
    if largest > 3 * SURE_DIGITS:  # two huge numbers: digits cannot tell 10^(10^10) from its successor
        return _same_terms(gold, answer)
    with mp.workdps(SURE_DIGITS):
        return _near(number(gold, _Point(0, False)), number(answer, _Point(0, False)), SURE_DIGITS - 20)


def _same_terms(gold: tuple, answer: tuple) -> bool:
    return sorted(map(str, _flat_terms(gold))) == sorted(map(str, _flat_terms(answer)))


def _flat_terms(node: tuple) -> list:
    return [t for c in node[1] for t in _flat_terms(c)] if node[0] == "add" else [node]


def _near(g, a, digits: int) -> bool:
    size = max(abs(g), abs(a))
    return size == 0 or abs(g - a) <= size * mp.mpf(10) ** -digits


def _same_function(gold: tuple, answer: tuple, complex_only: bool = False) -> bool:
    """Agreement at random points: where both are real, or in the complex plane when they are real nowhere."""
    integers = _integer_names(gold) | _integer_names(answer)
    if not complex_only:
        agreed = _agreements(gold, answer, True, range(14), integers)
        if agreed is None or agreed >= 3:
            return agreed is not None
    agreed = _agreements(gold, answer, False, [s for s in range(14) if s % 7 in (0, 1, 3, 5)], integers)
    return agreed is not None and agreed >= 3


def _extreme(node) -> bool:
    """Whether a number in an expression is so large or small that many digits are needed to see it."""
    if not isinstance(node, (tuple, list)) or not node:
        return False
    if node[0] == "num":
        return max(node[1].numerator.bit_length(), node[1].denominator.bit_length()) > 200
    if node[0] == "pow" and node[2][0] in ("num", "mul") and not names_in(node[2]) and abs(exact(node[2]) or 0) > 60:
        return True
    return any(_extreme(c) for c in node if isinstance(c, (tuple, list)))


def _agreements(gold: tuple, answer: tuple, real: bool, seeds, integers: set[str]) -> int | None:
    """The number of points where both have a value and agree; None as soon as they differ at one."""
    agreed, sure = 0, SURE_DIGITS if _extreme(gold) or _extreme(answer) else 80
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
        g, a = (number(n, _Point(seed, real, dict(at))) for n in (gold, answer))
        if _near(g, a, digits - 12):
            return True
        tiny = mp.mpf(10) ** (10 - digits)
        if max(abs(g), abs(a)) > tiny * 1000 and abs(g - a) > tiny:
            return False
    with mp.workdps(4 * digits):  # cancellation: more digits tell noise from a difference
        g, a = (number(n, _Point(seed, real, dict(at))) for n in (gold, answer))
        return _near(g, a, digits) or max(abs(g), abs(a)) < mp.mpf(10) ** (-3 * digits)


# --------------------------------------------------------------------------------------------------------------------
# Equality of answers
# --------------------------------------------------------------------------------------------------------------------

_SCALARS = {"num", "sym", "add", "mul", "pow", "root", "fn", "big", "pct", "inf"}


def same(gold: tuple, answer: tuple) -> bool:
    """Whether two parsed answers mean the same."""
    if gold == answer:
        return True
    gold, answer = _spread_signs(gold), _spread_signs(answer)
    if gold[0] == "given" or answer[0] == "given":
        return _same_given(gold, answer)
    if gold[0] == "eq" or answer[0] == "eq":
        return _same_equation(gold, answer)
    if _region(gold) or _region(answer):
        verdict = _same_region(gold, answer)
        if verdict is not None:
            return verdict
    if gold[0] == "rel" and answer[0] == "rel":
        return _same_relation(gold, answer)
    if "set" in (gold[0], answer[0]) or "list" in (gold[0], answer[0]):
        return _same_collection(gold, answer)
    if "matrix" in (gold[0], answer[0]):
        return _same_matrix(gold, answer)
    if gold[0] == "tuple" and answer[0] == "tuple":
        alike = gold[2] == answer[2] or len(gold[1]) > 2  # two items in other brackets are another interval
        return alike and _same_items(gold[1], answer[1])
    if gold[0] == "ratio" or answer[0] == "ratio":
        return _same_ratio(gold, answer)
    if gold[0] == "deg" or answer[0] == "deg":
        return _same_angle(gold, answer)
    if gold[0] == "pct" or answer[0] == "pct":
        return _same_percent(gold, answer)
    if gold[0] == answer[0] == "setop":
        if gold[1] == "minus":
            return answer[1] == "minus" and same(gold[2], answer[2]) and same(gold[3], answer[3])
        return gold[1] == answer[1] and _unordered(_pieces(gold, gold[1]), _pieces(answer, gold[1]))
    if gold[0] in _SCALARS and answer[0] in _SCALARS:
        return same_number(gold, answer)
    return False


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
    if not _contains(node, "pm"):
        return node
    if node[0] in ("list", "set"):
        items = []
        for item in map(_spread_signs, node[1]):
            items += item[1] if item[0] == "list" else [item]
        return (node[0], items, *node[2:])
    if node[0] == "eq":
        return _spread_signs(node[1][-1])
    return ("list", [_with_sign(node, 1), _with_sign(node, -1)], ",")


def _contains(node, kind: str) -> bool:
    return isinstance(node, (tuple, list)) and (
        bool(node) and node[0] == kind or any(_contains(c, kind) for c in node if isinstance(c, (tuple, list)))
    )


def _with_sign(node, sign: int):
    if isinstance(node, list):
        return [_with_sign(c, sign) for c in node]
    if not isinstance(node, tuple):
        return node
    if node[0] == "pm":
        inner = _with_sign(node[2], sign)
        return inner if node[1] * sign > 0 else ("mul", [MINUS, inner])
    return tuple(_with_sign(c, sign) for c in node)


def _rename(node, old: str, new: str):
    if isinstance(node, list):
        return [_rename(c, old, new) for c in node]
    if not isinstance(node, tuple):
        return node
    return ("sym", new) if node == ("sym", old) else tuple(_rename(c, old, new) for c in node)


def _same_given(gold: tuple, answer: tuple) -> bool:
    """Values under a condition: the values agree, perhaps with the parameter renamed, and so do stated conditions."""
    g, a = (n[1] if n[0] == "given" else n for n in (gold, answer))
    g, a = (n[1][-1] if n[0] == "eq" and n[2] else n for n in (g, a))
    conditions = [[t for t in n[2] if t not in "{}"] for n in (gold, answer) if n[0] == "given"]
    new, old = sorted(names_in(g) - names_in(a)), sorted(names_in(a) - names_in(g))
    if len(new) == len(old) == 1 and any(new[0] in c or old[0] in c for c in conditions):
        a = _rename(a, old[0], new[0])
        conditions = [[new[0] if t == old[0] else t for t in c] for c in conditions]
    return conditions[0] == conditions[-1] and same(g, a)


_BOUND = re.compile(r"(\w+'*)(?:\((\w)\)|_(\w))")


def _same_equation(gold: tuple, answer: tuple) -> bool:
    """`name = value` is its value; other equations are equal up to a constant factor."""
    if gold[0] == answer[0] == "eq":
        if gold[2] is not None and answer[2] is not None:
            if gold[2] == answer[2] or gold[2].partition("(")[0] == answer[2] or answer[2].partition("(")[0] == gold[2]:
                return same(gold[1][-1], answer[1][-1])
            g, a = _BOUND.fullmatch(gold[2]), _BOUND.fullmatch(answer[2])
            if g and a and g[1] == a[1] and not (g[2] or g[3]).isdigit() and not (a[2] or a[3]).isdigit():
                return same(gold[1][-1], _rename(answer[1][-1], a[2] or a[3], g[2] or g[3]))
        return _same_up_to_factor(_difference(gold), _difference(answer))
    equation, other = (gold, answer) if gold[0] == "eq" else (answer, gold)
    first = equation[1][0]
    value = equation[1][-1]
    named = equation[2] is not None or (first and first[0] in _SCALARS and not names_in(first))
    if not named and equation is answer and first and first[0] in ("add", "mul"):
        named = all(c[0] == "sym" for c in first[1])  # m + n = 55 answers the question for m + n
    if not named and value[0] == "sym" and first and not names_in(first):
        named, value = True, first
    if not named:
        return False
    return same(value, other) if equation is gold else same(other, value)


def _difference(equation: tuple) -> tuple | None:
    left, right = equation[1][0], equation[1][-1]
    if left is None or left[0] not in _SCALARS or right[0] not in _SCALARS:
        return None
    return ("add", [left, ("mul", [MINUS, right])])


def _same_up_to_factor(gold: tuple | None, answer: tuple | None, positive: bool = False) -> bool:
    """Whether the quotient of two expressions is the same number (not 0) at every random point."""
    if gold is None or answer is None:
        return False
    ratios = []
    with mp.workdps(QUICK_DIGITS):
        for seed in (0, 1, 3, 5, 7, 8, 10, 2, 4):
            try:
                g, a = number(gold, _Point(seed, False)), number(answer, _Point(seed, False))
                ratios.append(g / a)
            except (UndefinedError, ZeroDivisionError):
                continue
        return (
            len(ratios) >= 3 and ratios[0] != 0 and all(_near(r, ratios[0], QUICK_DIGITS - 14) for r in ratios)
            and not (positive and mp.re(ratios[0]) <= 0)
        )  # fmt: skip


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
            (i for i, (o, e) in enumerate(left) if o == op and _same_up_to_factor(expression, e, not loose)), None
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
    if "tuple" in (gold[0], answer[0]):
        g, a = [[c for r in g for c in r]], [[c for r in a for c in r]]
    return len(g) == len(a) and all(map(_same_items, g, a))


def _rows(node: tuple) -> list | None:
    if node[0] == "matrix":
        return node[1]
    if node[0] == "tuple" and node[2] == "()":
        return [node[1]]
    return None


def _same_ratio(gold: tuple, answer: tuple) -> bool:
    def parts(node: tuple) -> list:
        return node[1] if node[0] == "ratio" else [node, ONE]

    g, a = parts(gold), parts(answer)
    if len(g) != len(a):  # 20:34:00 is 20:34
        longer, shorter = (g, a) if len(g) > len(a) else (a, g)
        return len(longer) == 3 and longer[2][:2] == ("num", 0) and _same_items(longer[:2], shorter)
    if not all(n[0] in _SCALARS for n in g + a):
        return False
    return all(same_number(("mul", [g[0], y]), ("mul", [a[0], x])) for x, y in zip(g[1:], a[1:], strict=True))


def _same_angle(gold: tuple, answer: tuple) -> bool:
    if gold[0] == "deg" and answer[0] == "deg":
        return same(gold[1], answer[1])
    angle, other, flip = (gold, answer, False) if gold[0] == "deg" else (answer, gold, True)
    if other[0] not in _SCALARS:
        return False
    pair = (other, angle[1]) if flip else (angle[1], other)
    return same_number(*pair) or same_number(angle, other)


def _same_percent(gold: tuple, answer: tuple) -> bool:
    """With a percent sign on one side only, the other may drop it or divide by 100."""
    if gold[0] == "pct" and answer[0] == "pct":
        return same(gold[1], answer[1])
    if gold[0] not in _SCALARS or answer[0] not in _SCALARS:
        return False
    if gold[0] == "pct":
        ulp = _ulp(gold[1])
        scaled = ("num", exact(gold[1]) / 100, ulp / 100) if ulp else gold
        return same_number(gold[1], answer) or same_number(scaled, answer)
    return same_number(gold, answer[1]) or same_number(gold, answer)


# --------------------------------------------------------------------------------------------------------------------
# Sets of real numbers: two are equal when no point between or at their bounds tells them apart
# --------------------------------------------------------------------------------------------------------------------


def _region(node: tuple) -> bool:
    """Whether a node is surely a set of reals, where `(0, 1)` alone may be a point of the plane."""
    if node[0] == "rel" or (node[0] == "list" and (node[1][0][0] in ("rel", "setop") or node[1][0] == REALS)):
        return len(names_in(node[1]) - {REALS[1]}) == 1
    return node[0] == "setop" or node == REALS or (node[0] == "tuple" and node[2] in ("[)", "(]"))


def _same_region(gold: tuple, answer: tuple) -> bool | None:
    """None when one of them is no set of reals with computable bounds."""
    if len({name for n in (gold, answer) if n[0] == "rel" for name in names_in(n[1])}) > 1:
        return False  # x > 2 is not y > 2
    try:
        with mp.workdps(SURE_DIGITS):
            bounds = _bounds(gold) + _bounds(answer)
            finite = sorted(b for b in bounds if mp.isfinite(b))
            tests = [finite[0] - 1, *finite, finite[-1] + 1] if finite else [mp.mpf(0)]
            tests += [(x + y) / 2 for x, y in zip(finite, finite[1:], strict=False) if not _near(x, y, 600)]
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
    if node[0] not in _SCALARS or names_in(node):
        raise UndefinedError("not a constant")
    return number(node, _Point(0, True))


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
    if node[0] == "list" and _region(node):
        return [b for n in node[1] for b in (_bounds(n) if n[0] != "num" else [_constant(n)])]
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
                points = [_Point(0, True, {name: x}) for x in at]
                found += _quadratic_roots(at, [number(left, p) - number(right, p) for p in points])
    return found


def _quadratic_roots(xs: list, ys: list) -> list:
    a, b, c = mp.lu_solve(mp.matrix([[x * x, x, 1] for x in xs[:3]]), mp.matrix(ys[:3]))
    small = max(abs(y) for y in ys) * mp.mpf(10) ** -500
    if abs(a * xs[3] ** 2 + b * xs[3] + c - ys[3]) > small:
        raise UndefinedError("not quadratic")
    if abs(a) * xs[0] ** 2 <= small:
        return [-c / b] if abs(b * xs[0]) > small else []
    root = mp.sqrt(b * b - 4 * a * c)
    return [] if isinstance(root, mp.mpc) else [(-b - root) / (2 * a), (root - b) / (2 * a)]


def _equals(x, y) -> bool:
    return mp.isfinite(y) and abs(x - y) <= max(abs(x), abs(y), mp.mpf(1)) * mp.mpf(10) ** -600


def _member(node: tuple, x) -> bool:
    if node == REALS:
        return True
    if node[0] == "tuple":
        low, high = map(_constant, node[1])
        if _equals(x, low) or _equals(x, high):
            return (node[2][0] == "[" and _equals(x, low)) or (node[2][1] == "]" and _equals(x, high))
        return low < x < high
    if node[0] == "set":
        return any(_equals(x, _constant(n)) for n in node[1])
    if node[0] == "setop":
        left, right = _member(node[2], x), _member(node[3], x)
        return {"or": left or right, "and": left and right, "minus": left and not right}[node[1]]
    if node[0] == "list":
        inside = [_member(n, x) if n[0] != "num" else not _equals(x, _constant(n)) for n in node[1]]
        return any(inside) if node[2] == "or" else all(inside)
    (name,) = names_in(node[1])
    point = _Point(0, True, {name: x})
    values = [number(n, point) if names_in(n) else _constant(n) for n in node[1]]
    return all(_holds(a, op, b) for a, op, b in zip(values, node[2], values[1:], strict=False))


def _holds(left, op: str, right) -> bool:
    if mp.isfinite(left) and mp.isfinite(right) and _equals(left, right):
        return op in ("<=", ">=", "=")
    return {"<": left < right, "<=": left < right, ">": left > right, ">=": left > right, "!=": True}.get(op, False)


# --------------------------------------------------------------------------------------------------------------------
# The questions that reward.py asks
# --------------------------------------------------------------------------------------------------------------------


def equivalent(gold: str, answer: str) -> tuple[bool, str]:
    """(whether the answer means the gold, why). To be run in a worker: evaluation is not bounded in time."""
    verdict = quick(gold, answer)
    if verdict is None:
        gold, answer = (_SPOKEN.get(plain_words(clean(t)), t) for t in (gold, answer))
        verdict = quick(gold, answer) or _by_words(clean(gold), clean(answer))
    if verdict:
        return verdict
    gold, answer = _noun_as_text(gold, answer), _noun_as_text(answer, gold)
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
        units = {gold_unit or g[0] == "deg", answer_unit or a[0] == "deg"} - {"", False}
        if len(units) > 1:
            return False, "another unit"
        if units & {"am", "pm"} and "ratio" in (g[0], a[0]):  # a time of day is no ratio
            same_time = g[0] == a[0] == "ratio" and _same_items(_clock(g), _clock(a))
            return same_time, "equal times" if same_time else "different"
        try:
            if same(g, _without_unit_letter(g, a)):
                return True, "equal expressions"
        except (UndefinedError, ZeroDivisionError):
            reason = "undefined"
    return False, reason


_BARE_NOUN = re.compile(r"\s*([-+]?[\d.,]*\d(?:\s?/\s?\d+)?) +([a-z]{4,})((?: [a-z]{3,}){0,3})\.?\s*", re.ASCII)
_NO_NOUN_WORDS = (
    "sqrt sinh cosh tanh arcsin arccos arctan infinity infty over times plus minus modulo choose factorial cubed dozen "
    "dozens halves thirds quarters fourths fifths sixths sevenths eighths ninths tenths hundredths thousandths alpha "
    "beta gamma delta epsilon zeta theta iota kappa lambda sigma omega"
)
_NO_NOUN = set(_NO_NOUN_WORDS.split())


def _noun_as_text(text: str, other: str) -> str:
    r"""`12 cookies` against a plain number is `12\text{ cookies}`, not a product of letters."""
    noun = _BARE_NOUN.fullmatch(text)
    if noun is None or noun[2] in _NO_NOUN or re.search(r"[A-Za-z]", re.sub(r"\\text\s?\{[^{}]*\}", "", other)):
        return text
    return f"{noun[1]}\\text{{ {noun[2]}{noun[3]}}}"


def _clock(time: tuple) -> list:
    """Hours, minutes and seconds."""
    return [*time[1], ("num", Fraction(0), None)][:3]


def _without_unit_letter(gold: tuple, answer: tuple) -> tuple:
    """10m against the gold 10 is ten metres."""
    metres = answer[0] == "mul" and len(answer[1]) == 2 and answer[1][0][0] == "num" and gold[0] == "num"
    return answer[1][0] if metres and answer[1][1] in (("sym", "m"), ("sym", "g"), ("sym", "s")) else answer


_SPOKEN = {
    **dict.fromkeys(("empty set", "empty", "none", "no solution", "no solutions", "no real solutions"), r"\emptyset"),
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "set of all real numbers"), r"\mathbb{R}"),
    **dict.fromkeys(("infinity", "infinite", "infinitely many"), r"\infty"),
    "dne": r"\text{does not exist}",
}
_OPTION = re.compile(r"\(([A-Ja-j])\)[\s.:]*(.*)|([A-J])[.:)]\s*(.*)", re.DOTALL)
_ONE_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
_ONES = (_ONE_WORDS + "seventeen eighteen nineteen").split()
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {w: 10 * (i + 2) for i, w in enumerate(_TEN_WORDS.split())}


def _by_words(gold: str, answer: str) -> tuple[bool, str] | None:
    """A verdict on choice letters, number words and sets that have a name; None when it takes parsing."""
    g, a = plain_words(gold), plain_words(answer)
    for one, other in ((gold, answer), (answer, gold)):
        option = _OPTION.fullmatch(WRAP.sub("", one).replace("{", "").replace("}", "").strip())
        letter = _choice(other)
        if option and letter and not re.search(r"[+\-=^_]|\([A-J]\)[^(]*\([A-J]\)|^\S+\s*(?:and|or|,)", one):
            same_letter = (option[1] or option[3]).upper() == letter.upper()
            return same_letter, "equal choice" if same_letter else "different"
    if re.fullmatch(r"[a-z][a-z '\-]{2,}", g) and re.fullmatch(r"[a-z][a-z '\-]{2,}", a):
        if _number_word(g) is not None and _number_word(g) == _number_word(a):
            return True, "equal numbers"
        if "," not in gold + answer and (" " in g + a or (WRAP.search(gold) and WRAP.search(answer))):
            return (True, "equal text") if g == a else (False, "different")
    for one, other in ((g, answer), (a, gold)):
        value = _number_word(one)
        if value is not None and _simple_number(other):
            return _simple_number(other)[0] == value, "number word"
    return None


def _number_word(words: str) -> int | None:
    """The value of "five", "twenty-one" or "three hundred"; None for other words."""
    total = 0
    for word in words.replace("-", " ").split():
        if word in _ONES:
            total += _ONES.index(word)
        elif word in _TENS:
            total += _TENS[word]
        elif word == "hundred" and total:
            total *= 100
        else:
            return None
    return total if words.strip("- ") else None


def understood(gold: str) -> bool:
    """Whether a gold can be graded against: words, or mathematics that parses. Evaluates nothing."""
    text = clean(gold)
    if not text:
        return False
    if _simple_number(text) or re.fullmatch(r"[A-Za-z][A-Za-z ,.'\-]*", plain_words(text)):
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
        return _same_up_to_factor(_difference(gold), _difference(answer))
    if gold[0] not in _SCALARS or answer[0] not in _SCALARS or ("inf",) in (gold, answer):
        return gold == answer
    if names_in(gold) | names_in(answer):
        return same_number(gold, answer)
    with mp.workdps(QUICK_DIGITS):
        g, a = number(gold, _Point(0, False)), number(answer, _Point(0, False))
        return any(abs(g * factor - a) <= mp.mpf("1e-4") * max(abs(g * factor), abs(a)) for factor in (1, 100, 0.01))
