"""Answers in words: the option that a letter names, the truth that is claimed, the value that a sentence states."""

from __future__ import annotations

import re
from functools import lru_cache

from grader.tokens import CHANGING, FUNCTIONS, PARTS, SCALES

_WRAPPED = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal|up)?|mathrm|mbox)\s*\{([^{}]*)\}")


@lru_cache(maxsize=512)
def inlined(text: str) -> str:
    """The text with the content of \\text{} and its like in place."""
    return " ".join(_WRAPPED.sub(r" \1 ", text).split()).strip(" .")


# --------------------------------------------------------------------------------------------------------------------
# Choices: B, (B), B) y = 6, Option B: 3, 4, The answer is (B)
# --------------------------------------------------------------------------------------------------------------------

_OPTION = re.compile(
    r"(?P<said>(?i:(?:the )?(?:(?:correct|right|best|final) )?(?:option|choice|answer)(?: is)?:? ))?"
    r"(?:\((?P<opened>[A-Ja-j])\)(?!\s?[=^_*/,<>&]|[+!'|(]|\s?-\s)|(?P<closed>[A-Ja-j])\)|(?P<dotted>[A-J])[.:](?=\s|$)"
    r"|(?P<bare>[A-Ja-j])[.:]?(?=$| is (?:the )?(?:correct|right|true)\b))(?P<rest>.*)",
    re.DOTALL,
)
_OTHER_OPTION = re.compile(r"(?<![A-Za-z(\\])\(?[A-J]\)|^(?:and|or)\b|^[A-J]$")


@lru_cache(maxsize=512)
def option(text: str) -> tuple[str, str, bool] | None:
    """(letter, text of the option, whether more than a letter says that it is one); None for other answers."""
    m = _OPTION.fullmatch(inlined(text))
    if not m or _OTHER_OPTION.search(m["rest"].strip()):
        return None
    letter, rest = m["opened"] or m["closed"] or m["dotted"] or m["bare"], m["rest"].strip()
    return letter.upper(), "" if m["bare"] else rest, bool(m["said"] or rest or not m["bare"])


# --------------------------------------------------------------------------------------------------------------------
# Yes and no
# --------------------------------------------------------------------------------------------------------------------

_CLAIM = r"(?:it|this|that|(?:the|this|that) (?:statement|claim|answer|assertion|conjecture))"
_TRUTH = {"yes": True, "true": True, "correct": True, "possible": True}
_TRUTH |= {"no": False, "false": False, "incorrect": False, "impossible": False}
_SAID = re.compile(rf"(?:{_CLAIM} is )?(not )?({'|'.join(_TRUTH)})\b(?!/)(.*)", re.DOTALL)
_EXPLAINED = re.compile(r"\s*(?:[,.;:}(\-]|because|since|$)|(?<=no) such\b")
_TAKEN_BACK = re.compile(
    rf"(?:^|[,.;:(]|\band|\bor|\b{_CLAIM} is)\s*(not\b)?\s*({'|'.join(_TRUTH)})?\s*(?=[,.;:)}}]|$)"
)


def truth(text: str) -> bool | None:
    """Whether a lower-case answer says yes or no, perhaps with an explanation; None when it does not, or says both."""
    said = _SAID.match(text.lstrip(" {"))
    if not said or not _EXPLAINED.match(text.lstrip(" {"), said.start(3)):
        return None
    claimed = _TRUTH[said[2]] != bool(said[1])
    if claimed and re.search(r"\b(?:not always|maybe|but (?:only|not))\b", said[3]):
        return None
    backs = [m for m in _TAKEN_BACK.finditer(said[3]) if m[1] or m[2]]
    return claimed if all((_TRUTH[m[2] or "yes"] != bool(m[1])) == claimed for m in backs) else None


# --------------------------------------------------------------------------------------------------------------------
# Sentences and notes
# --------------------------------------------------------------------------------------------------------------------

