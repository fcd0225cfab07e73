"""The one grader of this repository: the training reward and the evaluation both call it.

    from reward import grade_batch
    grade_batch([r"... so \\boxed{\\frac{2}{4}}"], ["0.5"])     # [Grade(correct=True, answer='\\\\frac{2}{4}', ...)]

A completion's final answer is extracted (below), then compared with the gold (`equality.py`): as strings, as plain
numbers, and only then by parsing both (`latex.py`), in a worker process that has a deadline and a memory limit and can
be killed. Model output is hostile: nothing in it is ever evaluated as code, here or in a worker. A worker is a fresh
interpreter that talks over its own pipes, so it works after CUDA is initialised, off the main thread, on every rank and
in a notebook, never imports the training script, and ends when its parent does. Linux and macOS.

What counts as equal, where that is a convention:

| kind | rule |
|---|---|
| exact numbers | compared exactly, whatever their size: 2^61-1 is not 2^61, 1/1999! is not 1/2001! |
| decimal gold | accepts what rounds to it (from two significant digits on) or is within 1e-4, relatively; 7.0 is 7 |
| decimal for exact gold | 0.87 is not sqrt(3)/2, 6.67 is not 20/3; 13 digits of a fraction do, of pi they do not |
| repeating decimal | exact: 0.333..., 0.\\overline{3} and "0.333 repeating" are 1/3 |
| thousands, decimal comma | 1,234 = 1{,}234 = 1\\,234 = 1 234; 12,34 is 12.34 against a number with a point |
| percent | with one sign, the other side may be the number or its hundredth; without one, no factor of 100 ever |
| units, currency | may be missing on either side; two different known units differ; nouns ("apples") are ignored |
| degrees | may be missing, or be radians: 60^\\circ = 60 = pi/3 |
| times | seconds of 00 and a.m./p.m. may be missing; both stated, they must agree |
| ratios | 2:3 = 4:6, and 16:1 = 16; 3:2 differs |
| base-n numbers | digits and base must agree; base 10 may be dropped |
| number words | "five" is 5, "twenty-one" is 21 |
| yes/no | Yes = True, No = False, an explanation may follow; the opposite word anywhere makes it wrong |
| choices | B = (B) = B. = \\text{B} = "(B) text of the option"; a text without its letter is not a letter |
| words | case, articles, wrappers and final punctuation are ignored, nothing else |
| bare lists | unordered; braces may come or go; a value named twice in the answer counts once; "and", "or", \\pm |
| tuples, vectors | ordered; a bare answer in that order does; (1,2,3) = [1,2,3] = a column; (1,2) is not [1,2], {1,2} |
| labelled values | x=1, y=2 is (1,2) in the order of the coordinates, else in the order given; x=5 is 5 |
| sets of reals | intervals, inequalities, unions and differences are compared as sets; the variable is taken as real |
| equations | equal up to a constant factor; `name = value` is its value; bound variables may be renamed, others not |
| chains | the last member of a = b = c counts, the member before an approximation sign otherwise |
| functions | equal where both are real (ln x^2 = 2 ln x), at random points; an unknown f(x) is not f(y) |
| constants | c_1 may be C_1; a missing "+ C" is wrong |
| conditions | "for n > 0" may be missing on one side; stated twice, they must agree; k in Z may be n in Z |
| boxes | the last counts; several boxes joined by commas or "and" are a list; "The answer is" never overrules a box |
| no box | `<answer>` tags, else the text after "answer is", "Answer:" or "####", else (if allowed) the last line |
"""

from __future__ import annotations

import atexit
import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import equality

DEADLINE_S = 3.0  # seconds an answer may take; the worker is killed at it
MEMORY_BYTES = {"ours": 1 << 30, "paper": 4 << 30}  # address space of a worker; math-verify needs sympy and ANTLR
START_S = 60.0  # seconds a worker may take to import what it needs, on a busy machine
CACHE_PAIRS = 65536  # decided (answer, gold) pairs kept across batches


@dataclass(frozen=True)
class Grade:
    """The verdict on one completion.

    Attributes:
        correct: the answer is equivalent to the gold.
        answer: what was graded, or None when the completion gives no answer.
        reason: why, in a few words ("equal numbers", "different", "no answer", "deadline", ...).
        undecided: the deadline passed or the worker died; such an answer is graded wrong.
        gold_parsed: False when the gold itself could not be understood, so that no answer can be graded fairly.
    """

    correct: bool
    answer: str | None
    reason: str
    undecided: bool = False
    gold_parsed: bool = True


