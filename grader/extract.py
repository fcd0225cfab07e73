"""The final answer of a completion: its last box, what its marker announces, or what its last line ends in."""

from __future__ import annotations

import re
from itertools import takewhile

from grader.prose import WORD, skeleton, stated
from grader.text import clean, squeezed

BOX = re.compile(r"\\(?:(?:begin)?boxed|fbox)(?![A-Za-z])")
MARKER = re.compile(r"(?i)\b(?:answer|ответ)\s*(?:is|:|=|\*\*:?|\}:?)[\s:*}]*|####\s*:?|答案\s*(?:是|为|[：:])[：:\s]*")
BOX_CHARS = 10000  # a box longer than this is no answer
TAIL_CHARS = 4000  # where no box is, only the end of the text is searched

_BARE = re.compile(r"\s*([A-Za-z0-9.]+|\\[A-Za-z]+)")  # "\boxed 7"
_OPENED, _BRACE, _ANY_BRACE = re.compile(r"\s*\{"), re.compile(r"\\.|[{}]", re.DOTALL), re.compile("[{}]")
_BETWEEN_BOXES = re.compile(
    r"(?:\s|\$|\\[()\[\],;]|[,;&]|and\b|\(?or\b|\\text\s?\{\s?(?:,|and|or)\s?\}|\\q?quad"
    r"|[A-Za-z](?:_\{?\w{1,3}\}?)?\s?(?:=|\\in\b))*"
)
_REFUSED = re.compile(r"(?:\b(?:is|are|can|could)(?: ?not|n't)(?: be)?|\\neq?|≠)[\s$({]*\Z")
_ABOUT = (r"\approx", "≈")


def box_content(text: str, start: int) -> tuple[str | None, int]:
    """Content and end of the box whose command ends at `start`; None when its brace never closes."""
    bare, opened = _BARE.match(text, start), _OPENED.match(text, start)
    if bare:
        return bare[1], bare.end()
    escapes = "\\{" in text[start : start + BOX_CHARS]
    for brace in (_BRACE, *([] if escapes else [_ANY_BRACE])) if opened else ():  # \boxed{185\}
        depth = 0
        for m in brace.finditer(text, start, start + BOX_CHARS):
            depth += {"{": 1, "}": -1}.get(m[0], 0)
            if depth == 0 and m[0] == "}":
                return text[opened.end() : m.start()], m.end()
    return None, start


def _last_boxes(text: str) -> str | None:
    """The last box, or the list of the boxes that share its sentence; None when it is empty or never closes."""
    found = [m.span() for m in BOX.finditer(text)][-64:]
    later, content = found[-1][0], box_content(text, found[-1][1])[0]
    if content is None or not content.strip() or _REFUSED.search(text, max(0, later - 30), later):
        return None
    parts, joiner = [content.strip()], " or "
    if parts[0].startswith(_ABOUT) and len(found) > 1:  # the exact value comes before
        return _last_boxes(text[:later]) or parts[0]
    for begin, end in reversed(found[:-1]):
        content, stop = box_content(text, end)
        between = text[stop:later]
        if content and between.strip(" $\n") in _ABOUT:
            parts = []
        elif content is None or not 0 < len(between) < 80 or not _BETWEEN_BOXES.fullmatch(between):
            break
        if _key(content) not in map(_key, parts):
            parts.insert(0, content.strip())
            joiner = joiner if re.fullmatch(r"(?:or|[\s$\\\[\]()])+", between) else ", "
        later = begin
    return joiner.join(parts)


def _key(content: str) -> str:
    return squeezed(clean(content)).strip("()")


