"""LaTeX answers: reading them, and deciding whether two of them mean the same.

A file of its own because reading a notation and running a reward are separate subjects, and because the grader's
worker processes import this one only. There is no sympy here: an answer is parsed by recursive descent into nested
tuples, and two expressions are equal when they agree exactly (rational numbers) or to hundreds of digits (mpmath) at
random points. That is faster than simplification by two orders of magnitude, and nothing in an answer is ever run.

`quick` and `understood` are bounded and safe in the calling process. `equivalent` evaluates, so it belongs in a
worker with a deadline: a hostile expression can still make it slow, never make it run code.
"""

from __future__ import annotations

import re
from fractions import Fraction

MAX_CHARS = 4000  # longer answers are compared as strings only
MAX_DEPTH = 40  # nesting of the grammar; deeper text is not an answer
MAX_BITS = 200_000  # size of an exact number; larger ones are compared by structure


class ParseError(ValueError):
    """The text is no mathematics that this grammar knows."""


class UndefinedError(ArithmeticError):
    """The expression has no (real) value here, or one too large to compute."""


# --------------------------------------------------------------------------------------------------------------------
# Strings
# --------------------------------------------------------------------------------------------------------------------

_UNICODE = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": "/", "π": r"\pi ", "∞": r"\infty ",
    "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℕ": r"\mathbb{N}", "ℂ": r"\mathbb{C}",
    "°": r"^{\circ}", "²": "^2", "³": "^3", "±": r"\pm ", "√": r"\sqrt ", "≈": r"\approx ", "θ": r"\theta ",
    "λ": r"\lambda ", "α": r"\alpha ", "β": r"\beta ", "€": "", "£": "", "’": "'", "′": "'", "\u00a0": " ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "∖": r"\setminus ", "，": ",", "。": ".",
}  # fmt: skip
_UNICODE_RE = re.compile("|".join(map(re.escape, _UNICODE)))
_DOUBLED = re.compile(r"(?<!\\)\\\\(?:d?frac|sqrt|l?eq?|ge|left|right|cup|infty|pi|text|begin|end|cdot|times|boxed)\b")
_ESCAPES = {"\text": r"\text", "\frac": r"\frac", "\times": r"\times", "\tan": r"\tan", "\theta": r"\theta"}
_NOISE = re.compile(
    r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\.?|\\(?:displaystyle|textstyle|limits|nolimits|rm|bf|it)\b"
    r"|\\!|\\\(|\\\)|\\\[|\\\]|\$|\*\*|\\(?:hspace|vspace|label|tag)\*?\{[^{}]*\}"
)
_SPACE = re.compile(r"\\[;:]|\\(?:q?quad|enspace|thinspace|noindent)\b|\s+")
_STYLE = re.compile(r"\\(?:mathbf|boldsymbol|mathit|mathsf|mathtt|mathcal|bm|pmb|mathop|underline|ensuremath)\b")


def clean(text: str) -> str:
    """The text without dollar signs, sizes, spacing and final punctuation, in ASCII LaTeX."""
    text = _UNICODE_RE.sub(lambda m: _UNICODE[m.group()], text)
    for broken, whole in _ESCAPES.items():  # "\t" + "ext": a backslash that some JSON writer lost
        text = text.replace(broken, whole)
    if _DOUBLED.search(text):
        text = text.replace("\\\\", "\\")
    text = re.sub(r"\\\\\s*\[[^\]]{0,9}\]", r"\\\\", text).replace("\\$", "").replace("\\ ", " ").replace("~", " ")
    text = _SPACE.sub(" ", _NOISE.sub("", text))
    text = _STYLE.sub("", re.sub(r"\\[dtc]frac\b", r"\\frac", text))
    return text.strip().rstrip(" .,;:!\\" if not text.rstrip().endswith("!") else " ").lstrip(
        " ,.:;" if not re.match(r"\s*\.\d", text) else " "
    )