_NAMES = "|".join(sorted({f for f in FUNCTIONS if len(f) > 2} - {"rank"}))
_NAMES += "|sqrt|infty|infinity|and|mod|frac|repeating"
WORD = re.compile(
    rf"(?<![\\A-Za-z{{])(?<![A-Za-z]\()(?!(?:{_NAMES}|[A-Z]{{3,4}})\b)"
    r"(?:[A-Za-z]{3,}|(?<![^\s(])(?i:i[sfnt]|o[fn]|a[tns]|[tnsd]o|b[ye]|we|us|a(?=\s(?!and|or)[a-z]{2}))\b)"
)
_NOTE = re.compile(r"(?:\s+|(?<=[\d$])(?=\([^()]*\s))(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\[([^\[\]]*)\])$")
_SAME = re.compile(
    r"[\s,;(]+(?:or,? (?:equivalently|simply)|i\.? ?e\.?|that is|equivalently|namely)[\s,]+|\s*\(or\s"
    r"|\s+\((?=(?:\\approx )?-?\d*\.?\d+\s?(?:\\?%)?\)$)"
)
_COUNTS = (
    r"one(?= [a-z])(?! of| more| less| such #)|zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
)
_COUNT = re.compile(rf"#|(?:{_COUNTS})\b")
# In a skeleton # stands for a piece of mathematics.
_VERBS = (
    r"\b(?:is|are|as|was|be|equals?|becomes?|giv(?:es?|ing)|yield(?:s|ing)?|ha[sd]|have|contains?|[gs]ets?|obtains?|takes?|costs?"
    r"|makes?|leaves?|pays?|uses?|weighs?|conclude|attains?|approach(?:es)?|means|that|needs?(?: to \w+)? at least"
    r"|(?:converge|diverge|tend|goe|evaluate|simplifie|reduce|add)s (?:up )?to|ends (?:in|with)"
    r"|(?:series|sequence|integral|limit|it|sum|product) (?=(?:con|di)verge|do(?:es)? not))\b|(?<=[a-z]) :"
)
_VERB = re.compile(_VERBS)
_FILLERS = (
    "exactly about approximately roughly around only just also therefore thus hence so then simply equal to given "
    "by total of length expected approach there are is value answer precisely either clearly now finally overall us a "
    "and its rank degree order dimension area volume perimeter radius probability measure cardinality norm slope "
    "period remainder still interval closed open"
)
_FILLER = (
    rf"(?:(?:of the form|{_FILLERS.replace(' ', '|')}|in conclusion|almost surely|an?(?= (?:remainder|total|value)\b)"
    r"|m[ai][nx]imum(?= (?:value )?(?:of )?#))\b|[,:])"
)
_LINK = re.compile(rf"(?:^|{_VERBS}) ?(?:{_FILLER} ?)*")
_TRAIL = re.compile(
    r"(?:, )?\b(?:since|because|due to|attained|achieved|obtained|reached|occur\w*|when|where|not #"
    r"|which(?! means| (?:is|equals|gives|\w+s to) #)|(?<!ends )with(?! (?:a )?rem)|under|on\b(?! the [lr]|$)"
    r"|for (?:all|every|any|each|#)|as (?:#|req|des|cla)|by (?:the|sym|ind)|at #|so (?:the|it|we)\b"
    r"|and (?:this|it|we)\b).*"
)
_VERDICT = re.compile(
    r"(?:the|our|(?:need|requir|plac|us|form)ed$|possible"
    r"|an? (?!extraneous|invalid|wrong|im)(?:\w+ ){0,3}?(?:solution|answer|root|value))\b"
)
_RISKY = re.compile(
    r"\b(?:false|wrong|incorrect\w*|untrue|mistaken\w*|none|neither|never|inverse|complement|converse|negation"
    r"|opposite|reciprocal|twice|half|not (?:true|the)|unless|doubt|no|contra\w+)\b|^if\b"
    r"|^(?:an? )?(?:upper|lower) bound|(?:not|cannot|suppose|assume|let)\s*(?:#\s*)?$"
    r"|\b(?:is|are|equals) # and\b"  # length is 5 and width is 3
)
_CHANGED = re.compile(
    rf"(?:{'|'.join(sorted(CHANGING - {'negative', 'pairs', 'pair'}))}|times|plus|minus|over|choose|mod\w*"
    r"|more|less|than|base|or|is|are|not?|to the|except|neither|a half|(?:only )?if|out|does|do|can|would|should"
    r"|at (?:most|least)|in (?:base|thous|mill|bill|hund|doz|hex|bin|oct)\w*)\b"
    r"|(?:by|to|in|of|from|between) #|on the (?:left|right)|as a\b|with (?:an? )?remainder"
    r"|and (?:an?|not|its|one|others|so on|below|above)\b|for example|among others"
)
_NONE = re.compile(
    r"\bdo(?:es)? not exist any\b"
    r"|(?:^|\b(?:is|are|has|have) )no (?:\w+ ){0,2}(?:solutions?|roots?|values? of #)"
    r"(?! (?:less|greater|except|other|with)\b)"
)
_KEPT = re.compile(r"$|[,:#]|(?:only|for|with|in|on|of|to|from|between|among|by|and|as|at|when)\b")
_NOUN = re.compile(r"(?i)such\b|(?:(?:square|cubic) )?[\w-]+(?: (?:squared|cubed)\b)?(?: per(?: square)? [a-z]+)?")


