"""Answers as strings: cleaned into ASCII LaTeX, and the forms in which words and notations are compared."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_CHARS = 4000  # longer answers are compared as strings only


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
    r"|\\!\s*|\\\(|\\\)|\\\[|\\\]|\$|\*\*|\\(?:hspace|vspace|label|tag)\*?\{[^{}]*\}"
)
_SPACE = re.compile(r"\\[;:]|\\q?quad|\\(?:enspace|thinspace|noindent)\b|\s+")
_STYLE = re.compile(r"\\(?:math(?:bf|it|sf|tt|cal|op)|boldsymbol|bm|pmb|underline|ensuremath|boxed|fbox)\b")


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """The text without dollar signs, sizes, spacing and final punctuation, in ASCII LaTeX."""
    text = _UNICODE_RE.sub(lambda m: _UNICODE[m.group()], text).replace("...", r"\ldots ").replace("…", r"\ldots ")
    for broken, whole in _ESCAPES.items():  # "\t" + "ext": a backslash that some JSON writer lost
        text = text.replace(broken, whole)
    if _DOUBLED.search(text):
        text = text.replace("\\\\", "\\")
    text = re.sub(r"\\\\\s*\[[^\]]{0,9}\]", r"\\\\", text).replace("~", " ").replace("{}", "")
    text = re.sub(r"(?<!\\)\\(?:[ $]|,(?!\d)|(?<!\d\\),)", " ", text)
    text = re.sub(r"\b(?:np|math|numpy)\.(?=[a-z])", "", _SPACE.sub(" ", _NOISE.sub("", text)))
    text = re.sub(r"(?i)(?<![a-z])([ap])\.\s?m\.?(?![a-z])", r"\1m", text)  # 7:55 p.m.
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