# --------------------------------------------------------------------------------------------------------------------
# Extraction
# --------------------------------------------------------------------------------------------------------------------

_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])")
_BETWEEN_BOXES = re.compile(
    r"(?:\s|\$|\\[()\[\],;]|[,;&]|and\b|or\b|\\text\s?\{\s?(?:,|and|or)\s?\}|\\q?quad"
    r"|[A-Za-z](?:_\{?\w{1,3}\}?)?\s?(?:=|\\in\b))*"
)
_MARKER = re.compile(r"(?i)\banswer\s*(?:is|:|=|\*\*:?|\}:?)[\s:*}]*|####\s*:?")
_LETTERED = re.compile(r"(?i:\b(?:option|choice|answer)\b)[^.]{0,30}\b([A-J])\)?\W*$")
_SPECIAL_TOKEN = re.compile(r"<\|[^|<>]{1,40}\|>|<｜[^｜<>]{1,40}｜>")
_MATH = re.compile(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,]*\d|\d)?(?:\.?\d+)(?:\s?/\s?\d+)?\s?(?:\\?%|percent\b)?", re.ASCII)
_WORD = re.compile(r"(?<![\\A-Za-z])(?!(?:sqrt|sin|cos|tan|log|exp|arctan)\b)[A-Za-z]{3,}")
RESPONSE_CHARS = 20000  # the end of a response that math-verify sees under the paper's rule
TAIL_CHARS = 4000  # where no box is, only the end of the text is searched
BOX_CHARS = 10000  # a box longer than this is no answer


def _box_content(text: str, start: int) -> tuple[str | None, int]:
    """Content and end of the box whose command ends at `start`; None when its brace never closes."""
    while start < len(text) and text[start] in " \t\n":
        start += 1
    if start >= len(text) or text[start] != "{":
        bare = re.compile(r"[A-Za-z0-9.]+|\\[A-Za-z]+").match(text, start)  # "\boxed 7"
        return (bare.group(), bare.end()) if bare else (None, start)
    end = _closing_brace(text, start, "\\")
    if end is None and "\\{" not in text[start : start + BOX_CHARS]:
        end = _closing_brace(text, start, "")  # "\boxed{185\}"
    return (text[start + 1 : end], end + 1) if end else (None, start)


def _closing_brace(text: str, start: int, escape: str) -> int | None:
    """Where the brace at `start` closes; a brace after `escape` is text."""
    depth = 0
    for i in range(start, min(len(text), start + BOX_CHARS)):
        if text[i] in "{}" and text[i - 1] != escape:
            depth += 1 if text[i] == "{" else -1
            if depth == 0:
                return i
    return None


def _last_boxes(text: str) -> str | None:
    """The last box, or the list of the boxes that share its sentence; None when it is empty or never closes."""
    found = [m.span() for m in _BOX.finditer(text)][-10:]
    content, _ = _box_content(text, found[-1][1])
    if content is None or not content.strip():
        return None
    parts, later = [content.strip()], found[-1][0]
    for begin, end in reversed(found[:-1]):
        content, stop = _box_content(text, end)
        between = text[stop:later]
        if content is None or not 0 < len(between) < 80 or not _BETWEEN_BOXES.fullmatch(between):
            break
        if content.strip() not in parts:
            parts.insert(0, content.strip())
        later = begin
    return ", ".join(parts)


def _from_sentence(sentence: str) -> str | None:
    """The answer that a sentence of prose ends in: itself when it is short or pure mathematics."""
    sentence = sentence.split("I hope")[0].strip().strip("*").strip()
    if not sentence:
        return None
    lettered = _LETTERED.search(sentence)
    if lettered:
        return lettered.group(1)
    math = list(_MATH.finditer(sentence))
    prose = len(_WORD.findall(_MATH.sub(" ", sentence)))
    if prose == 0 or (prose <= 2 and sentence[0] in "-+.\\([{$0123456789"):
        return sentence
    numbers = [m for m in _NUMBER.finditer(sentence) if not (math and m.start() < math[-1].end())]
    if numbers:
        return numbers[-1].group().strip()
    if math:
        return next(g for g in math[-1].groups() if g)
    return sentence if prose <= 5 else None


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
    if _BOX.search(text):
        return _last_boxes(text)
    text = _SPECIAL_TOKEN.split(text)[0].strip()[-TAIL_CHARS:]
    head, tag, tail = text.rpartition("<answer>")
    if tag:
        return tail.partition("</answer>")[0].strip() or None
    markers = list(_MARKER.finditer(text))
    if markers:
        rest = text[markers[-1].end() :].strip()
        display = _MATH.match(rest) if rest.startswith(("$$", r"\[")) else None
        if display:
            return next(g for g in display.groups() if g).strip()
        line = rest.split("\n")[0]
        return _from_sentence(re.split(r"\.\s+(?=[A-Z])", line)[0])
    if not final_line_fallback or not text:
        return None
    if text.endswith((r"\]", "$$")):
        blocks = _MATH.findall(text)
        if blocks:
            return next(g for g in blocks[-1] if g).strip()
    return _from_sentence(text.rsplit("\n", 1)[-1])