def skeleton(text: str) -> tuple[str, list[str]]:
    """The words of a sentence with # for each piece of mathematics between them; those pieces."""
    out, pieces, at = [], [], 0
    text = re.sub(r"\$|\\[()\[\]]|#|\*\*", "", text).replace(";", ",").replace("n't ", " not ")
    text = re.sub(r"\b(it|that|there|answer)'s\b", r"\1 is", text)
    for word in [*WORD.finditer(text), None]:
        gap = text[at : word.start() if word else len(text)]
        piece = re.sub(r"^(?:[\s,:)*\"'?]|\.(?!\d))+|(?:(?<!\^)\*|[\s,:.(\"'?])+$", "", gap)
        if sum(map(piece.count, "([")) != sum(map(piece.count, ")]")):
            piece = piece.strip("()[]")
        first, piece, last = re.fullmatch(r"(and\b|or\b)?(.*?)(\band|\bor)?", piece.strip(), re.DOTALL).groups()
        out += [re.match(r"\s*\)?([,:]?)", gap)[1], first]
        if re.search(r"[\w√∞∅]", piece):
            pieces.append(piece.strip(" ,"))
            out += ["#", re.search(r"([,:]?)\s*$", gap)[1]]
        out += [last, word and word.group()]
        at = word.end() if word else at
    return " ".join(filter(None, out)), pieces


def _followed(value: str, tail: str, linked: bool) -> str | None:
    """A value with what a sentence goes on with: nothing, a noun, or a phrase that leaves it as it is.

    A number that no word links may be the subject: "7 workers finish in 12 days", "7 divides n".
    """
    tail = tail.strip()
    if _CHANGED.match(tail) or re.search(r"\bbut\b.* (?:incorrect|wrong|not (?:correct|right))\b", tail):
        return None
    if _KEPT.match(tail):
        return value
    noun = _NOUN.match(tail)[0]
    after = tail[len(noun) :].strip()  # 14 primes less than 45, 2^n subsets of S
    kept = re.match("(?:less|greater) than #|of #$", after) and noun.rstrip("s") not in {*PARTS, "time"}
    if (not linked and "#" in tail) or (_CHANGED.match(after) and not kept):
        return None
    plain = tail[len(noun) :].startswith(" #") or noun == "such" or "=" in value
    plain |= len(value) > 2 and value.isalpha() and noun.rstrip("s") not in {*PARTS, *SCALES}
    return value if plain else rf"{value} \text{{ {noun}}}"


