"""Answers as strings: cleaned into ASCII LaTeX, and the forms in which words and notations are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_CHARS = 4000  # longer answers are compared as strings only


_UNICODE = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": "/", "π": r"\pi ", "∞": r"\infty ",
    "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℕ": r"\mathbb{N}", "ℂ": r"\mathbb{C}",
    "°": r"^{\circ}", "±": r"\pm ", "√": r"\sqrt ", "∛": r"\sqrt[3]", "≈": r"\approx ", "≡": r"\equiv ",
    "€": "", "£": "", "’": "'", "′": "'", "\u00a0": " ", "：": ":", "（": "(", "）": ")", "∧": r"\land ", "∨": r"\lor ",
    "⟨": r"\langle ", "⟩": r"\rangle ", "∖": r"\setminus ", "，": ",", "。": ".",
    "∠": r"\angle ", "Å": r"\text{ Å}", "\u212b": r"\text{ Å}", r"\AA": r"\text{ Å}", "µ": r"\mu ",
}  # fmt: skip
_UNICODE |= {c: rf"\frac{{{unicodedata.normalize('NFKC', c).replace('⁄', '}{')}}}" for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_UNICODE |= {c: f"\\{unicodedata.name(c).split()[-1].lower()} " for c in "αβγδεζηθικλμνξρστφχψω"}
_UNICODE["λ"] = r"\lambda "  # Unicode calls it lamda
_UNICODE |= {c: f"\\{unicodedata.name(c).split()[-1].capitalize()} " for c in "ΓΔΘΛΞΠΣΦΨΩ"} | {"Λ": r"\Lambda "}
_UNICODE_RE = re.compile("|".join(map(re.escape, _UNICODE)))
_SCRIPTS = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+)|([₀₁₂₃₄₅₆₇₈₉]+)")
_SYNONYMS = re.compile(
    r"\\(?:(?P<dots>[cl]dots|dots[bc]?)|var(?P<var>epsilon|phi|theta|rho)|(?P<accent>overline(?=\s?\{?\s?[A-Za-z])|wide(?:hat|tilde)"
    r"|overrightarrow))(?![A-Za-z])"
)
_ACCENT = {"overline": "bar", "widehat": "hat", "widetilde": "tilde", "overrightarrow": "vec"}
_ORDINAL = re.compile(
    r"(?<=\d)\s?(?:\^\s?\{?\s?(?:\\(?:text|mathrm)\s?\{)?\s?(?:st|nd|rd|th)\s?\}{0,2}(?:\\ |\s)?|(?:st|nd|rd|th)\b)"
)
_CHOOSE = re.compile(r"(?<![\w)}])(?:\^|_)\{?(\w{1,4})\}?\s?C_\{?(\w{1,4})\}?")  # ^5C_2
_NESTED = re.compile(r"\\(?:mathrm|text)\s?\{[^{}]*\^\{-?\d\}[^{}]*(?:\^\{-?\d\}[^{}]*)*\}")
_MODULO = re.compile(r"\(\s*(?:\\(?:text|mathrm|operatorname)\s?\{\s?mod\s?\}|\\?mod\b)\s*([^()]+)\)")
_DOUBLED = re.compile(r"(?<!\\)\\\\(?:d?frac|sqrt|l?eq?|ge|left|right|cup|infty|pi|text|begin|end|cdot|times|boxed)\b")
_ESCAPES = {"\text": r"\text", "\frac": r"\frac", "\times": r"\times", "\tan": r"\tan", "\theta": r"\theta"}
_NOISE = re.compile(
    r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\.?|\\(?:(?:display|text|script)style|limits|nolimits|rm|bf|it)\b"
    r"|\\(?:text)?color\s?\{\w+\}|\\(?:tiny|small|normalsize|[lL]arge|LARGE|[hH]uge)\b|(?<![\w)}])\*\*|\*\*(?![\w({\\-])"
    r"|\\!\s*|\\\(|\\\)|\\\[|\\\]|\$|\\(?:hspace|vspace|label|tag)\*?\{[^{}]*\}"
)
_SPACE = re.compile(r"\\[;:]|\\q?quad|\\(?:enspace|thinspace|noindent)\b|\s+")
_STYLE = re.compile(r"\\(?:math(?:bf|it|sf|tt|cal|op)|boldsymbol|bm|pmb|underline|ensuremath|boxed|fbox)\b")


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """The text without dollar signs, sizes, spacing and final punctuation, in ASCII LaTeX."""
    if text.isdecimal() and text.isascii():
        return text
    text = _UNICODE_RE.sub(lambda m: _UNICODE[m.group()], text).replace("...", r"\ldots ").replace("…", r"\ldots ")
    if not text.isascii():
        text = _SCRIPTS.sub(lambda m: f"{'^' if m[1] else '_'}{{{unicodedata.normalize('NFKC', m[0])}}}", text).replace(
            "−", "-"
        )
    text = _SYNONYMS.sub(lambda m: "\\" + (m["var"] or _ACCENT.get(m["accent"], "ldots")), text)
    for broken, whole in _ESCAPES.items():  # "\t" + "ext": a backslash that some JSON writer lost
        text = text.replace(broken, whole)
    if _DOUBLED.search(text):
        text = text.replace("\\\\", "\\")
    text = re.sub(r"\\\\\s*\[[^\]]{0,9}\]", r"\\\\", text).replace("~", " ").replace("{}", "")
    text = re.sub(r"(?<!\\)\\(?:[ $]|,(?!\d)|(?<!\d\\),)", " ", text)
    text = re.sub(r"\b(?:np|math|numpy)\.(?=[a-z])", "", _SPACE.sub(" ", _NOISE.sub("", text)))
    text = re.sub(r"(?i)(?<![a-z])([ap])\.\s?m\.?(?![a-z])", r"\1m", text)  # 7:55 p.m.
    text = _MODULO.sub(r"\\pmod{\1}", _ORDINAL.sub("", text))
    text = _NESTED.sub(
        lambda m: m[0].replace("^{", "^").replace("}", "", m[0].count("}") - 1).replace("\\,", " "), text
    )
    text = re.sub(r"(?<=\d)\s?\\mu\s?(?:m\b|\\(?:text|mathrm)\s?\{\s?m\s?\})", r"\\text{um}", text)
    text = re.sub(r"(?<=\d)\s?'{1,2}$", "", text)  # seconds of arc
    text = _CHOOSE.sub(r"\\binom{\1}{\2}", text)
    text = _STYLE.sub("", re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", text))
    text = re.sub(r"[.,;]\s*(\}{1,3})$", r"\1", text.strip().rstrip(" .,;:\\"))
    return text.lstrip(" " if re.match(r"\s*\.\d", text) else " ,.:;")


WRAP = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|operatorname\*?|rm|bf)\s*(?=\{)")


def plain_words(text: str) -> str:
    """Lower-case words without wrappers or punctuation: the form in which text answers are compared."""
    text = WRAP.sub("", text)
    words = " ".join(re.sub(r"[{}$\"'`*.,;:!?]|\\[,; ]", " ", text).split()).lower()
    return re.sub(r"^(?:an?|the) (?=[a-z]{2})", "", words)


def squeezed(text: str) -> str:
    """The text without spaces (but between digits) and without braces around single characters."""
    text = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", WRAP.sub("", text))
    return re.sub(r"\{(\w)\}(?!\w)", r"\1", text)
