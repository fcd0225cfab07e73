"""What the values of a data set say: the question, the gold in an answer or in a worked solution, the difficulty."""

import contextlib
import json
import math
import re

from grader.equality import understood
from grader.extract import BOX, MARKER, extract_answer
from grader.latex import parse
from grader.tokens import ParseError
from grader.values import names_in

# ---------------------------------------------------------------------------------------------------------------------
# The gold
# ---------------------------------------------------------------------------------------------------------------------

NO_ANSWER = "no final answer"
_NO_ANSWER_WORDS = {"notfound", "not found", "proof", "none", "null", "nan", "n/a", "no answer", "unknown"}
_NOT_WORDS = re.compile(r"\$\$?[^$]*\$\$?|\\\(.*?\\\)|\\(?:begin|end)\{\w+\}|\\[A-Za-z]+", re.DOTALL)
_PLAIN_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?", re.ASCII)  # most golds: no need to ask the grader
_WORD = re.compile(r"[A-Za-z]{3,}")
_SAID = ("yes", "no", "true", "false")
MOST_WORDS = 5  # of an answer that nothing marks as one


def gold_of(value, how: str) -> tuple[str | None, str | None]:
    """(the gold, None), or (None, why there is none).

    Args:
        value: of the gold column. Numbers are turned into text; a list of one entry is that entry, also as JSON text.
        how: see `Columns`.
    """
    if isinstance(value, str) and value.startswith('["'):  # Skywork-OR1
        with contextlib.suppress(json.JSONDecodeError):  # an answer may begin so
            value = json.loads(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None, "empty final_answer" if how != "worked" else NO_ANSWER
    if not isinstance(value, str):
        return None, f"final_answer of type {type(value).__name__}"
    if how == "stated":
        return value.strip(), None
    gold = final_answer_of(value)
    if gold is None and how == "either" and not BOX.search(value) and _words(value) <= MOST_WORDS:
        gold = value.strip()
    if gold is None or gold.strip(" .$").lower() in _NO_ANSWER_WORDS:
        return None, NO_ANSWER
    return (gold, None) if _PLAIN_NUMBER.fullmatch(gold) or understood(gold) else (None, "unreadable final answer")


def _words(text: str) -> int:
    """Words of prose in a text, mathematics left out."""
    return len(_WORD.findall(_NOT_WORDS.sub(" ", text)))


def final_answer_of(text: str) -> str | None:
    r"""The answer that a worked solution marks, as it is written, or None.

    GSM8K ends in `#### 18`, NuminaMath-CoT in `\boxed{}`, MMIQC in "The answer is: ...". The grader's own extraction
    reads it, more strictly than it reads a model: what is marked must be all that follows, so that "the answer is not
    obvious" in an essay is no gold.
    """
    text = text.rpartition("</think>")[2]
    if BOX.search(text):
        return extract_answer(text, final_line_fallback=False)
    markers = list(MARKER.finditer(text))
    if not markers:
        return None
    marker, rest = markers[-1].group(), text[markers[-1].end() :].strip()
    answer = extract_answer(text, final_line_fallback=False)
    answer = re.sub(r"\s*\\text\{ [^{}]*\}$", "", answer or "")  # the noun that a sentence gives its number
    answer = re.sub(r"(?<!\.)\.$", "", answer.strip(" *")).rstrip("*")
    if not answer or not rest.lstrip("$\\([*: ").startswith(answer.lstrip("$\\([*: ")):
        return None
    if "\n" in rest and not rest.startswith(("$$", r"\[")):
        return None
    announced = any(mark in marker for mark in ":=#") or answer[:1].isupper() or answer.lower() in _SAID
    return answer if announced or _words(answer) <= 2 * (not answer[:1].isalpha()) else None


# ---------------------------------------------------------------------------------------------------------------------
# Questions and difficulties
# ---------------------------------------------------------------------------------------------------------------------


DAPO = re.compile(  # the instructions around every question of DAPO-Math-17k; how to ask is the preset's
    r"Solve the following math problem step by step\. The last line of your response should be of the form Answer: .*?"
    r"\n\n(.*)\n\nRemember to put your answer on its own line after \"Answer:\"\.\s*",
    re.DOTALL,
)


def text_of_turn(value, role: str):
    """The text of the last turn of a role, where a value is chat messages; any other value as it is."""
    if not (isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value)):
        return value
    texts = [turn.get("content") for turn in value if turn.get("role") == role]
    text = texts[-1] if texts else None
    wrapped = DAPO.fullmatch(text) if isinstance(text, str) else None
    return wrapped[1] if wrapped else text


def at(row: dict, path: str):
    """The value of a column, or of a field in it; None where it is not there."""
    if path in row:
        return row[path]
    head, dot, rest = path.partition(".")
    inner = row.get(head)
    return at(inner, rest) if dot and isinstance(inner, dict) else None


def difficulty_of(row: dict, path: str) -> float:
    """A difficulty as a number; the number in a text such as "Level 5"; NaN where there is none."""
    value = at(row, path.removeprefix("1 - "))
    if isinstance(value, str):
        found = re.fullmatch(r"[^\d.+-]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)", value.strip())
        value = float(found[1]) if found else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return math.nan
    return 1 - value if path.startswith("1 - ") else float(value)


# ---------------------------------------------------------------------------------------------------------------------
# Kinds of answers
# ---------------------------------------------------------------------------------------------------------------------

_LOOKS = {  # of the whole answer; the first that fits
    "yes / no": r"(?i)yes|no|true|false|\\text\{\s*(yes|no|true|false)\s*\}",
    "choice letter": r"\(?[A-J]\)?|\\text\{\(?[A-J]\)?\}",
    "integer": r"-?\d+",
    "fraction": r"-?\\[dt]?frac\{-?\d+\}\{\d+\}|-?\d+/\d+",
    "words": r"(\\text\{)?[A-Za-z][A-Za-z ,.'-]{2,}\}?",
}
_ROOTS = {"num": "number", "tuple": "tuple or interval", "list": "list", "matrix": "matrix", "eq": "equation"}
_ROOTS |= {"rel": "inequality", "set": "set", "setop": "set", "inf": "infinity", "ratio": "ratio", "pct": "percent"}


def answer_kind(gold: str) -> str:
    """What a gold looks like; otherwise the root of the grader's parse tree: an expression has variables."""
    if not understood(gold):
        return "not understood"
    for kind, pattern in _LOOKS.items():
        if re.fullmatch(pattern, gold):
            return kind
    try:
        tree, unit = parse(gold)
    except ParseError:
        return "words"
    if unit and tree[0] == "num":
        return "number with a unit"
    return _ROOTS.get(tree[0], "expression" if names_in(tree) - {"i"} else "constant")