@lru_cache(maxsize=512)
def stated(text: str) -> str | None:
    """The value that a sentence states, as in "The answer is 5" or "5 (since x > 0)".

    None where no word says that something is a value, "" where what it says leaves none ("at most 5", "5 or less").
    """
    whole = _SAME.sub(" or ", inlined(text))
    whole = whole[:-1] if whole.endswith(")") and whole.count(")") > whole.count("(") + whole.count("[") else whole
    note = _NOTE.search(whole)
    if note and (_RISKY.search(note[0]) or _CHANGED.match(note[0].lower().strip(" (["))):
        return ""
    whole = whole[: note.start()] if note and WORD.search(note[0]) else whole
    if not WORD.search(whole):
        return whole if whole != inlined(text) else None
    said, pieces = skeleton(whole)
    if _NONE.search(said):
        return "no solution"
    trail = _TRAIL.search(said.lower(), said.find("#") + 1)
    if trail and re.search(r"\botherwise\b|\band # (?:if|when|for)\b", trail[0]):
        return ""
    found = _told(said[: trail.start()], pieces) if trail else None
    return _told(said, pieces) if found is None else found


def _told(said: str, pieces: list[str]) -> str | None:
    """What the last verb of a skeleton tells, or the one before where that tells nothing; see `stated`."""
    words = said.lower()
    for link in reversed(list(_LINK.finditer(words))):
        lead, rest = words[: link.start()].strip(" ,"), words[link.end() :].rstrip(" ,")
        verb = _VERB.search(words, link.start())
        linked = bool(verb) and verb.start() < link.end()
        if re.search(r"# such [a-z]+$", lead):  # there are 3 such numbers: 1, 2, 4
            continue
        count, value = _COUNT.match(rest), None
        if count:
            value = pieces[words[: link.end()].count("#")] if rest[0] == "#" else count[0]
            value = _followed(value, said[link.end() + count.end() :], linked)
            if not value and not linked:
                continue
        elif linked and re.match("(?:infinitely many|an infinite number of)\\b", rest):
            return "infinitely many"
        elif re.search(r"#(?: \w+)?(?: can)?$", lead) and _VERDICT.match(rest):
            value = None if _RISKY.search(rest) else pieces[lead.count("#") - 1]
        elif linked and re.fullmatch(r"[a-z][a-z'\-]*(?: [a-z'\-]+){0,3}", rest):
            value = said[link.end() :]
            if any(re.search(r"\d", p) for p in pieces[: lead.count("#")]):
                continue
        else:
            continue
        return "" if _RISKY.search(re.split(" , | or (?=the )", lead)[-1]) else value or ""
    return None


_CHOSEN = re.compile(  # C(5, 2), C_5^2, P(5, 2), {}_5P_2; 5 C 2 is read as it stands
    r"(?<![A-Za-z\\}])(?P<kind>[CP])\s?\(\s?(\w{1,9})\s?,\s?(\w{1,9})\s?\)|(?<![A-Za-z\\}])C_(?:\{(\w{1,4})\}|(\w))"
    r"\^\{?(\w{1,4})\}?|[_^]\{?(\w{1,4})\}?\s?(?P<side>P)_\{?(\w{1,4})\}?"
)


def _counted(found: re.Match) -> str:
    top, bottom = [g for g in found.groups() if g and g not in ("C", "P")]
    if top.isdigit() and bottom.isdigit() and int(top) < int(bottom):
        return found[0]
    ordered = (found["kind"] or found["side"]) == "P"
    return rf"\frac{{{top}!}}{{({top}-{bottom})!}}" if ordered else rf"\binom{{{top}}}{{{bottom}}}"


def readings(text: str, other: str) -> list[str]:
    """What else an answer may say: its option's text, unless a letter is asked for, what its sentence states, or the
    same in a notation that the parser knows."""
    noted = text
    if ("C" in text or "P" in text) and not _CHOSEN.search(other):  # C(5, 2) may also be a point
        noted = _CHOSEN.sub(_counted, text)
    if noted != text:
        return [noted]
    chosen = option(text)
    if chosen and chosen[1]:
        asked = option(other)
        return [] if asked and (not asked[1] or asked[0] != chosen[0]) else [chosen[1]]
    value = None if re.match(r"(?i)\W*(?:text\W*)?(?:yes|no|true|false)[,;.:]", text) else stated(text)
    return [value] if value else []
