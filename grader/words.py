"""What strings, plain numbers and words decide: the verdicts that take no parsing.

`quick` is bounded and safe in the calling process.
"""

from __future__ import annotations

import re
from fractions import Fraction

from grader.prose import option, truth
from grader.text import MAX_CHARS, WRAP, clean, plain_words, squeezed
from grader.tokens import MATHEMATICS, PARTS, SCALES
from grader.units import currency
from grader.values import agrees, simple_number


def _decimal_point(text: str, other: str) -> str:
    """1000,99 as 1000.99 where the other number has a point, so that no list of numbers is meant."""
    comma = re.fullmatch(r"[-+]?(?:0,\d{2,30}|\d{1,30},(?:\d\d|\d{4,30}))", text, re.ASCII)
    return text.replace(",", ".") if comma and "." in other else text


def quick(gold: str, answer: str) -> tuple[bool, str] | None:
    """A verdict that strings, plain numbers, yes/no and choice letters allow; None when it takes parsing."""
    if len(gold) > MAX_CHARS or len(answer) > MAX_CHARS:
        same = answer.strip() == gold.strip()
        return same, "equal strings" if same else "too long"
    if len({currency(gold), currency(answer)} - {""}) > 1:
        return False, "another unit"
    g, a = clean(gold), clean(answer)
    if not g or not a:
        return False, "empty"
    if squeezed(g) == squeezed(a):
        return True, "equal strings"
    gn, an = (simple_number(_decimal_point(x, y)) for x, y in ((g, a), (a, g)))
    if gn and an:
        if ("," in g) != ("," in a) and gn[0] != an[0]:
            return None  # "1,234" may be a list
        same = agrees(*gn, *an)
        return same, "equal numbers" if same else "different"
    claims = truth(WRAP.sub("", g).lower()), truth(WRAP.sub("", a).lower())
    if None not in claims:
        return claims[0] == claims[1], "equal text" if claims[0] == claims[1] else "different"
    gw, aw = plain_words(g), plain_words(a)
    if gw == aw and re.fullmatch(r"[a-z][a-z \-]+|[a-z]{3}[a-z ]+ \d+", gw):
        return True, "equal text"
    return None


_BARE_NOUN = re.compile(
    r"\s*([-+]?[\d.,]*\d(?:\s?/\s?\d+)?) +([A-Za-z][a-z]{3,})((?: [A-Za-z][a-z]{2,}){0,3})\.?\s*", re.ASCII
)


def noun_as_text(text: str, other: str) -> str:
    r"""`12 cookies` against a plain number is `12\text{ cookies}`, not a product of letters."""
    noun = _BARE_NOUN.fullmatch(clean(text))
    if (
        noun is None
        or noun[2].lower() in MATHEMATICS
        or re.search(r"[A-Za-z]", re.sub(r"\\text\s?\{[^{}]*\}", "", other))
    ):
        return text
    return f"{noun[1]}\\text{{ {noun[2]}{noun[3]}}}"


SPOKEN = {
    **dict.fromkeys(("empty set", "empty", "none", "no solution", "no solutions", "no real solutions"), r"\emptyset"),
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "set of all real numbers"), r"\mathbb{R}"),
    **dict.fromkeys(("infinity", "infinite", "infinitely many", "infinitely many solutions"), r"\infty"),
    **dict.fromkeys(("all positive real numbers", "positive real numbers", "positive reals"), r"(0,\infty)"),
    **dict.fromkeys((s + "real numbers" for s in ("nonnegative ", "non-negative ", "all nonnegative ")), r"[0,\infty)"),
    **dict.fromkeys(("integers", "set of integers", "all integers"), r"\mathbb{Z}"),
    **dict.fromkeys(("natural numbers", "all natural numbers"), r"\mathbb{N}"),
    **dict.fromkeys(("negative infinity", "minus infinity"), r"-\infty"),
    **dict.fromkeys(("no solutions exist", "no solution exists", "emptyset"), r"\emptyset"),
    "dne": r"\text{does not exist}",
    "convergent": r"\text{converges}",
    "divergent": r"\text{diverges}",
}
_ONE_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: value for value, word in enumerate(_ONE_WORDS.split())}
_NUMBERS |= {word: 10 * tens for tens, word in enumerate(_TEN_WORDS.split(), 2)}


_LETTERS = re.compile(r"(?!\([A-H],)\(?[A-H](?:\)?(?:\s?(?:,|\band\b))*\s?\(?[A-H])+\)?")


def by_words(gold: str, answer: str) -> tuple[bool, str] | None:
    """A verdict on choice letters, number words and sets that have a name; None when it takes parsing."""
    g, a = plain_words(gold), plain_words(answer)
    chosen, said = option(gold), option(answer)
    if chosen and said and (chosen[2] or said[2]) and not (chosen[1] and said[1] and chosen[0] == said[0]):
        return chosen[0] == said[0], "equal choice" if chosen[0] == said[0] else "different"
    if re.fullmatch(r"[a-z][a-z '\-]{2,}", g) and re.fullmatch(r"[a-z][a-z '\-]{2,}", a):
        if _number_word(g) is not None and _number_word(g) == _number_word(a):
            return True, "equal numbers"
        if "," not in gold + answer and (" " in g + a or (WRAP.search(gold) and WRAP.search(answer))):
            return (True, "equal text") if g == a else (False, "different")
    if _LETTERS.fullmatch(gold) and _LETTERS.fullmatch(answer) and re.search(",|and", gold + answer):  # ABD and A, B, D
        same = sorted(re.findall("[A-H]", gold)) == sorted(re.findall("[A-H]", answer))
        return same, "equal choice" if same else "different"
    for one, other in ((g, answer), (a, gold)):
        value = _number_word(one)
        if value is not None and simple_number(other):
            return simple_number(other)[0] == value, "number word"
    return None


def _number_word(words: str) -> Fraction | None:
    """The value of "five", "twenty-one", "three hundred and five", "two dozen" or "two thirds"; None for others."""
    total = Fraction({"half": 1, "dozen": 1}.get(words, 0))
    *numbers, last = re.split(r"[ -]+", re.sub(r"(hundred|thousand|million) and ", r"\1 ", words).strip())
    for word in [*numbers, last]:
        part = PARTS.get(word) or PARTS.get(word.removesuffix("s"))
        if word in _NUMBERS and total % (10 if _NUMBERS[word] < 10 else 100) == 0:
            total += _NUMBERS[word]
        elif word in SCALES and total:  # two hundred thousand
            total += total % SCALES[word] * (SCALES[word] - 1)
        elif part and total and word is last:
            total /= part
        else:
            return None
    return total
