"""LaTeX answers, read: text is cleaned, cut into tokens and parsed into nested tuples.

A file of its own because a notation can be read without any notion of what equals what; that is `equality.py`, which
builds on this file, and nothing here looks back at it. Nothing in an answer is ever run, only taken apart.

`clean` (text.py) rewrites the string, `tokens` (tokens.py) names what is in it and takes the units out, and `parse` is
a recursive descent from the outermost separators (lists) over relations and set operations to the inside of one
expression (`_Parser`). The kinds of tuple that come out are in nodes.py. `parse` refuses text that is longer than
MAX_CHARS or nested deeper than MAX_DEPTH, so it is safe in the calling process.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from grader.nodes import MINUS, ONE, OVER, joined, names_in, product_of
from grader.structures import CYCLES, SETOPS, permutation, read_structure
from grader.text import MAX_CHARS, clean, repeating_decimals
from grader.tokens import CLOSE, CONDITION, FUNCTIONS, GREEK, OPEN, ParseError, split, tokenize, wrapped
from grader.units import currency

MAX_DEPTH = 40  # nesting of the grammar; deeper text is not an answer

_RELATIONS = {
    "=": "=", "==": "=", "<": "<", r"\lt": "<", ">": ">", r"\gt": ">", r"\le": "<=", r"\leq": "<=", "<=": "<=",
    r"\leqslant": "<=", r"\ge": ">=", r"\geq": ">=", ">=": ">=", r"\geqslant": ">=", r"\ne": "!=", r"\neq": "!=",
    "!=": "!=", r"\in": "in", r"\approx": "~", r"\simeq": "~", r"\equiv": "mod", r"\cong": "=", r"\mapsto": "to",
    r"\to": "to", r"\rightarrow": "to", r"\implies": "to", r"\iff": "iff", r"\Rightarrow": "to", ":": ":",
    r"\Leftrightarrow": "iff", r"\leftrightarrow": "iff",
    r"\colon": ":", r"\coloneqq": "=",
}  # fmt: skip
_BOUNDS = {mark for mark, op in _RELATIONS.items() if op in ("<", ">", "<=", ">=", "!=", "in")}
_MODULI = {r"\pmod", r"\bmod", r"\mod"}
_OPERATORS = {"dim", "det", "gcd", "lcm", "max", "min", "ker", "rank", "tr", "trace", "deg"}
_ACCENT_NAMES = "overline bar hat widehat vec tilde widetilde overrightarrow dot ddot mathbb mathfrak mathscr"
_ACCENTS = set(_ACCENT_NAMES.split())


@lru_cache(maxsize=512)  # the golds of a batch come again and again
def parse(text: str, thousands: bool = True) -> tuple[tuple, str]:
    """(node, unit) of an answer. `thousands`: read 1,234 as one number. Raises ParseError."""
    if len(text) > MAX_CHARS:
        raise ParseError("too long")
    sign = currency(text)
    if "\\" in text:  # a bold letter is a vector
        text = _DOUBLY.sub(r"\1{\2}", _BOLD.sub(r"\\vec{\1\2}", text))
    text = repeating_decimals(clean(text))
    text = re.sub(r"(?<![\d.])(\d{1,9}) (\d{1,9})/(\d{1,9})(?![\d.])", r"\1\\frac{\2}{\3}", text)  # 2 1/2
    if CYCLES.fullmatch(text):
        return ("opaque", permutation(text)), ""
    if text.startswith("]"):
        text = re.sub(r"\]([^\[\]]+,[^\[\]]+)\[", r"(\1)", text)  # ]0, 1[
    text = _UNIT_FRACTION.sub(r"\1/\2", _TICKS.sub(r"\\text{ ticks}", text))
    tokens, unit = tokenize(text, thousands)
    try:
        return _read_list(tokens, 0), unit or sign
    except (RecursionError, IndexError) as error:  # too deep, or it ends where a token must follow
        raise ParseError("too deep or cut off") from error


_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bm|pmb)(?:\s*\{\s*([A-Za-z]|\\[A-Za-z]+)\s*\}|\s([A-Za-z])(?![A-Za-z]))")
_DOUBLY = re.compile(r"(\\(?:hat|vec|overrightarrow))\s*\{?\s*\\vec\{([^{}]*)\}\s*\}?")
_TICKS = re.compile(r"(?<=\d)\s?(?:''|\"|\^\s?\{?\s?\\prime\s?\\prime\s?\}?)$")  # 0.49'', of arc or inches
_UNIT = r"\{\s?(\\(?:text|mathrm)\s?\{[^{}]*\}(?:\s?\^\s?(?:\d|\{\s?\d\s?\}))?)\s?\}"
_UNIT_FRACTION = re.compile(rf"\\frac\s?{_UNIT}\s?{_UNIT}")


def _read_list(tokens: list[str], depth: int) -> tuple:
    """A bare list, or what its only element is."""
    if depth > MAX_DEPTH:
        raise ParseError("too deep")
    while wrapped(tokens, "{"):
        tokens = tokens[1:-1]
    if not any(t != "," for t in tokens):
        raise ParseError("empty")
    begin = _condition_at(tokens)
    if begin:
        return ("given", _read_list(tokens[:begin], depth + 1), _condition(tokens[begin:]))
    groups, _ = split(tokens, {";"})
    if len(groups) == 1:
        for joiner in ("or", "and"):  # "a = 1, b = 2 or a = 2, b = 1"
            found, _ = split(tokens, {joiner})
            if len(found) > 1 and all(sum(map(bool, split(g, {","})[0])) > 1 for g in found):
                groups = found
    if len(groups) > 1:
        rows = [_read_list(g, depth + 1) for g in groups if g]
        rows = [("tuple", r[1], "()") if r[0] == "list" else r for r in rows]
        return ("list", rows, ",") if len(rows) > 1 else rows[0]
    parts, marks = split(tokens, {",", "and", "or", r"\\"})
    parts = [p for p in parts if p and _RELATIONS.get(p[0]) != "~"] or parts  # \sqrt2, \approx 1.414
    items = _spread_dots([_read_relation(p, depth + 1) for p in parts if p])
    if len(items) == 1:
        return items[0]
    if {"and", "or"} <= {*marks} and all(n[0] == "sym" for n in items):
        raise ParseError("and beside or")
    return ("list", items, "or" if "or" in marks else "and" if "and" in marks and "," not in marks else ",")


def _spread_dots(items: list[tuple]) -> list[tuple]:
    """1, 2, ..., 5 written out, where the dots stand between integers."""
    at = items.index(("sym", "ldots")) if ("sym", "ldots") in items else 0
    near = [
        n[1] for n in items[max(at - 2, 0) : at] + items[at + 1 : at + 2] if n[0] == "num" and n[1].denominator == 1
    ]
    if not at or len(near) != min(at, 2) + 1 or len(items) != at + 2:
        return items
    step = near[1] - near[0] if at > 1 else 1
    if not 0 < step <= near[-1] - near[-2] <= 400 * step or (near[-1] - near[-2]) % step:
        return items
    return items[:at] + [("num", near[-2] + k * step, None) for k in range(1, int((near[-1] - near[-2]) / step) + 1)]


def _condition_at(tokens: list[str]) -> int:
    """Where a condition begins, as in 3 \\pmod 7, 2^n (n > 0), k\\pi, k \\in Z or n for n > 0; 0 for none."""
    if not any(t in _BOUNDS or t in _MODULI or t[:2] == "@~" or t == r"\ldots" for t in tokens):
        return 0
    depth = start = 0
    for i, t in enumerate(tokens):
        if depth == 0 and i:
            begins = t[2:].partition(" ")[0] in CONDITION and "remainder" not in " ".join(tokens[i:])
            if begins or (t in _MODULI and len(_skip_group(tokens, i + 1)) == 0):
                return i
            bound = t == "," and split(split(tokens[i + 1 :], {","})[0][0], _BOUNDS)
            if bound and bound[1] and not split(tokens[:i], _BOUNDS)[1]:
                letters = {x for x in bound[0][0] if x.isalpha() or x[1:] in GREEK} - {"e", "i"}
                if letters & {*tokens[:i]} or tokens[i + 2 : i + 4] == [r"\in", r"\mathbb"]:
                    return i
            start = i if t == "(" else start
        depth += (t in OPEN or t.startswith(r"\begin:")) - (t in CLOSE or t.startswith(r"\end:"))
    head, inner = tokens[:start], tokens[start + 1 : -1]
    value = head and head[-1] not in _NOT_ATOMS | {"+", "-", "*", "/", "^", "_", ",", "and", "or"}
    lone = len(head) == 1 and (head[0].isupper() or head[0] in _UNKNOWN_FUNCTIONS)  # P(X > 2)
    return (
        start
        if value and not lone and wrapped(tokens[start:], "(") and (split(inner, _BOUNDS)[1] or {"=", ","} <= {*inner})
        else 0
    )


def _skip_group(tokens: list[str], i: int) -> list[str]:
    """What follows the token or group at i."""
    end = next((k for k in range(i + 1, len(tokens) + 1) if wrapped(tokens[i:k], "{")), i + 1)
    return tokens[end:]


def _condition(tokens: list[str]) -> list[str]:
    """A condition in one notation: ["mod", "7"], ["integer", "k"], or its tokens without brackets and link words."""
    if tokens[0] in _MODULI:
        return ["mod", *(t for t in tokens[1:] if t not in ("{", "}"))]
    words = " ".join(t for t in tokens if t[0] == "@" and t not in ("@~for", "@~if", "@~where", "@~when", "@~with"))
    if (r"\mathbb" in tokens and "Z" in tokens) or re.search(
        r"(?<!positive )(?<!negative )(?<!even )(?<!odd )integer", words
    ):
        return ["integer", *sorted({t for t in tokens if len(t) == 1 and t.islower()})]
    tokens = [t for t in tokens if t not in ("{", "}", "(", ")", ",") and t[:2] != "@~"]
    return [_RELATIONS.get(t, t) for t in tokens]


def _named(tokens: list[str]) -> bool:
    """Whether the tokens only name something: `x`, `f(x)`, `a_{37}`, `(x, y)`, `S_{ABC}:S`, `\\lim_{x\\to 0} f`."""
    if not tokens or tokens[0] in (r"\lim", r"\sum", r"\int", r"\prod"):
        return bool(tokens)
    if tokens[0][1:] in _OPERATORS or (wrapped(tokens, "[") and ":" in tokens):  # \dim_Q Q(\sqrt2), [Q(\sqrt2) : Q]
        return not split(tokens, {"+", "-", "*", "/", "^", "!", r"\cdot", r"\pm"})[1]
    letters, skip, previous = 0, 0, ""
    if tokens[1:6] == ["^", "{", "-", "1", "}"] and tokens[6:7] == ["("]:  # f^{-1}(x)
        tokens = [tokens[0], *tokens[6:]]
    for t in tokens:
        if t.startswith("@~"):
            return False
        if skip or (t in ("(", "{") and (previous == "_" or (t == "(" and previous.lstrip("@").isalpha()))):
            skip += (t in OPEN) - (t in CLOSE)
            previous = "x"
            continue
        if t[0].isdigit() and previous != "_" or t in ("+", "-", "*", "/", "^", "!", r"\pm", r"\sqrt", r"\cdot", "%"):
            return False
        if t[0] == "\\" and ((t[1:] in FUNCTIONS - _OPERATORS) or t[1:2] == "{" or t == r"\infty" or t == r"\emptyset"):
            return False
        letters += t[0].isalpha() or t[0] == "@" or t[1:] in GREEK
        previous = t
    return letters > 0


def _read_relation(tokens: list[str], depth: int) -> tuple:
    parts, marks = split(tokens, _RELATIONS)
    ops = [_RELATIONS[m] for m in marks]
    if not ops:
        return _read_setops(tokens, depth)
    pieces, _ = split(tokens, {r"\cup"})
    if len(pieces) > 1 and all(len(split(p, _RELATIONS)[1]) for p in pieces):  # x < 1 \cup x > 2
        return ("list", [_read_relation(p, depth + 1) for p in pieces], "or")
    if "~" in ops:  # "exact ≈ decimal": the exact value counts
        cut = ops.index("~")
        head = tokens[: sum(len(p) + 1 for p in parts[: cut + 1]) - 1]
        if head and not _named(head):
            return _read_relation(head, depth)
        return _read_relation(tokens[len(head) + 1 :], depth)
    if "to" in ops or "iff" in ops:  # statements, compared as they are written
        return ("opaque", tuple(_RELATIONS.get(t, t) for t in tokens if t not in ("{", "}")))
    if all(op == ":" for op in ops):
        return ("ratio", [_read_setops(p, depth) for p in parts])
    if "=" in ops and set(ops) <= {"=", ":"}:
        return _read_equation(tokens, depth)
    if "in" in ops:
        if len(ops) == 1 and _named([t for t in parts[0] if t != ","]):
            return _read_setops(parts[1], depth)
        raise ParseError("membership")
    if set(ops) <= {"mod", "="}:  # x ≡ 1 (mod 4)
        return ("eq", [_read_setops(p, depth) for p in parts], "".join(parts[0]) if _named(parts[0]) else None)
    if set(ops) <= {"<", ">", "<=", ">=", "!=", "="}:
        return ("rel", [_read_setops(p, depth) for p in parts], ops)
    raise ParseError("relation")


def _read_equation(tokens: list[str], depth: int) -> tuple:
    parts, _ = split(tokens, {"=", "==", r"\cong", r"\coloneqq"})
    members = []
    for part in parts[:-1]:
        try:
            members.append(_read_relation(part, depth))
        except ParseError:
            members.append(None)
    label = "".join(parts[0]).replace("{", "").replace("}", "") if _named(parts[0]) else None
    members.append(_read_list(parts[-1], depth + 1))
    if label is None and len(members) == 2 and members[1][0] == "sym" and members[0] and not names_in(members[0]):
        return ("eq", members[::-1], members[1][1])  # 5 = x
    return ("eq", members, label)


def _read_setops(tokens: list[str], depth: int) -> tuple:
    if not tokens:
        raise ParseError("a side is missing")
    opaque = read_structure(tokens)
    if opaque:
        return opaque
    parts, _ = split(tokens, {r"\choose"})
    if len(parts) == 2:
        return ("fn", "binom", [_read_setops(p, depth + 1) for p in parts])
    parts, marks = split(tokens, SETOPS)
    if not marks:
        parser = _Parser(tokens, depth)
        node = parser.sum()
        if parser.i < len(tokens):
            raise ParseError(f"stray {parser.peek()}")
        return node
    node = _read_setops(parts[0], depth + 1)
    for mark, part in zip(marks, parts[1:], strict=True):
        node = ("setop", SETOPS[mark], node, _read_setops(part, depth + 1))
    return node


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[str], depth: int):
        self.tokens, self.i, self.depth, self.bars = tokens, 0, depth, 0

    def peek(self) -> str:
        return self.tokens[self.i] if self.i < len(self.tokens) else ""

    def take(self) -> str:
        self.i += 1
        if self.i > len(self.tokens):
            raise ParseError("it ends too early")
        return self.tokens[self.i - 1]

    def inside(self, closers: set[str]) -> list[str]:
        """The tokens up to the bracket that closes the one just taken, which is taken too."""
        start, depth = self.i, 1
        while depth:
            t = self.take()
            depth += (t in OPEN or t.startswith(r"\begin:")) - (t in CLOSE or t.startswith(r"\end:"))
        if self.tokens[self.i - 1] not in closers:
            raise ParseError("brackets do not match")
        return self.tokens[start : self.i - 1]

    def group(self) -> list[str]:
        """Tokens of a braced argument, or its single token."""
        if self.peek() == "{":
            self.take()
            return self.inside({"}"})
        if self.peek() == "(" and self.i and self.tokens[self.i - 1] in ("^", "**", "_"):  # 2^(n-1)
            self.take()
            return self.inside({")"})
        return [self.take()]

    def sub(self, tokens: list[str]) -> tuple:
        return _read_relation(tokens, self.depth + 1) if self.depth < MAX_DEPTH else _read_list(tokens, MAX_DEPTH + 1)

    def sum(self) -> tuple:
        terms = []
        while True:
            sign = self.peek()
            if sign in ("+", "-", r"\pm", r"\mp"):
                self.take()
            elif terms:
                break
            if self.peek() == r"\{" and sign == "-" and len(terms) == 1:  # R - {2}
                return ("setop", "minus", terms[0], self.product())
            term = self.product()
            if sign == "-":
                term = ("num", -term[1], term[2]) if term[0] == "num" else ("mul", [MINUS, term])
            elif sign in (r"\pm", r"\mp"):
                term = ("pm", 1 if sign == r"\pm" else -1, term)
            terms.append(term)
        return terms[0] if len(terms) == 1 else ("add", terms)

    def starts_atom(self) -> bool:
        t = self.peek()
        if t == "|":
            return not self.bars
        return bool(t) and (t[0].isalnum() or t[0] in ".@\\([{") and t not in CLOSE and t not in _NOT_ATOMS

    def product(self) -> tuple:
        factors = [self.factor()]
        while True:
            t = self.peek()
            if t in ("*", r"\cdot", r"\times", r"\ast", r"\circ"):
                self.take()
                right = self.factor()
                special = joined(factors[-1], t, right)
                factors[-1:] = [special] if special else [factors[-1], right]
            elif t in ("/", r"\div"):
                self.take()
                factors.append(("pow", self.factor(), OVER))
            elif self.starts_atom():
                digits = factors[-1][0] == "num" and self.tokens[self.i - 1][-1] not in ")]}"
                if digits and t[0].isdigit():
                    raise ParseError("two numbers side by side")
                right = self.factor()
                mixed = t == r"\frac" and digits and factors[-1][2] is None
                special = joined(factors[-1], "", right)
                if mixed and _proper_fraction(right):
                    special = ("add", [factors[-1], right])
                factors[-1:] = [special] if special else [factors[-1], right]
            else:
                node = factors[0] if len(factors) == 1 else product_of(factors)
                if node is None:
                    raise ParseError("matrices that do not fit")
                return node

    def factor(self) -> tuple:
        if self.peek() in ("-", "+"):
            return ("mul", [MINUS if self.take() == "-" else ONE, self.factor()])
        node = self.atom()
        while True:
            t = self.peek()
            if t == "!":
                self.take()
                node = ("fn", "factorial", [node])
                if self.peek() == "!":
                    self.take()
                    node = ("fn", "factorial2", node[2])
            elif t in ("%", r"\%"):
                self.take()
                node = ("pct", node)
            elif t in ("^", "**"):
                self.take()
                node = self.power(node)
            else:
                return node

    def power(self, base: tuple) -> tuple:
        if self.peek() in ("-", "+") and self.i + 1 < len(self.tokens):
            return ("pow", base, self.factor())
        grouped = self.peek() in ("{", "(")
        tokens = self.group()
        if tokens in ([r"\circ"], [r"\degree"]):
            return ("deg", base)
        if base[0] == "sym" and tokens in (["+"], ["-"], ["*"], [r"\prime"], ["'"]):
            return ("sym", base[1] + tokens[0])
        if base[0] == "sym" and tokens == ["-", "1"] and base[1] in _UNKNOWN_FUNCTIONS and self.peek() == "(":
            return self.symbol(base[1] + "^-1", word=True)  # f^{-1}(x)
        if tokens in _TRANSPOSES and base[0] not in ("matrix", "tuple"):
            return ("pow", base, ("sym", "T"))
        if base[0] in ("matrix", "tuple") and tokens in (["t"], [r"\prime"], *_TRANSPOSES):
            rows = [list(row) for row in zip(*base[1], strict=False)] if base[0] == "matrix" else [[c] for c in base[1]]
            return ("matrix", rows)
        if not grouped and (tokens[0][1:] in ("frac", "sqrt", "binom") or tokens[0][1:] in FUNCTIONS):
            self.i -= 1
            return ("pow", base, self.atom())
        return ("pow", base, self.sub(tokens))

    def atom(self) -> tuple:
        t = self.take()
        if t[0].isdigit() or t[0] == ".":
            return self.number(t)
        if t in ("(", "[", r"\langle"):
            return self.bracket(t)
        if t == "{":
            return _read_list(self.inside({"}"}), self.depth + 1)
        if t == r"\{":
            return self.braces()
        if t in ("|", r"\lvert", r"\vert", r"\|"):
            return self.absolute(t)
        if t in (r"\lfloor", r"\lceil"):
            inner = self.inside({r"\rfloor", r"\rceil"})
            return ("fn", "floor" if t == r"\lfloor" else "ceil", [self.sub(inner)])
        if t.startswith(r"\begin:"):
            return self.environment(t[7:])
        if t[0].isalpha() or (t[0] == "@" and t[1] != "~"):
            return self.symbol(t.lstrip("@"), word=t[0] == "@")
        if t[0] == "\\" and len(t) > 1:
            return self.command(t[1:])
        raise ParseError(f"unexpected {t}")

    def number(self, t: str) -> tuple:
        if not t.isascii():  # a circled 1 is a digit to Python
            raise ParseError(f"unexpected {t}")
        if self.peek() == "_":
            self.take()
            base = "".join(self.group())
            return self.number(t) if base == "10" else ("based", t, base)
        digits, _, exponent = t.lower().partition("e")
        whole, _, places = digits.partition(".")
        if len(digits) > 4000 or (exponent and abs(int(exponent)) > 5000):
            raise ParseError("a number too large to write")
        scale = Fraction(10) ** int(exponent or 0)
        value = Fraction(int((whole + places) or "0"), 10 ** len(places)) * scale
        return ("num", value, scale / 10 ** len(places) if places or exponent else None)

    def bracket(self, opening: str) -> tuple:
        inner = self.inside({")", "]"} if opening in "([" else {r"\rangle"})
        parts, _ = split(inner, {",", ";"})
        if len(parts) == 1:
            return _read_list(inner, self.depth + 1)
        nodes = [_read_relation(p, self.depth + 1) for p in parts]
        return ("tuple", nodes, opening + self.tokens[self.i - 1] if opening in "([" else "()")

    def braces(self) -> tuple:
        inner = self.inside({r"\}", "}"})
        marks = next((m for m in ({r"\mid"}, {":"}, {"|"}) if len(split(inner, m)[0]) > 1), set())
        head = split(inner, marks)[0][0]
        rest = inner[len(head) + 1 :]
        if head and rest and marks and not ({"|"} == marks and inner.count("|") == 2 and inner[-1] == "|"):
            if r"\in" in head and (len(head) < 7 or head[0] == "("):  # x \in \mathbb{R}, (x, y) \in \mathbb{R}^2
                domain = head[head.index(r"\in") + 1 :]
                head = head[: head.index(r"\in")]
                rest = rest if domain[:1] == [r"\mathbb"] and "R" in domain else [*rest, ",", *head, r"\in", *domain]
            if len(head) == 1:  # {x : x > 2}: the condition says it all
                return _read_list(rest, self.depth + 1)
            return ("given", _read_list(head, self.depth + 1), _condition(rest))
        parts = [p for p in split(inner, {",", ";", "and"})[0] if p]
        return ("set", _spread_dots([_read_relation(p, self.depth + 1) for p in parts]))

    def absolute(self, bar: str) -> tuple:
        if bar == r"\lvert":
            return ("fn", "abs", [self.sub(self.inside({r"\rvert"}))])
        self.bars += 1
        node = self.sum()
        self.bars -= 1
        if self.take() != bar:
            raise ParseError("a bar is missing")
        return ("fn", "abs", [node])

    def environment(self, name: str) -> tuple:
        rows, _ = split(self.inside({rf"\end:{name}"}), {r"\\"})
        rows = [split([t for t in row if t != r"\hline"], {"&"})[0] for row in rows if row]
        if name in ("cases", "dcases", "rcases"):
            return self.cases(rows)
        if name in ("aligned", "align", "gathered", "gather", "split"):
            lines = [[t for cell in row for t in cell] for row in rows if any(row)]
            for i in range(len(lines) - 1, 0, -1):  # x = 3 + 4 \\ = 7
                lines[i - 1 : i + 1] = [sum(lines[i - 1 : i + 1], [])] if lines[i][0] == "=" else lines[i - 1 : i + 1]
            items = [_read_list(line, self.depth + 1) for line in lines]
            return items[0] if len(items) == 1 else ("list", items, ",")
        cells = [[_read_list(cell, self.depth + 1) for cell in row if cell] for row in rows]
        if name == "array" and len(cells) == len(cells[0]) == 1:
            return cells[0][0]
        if name == "vmatrix":
            return ("fn", "det", [("matrix", cells)])
        return ("matrix", cells)

    def cases(self, rows: list[list[list[str]]]) -> tuple:
        """A function by cases, or a system of equations."""
        if all(len(row) == 1 and "=" in row[0] for row in rows):
            return ("list", [_read_list(row[0], self.depth + 1) for row in rows], ",")
        found = []
        for row in rows:
            if len(row) == 1 and "," in row[0]:
                row = [split(row[0], {","})[0][0], split(row[0], {","})[0][-1]]
            while row[0][-1:] == [","]:
                row[0].pop()
            found.append((_read_list(row[0], self.depth + 1), _case([t for cell in row[1:] for t in cell], self.depth)))
        return ("cases", found)

    def symbol(self, name: str, word: bool = False) -> tuple:
        """A variable with its index and primes, or an unknown function with its arguments, like f(x) or I(0)."""
        if self.peek() == "_":
            self.take()
            name += "_" + "".join(t for t in self.group() if t not in ("{", "}"))
        while self.peek() == "'":
            name += self.take()
        at_number = self.tokens[self.i : self.i + 3][::2] == ["(", ")"] and self.tokens[self.i + 1][0].isdigit()
        if self.tokens[self.i : self.i + 2] == ["{", "("] and name in _UNKNOWN_FUNCTIONS:  # u{\left(t\right)}
            inner = self.group()[1:-1]
        elif self.peek() == "(" and (word or at_number or name.rstrip("'") in _UNKNOWN_FUNCTIONS):
            self.take()
            inner = self.inside({")"})
        else:
            return ("sym", name)
        return ("fn", name, [_read_relation(p, self.depth + 1) for p in split(inner, {","})[0]])

    def command(self, name: str) -> tuple:
        if name in ("frac", "binom", "dbinom", "tbinom"):
            derivative = self.derivative() if name == "frac" else None
            if derivative:
                return derivative
            top, bottom = self.argument(), self.argument()
            return ("mul", [top, ("pow", bottom, OVER)]) if name == "frac" else ("fn", "binom", [top, bottom])
        if name == "repeating":  # written by _repeating_decimals
            top, bottom = "".join(self.group()), "".join(self.group())
            return ("num", Fraction(int(top), int(bottom)), Fraction(0))
        if name in ("neg", "lnot"):
            return ("fn", "neg", [self.factor()])
        if name == "sqrt":
            degree = ("num", Fraction(2), None)
            if self.peek() == "[":
                self.take()
                degree = self.sub(self.inside({"]"}))
            return ("root", degree, self.atom() if self.peek() != "{" else self.sub(self.group()))
        if name in FUNCTIONS and (name not in ("zeta", "Gamma") or self.peek() == "("):
            return self.function(name)
        if name in ("emptyset", "varnothing"):
            return ("set", [])
        if name == "infty":
            return ("inf",)
        if name in ("sum", "prod", "int", "iint", "iiint", "oint", "lim", "limsup", "liminf", "sup", "inf"):
            return self.big(name)
        if name in ("pmod", "mod", "bmod"):
            return ("fn", "mod", [self.sub(self.group())])
        if name in _ACCENTS:
            return self.symbol(f"{name}:{''.join(t for t in self.group() if t not in '{}')}")
        if name in GREEK:
            return self.symbol(name)
        raise ParseError(f"unknown command {name}")

    def derivative(self) -> tuple | None:
        r"""\frac{\partial^2 f}{\partial x^2} as one letter, in which no d is cancelled; None for other fractions."""
        begin = self.i
        if self.peek() == "{" and self.tokens[begin + 1] in ("d", r"\partial"):
            parts = self.group(), self.group()
            if all(p[0] == parts[0][0] and not {*p[1:2]} & _NOT_NAMES for p in parts) and parts[1][1:2] not in (
                [],
                ["^"],
            ):
                return ("sym", "/".join("".join(sorted(t for t in p if t not in ("{", "}"))) for p in parts))
        self.i = begin
        return None

    def argument(self) -> tuple:
        """An argument of \\frac or \\binom: braced, or one digit or symbol."""
        t = self.peek()
        if t == "{":
            return self.sub(self.group())
        if len(t) > 1 and t.isdigit():  # "\frac12" arrives as one number
            self.tokens = [*self.tokens[: self.i], t[0], t[1:], *self.tokens[self.i + 1 :]]
        return self.atom()

    def function(self, name: str) -> tuple:
        power, base = None, None
        while self.peek() in ("^", "_"):
            if self.take() == "^":
                power = self.sub(self.group())
            else:
                base = self.sub(self.group())
        if self.peek() in ("(", "{", r"\{"):
            closers = {")", "]"} if self.take() == "(" else {"}", r"\}"}
            arguments = [_read_relation(p, self.depth + 1) for p in split(self.inside(closers), {","})[0]]
        else:
            arguments = [self.bare_argument()]
        if arguments[0][0] == "tuple":  # \max{(a, b)}
            arguments = arguments[0][1]
        node = ("fn", name, arguments + ([base] if base else []))
        if power == MINUS and not name.startswith("arc"):
            return ("fn", "arc" + name, arguments)
        return ("pow", node, power) if power else node

    def bare_argument(self) -> tuple:
        """What an unbracketed function applies to: the product up to a sign, a slash or another function."""
        if self.peek() in ("-", "+"):
            return self.factor()
        factors = [self.factor()]
        while self.starts_atom() and self.peek() not in ("(", "e") and self.peek().lstrip("\\") not in FUNCTIONS:
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else ("mul", factors)

    def big(self, name: str) -> tuple:
        low, high = [], []
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                low = self.group()
            else:
                high = self.group()
        parts, _ = split(low, {"=", r"\to"})
        variable = "".join(parts[0]) if len(parts) == 2 else None
        bound = self.sub(parts[-1]) if parts[-1] else ONE
        if "int" in name:  # up to its dx
            end = next((k for k in range(self.i, len(self.tokens) - 1) if self.tokens[k] == "d"), None)
            if end is None:
                raise ParseError("an integral without its variable")
            body, variable = self.sub(self.tokens[self.i : end]), self.tokens[end + 1]
            self.i = end + 2
            return ("big", name, variable, bound, self.sub(high) if high else ONE, body)
        body = self.product()
        return ("big", name, variable, bound, self.sub(high) if high else ONE, body)


def _case(tokens: list[str], depth: int) -> tuple | None:
    """The condition of one case: a relation, ("parity", name, rest, modulus), or None for otherwise."""
    words = " ".join(t.lstrip("@~") for t in tokens)
    name, parity = re.search(r"(?<![A-Za-z\\])[a-z](?![A-Za-z])", words), re.search(r"\b(even|odd)\b", words)
    if parity and name:
        return ("parity", ("sym", name[0]), int(parity[0] == "odd"), 2)
    tokens = [t for t in tokens if t[:2] != "@~"]
    node = _read_list(tokens, depth + 1) if any(t != "," for t in tokens) else None
    if node and node[0] == "given" and node[1][0] == "eq" and node[2][0] == "mod":
        rest, modulus = node[1][1][-1], "".join(node[2][1:])
        if rest[0] == "num" and modulus.isdigit():
            return ("parity", node[1][1][0], int(rest[1]), int(modulus))
    return node


_TRANSPOSES = (["T"], [r"\top"], [r"\intercal"], ["@T"])
_NOT_NAMES = {"+", "-", "_", "*", "/", r"\cdot", ","}
_NOT_ATOMS = {*_RELATIONS, *SETOPS, r"\pm", r"\mp", r"\cdot", r"\times", r"\div", r"\ast", r"\%", r"\\", r"\mid", "&"}
_UNKNOWN_FUNCTIONS = {"f", "g", "h", "F", "G", "H", "phi", "psi", "varphi", "Phi", "Psi", "O", "o", "u", "Theta"}


def _proper_fraction(node: tuple) -> bool:
    """Whether a node is a fraction of integers below 1, so that 2\\frac{1}{3} is a mixed number."""
    if node[0] != "mul" or len(node[1]) != 2 or node[1][1][0] != "pow":
        return False
    top, bottom = node[1][0], node[1][1][1]
    return top[0] == bottom[0] == "num" and top[2] is bottom[2] is None and 0 < top[1] < bottom[1]
