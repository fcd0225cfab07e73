"""Units: their names, and the product of powers that the tokens after a value stand for.

A unit is a string like "km s^-1". Two different ones differ, and none agrees with any; nothing is converted. A noun
("apples") is no unit and is ignored.
"""

from __future__ import annotations

import re

from grader.text import WRAP

_PREFIXED = "m meter metre|g gram|s second sec|A ampere amp|K kelvin|N newton|J joule|W watt|V volt|Hz hertz|Pa pascal"
_PREFIXED += (
    "|C coulomb|F farad|eV electronvolt|L l liter litre|T tesla|mol mole|cal calorie|Ω ohm|bar|pc parsec|H henry"
)
_PREFIXES = "k kilo|M mega|G giga|T tera|c centi|m milli|µ micro|n nano|p pico|f femto|d deci|h hecto"
_ALONE = (
    "in inch inche inches|arcsec arcsecond|arcmin arcminute|ft foot feet|yd yard|mi mile|min minute"
    "|h hour hr|d day|wk week|mo month|y year yr|lb pound"
    "|oz ounce|gal gallon|pt pint|qt quart|ton tonne|rad radian|sr|erg|dyn dyne|Å angstrom|u amu dalton|au|ly|atm|torr"
    "|mmHg|µm micron|$ dollar usd|c cent|€ euro eur|₹ rupee|¥ yen|°C celsius|°F fahrenheit|mph|kmh kph|am|pm"
    "| degree unit us"
)
_SYMBOLS, _NAMES = {}, {}  # symbols are read as they stand, names in either case and in the plural
for _prefix, _spoken in (p.split(" ") for p in (" |" + _PREFIXES).split("|")):
    for _group in (_PREFIXED if _prefix else _PREFIXED + "|" + _ALONE).split("|"):
        _symbol, *_words = _group.split(" ")
        _SYMBOLS[_prefix + _symbol] = _prefix + _symbol
        _NAMES |= {_spoken + name: _prefix + _symbol for name in _words}
_SYMBOLS |= {"pm": "pm", "l": "L", "ml": "mL", "µ": "µm"}
_BARE_NAMES = "cm mm km kg Hz kHz MHz eV keV MeV GeV mph kmh ml mL ft yd lb oz mi am pm"
_BARE = set(_BARE_NAMES.split())
_SPOKEN = [(re.compile("(?i)" + pattern), by) for pattern, by in (
    (r"μ|\\mu ", "µ"), (r"\\Omega", "Ω"), (r"\bper\b", "/"), (r"\s+squared\b", "^2"), (r"\s+cubed\b", "^3"),
    (r"\b(?:square|sq)\.?\s+(\w+)", r"\1^2"), (r"\bcubic\s+(\w+)", r"\1^3"),
)]  # fmt: skip
_ITEM = re.compile(r"[A-Za-zµΩÅ°$€]+(?:\.m\.)?|\^\s*\{?\s*-?\s*\d+\s*\}?|[/()]", re.ASCII)
_ONE = r"@#[^\n]*(?:\n\^\n(?:\{\n(?:-\n)?\d+\n\}|(?:-\n)?\d+))?"
_NEXT = rf"(?:\n(?:\*|-|\\cdot|\\times))?\n{_ONE}"
_RUN = re.compile(rf"(?:\n/)?\n{_ONE}(?:{_NEXT}|\n/\n{_ONE}|\n/\n\(\n{_ONE}(?:{_NEXT})*\n\))*")
_FACTOR = re.compile(r"(/)?(\()?@#([^\^/()*\\{}@-]*)(?:\^\{?(-?\d+)\}?)?(\))?")


_CURRENCY = re.compile(r"\\\$|[€£¥₹]|\b(?:USD|EUR|GBP)\b")
_CURRENCIES = {"\\$": "$", "£": "lb", "USD": "$", "EUR": "€", "GBP": "lb"}  # a pound is a pound


def currency(text: str) -> str:
    """The currency sign of an answer as it was written, which cleaning takes away."""
    sign = _CURRENCY.search(text)
    if text.startswith("$") and text.count("$") == 1:  # one dollar sign alone opens no formula
        return "$"
    return _CURRENCIES.get(sign[0], sign[0]) if sign else ""


def named(word: str, bare: bool = False) -> str | None:
    """The symbol of a unit; `bare`: only where it can be no product of letters. "" for "unit", None for no unit."""
    if word in _BARE or (word in _SYMBOLS and not bare):
        return _SYMBOLS.get(word, word)
    low = word.lower()
    if low in ("am", "pm"):
        return low
    return next((_NAMES[n] for n in (low, low[:-1]) if n in _NAMES and len(n) > 2), None)


def unit_tokens(words: str) -> list[str]:
    """Tokens of the content of \\text{}: units as "@#cm" with signs and powers, or "@#" for a noun, which is ignored.

    Symbols count among units only: "in total" is a noun. What follows a noun is left out ("feet of rope").
    """
    words = WRAP.sub("", words)
    for pattern, by in _SPOKEN:
        words = pattern.sub(by, words)
    items = _ITEM.findall(words)
    pure = all(named(i) is not None for i in items if i[0] not in "^/()")
    out: list[str] = []
    for item in items:
        if item[0] == "^":
            out += ["^", *re.findall(r"[-{}]|\d+", item)] if out else []
        elif item in "/()":
            out += [item] if pure else []
        elif (unit := named(item, bare=not pure)) is not None:
            out.append("@#" + unit)
        elif out:
            break
    return out if out and pure | out[0].startswith("@#") else ["@#"]


def take_units(tokens: list[str]) -> tuple[list[str], str]:
    """(the tokens without their units, the unit): a run like @#J / ( @#kg @#K ) is "J K^-1 kg^-1"."""
    found = set()

    def take(run: re.Match) -> str:
        powers, held = {}, 1
        text = run[0].replace("\n", "").replace("@#mph", "@#mi/@#h").replace("@#kmh", "@#km/@#h")
        for over, opened, unit, power, closed in _FACTOR.findall(text):
            held = -1 if over and opened else held
            powers[unit] = powers.get(unit, 0) + (-1 if over else held) * int(power or 1)
            held = 1 if closed else held
        found.add(_written(powers))
        return ""

    text = ("\n" + "\n".join(tokens)).replace("\n\\mu\n@#", "\n@#µ")
    kept = _RUN.sub(take, text) if "@#" in text else text
    return kept.split("\n")[1:] if found else tokens, ", ".join(sorted(found - {""}))


def unit_letters(node: tuple) -> tuple[tuple, str]:
    """(value, unit) of a product of a value and letters that can be units: 5 m/s, 50 \\mu m; unit "" if none."""
    factors, powers = list(node[1]) if node[0] == "mul" else [node], {}
    while len(factors) > 1:
        base, power = factors[-1], 1
        while base[0] == "pow" and base[2][0] == "num":
            base, power = base[1], power * base[2][1]
        name = {"Omega": "Ω"}.get(base[1], base[1]) if base[0] == "sym" else ""
        if not name or (name not in _SYMBOLS and "odot" not in name):
            break
        factors.pop()
        if factors[-1] == ("sym", "mu") and len(factors) > 1:
            factors.pop()
            name = "µ" + name
        powers[name] = powers.get(name, 0) + power
    return (("mul", factors) if len(factors) > 1 else factors[0]), _written(powers)


def _written(powers: dict) -> str:
    return " ".join(f"{u}^{p}" if p != 1 else u for u, p in sorted(powers.items()) if u and p)