_WRAP = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|operatorname\*?|rm|bf)\s*(?=\{)")


def plain_words(text: str) -> str:
    """Lower-case words without wrappers or punctuation: the form in which text answers are compared."""
    text = _WRAP.sub("", text)
    return " ".join(re.sub(r"[{}$\"'`*.,;:!?]|\\[,; ]", " ", text).split()).lower()


def squeezed(text: str) -> str:
    """The text without spaces and without braces around single characters."""
    return re.sub(r"\{(\w)\}", r"\1", re.sub(r"\s+", "", _WRAP.sub("", text)))


_INTEGER = r"[-+]?(?:\d{1,300}|[1-9]\d{0,2}(?:(?:,|\{,\}|\\,)\d{3}){1,90})"
_SIMPLE_NUMBER = re.compile(
    rf"({_INTEGER})?(\.\d{{1,300}})?|([-+]?)\\frac\s?\{{\s?({_INTEGER})\s?\}}\s?\{{\s?({_INTEGER})\s?\}}"
    rf"|({_INTEGER})\s?/\s?({_INTEGER})", re.ASCII
)  # fmt: skip


def _simple_number(text: str) -> tuple[Fraction, int | None] | None:
    """(value, decimals or None) of a plain integer, decimal or fraction of integers; None for anything else."""
    m = _SIMPLE_NUMBER.fullmatch(text) if text and len(text) < 700 else None
    if not m:
        return None
    whole, point, sign, top, bottom, left, right = (re.sub(r",|\{,\}|\\,", "", g) if g else g for g in m.groups())
    if top or left:
        below = int(bottom or right)
        value = Fraction(int(top or left), below) if below else None
        return None if value is None else (-value if sign == "-" else value, None)
    if point:
        return Fraction((whole if whole not in (None, "+", "-") else (whole or "") + "0") + point), len(point) - 1
    return (Fraction(int(whole)), None) if whole else None


_TRUTH = {"yes": True, "true": True, "no": False, "false": False, "y": None}
_LETTER = re.compile(r"\(?\{?([A-Za-z])\}?\)?[.:)]?")


def _choice(text: str) -> str | None:
    """The letter of a bare multiple-choice answer: `B`, `(B)`, `B.`, `\\text{(B)}`."""
    m = _LETTER.fullmatch(_WRAP.sub("", text).replace("{", "").replace("}", "").strip())
    return m.group(1) if m else None


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
        return _same_truth(gw, aw)
    gn, an = _simple_number(g), _simple_number(a)
    if gn and an:
        if "," in g + a and gn[0] != an[0]:
            return None  # "1,234" may be a list
        same = gn[0] == an[0] or _rounds_to(an[0], *gn)
        return same, "equal numbers" if same else "different"
    if gw == aw and re.fullmatch(r"[a-z][a-z \-]+", gw):
        return True, "equal text"
    return None


def _same_truth(gold: str, answer: str) -> tuple[bool, str]:
    first, _, rest = answer.partition(" ")
    opposite = {True: {"no", "false", "not"}, False: {"yes", "true"}}
    if gold not in _TRUTH or first not in _TRUTH:
        return False, "different"
    same = _TRUTH[gold] == _TRUTH[first] and not opposite[_TRUTH[gold]] & set(rest.split())
    return same, "equal text" if same else "different"


def _rounds_to(value: Fraction, gold: Fraction, decimals: int | None) -> bool:
    """Whether a value agrees with a gold written as a decimal: rounds to it, or relative difference 1e-4."""
    if not decimals or gold.denominator == 1:
        return False
    digits = len(str(abs(gold.numerator) * 10**decimals // gold.denominator))
    ulp = Fraction(1, 10**decimals)
    return abs(value - gold) <= abs(gold) / 10000 or (digits >= 2 and abs(value - gold) <= ulp / 2)


def equivalent(gold: str, answer: str) -> tuple[bool, str]:
    return quick(gold, answer) or (False, "different")


def understood(gold: str) -> bool:
    return bool(clean(gold))


def warm_up() -> None:
    pass
