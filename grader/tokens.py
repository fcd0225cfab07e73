"""Tokens of a cleaned answer: numbers, words, commands and operators, with the units taken out."""

from __future__ import annotations

import re


class ParseError(ValueError):
    """The text is no mathematics that this grammar knows."""


_TOKEN = re.compile(
    r"""\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox|operatorname\*?)\s*\{(?P<text>[^{}]*)\}
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
    "sgn sign Re Im arg Arg cis erf zeta Gamma dim deg ker rank tr trace Li"
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
_UNIT_NAMES = {
    "cm": "cm", "centimeter": "cm", "centimetre": "cm", "mm": "mm", "millimeter": "mm", "km": "km", "kilometer": "km",
    "m": "m", "meter": "m", "metre": "m", "inch": "in", "inches": "in", "in": "in", "foot": "ft", "feet": "ft",
    "ft": "ft", "yard": "yd", "yd": "yd", "mile": "mi", "mi": "mi", "second": "s", "sec": "s", "s": "s",
    "minute": "min", "min": "min", "hour": "h", "hr": "h", "h": "h", "day": "d", "week": "wk", "month": "mo",
    "year": "y", "kg": "kg", "kilogram": "kg", "g": "g", "gram": "g", "mg": "mg", "lb": "lb", "pound": "lb",
    "ounce": "oz", "oz": "oz", "liter": "l", "litre": "l", "ml": "ml", "dollar": "$", "cent": "c", "mph": "mph",
    "kmh": "kmh", "radian": "", "rad": "", "unit": "", "square": "2", "squared": "2", "sq": "2", "cubic": "3",
    "a.m.": "am", "p.m.": "pm", "am": "am", "pm": "pm",
}  # fmt: skip
_BARE_UNITS = {u for u in _UNIT_NAMES if len(u) > 1 and u not in ("in", "min")}
_CLAUSE_WORDS = (
    "or and if for when where with is are not no but only except than any all mod to from neither base at choose over "
    "times plus minus until between half more less hundreds thousands millions billions dozens"
)
CLAUSE = set(_CLAUSE_WORDS.split())
_CONNECTIVES = {r"\lor": "or", r"\vee": "or", r"\land": "and", r"\wedge": "and", r"\&": "and"}
_SCALES = {"dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
_PART_NAMES = "half third quarter fifth sixth seventh eighth ninth tenth"
_PARTS = {name: str(k + 2) for k, name in enumerate(_PART_NAMES.split())}
_PARTS |= {"halve": "2", "fourth": "4", "quarter": "4", "hundredth": "100", "thousandth": "1000"}
_CHANGING_WORDS = (
    "inverse inverted reciprocal excluded incorrect wrong conjugate pair pairs couple squared cubed negative"
)
_CHANGES_VALUE = CLAUSE | set(_CHANGING_WORDS.split())
_ASCII_GREEK = {name for name in _LETTER_NAMES.split() if len(name) > 2}
_ENDS_VALUE = {"@#", ")", "]", "}", "!", "%", r"\}", r"\rangle", "|", r"\circ"}


def _unit_of(words: str) -> str:
    """Canonical name of a unit; "" for a noun, which is ignored ("apples")."""
    names = re.findall(r"[a-z.]+", words.lower())
    return "".join(_UNIT_NAMES.get(n, _UNIT_NAMES.get(n.rstrip("s"), "")) if n != "s" else "s" for n in names)


def tokenize(text: str, thousands: bool) -> tuple[list[str], str]:
    """Tokens of a cleaned text, and the canonical unit that was dropped from it."""
    out: list[str] = []
    units = ""
    for m in _TOKEN.finditer(text):
        kind, raw = m.lastgroup, m.group()
        after_value = bool(out) and (out[-1][0].isalnum() or out[-1][0] == "." or out[-1] in _ENDS_VALUE)
        after_value = after_value or (bool(out) and out[-1][1:] in GREEK)
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
                    units += _word_tokens(part.strip(" .;"), raw, out, after_value and not k)
        elif kind == "word":
            units += _word_tokens(raw, "", out, after_value)
        elif raw == "@" or not raw.isascii():  # "@" marks what this function adds
            raise ParseError(f"unexpected {raw}")
        else:
            out.append(_CONNECTIVES.get(raw, raw))
    return _drop_unit_powers(out), units


def _word_tokens(word: str, wrapper: str, out: list[str], after_value: bool) -> str:
    """Append the tokens of a bare word (wrapper "") or of the content of \\text{} and its like; return its unit."""
    low = word.lower()
    if low in ("and", "or"):
        out.append(low)
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
        return _word_tokens(word.split(maxsplit=1)[1], wrapper, out, True) if " " in low else ""
    elif after_value and low.rstrip("s") in _PARTS:
        out += ["*", "(", "1", "/", _PARTS[low.rstrip("s")], ")"]
    elif after_value and low == "factorial":
        out.append("!")
    elif low in ("percent", "pct", "percentage", "%", r"\%"):
        out.append("%")
    elif low in ("degree", "degrees", "deg"):
        out += ["^", r"\circ"]
    elif len(word) == 1 and not (after_value and wrapper and word in "mgshLCF"):
        out.append(word)
    elif "operatorname" in wrapper:
        out.append("@" + word)
    elif word in CONDITION or (
        wrapper and set(re.findall(r"[a-z]+", low)) & (_CHANGES_VALUE if after_value else CLAUSE)
    ):
        out.append("@~" + word)
    elif after_value and (wrapper or low in _BARE_UNITS or low.rstrip("s") in _BARE_UNITS):
        out.append("@#")
        return _unit_of(low)
    elif wrapper:
        out.append("@" + re.sub(r"\W", "", word))
    else:
        out.extend(word)
    return ""


def _drop_unit_powers(tokens: list[str]) -> list[str]:
    """Without the units, their exponents and the signs between two of them."""
    out, i = [], 0
    while i < len(tokens):
        if tokens[i] != "@#":
            out.append(tokens[i])
            i += 1
            continue
        i += 1
        if tokens[i : i + 1] == ["^"]:
            i += 4 if tokens[i + 1 : i + 2] == ["{"] else 2
        if i + 1 < len(tokens) and tokens[i] in ("/", "-", r"\cdot") and tokens[i + 1] == "@#":
            i += 1
    return out
