"""Answers as strings: cleaned into ASCII LaTeX, and the forms in which words and notations are compared."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

MAX_CHARS = 4000  # longer answers are compared as strings only


_UNICODE = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "÷": "/", "π": r"\pi ", "∞": r"\infty ",
    "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℚ": r"\mathbb{Q}", "ℕ": r"\mathbb{N}", "ℂ": r"\mathbb{C}",
    "°": r"^{\circ}", "±": r"\pm ", "√": r"\sqrt ", "∛": r"\sqrt[3]", "≈": r"\approx ", "≡": r"\equiv ",
    "€": "", "£": "", "’": "'", "′": "'", "\u00a0": " ", "：": ":", "（": "(", "）": ")", "∧": r"\land ", "∨": r"\lor ",
    "—": "-", "₹": "", "¥": "", "元": "", "⁄": "/",
    "⟨": r"\langle ", "⟩": r"\rangle ", "∖": r"\setminus ", "，": ",", "。": ".", "．": ".",
    "Ø": r"\emptyset ", "¢": r"\text{ cents}", "∠": r"\angle ", "…": r"\ldots ",
    "Å": r"\text{ Å}", "\u212b": r"\text{ Å}", r"\AA": r"\text{ Å}", "µ": r"\mu ",
}  # fmt: skip
_UNICODE |= {c: rf"\frac{{{unicodedata.normalize('NFKC', c).replace('⁄', '}{')}}}" for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
for _letter in "αβγδεζηθικλμνξρστφχψωΓΔΘΛΞΠΣΦΨΩ":
    _name = unicodedata.name(_letter).split()[-1].replace("LAMDA", "LAMBDA")
    _UNICODE[_letter] = f"\\{_name.lower() if _letter.islower() else _name.capitalize()} "
_UNICODE_RE = re.compile("|".join(map(re.escape, _UNICODE)))
_SCRIPTS = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+)|([₀₁₂₃₄₅₆₇₈₉]+)")
_WIDE = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff]")  # full-width and mathematical letters and digits
_DOUBLED = re.compile(r"(?<!\\)\\\\(?:d?frac|sqrt|l?eq?|ge|left|right|cup|infty|pi|text|begin|end|cdot|times|boxed)\b")

# (what a text holds that the pattern applies to, pattern, what is written instead), in this order
_REWRITES = [(hint, re.compile(pattern), by) for hint, pattern, by in (
    ("\t", r"\t(?=ext|imes|an|heta)", r"\\t"), ("\f", r"\f(?=rac)", r"\\f"),  # a backslash that some JSON writer lost
    ("dots", r"\\(?:[cl]dots|dots[bc]?)(?![A-Za-z])", r"\\ldots"), ("\\var", r"\\var(?=epsilon|phi|theta|rho)", r"\\"),
    ("\\rightarrow", r"\\rightarrow\b", r"\\to"), ("\\overline", r"\\overline(?=\s?\{?\s?[A-Za-z])", r"\\bar"),
    ("\\wide", r"\\wide(?=hat|tilde)", r"\\"), ("\\overrightarrow", r"\\overrightarrow\b", r"\\vec"),
    ("\\[", r"\\\\\s*\[[^\]]{0,9}\]", r"\\\\"), ("{}", r"\{\}", ""),
    ("\\", r"(?<!\\)\\(?:[ $]|,(?!\d)|(?<!\d\\),)", " "),
    ("\\", r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\.?|\\(?:(?:display|text|script)style|limits|nolimits)"
     r"(?![A-Za-z])|\\(?:rm|bf|it|tiny|small|(?:script|footnote|normal)size|[lL]arge|LARGE|[hH]uge)\b|\\(?:text)?color(?:box)?\s?\{\w+\}|\\!\s*|\\[()\[\]]"
     r"|\\(?:hspace|vspace|label|tag)\*?(?:\{[^{}]*\}|(?=[.\s]*$))"
     r"|\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}", ""),
    ("$", r"\$", ""), ("**", r"(?<![\w)}])\*\*|\*\*(?![\w({\\-])", ""),
    ("", r"(?:\\[;:]|\\q?quad|\\(?:enspace|thinspace|noindent)\b|~|\s)+", " "),
    (".", r"\b(?:np|math|numpy)\.(?=[a-z])", ""),
    (".", r"(?i)(?<![a-z])([ap])\.\s?m\.?(?![a-z])", r"\1m"),  # 7:55 p.m.
    ("", r"(?<=\d)\s?(?:\^\s?\{?\s?(?:\\(?:text|mathrm)\s?\{)?\s?(?:st|nd|rd|th)\s?\}{0,2}(?:\\ |\s)?"
     r"|(?:st|nd|rd|th)\b)", ""),  # 12^{th}
    ("'", r"(?<=\d)\s?'$", r"\\text{ arcmin}"),  # 45'
    ("^", r"\^\s?\{?\s?\\times\s?\}?(?=$|\s?[,;.)])", "^*"), ("_{>0}", r"(?<=\\mathbb\{[ZRQ]\})_\{>0\}", "^+"),
    ("\\mathbb", r"\\mathbb\s?\{?([STD])\}?(?=\s?\^)", r"\1"), ("\\phantom", r"\\phantom\s?\{[^{}]*\}", ""),
    ("\\begin", r"^\\begin\{array\}\s?\{[lcr]\}([^&\\]*)\\end\{array\}$", r"\1"),
    ("const", r"\+\s?(?:\\(?:text|mathrm)\s?\{\s?)?const(?:ant)?\b\.?\s?\}?", "+C"),
    ("Vert", r"\\[lr]Vert(?![A-Za-z])", r"\\|"),
    ("L", r"(?:\\(?:operatorname|mathrm|text)\s?\{)?(?<![A-Za-z])(P?[SG]L)\}?\s?\(\s?(\w)\s?,\s?", r"\1_{\2}("),
    ("L", r"\\(?:operatorname|mathrm|text)\s?\{\s?(P?[SG]L)\s?\}", r"\1"),
    ("0", r"\\(?:vec|mathbf|boldsymbol|bm)(?:\s?\{\s?0\s?\}|\s?0)", "0"),
    ("factorial", r"\bfactorial\((\d+)\)", r"\1!"),
    ("mod", r"\(\s*(?:\\(?:text|mathrm|operatorname)\s?\{\s?mod\s?\}|\\?mod\b)\s*([^()]+)\)", r"\\pmod{\1}"),
    ("math", r"\\([ij])math\b", r" \1"), ("begin", r"(\\begin\{\w+\})\[[tbc]\]", r"\1"), ("\\Pr", r"\\Pr\b", "P"),
    ("\\", r"\\([ZRQNC])(?![A-Za-z])", r"\\mathbb{\1}"), ("cbrt", r"\bcbrt\b", r"\\sqrt[3]"),
    ("\\forall", r"^\\forall ([^,]+),(.+)$", r"\2 \\text{ for } \1"), ("or", r"(?<=\d)or(?=[A-Z(\\\d])", " or "),
    ("mapsto", r"^(?:[fgh]\s?:\s?)?(\w)\s?\\mapsto", r"f(\1)="), ("sqrt", r"\\sqrt\s?\{\s?-\s?1\s?\}", " i "),
    ("vergent", r"\b([a-z]+ly) (con|di)vergent\b", r"\2verges \1"),
    ("cyclic", r"^(?:\\text\s?\{)?(?:the )?cyclic group of order \}?\s?(\w+)\}?$", r"\\mathbb{Z}_{\1}"),
    ("_", r"^[CZ]_\{?(\d+)\}?$", r"\\mathbb{Z}_{\1}"),
    ("\\langle", r"^\\mathbb\{Z\}/\\langle\s?(\d+)\s?\\rangle$", r"\\mathbb{Z}_{\1}"),
    ("(", r"^(?:\\text\s?\{)?\((?:ii|iii|iv|v|vi{1,3})\)\}?\s*(?=[\s\w\\])", ""),
    ("", r"^(?:\\text\s?\{\s?)?(?:Rs\.?|USD|EUR|INR|RMB|all|every)\s?\}?\s?(?=[\d\\-]|n\b)", ""),
    ("\\", r"\\(?:text|mathrm)\s?\{\s?(?=[^{}A-Za-z]*\\)((?:[^{}A-Za-z]|\\[A-Za-z]+|\{[^{}Å]*\})+)\}", r"{\1}"),
    ("C_", r"(?<![\w)}])(?:\^|_)\{?(\w{1,4})\}?\s?C_\{?(\w{1,4})\}?", r"\\binom{\1}{\2}"),  # ^5C_2
    ("\\", r"\\[dtc]frac(?![A-Za-z])", r"\\frac"),
    ("\\", r"\\(?:math(?:bf|it|sf|tt|cal|op)|emph|boldsymbol|bm|pmb|underline|ensuremath|boxed|fbox)\b", ""),
)]  # fmt: skip
_PLAIN_REWRITES = [row for row in _REWRITES if "\\" not in row[0]]


_PLAIN = re.compile(r"-?\d+(?:[./]\d+)?", re.ASCII)
_END, _LAST_MARK = re.compile(r"[.,;]\s*(\}{1,3})$"), re.compile(r"\s*\.\d")


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """The text without dollar signs, sizes, spacing and final punctuation, in ASCII LaTeX."""
    if _PLAIN.fullmatch(text):
        return text
    if not text.isascii() or r"\AA" in text:
        text = _UNICODE_RE.sub(lambda m: _UNICODE[m.group()], text)
        text = _WIDE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
        text = _SCRIPTS.sub(
            lambda m: f"{'^' if m[1] else '_'}{{{unicodedata.normalize('NFKC', m[0]).replace('−', '-')}}}", text
        )
    text = text.replace("...", r"\ldots ")
    backslash = "\\" in text
    text = text.replace("\\\\", "\\") if backslash and _DOUBLED.search(text) else text
    for hint, pattern, by in _REWRITES if backslash else _PLAIN_REWRITES:
        if hint in text:
            text = pattern.sub(by, text)
    text = _END.sub(r"\1", text.strip().rstrip(" .,;:\\"))
    return text.lstrip(" " if _LAST_MARK.match(text) else " ,.:;")


def repeating_decimals(text: str) -> str:
    """The text with 0.1\\overline{6} and 0.1666... as fractions, \\repeating{1}{6}."""

    def fraction(head: str, block: str) -> str:
        places = len(head.partition(".")[2])
        value = Fraction(head + "0") + Fraction(int(block), (10 ** len(block) - 1) * 10**places)
        return rf"\repeating{{{value.numerator}}}{{{value.denominator}}}"

    if "." not in text:
        return text
    text = re.sub(r"\\dot\{?(\d)\}?(\d{0,20})\\dot\{?(\d)\}?", r"\\overline{\1\2\3}", text)
    text = re.sub(
        r"(\d{0,30}\.\d{0,30})\\(?:overline|bar|dot)\s?(?:\{(\d{1,30})\}|(\d))",
        lambda m: fraction(m[1], m[2] or m[3]), text,
    )  # fmt: skip
    tail = r"\s?(?:\\[lc]?dots|repeating)"
    return re.sub(r"(\d{0,30}\.\d{0,20}?)(\d{1,8}?)\2{1,20}" + tail, lambda m: fraction(m[1], m[2]), text)


WRAP = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|operatorname\*?|rm|bf)\s*(?=\{)")


_MARKS, _ARTICLE = re.compile(r"[{}$\"'`*.,;:!?]|\\[,; ]"), re.compile(r"^(?:an?|the) (?=[a-z]{2})")
_SPACE, _SINGLE = re.compile(r"(?<!\d)\s+|\s+(?!\d)"), re.compile(r"\{(\w)\}(?!\w)")


@lru_cache(maxsize=1024)
def plain_words(text: str) -> str:
    """Lower-case words without wrappers or punctuation: the form in which text answers are compared."""
    words = " ".join(_MARKS.sub(" ", WRAP.sub("", text)).split()).lower()
    return _ARTICLE.sub("", words)


@lru_cache(maxsize=1024)
def squeezed(text: str) -> str:
    """The text without spaces (but between digits) and without braces around single characters."""
    return _SINGLE.sub(r"\1", _SPACE.sub("", WRAP.sub("", text)))
