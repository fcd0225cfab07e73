"""Worker processes: every comparison that strings and plain numbers cannot decide runs where it can be killed.

A worker (worker.py) is a fresh interpreter, started by its path, that answers one length-prefixed JSON request at a
time over its own pipes. So it works after CUDA is initialised, off the main thread, on every rank and in a notebook,
never imports the training script, and ends when its parent does. Linux and macOS.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.words import quick
from grader.worker import WALL_FACTOR, write_frame

DEADLINE_S = 3.0  # CPU seconds an answer may take; the worker is killed at it, so a busy machine changes no verdict
START_S = 60.0  # seconds a worker may take to import what it needs, on a busy machine
CACHE_PAIRS = 65536  # decided (answer, gold) pairs kept across batches


class _WorkerError(Exception):
    """The worker passed its deadline or died; str() says which."""


class _Worker:
    """One child process that answers one length-prefixed JSON request at a time over its pipes."""

    def __init__(self, grader: str):
        self.grader = grader
        command = [sys.executable, str(Path(__file__).resolve().parent / "worker.py"), grader]
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
            write_frame(self.process.stdin.fileno(), [timeout, *request])
        except OSError as error:
            raise _WorkerError("worker died") from error
        return self.read(time.monotonic() + WALL_FACTOR * timeout)  # CPU seconds are the worker's own to count

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
                raise _WorkerError("deadline" if self.process.wait() == -signal.SIGPROF else "worker died")
            data += chunk
        return data

    def close(self) -> None:
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


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


def decide(jobs: list[tuple[str, str]], grader: str, timeout: float, workers: int | None) -> dict:
    """{(text, gold): (correct, reason, undecided)} for distinct jobs: what strings cannot decide goes to workers."""
    verdicts: dict = {}
    todo = []
    for text, gold in jobs:
        known = _cache.get((grader, text, gold)) or (quick(gold, text) if grader == "ours" else None)
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