# --------------------------------------------------------------------------------------------------------------------
# Workers: every comparison that strings and plain numbers cannot decide runs in a process that can be killed
# --------------------------------------------------------------------------------------------------------------------


class _WorkerError(Exception):
    """The worker passed its deadline or died; str() says which."""


class _Worker:
    """One child process that answers one length-prefixed JSON request at a time over its pipes."""

    def __init__(self, grader: str):
        self.grader = grader
        command = [sys.executable, str(Path(__file__).resolve()), "--worker", grader]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        try:
            self.read(time.monotonic() + START_S)
        except _WorkerError as error:
            self.close()
            raise RuntimeError(f"the {grader} grader's worker did not start: {' '.join(command)}") from error

    def ask(self, request: list, timeout: float) -> list:
        """The reply to a request. Raises _WorkerError at the deadline (seconds) or when the process is gone."""
        try:
            _write_frame(self.process.stdin.fileno(), [timeout, *request])
        except OSError as error:
            raise _WorkerError("worker died") from error
        return self.read(time.monotonic() + timeout)

    def read(self, deadline: float) -> list:
        size = struct.unpack(">I", self.read_bytes(4, deadline))[0]
        return json.loads(self.read_bytes(size, deadline))

    def read_bytes(self, size: int, deadline: float) -> bytes:
        poll, data = select.poll(), b""  # not select(): a training process may hold more than 1024 files
        poll.register(self.process.stdout, select.POLLIN)
        while len(data) < size:
            if not poll.poll(1000 * max(0.0, deadline - time.monotonic())):
                raise _WorkerError("deadline")
            chunk = os.read(self.process.stdout.fileno(), size - len(data))
            if not chunk:
                raise _WorkerError("worker died")
            data += chunk
        return data

    def close(self) -> None:
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def _write_frame(fd: int, message: list) -> None:
    payload = json.dumps(message).encode()
    data = struct.pack(">I", len(payload)) + payload
    while data:
        data = data[os.write(fd, data) :]


_idle: list[_Worker] = []  # warm workers; append and pop are atomic
_cache: dict[tuple, tuple[bool, str]] = {}


@atexit.register
def _close_workers() -> None:
    while _idle:
        _idle.pop().close()


def _forget_workers() -> None:
    _idle.clear()  # a forked child must not talk over its parent's pipes


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)


def _borrow(grader: str) -> _Worker:
    """A warm worker of this grader, or a new one; those that died while idle are dropped."""
    for _ in range(len(_idle)):
        try:
            worker = _idle.pop(0)
        except IndexError:  # another thread took the last one
            break
        if worker.process.poll() is not None:
            worker.close()
        elif worker.grader == grader:
            return worker
        else:
            _idle.append(worker)
    return _Worker(grader)


def _ask_worker(grader: str, gold: str, text: str, timeout: float) -> tuple[bool, str, bool]:
    """(correct, reason, undecided) from a worker, which is killed when it fails."""
    worker = _borrow(grader)
    try:
        correct, reason = worker.ask([gold, text], timeout)
    except _WorkerError as error:
        worker.close()
        return False, str(error), True
    except KeyboardInterrupt:  # in a notebook: its late reply must not answer the next question
        worker.close()
        raise
    _idle.append(worker)
    return correct, reason, False


def _decide(jobs: list[tuple[str, str]], grader: str, timeout: float, workers: int | None) -> dict:
    """{(text, gold): (correct, reason, undecided)} for distinct jobs: what strings cannot decide goes to workers."""
    verdicts: dict = {}
    todo = []
    for text, gold in jobs:
        known = _cache.get((grader, text, gold)) or (equality.quick(gold, text) if grader == "ours" else None)
        if known is None:
            todo.append((text, gold))
        else:
            verdicts[text, gold] = (*known, False)
    size = min(len(todo), workers or _default_workers())
    if size > 1:
        with ThreadPoolExecutor(size) as threads:  # each waits for one worker process at a time
            found = list(threads.map(lambda job: _ask_worker(grader, job[1], job[0], timeout), todo))
    else:
        found = [_ask_worker(grader, gold, text, timeout) for text, gold in todo]
    if len(_cache) > CACHE_PAIRS:
        _cache.clear()
    for (text, gold), (correct, reason, undecided) in zip(todo, found, strict=True):
        verdicts[text, gold] = (correct, reason, undecided)
        if not undecided and len(text) < 1000:
            _cache[grader, text, gold] = (correct, reason)
    return verdicts


