"""The worker's side: a process of its own that compares answers until its parent closes the pipe.

Started by its path, `python grader/worker.py ours`, so that it works from any folder.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from pathlib import Path

MEMORY_BYTES = {"ours": 1 << 30, "paper": 4 << 30, "math_verify": 4 << 30}  # address space; sympy and ANTLR take much
WALL_FACTOR = 10  # times as many seconds as the deadline's CPU seconds may pass on the clock
# What mpmath (and, under the paper's rule, sympy and ANTLR) raise on text that has no value. Anything else ends the
# process, and the caller sees "worker died" for this one answer.
_EVALUATION_ERRORS = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip


def write_frame(fd: int, message: list) -> None:
    payload = json.dumps(message).encode()
    data = struct.pack(">I", len(payload)) + payload
    while data:
        data = data[os.write(fd, data) :]


def _read_exactly(fd: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = os.read(fd, size - len(data))
        if not chunk:
            os._exit(0)  # the parent is gone
        data += chunk
    return data


def serve(grader: str) -> None:
    """Answer requests until the parent closes the pipe."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)  # they reach the parent's whole group, and the parent decides
    import resource

    from grader.equality import equivalent
    from grader.paper_rule import math_verify, paper_rule

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES[grader],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, replies = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)  # what a library prints must not reach the protocol
    compare = {"ours": equivalent, "paper": paper_rule, "math_verify": math_verify}[grader]
    compare(r"\frac{\pi}{4}+\ln 2", r"\boxed{\arctan 1+\log_e 2}")  # imports and caches, before the clock runs
    compare(r"\Gamma(1/3)\zeta(3)", r"\boxed{\zeta(3)\Gamma(1/3)}")  # and constants, to all digits
    write_frame(replies, ["ready"])
    while True:
        size = struct.unpack(">I", _read_exactly(requests, 4))[0]
        timeout, gold, text = json.loads(_read_exactly(requests, size))
        # Should the parent die in the middle of a C-level loop, the kernel still ends this process.
        signal.setitimer(signal.ITIMER_REAL, WALL_FACTOR * timeout + 2.0)
        signal.setitimer(signal.ITIMER_PROF, timeout)  # CPU seconds: SIGPROF ends the process wherever it is
        try:
            verdict = list(compare(gold, text))
        except _EVALUATION_ERRORS as error:
            verdict = [False, f"no value: {type(error).__name__}"]
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(replies, verdict)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)  # the repository, where python put this file's folder
    serve(sys.argv[1])
