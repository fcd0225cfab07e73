"""LaTeX answers, read: text is cleaned, cut into tokens and parsed into nested tuples.

A file of its own because a notation can be read without any notion of what equals what; that is `equality.py`, which
builds on this file, and nothing here looks back at it. Nothing in an answer is ever run, only taken apart.

`clean` (text.py) rewrites the string, `tokenize` (tokens.py) names what is in it and takes the units out, and `parse`
descends from the outermost separators (lists) over relations and set operations to the inside of one expression
(`_Parser`). The kinds of tuple that come out are in nodes.py. Text that is longer than MAX_CHARS or nested deeper than
MAX_DEPTH is refused, so that `parse` is safe in the calling process.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from grader.nodes import MINUS, ONE, OVER, joined, names_in, product_of
from grader.structures import CYCLES, SETOPS, permutation, read_structure
from grader.text import MAX_CHARS, clean, repeating_decimals
from grader.tokens import CLOSE, CONDITION, FUNCTIONS, GREEK, ParseError, name_set, outside, split, tokenize, wrapped
from grader.units import currency

MAX_DEPTH = 40  # nesting of the grammar; deeper text is not an answer

_RELATIONS = {mark: op for op, marks in {
    "=": r"= == \cong \coloneqq", "<": r"< \lt", ">": r"> \gt", "<=": r"<= \le \leq \leqslant",
    ">=": r">= \ge \geq \geqslant", "!=": r"!= \ne \neq", "in": r"\in", "~": r"\approx \simeq", "mod": r"\equiv",
    ":": r": \colon", "iff": r"\iff \Leftrightarrow \leftrightarrow",
    "to": r"\to \mapsto \rightarrow \implies \Rightarrow",
}.items() for mark in marks.split()}  # fmt: skip
_BOUNDS = {mark for mark, op in _RELATIONS.items() if op in ("<", ">", "<=", ">=", "!=", "in")}
_EQUALS = {mark for mark, op in _RELATIONS.items() if op in ("=", "mod")}
_JOINS = {**SETOPS, r"\choose": "choose"}
_MODULI = {r"\pmod", r"\bmod", r"\mod"}
_OPERATORS = name_set("dim det gcd lcm max min ker rank tr trace deg")
_COMPUTED = FUNCTIONS - _OPERATORS | name_set("binom factorial factorial2 cross dot mod")
_ACCENTS = name_set("bar hat vec tilde dot ddot overline mathbb mathfrak mathscr")
_FUNCTION_LETTERS = name_set("f g h F G H phi psi varphi Phi Psi O o u Theta")
_BIG = name_set("sum prod int iint iiint oint lim limsup liminf sup inf")
_NOT_ATOMS = {*_RELATIONS, *_JOINS, *"+-*/^_,&", "and", "or"}
_NOT_ATOMS |= name_set(r"\pm \mp \cdot \times \div \ast \% \\ \mid")
_E = Fraction("2.71828182845905")  # a machine's e
_TRANSPOSES = (["T"], [r"\top"], [r"\intercal"], ["@T"])
_BARS = {"|", r"\vert", r"\|"}
_SIGNS = {r"\pm": 1, r"\mp": -1}
_AROUND = {r"\lfloor": "floor", r"\lceil": "ceil", r"\lvert": "abs"}
_CONSTANTS = {"infty": ("inf",), "emptyset": ("set", []), "varnothing": ("set", [])}
_CLOSERS = {")", "]", "}", r"\}"}

_UNIT = r"\{\s?(\\(?:text|mathrm)\s?\{[^{}]*\}(?:\s?\^\s?(?:\d|\{\s?\d\s?\}))?)\s?\}"
_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bm|pmb)(?:\s*\{\s*([A-Za-z]|\\[A-Za-z]+)\s*\}|\s([A-Za-z])(?![A-Za-z]))")
_NOTATIONS = [(re.compile(pattern), by) for pattern, by in (
    (r"(?<![\d.])(\d{1,9}) (\d{1,9})/(\d{1,9})(?![\d.])", r"\1\\frac{\2}{\3}"),  # 2 1/2
    (r"^\]([^\[\]]+,[^\[\]]+)\[$", r"(\1)"),  # ]0, 1[
    (r"(?<=\d)\s?(?:''|\"|\^\s?\{?\s?\\prime\s?\\prime\s?\}?)$", ""),  # 0.49'', of arc or inches
    (rf"\\frac\s?{_UNIT}\s?{_UNIT}", r"\1/\2"),
    (r"\b(?:Fraction|Rational)\((-?\d{1,9}), ?(\d{1,9})\)", r"\\frac{\1}{\2}"),  # of programs
    (r"^(?:[Mm]atrix|array)\((\[.*\])\)$", r"\1"),
)]  # fmt: skip


@lru_cache(maxsize=512)  # the golds of a batch come again and again
def parse(text: str, thousands: bool = True) -> tuple[tuple, str]:
    """(node, unit) of an answer. `thousands`: read 1,234 as one number. Raises ParseError."""
    if len(text) > MAX_CHARS:
        raise ParseError("too long")
    sign = currency(text)
    text = repeating_decimals(clean(_BOLD.sub(r"\\vec{\1\2}", text)))  # a bold letter is a vector
    for pattern, by in _NOTATIONS:
        text = pattern.sub(by, text)
    if CYCLES.fullmatch(text):
        return ("opaque", permutation(text)), ""
    tokens, unit = tokenize(text, thousands)
    try:
        return _read_list(tokens, 0), unit or sign
    except (RecursionError, IndexError) as error:  # too deep, or it ends where a token must follow
        raise ParseError("too deep or cut off") from error


# --------------------------------------------------------------------------------------------------------------------
# Lists, conditions and relations: tokens split at what stands outside all brackets
# --------------------------------------------------------------------------------------------------------------------


def _read_list(tokens: list[str], depth: int) -> tuple:
    """A bare list, or what its only element is."""
    if depth > MAX_DEPTH:
        raise ParseError("too deep")
    while wrapped(tokens, "{"):
        tokens = tokens[1:-1]
    if all(t == "," for t in tokens):
        raise ParseError("empty")
    begin = _condition_at(tokens)
    if begin:
        return ("given", _read_list(tokens[:begin], depth + 1), _condition(tokens[begin:]))
    for joiner in (";", "or", "and"):  # "1, 2; 3, 4" and "a = 1, b = 2 or a = 2, b = 1"
        groups = [g for g in split(tokens, {joiner})[0] if g]
        if groups != [tokens] and (joiner == ";" or all(sum(map(bool, split(g, {","})[0])) > 1 for g in groups)):
            rows = [_read_list(g, depth + 1) for g in groups]
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
    """1, 2, ..., 5 written out, where all but the dots are integers."""
    if items[3:] and items[-1] == ("sym", "ldots"):  # 0, 1, 2, 3, ... goes on as 0, 1, 2, ... does
        terms = [n[1] if n[0] == "num" else None for n in items[:-1]]
        steps = {b - a if None not in (a, b) else None for a, b in zip(terms, terms[1:], strict=False)}
        return [*items[:3], items[-1]] if len(steps) == 1 and None not in steps else items
    at, whole = len(items) - 2, [int(n[1]) for n in items if n[0] == "num" and n[1].denominator == 1]
    if at < 1 or items[at] != ("sym", "ldots") or len(whole) != at + 1:
        return items
    step, gap = whole[-2] - whole[-3] if at > 1 else 1, whole[-1] - whole[-2]
    if not 0 < step <= gap <= 400 * step or gap % step:
        return items
    return items[:at] + [("num", Fraction(n), None) for n in range(whole[-2] + step, whole[-1] + 1, step)]


def _condition_at(tokens: list[str]) -> int:
    """Where a condition begins, as in 3 \\pmod 7, 2^n (n > 0), k\\pi, k \\in Z or n for n > 0; 0 for none."""
    if not any(t in _BOUNDS or t in _MODULI or t[:2] == "@~" or t == r"\ldots" for t in tokens):
        return 0
    outer = [0, *outside(tokens)]
    for i in filter(None, outer):
        t, rest = tokens[i], tokens[i + 1 :]
        if t[2:].partition(" ")[0] in CONDITION and not re.search("remainder|otherwise", " ".join([t, *rest])):
            return i
        if t in _MODULI and next(outside(rest), -1) == len(rest) - 1:
            return i
        if t == "," and not split(tokens[:i], _BOUNDS)[1]:
            sides, bounds = split(split(rest, {","})[0][0], _BOUNDS)
            letters = {x for x in sides[0] if x.isalpha() or x[1:] in GREEK} - {"e", "i"}
            if bounds and (letters & {*tokens[:i]} or rest[1:3] == [r"\in", r"\mathbb"]):
                return i
    start = outer[-2] + 1 if len(outer) > 1 else 0
    inner = tokens[start + 1 : -1]
    stated = wrapped(tokens[start:], "(") and (split(inner, _BOUNDS)[1] or {"=", ","} <= {*inner})
    return start if stated and start and tokens[start - 1] not in _NOT_ATOMS else 0


def _condition(tokens: list[str]) -> list[str]:
    """A condition in one notation: ["mod", "7"], ["integer", "k"], or its tokens without brackets and link words."""
    if tokens[0] in _MODULI:
        return ["mod", *(t for t in tokens[1:] if t not in ("{", "}"))]
    words = " ".join(t for t in tokens if t[0] == "@")
    whole = re.search(r"(?<!positive )(?<!negative )(?<!even )(?<!odd )integer", words)
    if whole or {r"\mathbb", "Z"} <= {*tokens}:
        return ["integer", *sorted({t for t in tokens if len(t) == 1 and t.islower()})]
    return [_RELATIONS.get(t, t) for t in tokens if t not in ("{", "}", "(", ")", ",") and t[:2] != "@~"]


def _is_name(node: tuple | None, tokens: list[str]) -> bool:
    """Whether a node only names something: x, f(x), a_{37}, AB, (x, y), a limit; unread, P(A|B)."""
    if node is None or node[0] == "opaque":
        words = any(t.startswith("@~") for t in tokens)
        return not (words or tokens[0][0].isdigit() or split(tokens, _NOT_ATOMS - {"_"})[1])
    if node[0] in ("mul", "tuple", "list", "ratio"):
        called = ("rel", "eq", "tuple", "setop") if node[0] == "mul" and node[1][0][0] in ("sym", "fn") else ()
        return all(n[0] in called or _is_name(n, tokens) for n in node[1])  # P(X > 2)
    if node[0] == "fn" and node[1] in ("abs", "floor", "ceil"):
        return _is_name(node[2][0], tokens)
    if node[0] == "fn":
        return node[1] not in _COMPUTED and (node[1] == "nabla" or not node[1].startswith("nabla"))
    if node[0] == "sym":
        return "^" not in node[1]  # d^2y/dx^2
    return node[0] == "big" or (node[0] == "pow" and node[2] == OVER and _is_name(node[1], tokens))


def _read_relation(tokens: list[str], depth: int) -> tuple:
    parts, marks = split(tokens, _RELATIONS)
    ops = {_RELATIONS[m] for m in marks}
    if not ops:
        return _read_setops(tokens, depth)
    pieces, _ = split(tokens, {r"\cup"})
    if len(pieces) > 1 and all(split(p, _RELATIONS)[1] for p in pieces):  # x < 1 \cup x > 2
        return ("list", [_read_relation(p, depth + 1) for p in pieces], "or")
    if "~" in ops:  # "exact ≈ decimal": the exact value counts
        at = next(i for i in outside(tokens) if _RELATIONS.get(tokens[i]) == "~")
        node = _read_relation(tokens[:at], depth) if at else None
        named = node is None or (_is_name(node, tokens) and names_in(node))
        return _read_relation(tokens[at + 1 :], depth) if named else node
    if ops & {"to", "iff"}:  # statements, compared as they are written
        return ("opaque", tuple(_RELATIONS.get(t, t) for t in tokens if t not in ("{", "}")))
    if ops == {":"}:
        return ("ratio", [_read_setops(p, depth) for p in parts])
    if ops <= {"=", ":", "mod"}:
        return _read_equation(tokens, depth)
    if ops == {"in"} and len(parts) == 2 and _is_name(_read_list(parts[0], depth + 1), parts[0]):
        return _read_setops(parts[1], depth)
    if ops & {"in", "mod", ":"}:
        raise ParseError("relation")
    return ("rel", [_read_setops(p, depth) for p in parts], [_RELATIONS[m] for m in marks])


def _read_equation(tokens: list[str], depth: int) -> tuple:
    def member(part: list[str]) -> tuple | None:
        try:
            return _read_relation(part, depth)
        except ParseError:
            if r"\not" in part:
                raise
            return None

    parts, _ = split(tokens, _EQUALS)
    members = [*map(member, parts[:-1]), _read_list(parts[-1], depth + 1)]
    if parts[0] and _is_name(members[0], parts[0]):
        return ("eq", members, "".join(t for t in parts[0] if t not in ("{", "}")))
    if len(members) == 2 and members[1][0] == "sym" and members[0] and not names_in(members[0]):
        return ("eq", members[::-1], members[1][1])  # 5 = x
    return ("eq", members, None)


def _read_setops(tokens: list[str], depth: int) -> tuple:
    if not tokens:
        raise ParseError("a side is missing")
    opaque = read_structure(tokens)
    if opaque:
        return opaque
    parts, marks = split(tokens, _JOINS)
    if not marks:
        parser = _Parser(tokens, depth)
        node = parser.sum()
        if parser.peek():
            raise ParseError(f"stray {parser.peek()}")
        return node
    node, *others = [_read_setops(p, depth + 1) for p in parts]
    for mark, other in zip(marks, others, strict=True):
        node = ("fn", "binom", [node, other]) if mark == r"\choose" else ("setop", SETOPS[mark], node, other)
    return node


# --------------------------------------------------------------------------------------------------------------------
# One expression
# --------------------------------------------------------------------------------------------------------------------


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

    def accept(self, *marks: str) -> str:
        """The next token, taken, if it is one of these; else ""."""
        return self.take() if self.peek() in marks else ""

    def inside(self, closers: set[str] = _CLOSERS) -> list[str]:
        """The tokens up to the bracket that closes the one just taken, which is taken too."""
        start = self.i
        self.i += next(outside(self.tokens[start - 1 :]), len(self.tokens))
        if self.tokens[self.i - 1] not in closers:
            raise ParseError("brackets do not match")
        return self.tokens[start : self.i - 1]

    def group(self) -> list[str]:
        """Tokens of an argument: braced, in parentheses, as in 2^(n-1), or a single one."""
        return self.inside() if self.accept("{", "(") else [self.take()]

    def scripts(self) -> dict[str, list[str]]:
        found = {}
        while mark := self.accept("_", "^"):
            found[mark] = self.group()
        return found

    def sub(self, tokens: list[str]) -> tuple:
        return _read_relation(tokens, self.depth + 1) if self.depth < MAX_DEPTH else _read_list(tokens, MAX_DEPTH + 1)

    def read(self, tokens: list[str]) -> tuple:
        return _read_list(tokens, self.depth + 1)

    def items(self, tokens: list[str], marks: str = ",") -> list[tuple]:
        return [self.sub(p) for p in split(tokens, {*marks.split()})[0]]

    def sum(self) -> tuple:
        terms = []
        while (sign := self.accept("+", "-", r"\pm", r"\mp")) or not terms:
            if self.peek() == r"\{" and sign == "-" and len(terms) == 1:  # R - {2}
                return ("setop", "minus", terms[0], self.product())
            term = self.product()
            if sign == "-":
                term = ("num", -term[1], term[2]) if term[0] == "num" else ("mul", [MINUS, term])
            terms.append(("mul", [("pm", _SIGNS[sign]), term]) if sign in _SIGNS else term)
        return terms[0] if len(terms) == 1 else ("add", terms)

    def starts_atom(self) -> bool:
        t = self.peek()
        if t in _BARS:
            return not self.bars
        return bool(t) and (t[0].isalnum() or t[0] in ".@\\([{") and t not in CLOSE and t not in _NOT_ATOMS

    def product(self) -> tuple:
        factors = [self.factor()]
        while True:
            digits = factors[-1][0] == "num" and self.tokens[self.i - 1][-1] not in ")]}"
            t = self.accept("*", r"\cdot", r"\times", r"\ast", r"\circ", "/", r"\div")
            if t in ("/", r"\div"):
                factors.append(("pow", self.factor(), OVER))
                continue
            if not t and not self.starts_atom():
                break
            following = self.peek()
            if not t and digits and following[0].isdigit():
                raise ParseError("two numbers side by side")
            left, right = factors.pop(), self.factor()
            special = joined(left, t, right)
            if not t and following == r"\frac" and digits and left[2] is None and _proper_fraction(right):
                special = ("add", [left, right])
            factors += [special] if special else [left, right]
        return product_of(factors)

    def factor(self) -> tuple:
        if sign := self.accept("-", "+"):
            return ("mul", [MINUS if sign == "-" else ONE, self.factor()])
        node = self.atom()
        while t := self.accept("!", "%", r"\%", "^", "**"):
            if t == "!":
                node = ("fn", "factorial2" if self.accept("!") else "factorial", [node])
            else:
                node = self.power(node) if t in ("^", "**") else ("pct", node)
        return node

    def power(self, base: tuple) -> tuple:
        if base[0] == "num" and base[1] == _E:
            base = ("sym", "e")
        if self.peek() in ("-", "+") and self.i + 1 < len(self.tokens):
            return ("pow", base, self.factor())
        begin, bare = self.i, self.peek() not in ("{", "(")
        tokens = self.group()
        if tokens in ([r"\circ"], [r"\degree"]):
            return ("deg", base)
        if base[0] == "sym" and tokens in (["+"], ["-"], ["*"], [r"\prime"], ["'"]):
            return ("sym", base[1] + tokens[0])
        if base[0] == "sym" and tokens == ["-", "1"] and base[1] in _FUNCTION_LETTERS and self.peek() == "(":
            return self.symbol(base[1] + "^-1", word=True)  # f^{-1}(x)
        if base[0] in ("matrix", "tuple") and tokens in (["t"], [r"\prime"], *_TRANSPOSES):
            rows = [list(row) for row in zip(*base[1], strict=False)] if base[0] == "matrix" else [[c] for c in base[1]]
            return ("matrix", rows)
        if tokens in _TRANSPOSES:
            return ("pow", base, ("sym", "T"))
        if bare and tokens[0][1:] in FUNCTIONS | {"frac", "sqrt", "binom"}:  # 2^\frac12
            self.i = begin
            return ("pow", base, self.atom())
        return ("pow", base, self.sub(tokens))

    def atom(self) -> tuple:
        t = self.take()
        if t[0].isdigit() or t[0] == ".":
            return self.number(t)
        if t in ("(", "[", r"\langle"):
            return self.bracket(t)
        if t == "{":
            return self.read(self.inside())
        if t == r"\{":
            return self.braces()
        if t in _BARS:
            return self.absolute(t)
        if t in _AROUND:
            return ("fn", _AROUND[t], [self.sub(self.inside({r"\rfloor", r"\rceil", r"\rvert"}))])
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
        base = "".join(self.group()) if self.accept("_") else "10"
        if base != "10":
            return ("based", t, base)
        digits, _, exponent = t.lower().partition("e")
        whole, _, places = digits.partition(".")
        if len(digits) > 4000 or (exponent and abs(int(exponent)) > 5000):
            raise ParseError("a number too large to write")
        ulp = Fraction(10) ** (int(exponent or 0) - len(places))
        return ("num", int(whole + places or "0") * ulp, ulp if places or exponent else None)

    def bracket(self, opening: str) -> tuple:
        inner = self.inside({")", "]"} if opening in "([" else {r"\rangle"})
        if not split(inner, {",", ";"})[1]:
            return self.read(inner)
        nodes, brackets = self.items(inner, ", ;"), opening + self.tokens[self.i - 1]
        if brackets == "[]" and all(n[0] == "tuple" and n[2] == "[]" for n in nodes):  # [[1, 2], [3, 4]]
            return ("matrix", [n[1] for n in nodes])
        return ("tuple", nodes, brackets if opening in "([" else "()")

    def braces(self) -> tuple:
        """A set by its elements, or by the condition on them: {x : x > 2}, {(x, y) | x^2 < y}."""
        inner = self.inside()
        mark = next((m for m in (r"\mid", ":", "|") if len(split(inner, {m})[0]) > 1), "")
        head = split(inner, {mark})[0][0]
        rest = inner[len(head) + 1 :]
        if not (mark and head and rest) or (mark == "|" and inner.count("|") == 2 and inner[-1] == "|"):
            parts = [p for p in split(inner, {",", ";", "and"})[0] if p]
            return ("set", _spread_dots([self.sub(p) for p in parts]))
        if r"\in" in head and (len(head) < 7 or head[0] == "("):  # x \in \mathbb{R}, (x, y) \in \mathbb{R}^2
            at = head.index(r"\in")
            head, domain = head[:at], head[at + 1 :]
            rest = rest if domain[:1] == [r"\mathbb"] and "R" in domain else [*rest, ",", *head, r"\in", *domain]
        if len(head) == 1 and head[0] in rest:  # {x : x > 2}: the condition says it all
            renamed = head[0] in "tuvwyz" and "x" not in rest
            return self.read(["x" if renamed and t == head[0] else t for t in rest])
        return ("given", self.read(head), _condition(rest))

    def absolute(self, bar: str) -> tuple:
        self.bars += 1
        node = self.sum()
        self.bars -= 1
        if not self.accept(bar):
            raise ParseError("a bar is missing")
        kind = "norm_" + "".join(self.group()) if self.accept("_") else "abs"
        return ("fn", kind, [node])

    def environment(self, name: str) -> tuple:
        inner = [t for t in self.inside({rf"\end:{name}"}) if t != r"\hline"]
        if name in ("aligned", "align", "gathered", "gather", "split"):
            tokens = [t for t in inner if t != "&"]
            steps = zip(tokens, [*tokens[1:], ""], strict=True)
            return self.read([t for t, after in steps if (t, after) != (r"\\", "=")])  # 3 + 4 \\ = 7
        rows = [split(row, {"&"})[0] for row in split(inner, {r"\\"})[0] if row]
        if name in ("cases", "dcases", "rcases"):
            return self.cases(rows)
        matrix = ("matrix", [[self.read(cell) for cell in row if cell] for row in rows])
        return ("fn", "det", [matrix]) if name == "vmatrix" else matrix

    def cases(self, rows: list[list[list[str]]]) -> tuple:
        """A function by cases, or a system of equations."""
        if all(len(row) == 1 and "=" in row[0] for row in rows):
            return ("list", [self.sub(row[0]) for row in rows], ",")
        lines = [[t for cell in row for t in (*cell, ",")][:-1] for row in rows]
        values = [split(line, {","})[0][0] for line in lines]
        conditions = [_case(line[len(value) :], self.depth) for line, value in zip(lines, values, strict=True)]
        return ("cases", [*zip([self.read(v) for v in values], conditions, strict=True)])

    def symbol(self, name: str, word: bool = False) -> tuple:
        """A variable with its index and primes, or an unknown function with its arguments, like f(x) or I(0)."""
        if self.accept("_"):
            name += "_" + "".join(t for t in self.group() if t not in ("{", "}"))
        while self.accept("'"):
            name += "'"
        following = self.tokens[self.i : self.i + 3]
        at_number = following[2:] == [")"] and following[1][0].isdigit()  # I(0)
        if following[:1] == ["("] and (word or at_number or name.rstrip("'") in _FUNCTION_LETTERS):
            return ("fn", name, self.items(self.group()))
        return ("sym", name)

    def command(self, name: str) -> tuple:
        if name in ("frac", "binom", "dbinom", "tbinom"):
            top, bottom = self.argument(), self.argument()
            if name == "frac":
                return _derivative(top, bottom) or ("mul", [self.sub(top), ("pow", self.sub(bottom), OVER)])
            return ("fn", "binom", [self.sub(top), self.sub(bottom)])
        if name == "repeating":  # written by `repeating_decimals`
            return ("num", Fraction(int("".join(self.group())), int("".join(self.group()))), Fraction(0))
        if name in ("neg", "lnot"):
            return ("fn", "neg", [self.factor()])
        if name == "sqrt":
            degree = self.sub(self.inside({"]"})) if self.accept("[") else ("num", Fraction(2), None)
            return ("root", degree, self.atom() if self.peek() != "{" else self.sub(self.group()))
        if name in FUNCTIONS and (name not in ("zeta", "Gamma") or self.peek() == "("):
            return self.function(name)
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in _BIG:
            return self.big(name)
        if "\\" + name in _MODULI:
            return ("fn", "mod", [self.sub(self.group())])
        if name in _ACCENTS:  # of \hat{\vec{x}} the outer one
            return self.symbol(f"{name}:{''.join(t for t in self.group() if t not in '{}' and t[1:] not in _ACCENTS)}")
        if name in GREEK:
            return self.symbol(name)
        raise ParseError(f"unknown command {name}")

    def argument(self) -> list[str]:
        r"""An argument of \frac or \binom; \frac12 arrives as one number."""
        t = self.peek()
        if len(t) > 1 and t.isdigit():
            self.tokens = [*self.tokens[: self.i], t[0], t[1:], *self.tokens[self.i + 1 :]]
        start = self.i
        if not self.accept(r"\sqrt"):
            return self.group()
        if self.accept("["):
            self.inside({"]"})
        self.argument()  # \frac1\sqrt3
        return self.tokens[start : self.i]

    def function(self, name: str) -> tuple:
        scripts = self.scripts()
        arguments = self.items(self.inside()) if self.accept("(", "{", r"\{") else [self.bare_argument()]
        power = self.sub(scripts["^"]) if "^" in scripts else None
        if power == MINUS and not name.startswith("arc"):
            return ("fn", "arc" + name, arguments)
        node = ("fn", name, arguments + ([self.sub(scripts["_"])] if "_" in scripts else []))
        return ("pow", node, power) if power else node

    def bare_argument(self) -> tuple:
        """What an unbracketed function applies to: the product up to a sign, a slash or another function."""
        if self.peek() in ("-", "+"):
            return self.factor()
        factors = [self.factor()]
        while self.starts_atom() and self.peek() not in ("(", "e") and self.peek().lstrip("\\") not in FUNCTIONS:
            factors.append(self.factor())
        return product_of(factors)

    def big(self, name: str) -> tuple:
        scripts = self.scripts()
        parts, _ = split(scripts.get("_", []), {"=", r"\to"})
        variable = "".join(parts[0]) if len(parts) == 2 else None
        low = self.sub(parts[-1]) if parts[-1] else ONE
        high = self.sub(scripts["^"]) if "^" in scripts else ONE
        if "int" not in name:
            return ("big", name, variable, low, high, self.product())
        tokens, begin = self.tokens, self.i
        if "d" not in tokens[begin:-1]:  # up to its dx
            raise ParseError("an integral without its variable")
        end = tokens.index("d", begin)
        alone = tokens[end - 1] == "{" and tokens[end + 2 : end + 3] == ["}"]  # \frac{dx}{x}
        self.tokens = [*tokens[:end], *["1"] * alone, *tokens[end + 2 :]]
        nested = end - begin not in outside(tokens[begin:])
        body, self.i = (self.product(), self.i) if nested else (self.sub(tokens[begin:end]), end)
        return ("big", name, tokens[end + 1], low, high, body)


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


def _derivative(top: list[str], bottom: list[str]) -> tuple | None:
    r"""\frac{\partial^2 f}{\partial x^2} as one letter, in which no d is cancelled; None for other fractions."""
    after = {*bottom[1:2], *top[1:2]} - ({"^"} - {*bottom[1:2]})
    if top[0] == bottom[0] in ("d", r"\partial") and bottom[1:] and not after & _NOT_ATOMS:
        return ("sym", "/".join("".join(sorted(t for t in p if t not in ("{", "}"))) for p in (top, bottom)))
    return None


def _proper_fraction(node: tuple) -> bool:
    """Whether a node is a fraction of integers below 1, so that 2\\frac{1}{3} is a mixed number."""
    if node[0] != "mul" or len(node[1]) != 2 or node[1][1][0] != "pow":
        return False
    top, bottom = node[1][0], node[1][1][1]
    return top[0] == bottom[0] == "num" and top[2] is bottom[2] is None and 0 < top[1] < bottom[1]