_DISPLAY = re.compile(r"\$\$([^$]+)\$\$|\\\[([^$]+?)\\\]")
_MATH = re.compile(r"\$([^$]+)\$|\\\((.+?)\\\)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,]*\d|\d)?(?:\.?\d+)(?:\s?/\s?\d+)?\s?(?:\\?%|percent\b)?", re.ASCII)
_ENDING = re.compile(  # a tombstone, and what follows a special token
    r"(?:[\s$]{0,9}(?:\\(?:blacksquare|square|Box|qed)|[∎■□])[\s$]{0,9})?(?:<[|｜][^|｜<>]{1,40}[|｜]>.*)?\Z", re.DOTALL
)
_SENTENCE_END = re.compile(
    r"\n+|(?<=[.!?。])\s+(?=[A-Z$\\*])|,?\s+(?=(?:Therefore|Thus|Hence|So|Now|Then)\b)"
    r"|,\s+(?=(?:and )?(?:so|hence|thus|therefore)\b)"
)
_REMARK = re.compile(  # in a sentence without mathematics: it says nothing new
    r"(?i)\b(?:pro(?:of|ve)\w*|q\.?e\.?d|verif\w*|completes?|completed|done|hope|correct|check\w*|explan\w+|required"
    r"|desired|wanted|asked|satisf\w+|holds?|closed form|works?|agree|questions?)\b|^\W*$"
)
# What takes the answer back, so that the sentence is no mere remark.
_RETRACTED = re.compile(r"(?i)\b(?:not|cannot|n't|wrong|incorrect|fails?|never|without|however|unless|would|more)\b")
_ASIDE = re.compile(  # whatever numbers it holds, the answer came before
    r"(?i)^\W*(?:check\b|verification|note\b|remark\b|plugging|substituting (?:these|this|them|back)|to double"
    r"|to (?:check|verify)|(?:we|one) (?:can )?(?:also )?(?:check|verify)|let'?s (?:check|verify)|please|i hope"
    r"|hope this|let me|if you|feel free|as a (?:check|sanity)|q\.?e\.?d|this is because|this can also|indeed\b"
    r"|for (?:instance|example)|an example of such|in general,? the|interestingly|the reason (?:this|that|why|it)\b"
    r"|the (?:next|following) ones?|\**alternative|(?:this|it) (?:can be|is easily) (?:check|verif)"
    r"|.*\b(?:completes the proof|proves the claim)\W*$)"
)
_CLAIMED = re.compile(  # a choice or a truth
    r"(?i:\b(?:option|choice|answer)\b)(?:(?!not\b|n't)[^.]){0,30}\b([A-J])\)?"
    r"(?:\W*| is (?:the )?(?:correct|right)\b.*)$"
    r"|^(?:for sure )?([A-J])[,.:] (?=(?i:it|because|since|as|so|the)\b).*|^(?i:(?:so|therefore|thus|hence)\b,? *)?"
    r"(?i:(?:the answer.{0,30}? is:? )?((?:yes|no|true|false)\b(?=[,.;:]|$).*))"
)
_DENIED = re.compile(
    r"(?i)\b(?:not?|cannot|n't|than|most|least|between|multiple|divisible|either|infinitely|maybe|perhaps"
    r"|know|contradicts?|when|for|modulo|factor|divides|twice|exceed\w*|impossible|none|attained|achieved|occurs?"
    r"|wrong|incorrect|fails?|\d+ in \d+|\d+ times)\b|^(?:let|suppose|assume|consider|try|if)\b"
)

_IMPOSSIBLE = re.compile(
    r"(?i)\bsuch an? .*\b(?:does not exist|doesn't exist|is (?:not possible|impossible))\b|\bno such .*\bexists?\b"
    r"|\b(?:it is|it's) (?:not possible|never possible|impossible)\b|\bcan never\b"
)
_POSSIBLE = re.compile(r"(?i)\b(?:it is|it's) (indeed |always )?possible to\b")
_WINNER = re.compile(
    r"(?:^|\b(?:so|thus|hence|therefore),? )((?:the )?(?:\w+ )?\w+) (?:wins|has a winning strategy)\b", re.I
)
_NAMELY = re.compile(r"(?:that is|i\.e\.|in other words)[,:]?\s+([^a-z]*(?:[a-z][^a-z]+)*)$")
_HEDGED = re.compile(
    r"(?i)\b(?:might|could be any|nobody"
    r"|candidates?|guess\w*|half of|whether|remains to|need to (?:show|check|prove|find))\b"
)
# In a skeleton # stands for a piece of mathematics.
_HOLDS = re.compile(  # for which numbers something is so: the bound is the answer
    r"^(?!.*\bequality\b).*\b(?:holds?|true|valid|satisfied|possible|works?|solvable|exists?)\b[^#]*"
    r"\b(?:for|for (?:all|every|any|each)|if|iff|when|whenever)(?: \w+)? #$"
    r"|^(?!.*\bequality\b).*\b(?:if and only if|iff) #$|\bexactly (?:those|the) (?:\w+ )?(?:with|for which) #$"
)
_BOUND = re.compile(r"[<>=≤≥≠≡]|\\(?:[lgn]eq?|equiv)\b")
_ABOUT_THAT = re.compile(r",? (?:or|which is) (?:approximately|about|roughly|around|\\approx|≈).*")
_LEAD_IN = re.compile(r"^(?:[=—–]\s*|(?!(?:ln|lg|pi)\b)[a-z]{2}\s+)+")  # of other languages: es 5, de 3 + 4 = 7
_NAMED = re.compile(r"\W*[A-Za-z](?:_\w)?\s?=[^=]+|[-*] [^A-Za-z]+")  # one of several on lines of their own
_EVENT = re.compile(r"\b(P|E|Pr)\([^()]*[a-z]{2}[^()]*\)")  # P(at least one head)
_FOR_ALL = re.compile(  # what follows a formula and leaves it as it is
    r" ?,? (?:for (?:all|every|any|each)|where|whenever|as (?:req|des|cla|wan)\w*)\b.*"
)


