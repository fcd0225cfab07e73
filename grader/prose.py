"""Answers in words: the option that a letter names, the truth that is claimed, the value that a sentence states."""

from __future__ import annotations

import re

from grader.tokens import CLAUSE, FUNCTIONS

_WRAPPED = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox)\s*\{([^{}]*)\}")


def inlined(text: str) -> str:
    """The text with the content of \\text{} and its like in place."""
    return " ".join(_WRAPPED.sub(r" \1 ", text).split()).strip(" .")


# --------------------------------------------------------------------------------------------------------------------
# Choices: B, (B), B) y = 6, Option B: 3, 4, The answer is (B)
# --------------------------------------------------------------------------------------------------------------------

_OPTION = re.compile(
    r"(?P<said>(?i:(?:the )?(?:(?:correct|right|best|final) )?(?:option|choice|answer)(?: is)?:? ))?"
    r"(?P<opened>\()?(?P<letter>[A-Ja-j])(?P<closed>\))?(?P<mark>[.:](?=\s|$))?(?P<rest>.*)",
    re.DOTALL,
)
_OPERATION = re.compile(
    r"[-+=^_*/!',<>(|&]\s?|\\(?:c[au]p|cdot|times|l[et]|g[et]|n?eq?|in|to|setminus|mid)\b|and\b|or\b"
)
_OTHER_OPTION = re.compile(r"(?<![A-Za-z(\\])\(?[A-J]\)|^[A-J]$")
_CONFIRMED = re.compile(r"is (?:the )?(?:correct|right|true)\b.*")


def option(text: str) -> tuple[str, str, bool] | None:
    """(letter, text of the option, whether more than a letter says that it is one); None for other answers."""
    m = _OPTION.fullmatch(re.sub(r"^\{+([^{}]{1,4})\}+", r"\1 ", inlined(text)))
    if not m or (m["opened"] and not m["closed"]):
        return None
    rest = m["rest"].strip()
    marked = bool(m["said"] or m["closed"] or m["mark"])
    if _CONFIRMED.fullmatch(rest):
        rest, marked = "", True
    if rest and not (m["closed"] or (m["mark"] and m["letter"].isupper())):
        return None
    operation = _OPERATION.match(rest)
    begins = operation.group() if operation and (m["opened"] or operation.group() in ("and", "or", ", ")) else "-"
    if begins != "-" and not (begins == "(" and m["rest"][0] == " "):
        return None
    return None if _OTHER_OPTION.search(rest) else (m["letter"].upper(), rest, marked)


# --------------------------------------------------------------------------------------------------------------------
# Yes and no
# --------------------------------------------------------------------------------------------------------------------

_CLAIM = r"(?:it|this|that|(?:the|this|that) (?:statement|claim|answer|assertion|conjecture))"
_TRUTH = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_SAID = re.compile(rf"(?:{_CLAIM} is )?(not )?({'|'.join(_TRUTH)})\b(?!/)(.*)", re.DOTALL)
_EXPLAINED = re.compile(r"\s*(?:[,.;:}(\-]|because|since|$)|(?<=no) such\b")
_TAKEN_BACK = re.compile(
    rf"(?:^|[,.;:(]|\band|\bor|\b{_CLAIM} is)\s*(not\b|maybe\b)?\s*({'|'.join(_TRUTH)})?\s*(?=[,.;:)}}]|$)"
)


def truth(text: str) -> bool | None:
    """Whether a lower-case answer says yes or no, perhaps with an explanation; None when it does not, or says both."""
    said = _SAID.match(text.lstrip(" {"))
    if not said or not _EXPLAINED.match(text.lstrip(" {"), said.start(3)):
        return None
    claimed = _TRUTH[said[2]] != bool(said[1])
    if re.search(r"\bnot always\b|\bbut (?:only|not)\b", said[3]):
        return None
    for back in _TAKEN_BACK.finditer(said[3]):
        says = _TRUTH[back[2] or "yes"] != (back[1] == "not")
        if back[1] == "maybe" or ((back[1] or back[2]) and says != claimed):
            return None
    return claimed


# --------------------------------------------------------------------------------------------------------------------
# Sentences and notes
# --------------------------------------------------------------------------------------------------------------------

