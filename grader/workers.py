"""Worker processes: every comparison that strings and plain numbers cannot decide runs where it can be killed.

A worker is a fresh interpreter (`python -m grader.workers ours`) that answers one line of JSON at a time over a socket
of its own. So it works after CUDA is initialised, off the main thread, on every rank and in a notebook, never imports
the training script, and ends when its parent does. Linux and macOS.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

from grader.words import quick

DEADLINE_S = 3.0  # CPU seconds an answer may take; the worker is killed at it, so a busy machine changes no verdict
WALL_FACTOR = 10  # times as many seconds as the deadline's CPU seconds may pass on the clock
START_S = 6.0  # CPU seconds a worker may take to import what it needs, ten times as many on a busy machine
CACHE_PAIRS = 65536  # decided (answer, gold) pairs kept across batches
MEMORY_BYTES = {"ours": 1 << 30, "paper": 4 << 30, "math_verify": 4 << 30}  # address space; sympy and ANTLR take much
# What mpmath (and, under the paper's rule, sympy and ANTLR) raise on text that has no value. Anything else ends the
# process, and the caller sees "worker died" for this one answer.
_EVALUATION_ERRORS = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip


def serve(grader: str) -> None:
    """Answer requests on the socket that is this process's stdin until the parent closes it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)  # they reach the parent's whole group, and the parent decides
    from grader.equality import equivalent
    from grader.paper_rule import math_verify, paper_rule

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES[grader],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    compare = {"ours": equivalent, "paper": paper_rule, "math_verify": math_verify}[grader]
    compare(r"\frac{\pi}{4}+\ln 2", r"\boxed{\arctan 1+\log_e 2}")  # imports and caches, before the clock runs
    compare(r"\Gamma(1/3)\zeta(3)", r"\boxed{\zeta(3)\Gamma(1/3)}")  # and constants, to all digits
    link = socket.socket(fileno=0).makefile("rw")
    for line in link:
        timeout, gold, text = json.loads(line)
        # Should the parent die in the middle of a C-level loop, the kernel still ends this process.
        signal.setitimer(signal.ITIMER_REAL, WALL_FACTOR * timeout + 2.0)
        signal.setitimer(signal.ITIMER_PROF, timeout)  # CPU seconds: SIGPROF ends the process wherever it is
        try:
            verdict = compare(gold, text)
        except _EVALUATION_ERRORS as error:
            verdict = False, f"no value: {type(error).__name__}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(verdict), file=link, flush=True)
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Worker:
    """One child process that answers one request at a time."""

    def __init__(self, grader: str):
        command = [sys.executable, "-m", "grader.workers", grader]
        root, quiet = Path(__file__).resolve().parent.parent, subprocess.DEVNULL
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(command, cwd=root, stdin=theirs, stdout=quiet, stderr=quiet)
        self.replies = self.socket.makefile("rb")
        if self.ask("1", "1", START_S)[2]:
            self.close()
            raise RuntimeError(f"the {grader} grader's worker did not start: {' '.join(command)}")

    def ask(self, gold: str, text: str, timeout: float) -> tuple[bool, str, bool]:
        """(correct, reason, undecided); undecided at the deadline (CPU seconds) and when the process is gone."""
        self.socket.settimeout(WALL_FACTOR * timeout)  # CPU seconds are the worker's own to count
        try:
            self.socket.sendall(json.dumps([timeout, gold, text]).encode() + b"\n")
            reply = self.replies.readline()
        except TimeoutError:
            return False, "deadline", True
        except ConnectionError:
            reply = b""
        if reply:
            return (*json.loads(reply), False)
        return False, "deadline" if self.process.wait() == -signal.SIGPROF else "worker died", True

    def close(self) -> None:
        self.process.kill()
        self.replies.close()
        self.socket.close()
        self.process.wait()


_idle: dict[str, list[_Worker]] = {grader: [] for grader in MEMORY_BYTES}  # warm ones; append and pop are atomic
_cache: dict[tuple, tuple[bool, str]] = {}


@atexit.register
def _close_workers() -> None:
    for workers in _idle.values():
        while workers:
            workers.pop().close()


# A forked child must not talk over its parent's sockets.
os.register_at_fork(after_in_child=lambda: _idle.update({grader: [] for grader in MEMORY_BYTES}))


def _ask_worker(grader: str, gold: str, text: str, timeout: float) -> tuple[bool, str, bool]:
    """(correct, reason, undecided) from a warm worker or a new one, which is killed when it fails."""
    worker = None
    while worker is None:
        try:
            worker = _idle[grader].pop()
        except IndexError:
            worker = _Worker(grader)
        if worker.process.poll() is not None:  # it died while idle
            worker = worker.close()
    verdict = worker.ask(gold, text, timeout)
    if verdict[2]:
        worker.close()
    else:
        _idle[grader].append(worker)
    return verdict


def decide(jobs: list[tuple[str, str]], grader: str, timeout: float, workers: int | None) -> dict:
    """{(text, gold): (correct, reason, undecided)} for distinct jobs: what strings cannot decide goes to workers."""
    from concurrent.futures import ThreadPoolExecutor  # a worker, which imports this file too, needs none of it

    verdicts: dict = {}
    for text, gold in jobs:
        known = _cache.get((grader, text, gold)) or (quick(gold, text) if grader == "ours" else None)
        if known is not None:
            verdicts[text, gold] = (*known, False)
    todo = [job for job in jobs if job not in verdicts]
    if len(_cache) > CACHE_PAIRS:
        _cache.clear()
    cores = (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))  # this rank's share
    size = min(len(todo), workers or min(4, cores))

    def ask(job: tuple[str, str]) -> tuple[bool, str, bool]:
        return _ask_worker(grader, job[1], job[0], timeout)

    # Each thread waits for one worker process at a time; an interrupt meets none of them between question and reply.
    with ThreadPoolExecutor(max(1, size)) as threads:
        found = (threads.map if size > 1 else map)(ask, todo)  # for one worker threads cost more than they bring
        for (text, gold), verdict in zip(todo, found, strict=True):
            verdicts[text, gold] = verdict
            if not verdict[2] and len(text) < 1000:
                _cache[grader, text, gold] = verdict[:2]
    return verdicts


if __name__ == "__main__":
    serve(sys.argv[1])
