"""Answers in prose: what an option's letter, a sentence or a note around an answer leaves of it.

Only answers are shortened, never golds, and only where nothing in the words changes the value: "at most 3" is not 3.
"""

from __future__ import annotations

import re

from grader.text import WRAP, clean

_OPTION = re.compile(
    r"(?:(?i:option|choice|answer)\s?:?\s*)?(?:\(([A-Ja-j])\)|([A-J])[.:)])(.*)|(?i:option|choice)\s([A-J])\b[).:]*(.*)",
    re.DOTALL,
)
_NO_OPTION = re.compile(r"[+*/^_=!'(]|\s*(?:and\b|or\b|[,&+*/=]|\\c[ua]p\b|\\times|\\cdot|\\text\s?\{\s?(?:and|or))")
_OTHER_OPTION = re.compile(r"(?<![\w)(])\(?[A-J]\)")
_TEXT = re.compile(r"\\(?:text(?:bf|it|rm|normal)?|mathrm|mbox)\s?\{([^{}]*)\}")
_NOTE = re.compile(
    r"[\s,(]*\b(?:since|because|i\.?e\.?|attained|achieved|obtained|occurs|reached|at(?! least| most)|(?:is|are) the)\b"
    r".*$",
    re.DOTALL,
)
_SENTENCE = re.compile(
    r"(?:(?:the|there|so|thus|hence|therefore|this|each|its?|final|answer)\b.*\b(?:is|are|equals?)"
    r"|(?:the )?(?:final |(?:min|max)imum )?(?:answer|value|solution|result)\s?:)\s+(.+)",
    re.DOTALL | re.IGNORECASE,
)
_COUNT = re.compile(r"(?:there (?:is|are) |exactly |only |a total of ){1,2}([\d,.]*\d)\s[a-z ]+", re.IGNORECASE)
_LIMIT = re.compile(r"(?:diverges|tends|goes) to ([-+]?\s?\\infty.*)", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:not|never|no|less|more|fewer|greater|larger|smaller|most|least|than|between|except|over|under|above|below|about"
    r"|approximately|either|neither|if|unless|a|an|of|to|divisible|multiple|and|or|but)\b|n't",
    re.IGNORECASE,
)


def option(text: str) -> tuple[str, str] | None:
    """(letter, what follows) of `B) y = 6`, `(B) 3+\\sqrt2`, `Option B: text`; None where no one option is named."""
    text = WRAP.sub("", text).strip()
    text = text[1:].replace("}", "", 1) if text.startswith("{") else text
    found = _OPTION.fullmatch(text) if len(text) > 1 else None
    if found is None:
        return None
    letter, rest = found[1] or found[2] or found[4], (found[3] or found[5] or "").lstrip("}").replace("\\ ", " ")
    if _NO_OPTION.match(rest) or _OTHER_OPTION.search(rest):
        return None
    return letter.upper(), rest.strip()


def shortened(gold: str, answer: str) -> list[str]:
    """What an answer says without its option's letter, its sentence or its note; empty where there is none of them."""
    text = clean(answer)
    if not re.search(r"[A-Za-z]{2}|\([a-jA-J]\)|[A-J]\)", text):
        return []
    said = option(text)
    found = [said[1]] if said and said[1] and not re.fullmatch(r"\W*[A-J]\W*|.*[A-J]\W+.*", clean(gold)) else []
    plain = " ".join(_TEXT.sub(r" \1 ", text).split())
    note = _NOTE.search(plain)
    if note and note.start() and not _NOTE.search(clean(gold)) and not _CHANGES.search(plain[: note.start()]):
        found.append(plain[: note.start()])
        plain = found[-1]
    sentence = _SENTENCE.fullmatch(plain) or _COUNT.fullmatch(plain) or _LIMIT.fullmatch(plain)
    if sentence and not _CHANGES.search(sentence[1]):
        found.append(sentence[1].strip(" .:"))
    return [each for each in found if each != text]