def _default_workers() -> int:
    ranks = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, min(4, (os.cpu_count() or 1) // ranks))


# --------------------------------------------------------------------------------------------------------------------
# Grading
# --------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _gold_understood(gold: str) -> bool:
    return equality.understood(gold)


def is_equivalent(*, answer: str, gold: str) -> bool:
    """Whether a bare answer equals the gold. Safe on any input: undecided counts as different."""
    return _decide([(answer, gold)], "ours", DEADLINE_S, 1)[answer, gold][0]


def _fault(completion: str, graded: str, require_think_end: bool, exactly_one_box: bool) -> str | None:
    """What is wrong with a completion's form, whatever it answers."""
    if require_think_end and "</think>" not in completion:
        return "no </think>"
    return "not exactly one box" if exactly_one_box and graded.count("\\boxed") != 1 else None


def grade_batch(
    completions: list[str],
    golds: list[str],
    *,
    require_think_end: bool = False,
    final_line_fallback: bool = True,
    exactly_one_box: bool = False,
    grader: str = "ours",
    timeout: float = DEADLINE_S,
    workers: int | None = None,
) -> list[Grade]:
    """Grade completions against golds, in input order.

    Args:
        completions: the models' texts.
        golds: one reference answer for each completion.
        require_think_end: a completion without `</think>` is wrong (the paper's training rule).
        final_line_fallback: see `extract_answer`.
        exactly_one_box: a graded text without exactly one `\\boxed` is wrong (the Zero-Math-7B recipe).
        grader: "ours", or "paper" for the OR of two comparisons that the paper used.
        timeout: seconds for one answer; at it the worker is killed and the answer is wrong and undecided.
        workers: processes; by default at most 4 and at most this rank's share of the cores.

    Raises:
        ValueError: unequal lengths or an unknown grader.
    """
    if len(completions) != len(golds):
        raise ValueError(f"{len(completions)} completions but {len(golds)} golds")
    if grader not in MEMORY_BYTES:
        raise ValueError(f"unknown grader {grader!r}: choose from {sorted(MEMORY_BYTES)}")
    grades: list[Grade | None] = [None] * len(golds)
    jobs: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for i, (completion, gold) in enumerate(zip(completions, golds, strict=True)):
        if "\\boxed" in gold or _MARKER.search(gold):
            gold = extract_answer(gold) or ""
        graded = completion.rpartition("</think>")[2]
        fault = _fault(completion, graded, require_think_end, exactly_one_box)
        answer = None if fault else extract_answer(graded, final_line_fallback=final_line_fallback)
        if fault or (answer is None and grader == "ours"):
            grades[i] = Grade(False, answer, fault or "no answer", gold_parsed=_gold_understood(gold))
        else:
            text = answer if grader == "ours" else graded[-RESPONSE_CHARS:]
            jobs.setdefault((text, gold), []).append((i, answer))
    verdicts = _decide(list(jobs), grader, timeout, workers)
    for (text, gold), rows in jobs.items():
        correct, reason, undecided = verdicts[text, gold]
        parsed = _gold_understood(gold)
        for i, answer in rows:
            why = reason if parsed or correct else "unparseable gold"
            grades[i] = Grade(correct, answer, why, undecided=undecided, gold_parsed=parsed)
    return grades


# --------------------------------------------------------------------------------------------------------------------
# Rewards in TRL's signature
# --------------------------------------------------------------------------------------------------------------------


def _text(completion: str | list[dict]) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def accuracy_reward(
    completions: list,
    final_answer: list[str],
    *,
    require_think_end: bool = True,
    exactly_one_box: bool = False,
    final_line_fallback: bool = False,
    grader: str = "ours",
    timeout: float = DEADLINE_S,
    log_extra: Callable[[str, list], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **kwargs,
) -> list[float | None]:
    """+1 for a correct completion, -1 for a wrong one, None (TRL skips the row) for a gold nobody can understand.

    The scores and the `</think>` rule are the paper's (`reward_func.py`). Options are those of `grade_batch`; the
    rest of the signature is TRL's: `final_answer` is the data set's column, `completions` are strings or lists of
    chat messages. Logs `reward/undecided` and `reward/unparseable_gold` (fractions of the batch) and the columns
    `gold`, `answer` and `verdict`.
    """
    grades = grade_batch(
        [_text(c) for c in completions],
        list(final_answer),
        require_think_end=require_think_end,
        exactly_one_box=exactly_one_box,
        final_line_fallback=final_line_fallback,
        grader=grader,
        timeout=timeout,
    )
    if log_extra is not None:
        log_extra("gold", list(final_answer))
        log_extra("answer", [g.answer if g.answer is not None else "[none]" for g in grades])
        log_extra("verdict", [g.reason for g in grades])
    if log_metric is not None and grades:
        log_metric("reward/undecided", sum(g.undecided for g in grades) / len(grades))
        log_metric("reward/unparseable_gold", sum(not g.gold_parsed for g in grades) / len(grades))
    return [(1.0 if g.correct else -1.0) if g.gold_parsed else None for g in grades]


def soft_overlong_penalty(max_completion_length: int, buffer: int) -> Callable[..., list[float]]:
    """DAPO's soft overlong punishment (arXiv 2503.14476, Eq. 13) as a TRL reward function.

    0 up to `max_completion_length - buffer` tokens, then falling linearly to -1 at `max_completion_length`.
    TRL's own; imported here so that grading alone does not import TRL.
    """
    from trl.rewards import get_soft_overlong_punishment

    return get_soft_overlong_punishment(max_completion_length, buffer)


# --------------------------------------------------------------------------------------------------------------------
# The paper's rule (runs in workers only)
# --------------------------------------------------------------------------------------------------------------------


def _paper_rule(gold: str, response: str) -> tuple[bool, str]:
    """The OR by which the paper graded training and evaluation (DeepMath `reward_func.py`, `uni_eval.py`).

    Written anew: an OpenMathInstruct-style comparison of the last box, the same of the text after "The answer is: ",
    and math-verify on the whole response against `\\boxed{$GOLD}$` (sic, the dollar stands outside the brace). The
    original ran answers through sympy's `parse_expr`, which executes Python; here they meet this repository's parser.
    On OlympiadBench the paper asked that benchmark's own judge as a third, which is not here.
    """
    from math_verify import parse, verify

    boxes = [m.end() for m in _BOX.finditer(response)]
    candidates = [_box_content(response, boxes[-1])[0] if boxes else None]
    _, said, tail = response.rpartition("The answer is: ")
    candidates.append(tail.strip() if said else None)
    if any(c and equality.loosely_equal(gold, c) for c in candidates):
        return True, "equal by OpenMathInstruct's rule"
    # math-verify's own time-outs share SIGALRM with the worker's: the worker's deadline bounds both halves.
    reference = parse("\\boxed{$" + gold + "}$", parsing_timeout=None)
    correct = bool(verify(reference, parse(response, parsing_timeout=None), timeout_seconds=None))
    return correct, "equal by math-verify" if correct else "different"


# --------------------------------------------------------------------------------------------------------------------
# The worker's side
# --------------------------------------------------------------------------------------------------------------------


# What mpmath (and, under the paper's rule, sympy and ANTLR) raise on text that has no value. Anything else ends the
# process, and the caller sees "worker died" for this one answer.
_EVALUATION_ERRORS = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip


def _read_exactly(fd: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = os.read(fd, size - len(data))
        if not chunk:
            os._exit(0)  # the parent is gone
        data += chunk
    return data


def _serve(grader: str) -> None:
    """Answer requests until the parent closes the pipe."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES[grader],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the parent decides
    requests, replies = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)  # what a library prints must not reach the protocol
    compare = equality.equivalent if grader == "ours" else _paper_rule
    compare(r"\frac{\pi}{4}+\ln 2", r"\boxed{\arctan 1+\log_e 2}")  # imports and caches, before the clock runs
    _write_frame(replies, ["ready"])
    while True:
        size = struct.unpack(">I", _read_exactly(requests, 4))[0]
        timeout, gold, text = json.loads(_read_exactly(requests, size))
        # Should the parent die in the middle of a C-level loop, the kernel still ends this process.
        signal.setitimer(signal.ITIMER_REAL, timeout + 2.0)
        try:
            verdict = list(compare(gold, text))
        except _EVALUATION_ERRORS as error:
            verdict = [False, f"no value: {type(error).__name__}"]
        _write_frame(replies, verdict)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        _serve(sys.argv[2])
