"""Tokens of a cleaned answer: numbers, words, commands and operators, with the units taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.units import named, take_units, unit_tokens


def name_set(names: str) -> set[str]:
    return set(names.split())


class ParseError(ValueError):
    """The text is no mathematics that this grammar knows."""


_TOKEN = re.compile(
    r"""\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|operatorname\*?)\s*\{(?P<text>(?:[^{}]|\{[^{}]*\})*)\}
    |\\(?P<env>begin|end)\s*\{(?P<name>[a-zA-Z]+)\*?\}(?:\s*\{[lcr|\s]*\})?
    |(?P<grouped>[1-9]\d{0,2}(?:(?P<sep>,|\{,\}|\\,|\ )\d{3})(?:(?P=sep)\d{3})*(?![\d])(?:\.\d+)?)
    |(?P<num>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+(?![\d.]))?)
    |(?P<cmd>\\(?:[A-Za-z]+|.))
    |(?P<word>[A-Za-z]+)
    |(?P<op><=|>=|!=|==|\*\*|\S)""",
    re.VERBOSE | re.ASCII,
)
FUNCTIONS = name_set(
    "sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc asin acos atan acot sinh cosh tanh coth sech "
    "csch arcsinh arccosh arctanh arsinh arcosh artanh asinh acosh atanh ln log lg exp gcd lcm max min det floor ceil "
    "sgn sign Re Im arg Arg cis erf erfc zeta Gamma dim deg ker rank tr trace Li abs"
)
_LETTERS = name_set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho varrho sigma tau "
    "upsilon phi varphi chi psi pi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = _LETTERS | name_set(
    "ell hbar aleph nabla partial Re Im top ldots vdots angle triangle square circ star bullet prime perp"
)
CONDITION = name_set("for if where when with")
CLAUSE = CONDITION | name_set(
    "or and is are not no but only except than any all mod to from neither base at choose over times plus minus until "
    "between half more less even odd hundreds thousands millions billions dozens"
)
CHANGING = name_set(  # words after a value that make it another, or refuse it
    "inverse inverted reciprocal excluded incorrect wrong conjugate pair pairs couple couples squared cubed negative "
    "binary octal hexadecimal remainder fail fails failed fewer extra additional too omitted missing rejected etc "
    "among discarded invalid inadmissible extraneous impossible fold percentile percentage tens gross score "
    "quintillion factorials short off cannot doesn isn wasn was unless contradicts leads otherwise eighths root"
)
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PART_NAMES = "half third quarter fifth sixth seventh eighth ninth tenth"
PARTS = {name: size for size, name in enumerate(_PART_NAMES.split(), 2)}
PARTS |= {"halve": 2, "fourth": 4, "twentieth": 20, "hundredth": 100, "thousandth": 1000}
_AFTER_VALUE = {word: f"* {size}" for word, size in SCALES.items()} | {
    "factorial": "!",
    "deg": r"^ \circ",
}  # what words stand for
_AFTER_VALUE |= {name + s: f"* ( 1 / {parts} )" for name, parts in PARTS.items() for s in ("", "s")}
_MEANT = {name: rf"\{name}" for name in _LETTERS if len(name) > 2 or name == "pi"}
_MEANT |= {"sqrt": r"\sqrt", "and": "and", "or": "or", "degree": r"^ \circ", "degrees": r"^ \circ"}
_MEANT |= dict.fromkeys(("infty", "infinity", "inf", "oo"), r"\infty")
_MEANT |= dict.fromkeys(("percent", "pct", "percentage", "%", r"\%"), "%")
_CONNECTIVES = {r"\lor": "or", r"\vee": "or", r"\land": "and", r"\wedge": "and", r"\&": "and"}
MATHEMATICS = FUNCTIONS | GREEK | CLAUSE | {*_AFTER_VALUE, *_MEANT, "cubed", "modulo"}  # no nouns beside a number
OPEN = name_set(r"( [ { \{ \langle \lfloor \lceil \lvert")
CLOSE = name_set(r") ] } \} \rangle \rfloor \rceil \rvert")
_ENDS_VALUE = CLOSE | {"!", "%", "|", "."}


def outside(tokens: list[str]) -> Iterator[int]:
    """Where the tokens stand outside all brackets; of a bracketed part, where it closes."""
    depth = 0
    for i, t in enumerate(tokens):
        if t in OPEN or t.startswith(r"\begin:"):
            depth += 1
        elif t in CLOSE or t.startswith(r"\end:"):
            depth -= 1
        if depth == 0:
            yield i


def split(tokens: list[str], marks: set[str] | dict) -> tuple[list[list[str]], list[str]]:
    """Parts of the tokens between the marks that stand outside all brackets, and those marks."""
    if not any(map(marks.__contains__, tokens)):  # as nearly always
        return [tokens], []
    at = [i for i in outside(tokens) if tokens[i] in marks]
    return [tokens[a + 1 : b] for a, b in zip([-1, *at], [*at, len(tokens)], strict=True)], [tokens[i] for i in at]


def wrapped(tokens: list[str], opening: str) -> bool:
    """Whether the first token is this bracket and the last one closes it."""
    return tokens[:1] == [opening] and tokens[-1] in CLOSE and next(outside(tokens), 0) == len(tokens) - 1


def tokenize(text: str, thousands: bool) -> tuple[list[str], str]:
    """Tokens of a cleaned text, and the canonical unit that was dropped from it."""
    out: list[str] = []
    for m in _TOKEN.finditer(text):
        kind, raw, last = m.lastgroup, m.group(), out[-1] if out else "+"
        after_value = (
            last[0].isalnum() or last[0] == "." or last in _ENDS_VALUE or last[1:] in GREEK or last[:2] == "@#"
        )
        if kind == "name":
            out.append(f"\\{m['env']}:{m['name']}")
        elif kind == "grouped" and m["sep"] == "," and not thousands:
            out += re.findall(r"[\d.]+|,", raw)
        elif kind == "grouped":
            out.append(re.sub(r"[^\d.]", "", raw))
        elif kind == "text":
            words = m["text"].strip()
            value = re.match(r"(?s).*\d\D*(?:and|or)\D*\d.*|[\d.,]*\d", words, re.ASCII)  # 5 and 7; 3 apples
            if value:
                out += tokenize(value[0], thousands)[0]
                words, after_value = words[value.end() :].strip(), True
            for k, part in enumerate(words.split(",")):
                out += [","] if k or not words and not value else []
                if part.strip(" .;"):
                    _word_tokens(part.strip(" .;"), raw, out, after_value and not k)
        elif kind == "word":
            _word_tokens(raw, "", out, after_value)
        elif raw == "@" or not raw.isascii():  # "@" marks what this function adds
            raise ParseError(f"unexpected {raw}")
        else:
            out.append(_CONNECTIVES.get(raw, raw))
    return take_units(out)


def _word_tokens(word: str, wrapper: str, out: list[str], after_value: bool) -> None:
    """Append the tokens of a bare word (wrapper "") or of the content of \\text{} and its like."""
    low, words = word.lower(), set(re.findall(r"[a-z]+", word.lower()))
    first, _, rest = low.partition(" ")
    last, before = out[-1] if out else "", out[-2] if len(out) > 1 else ""
    times = last in ("/", "*", "-", r"\cdot", r"\times", "(") and before[:2] in ("@#", "/")
    among_units = times or (last[:2] == "@#" != last)
    after_number = after_value and wrapper and not last.isalpha()
    if word in ("C", "F") and r"\circ" in (last, before):
        word, after_number = "°" + word, True
    unit = named(word)
    changed = after_value and not (low.endswith(("squared", "cubed")) and named(first) is not None)  # 5 cm squared
    if unit is not None and (among_units or after_number and (low in ("min", "arcsec") or word in "mgshLJNWVKATu°C°F")):
        out.append("@#" + unit)
    elif after_value and first in _AFTER_VALUE:
        out += _AFTER_VALUE[first].split()
        if rest:
            _word_tokens(rest, wrapper, out, True)
    elif word in FUNCTIONS and (wrapper or len(word) > 2 or word in ("ln", "lg")):
        out.append("\\" + word)
    elif word in _MEANT or low in _MEANT:
        out += (_MEANT.get(word) or _MEANT[low]).split()
    elif len(word) == 1 and word.isascii():
        out.append(word)
    elif "operatorname" in wrapper:
        out.append("@" + word)
    elif word in CONDITION | {"remainder"} or (wrapper and words & (CLAUSE | CHANGING if changed else CLAUSE)):
        out.append("@~" + word)
    elif after_value and (wrapper or named(word, bare=True)):
        out += unit_tokens(word)
    elif wrapper:
        out.append("@" + re.sub(r"\W", "", word))
    else:
        out.extend(word)
