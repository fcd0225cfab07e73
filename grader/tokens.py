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
_FUNCTION_NAMES = (
    "sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc asin acos atan acot sinh cosh tanh coth sech "
    "csch arcsinh arccosh arctanh arsinh arcosh artanh asinh acosh atanh ln log lg exp gcd lcm max min det floor ceil "
    "sgn sign Re Im arg Arg cis erf erfc zeta Gamma dim deg ker rank tr trace Li"
)
FUNCTIONS = set(_FUNCTION_NAMES.split())
_LETTER_NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho varrho sigma tau "
    "upsilon phi varphi chi psi pi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_SYMBOL_NAMES = "ell hbar aleph nabla partial Re Im top ldots vdots angle triangle square circ star bullet prime perp"
GREEK = set(_LETTER_NAMES.split()) | set(_SYMBOL_NAMES.split())
CONDITION = {"for", "if", "where", "when", "with"}
_NAMED_NUMBERS = {"pi": r"\pi", "infty": r"\infty", "infinity": r"\infty", "inf": r"\infty", "oo": r"\infty"}
_CLAUSE_WORDS = (
    "or and if for when where with is are not no but only except than any all mod to from neither base at choose over "
    "times plus minus until between half more less hundreds thousands millions billions dozens"
)
CLAUSE = set(_CLAUSE_WORDS.split())
_CONNECTIVES = {r"\lor": "or", r"\vee": "or", r"\land": "and", r"\wedge": "and", r"\&": "and"}
_SCALES = {
    "trillion": "1000000000000",
    "dozen": "12",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
}
_PART_NAMES = "half third quarter fifth sixth seventh eighth ninth tenth"
PARTS = {name: str(k + 2) for k, name in enumerate(_PART_NAMES.split())}
PARTS |= {"halve": "2", "fourth": "4", "quarter": "4", "twentieth": "20", "hundredth": "100", "thousandth": "1000"}
_CHANGING_WORDS = (
    "inverse inverted reciprocal excluded incorrect wrong conjugate pair pairs couple squared cubed negative binary "
    "octal hexadecimal remainder"
)
_CHANGES_VALUE = CLAUSE | set(_CHANGING_WORDS.split())
_ASCII_GREEK = {name for name in _LETTER_NAMES.split() if len(name) > 2}
_ENDS_VALUE = {"@#", ")", "]", "}", "!", "%", r"\}", r"\rangle", "|", r"\circ"}


OPEN = {"(", "[", "{", r"\{", r"\langle", r"\lfloor", r"\lceil", r"\lvert"}
CLOSE = {")", "]", "}", r"\}", r"\rangle", r"\rfloor", r"\rceil", r"\rvert"}


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
        kind, raw = m.lastgroup, m.group()
        after_value = bool(out) and (out[-1][0].isalnum() or out[-1][0] == "." or out[-1] in _ENDS_VALUE)
        after_value = after_value or (bool(out) and (out[-1][1:] in GREEK or out[-1][:2] == "@#"))
        if kind == "name":
            out.append(f"\\{m['env']}:{m['name']}")
        elif kind == "grouped":
            if m["sep"] == "," and not thousands:
                out += [t for part in raw.split(",") for t in (part, ",")][:-1]
            else:
                out.append(re.sub(r"[^\d.]", "", raw))
        elif kind == "text":
            words = m["text"].strip()
            digits = re.match(r"[\d.,]*\d", words, re.ASCII)
            if re.search(r"\d\D*(?:and|or)\D*\d", words):  # \text{5 and 7}
                out += tokenize(words, thousands)[0]
                continue
            if digits:  # \text{3 apples}
                out += tokenize(digits.group(), thousands)[0]
                words, after_value = words[digits.end() :].strip(), True
            for k, part in enumerate(words.split(",")):
                out += [","] if k or not words else []
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
    low = word.lower()
    among_units = len(out) > 1 and out[-1] in ("/", "*", "-", r"\cdot", r"\times", "(") and out[-2][:2] in ("@#", "/")
    among_units = among_units or bool(out) and (out[-1][:2] == "@#" != out[-1])
    number = after_value and wrapper and not out[-1].isalpha()
    squared = low.endswith(("squared", "cubed")) and named(word.split()[0]) is not None
    if word in ("C", "F") and r"\circ" in out[-2:]:
        word, number = "°" + word, True
    if low in ("and", "or"):
        out.append(low)
    elif (among_units or number and (low in ("min", "arcsec") or word in "mgshLJNWVKATu°C°F")) and named(
        word
    ) is not None:
        out.append("@#" + named(word))
    elif word in FUNCTIONS and (wrapper or len(word) > 2 or word in ("ln", "lg")):
        out.append("\\" + word)
    elif word in _NAMED_NUMBERS:
        out.append(_NAMED_NUMBERS[word])
    elif word == "sqrt":
        out.append(r"\sqrt")
    elif word in _ASCII_GREEK:
        out.append("\\" + word)
    elif after_value and low.split()[0] in _SCALES:
        out += ["*", _SCALES[low.split()[0]]]
        if " " in low:
            _word_tokens(word.split(maxsplit=1)[1], wrapper, out, True)
    elif after_value and low.rstrip("s") in PARTS:
        out += ["*", "(", "1", "/", PARTS[low.rstrip("s")], ")"]
    elif after_value and low == "factorial":
        out.append("!")
    elif low in ("percent", "pct", "percentage", "%", r"\%"):
        out.append("%")
    elif low in ("degree", "degrees", "deg"):
        out += ["^", r"\circ"]
    elif wrapper and low.split()[-1] in ("even", "odd"):  # n is even
        out.append("@~" + word)
    elif len(word) == 1 and word.isascii():
        out.append(word)
    elif "operatorname" in wrapper:
        out.append("@" + word)
    elif word in CONDITION | {"remainder"} or (
        wrapper and set(re.findall(r"[a-z]+", low)) & (_CHANGES_VALUE if after_value and not squared else CLAUSE)
    ):
        out.append("@~" + word)
    elif after_value and (wrapper or named(word, bare=True)):
        out += unit_tokens(word)
    elif wrapper:
        out.append("@" + re.sub(r"\W", "", word))
    else:
        out.extend(word)