_NAMES = "|".join(sorted({f for f in FUNCTIONS if len(f) > 2} | {"sqrt", "infty", "infinity", "and", "mod", "frac"}))
_WORD = re.compile(
    rf"(?<![\\A-Za-z])(?!(?:{_NAMES})\b)(?:[A-Za-z]{{3,}}|(?<![^\s(])(?:is|of|at|to|by|in|if|no|an|as|it|we)\b)"
)
_FILLERS = (
    "exactly about approximately roughly around only just also therefore thus hence so then simply equal to given by "
    "total of length expected approach there are is value answer precisely clearly now finally in conclusion overall"
)
_LINK = re.compile(
    r"(?:\b(?:is|are|was|be|equals?|becomes?|gives?|yields?|has|have|contains?|gets?|obtains?|approach(?:es)?"
    r"|(?:converge|diverge|tend|goe|evaluate|simplifie|reduce)s to|needs?(?: to \w+)? at least)\b"
    r"|(?i:\b(?:series|sequence|integral|limit|it|sum|product)) (?=(?:con|di)verge|do(?:es)? not)"
    rf"|(?<=[A-Za-z]{{3}})\*{{0,2}}:\*{{0,2}}|^)\s*(?:(?:(?i:{_FILLERS.replace(' ', '|')})|a)\b,?\s*)*"
)
_VERDICT = re.compile(
    r"(?:the|an?|our)\s(?:\w+\s){0,3}?(?:solution|answer|value|root|result|m[ai][xn]imum|integer|number)"
)
_NOTE = re.compile(r"(?:\s+|(?<=[\d$])(?=\([^()]*\s))\(([^()]*(?:\([^()]*\)[^()]*)*)\)$")
_SAME = re.compile(r"[\s,;(]+(?:or,? (?:equivalently|simply)|i\.? ?e\.?|that is|equivalently|namely)[\s,]+|\s*\(or\s")
_TRAIL = re.compile(
    r"[\s,;(]+(?:(?:since|because|due to|attained|achieved|obtained|reached|occurring|when|where|which)\b"
    r"|by (?=the|sym|ind)|at (?=[($\\\d]|\w =)|as (?=req|des|cla)|so (?=the|it|we)|and (?=this|it|we)|with (?=eq)).*",
    re.DOTALL,
)
_RISKY = re.compile(
    r"\b(?:false|wrong|incorrect\w*|untrue|mistaken\w*|none|neither|never|inverse|complement|converse|negation|opposite"
    r"|reciprocal|twice|half|not (?:true|the)|unless)\b|(?:not|cannot|n't)\s*$"
)
_RISKY_NOTE = re.compile(
    r"(?i)\b(?:no[tn]?|remainder|excl\w*|except\w*|mod\w*|base|in|wrong|incorrect\w*|false|impossible|or|radians?|(?:thous|mill|bill|hund|doz)\w+)\b"
)


def _value(text: str) -> str | None:
    """The text when it is mathematics, few words or a number with its noun; a longer phrase after a number is cut."""
    text = text.strip(" .,;:*")
    word = _WORD.search(text)
    if not word:
        return text or None
    head = text[: word.start()].rstrip()
    if not head:
        return text if re.fullmatch(r"[A-Za-z][A-Za-z' \-]*", text) and len(text.split()) <= 4 else None
    if word.group().lower() in CLAUSE or head[-1] not in "0123456789})$":
        return None
    phrase = text[word.start() :].split()
    if len(phrase) <= 3 and not re.search(r"[^\w\s{}$^.]", text[word.start() :]):
        return text
    counted = text[word.start() - 1].isspace() and re.match(r"[a-z]{2}", " ".join(phrase[1:]))
    return f"{head} {phrase[0]}" if counted and not {"or", "and"} & set(phrase) else None


def stated(text: str) -> str | None:
    """The value that a sentence states, as in "The answer is 5" or "5 (since x > 0)"; None when it states none."""
    whole = _SAME.sub(" or ", inlined(text))
    whole = whole[:-1] if whole.count(")") > whole.count("(") and whole.endswith(")") else whole
    note = _NOTE.search(whole)
    if note and (_WORD.search(note[1]) or note[1].lstrip().startswith(r"\approx")) and not _RISKY_NOTE.search(note[1]):
        whole = whole[: note.start()]
    trail = _TRAIL.search(whole)
    bodies = (
        [whole, whole[: trail.start()]]
        if trail and not re.search(r"\bwhich\b.*not|wrong|contra", trail.group())
        else [whole]
    )
    for body in bodies:
        for link in reversed(list(_LINK.finditer(body))):
            lead, rest = body[: link.start()], body[link.end() :]
            if _VERDICT.match(rest):
                lead = _value(re.split(r"[,;]\s|\b(?:so|thus|hence|therefore)\b", lead, flags=re.IGNORECASE)[-1])
                return None if lead is None or _WORD.search(lead) else lead
            value = _value(rest)
            if value and value != inlined(text) and not _RISKY.search(re.split(r"[,;]\s", lead)[-1]):
                return value
    return None


def readings(text: str, other: str) -> list[str]:
    """What else an answer may say: its option's text, unless a letter is asked for, or what its sentence states."""
    chosen = option(text)
    if chosen and chosen[1]:
        asked = option(other)
        return [] if asked and (not asked[1] or asked[0] != chosen[0]) else [chosen[1]]
    value = None if re.match(r"(?i)\W*(?:text\W*)?(?:yes|no|true|false)[,;.:]", text) else stated(text)
    return [value] if value else []