def _from_sentence(sentence: str) -> str | None:
    """The answer that a sentence of prose states or ends in; the sentence itself when it is pure mathematics."""
    sentence = sentence.strip().strip("*").lstrip("= ").strip()
    if re.search("[一-鿿]", sentence):
        head = re.split("此时|其中|当且仅当|因为", sentence)[0]
        parts = [p for p in re.split(r"[^\x20-\x7eα-ω√π∞≤≥±²³]+", head) if re.search(r"\w", p)]
        risky = re.search("不(?!同)|[非无或]|大于|小于|至[少多]|之间", head)
        return parts[-1].strip("$ .,") if parts and not risky else None
    claimed = _CLAIMED.search(sentence)
    if claimed:
        return claimed[claimed.lastindex]
    if re.match(r"(?i)(?:if|since|because)\b", sentence):  # what follows from it, not what is supposed
        sentence = re.split(r"\bthen\b|,\s(?![^()]*\))(?=[^,]*[=≤≥<>]|[^,]*[a-z]{2})", sentence)[-1]
    sentence = _EVENT.sub(r"\1", _ABOUT_THAT.sub("", sentence))
    if not WORD.search(sentence):
        math = _MATH.fullmatch(sentence.rstrip(" ."))
        return math[math.lastindex] if math else sentence or None
    said, pieces = skeleton(sentence)
    if _HOLDS.search(said) and _BOUND.search(pieces[-1]):
        return pieces[-1]
    if _IMPOSSIBLE.search(sentence):
        return "no"
    possible, told = _POSSIBLE.search(sentence), _WINNER.search(sentence) or _NAMELY.search(sentence)
    if possible and (possible[1] or not pieces):  # "to do it in 7 moves" may ask for the 7
        return "yes"
    if told:
        return told[1]
    value = stated(sentence)
    if value is None and re.match(r"(?i)(?:all|every|any) (?!of\b)[a-z]", sentence):  # all multiples of 3
        return sentence.strip(" .")
    said = _FOR_ALL.sub("", said)
    if value is not None or _DENIED.search(said):
        return (value or "").strip("$ ") or None
    pieces = pieces[: said.count("#")]
    if said.endswith("#") or len(set(pieces)) == 1:
        return _LEAD_IN.sub("", pieces[-1].rpartition(": ")[2])
    numbers = [n.group().strip() for n in _NUMBER.finditer(sentence)]
    return numbers[-1] if len(set(numbers)) == 1 else None


def _from_end(text: str) -> str | None:
    """The answer of the last sentence before closing remarks; that sentence itself when it is short."""
    sentences = [s for s in _SENTENCE_END.split(text) if s.strip()][-6:]
    last = sentences[-1].strip() if sentences else ""
    while sentences:
        named = list(takewhile(_NAMED.fullmatch, reversed(sentences)))
        if len(named) > 1:
            return ", ".join(n.strip(" -*") for n in reversed(named))
        sentence = sentences.pop()
        if sentences and _ASIDE.search(sentence):
            continue
        if _HEDGED.search(sentence):
            return None
        remark = not skeleton(sentence)[1] and _REMARK.search(sentence) and not _CLAIMED.search(sentence)
        if sentences and remark and not _RETRACTED.search(sentence):
            continue
        short = len(WORD.findall(last)) <= 5 and not _DENIED.search(last)
        return _from_sentence(sentence) or (last if short else None)
    return None


def extract_answer(completion: str, *, final_line_fallback: bool = True) -> str | None:
    """The final answer of a completion, or None.

    Only the text after the last `</think>` is read. The last `\\boxed{}` (or `\\fbox{}`) counts; boxes joined by
    "and" or commas at the end of one sentence are one list. Without a box: `<answer>` tags, then the text after the
    last "answer is", "Answer:" or "####".

    Args:
        completion: the model's text.
        final_line_fallback: when nothing marks the answer, take what the last line ends in. Off in training, where
            a model is to learn to mark its answer.
    """
    text = completion.rpartition("</think>")[2]
    if BOX.search(text):
        return _last_boxes(text)
    text = _ENDING.sub("", text.strip())[-TAIL_CHARS:]
    text = _DISPLAY.sub(lambda m: f"\n${' '.join(m[m.lastindex].split())}$\n", text)
    _, tag, tail = text.rpartition("<answer>")
    if tag:
        text = tail.partition("</answer>")[0].strip()
        return _from_sentence(text) or text or None
    markers = list(MARKER.finditer(text))
    if markers:
        line = text[markers[-1].end() :].strip().split("\n")[0]
        return _from_end(re.split(r"\.\s+(?=[A-Z])", line)[0])
    return (_from_end(text) or None) if final_line_fallback else None
