"""Many requests to a server that may fail: asked again, given up one by one, and stopped at once by Ctrl-C.

Real servers answer with error pages, half a JSON, or status 200 and an answer cut off on their side. `openai`'s client
takes these for answers, counts tries instead of time, never tries a 403 again and sleeps through Ctrl-C; httpx's
transports retry only connecting. So httpx sends, one event loop waits, and what is tried again is decided here:

- a failed try is made again after a pause, for `patience` seconds since that request first failed;
- then its sample is missing, and the others go on; so is that of a request which the server refuses for good;
- when nothing at all has been answered for `patience` seconds and everything under way is failing, it is the server.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime

import httpx

from cli import InputError
from evaluation.backend import Emit, Request

LONGEST_PAUSE_S = 60.0  # between two tries
REFUSED_AT_FIRST = 8  # so many problems refused before any was answered: it is what every request has in common


class TryAgain(Exception):
    """A try that gave no answer.

    Args:
        why: for a message.
        pause: seconds that the server asks to wait, None where it does not.
    """

    def __init__(self, why: str, pause: float | None = None):
        super().__init__(why)
        self.pause = pause


class Refused(Exception):
    """The server will never answer this request; says why."""


class Unusable(Exception):
    """The server will never answer any request; says why."""


def seconds_to_wait(retry_after: str | None) -> float | None:
    """What a Retry-After header asks for, in seconds: a number of them, or a date; None where it is neither."""
    for read in (float, lambda date: parsedate_to_datetime(date).timestamp() - time.time()):
        try:
            seconds = read(retry_after)
        except (ValueError, TypeError, OverflowError):
            continue
        return seconds if seconds >= 0 else None  # a date that is past, nan
    return None


class Asking:
    """The requests of one benchmark, `--server_concurrency` of them under way at a time.

    Args:
        new_client: makes a client. Every worker has its own: a shared one looks through all of its connections for
            every request, which takes 44 s of CPU for 2,000 requests at a concurrency of 256.
        ask: one try of one request with a client: the arguments of `emit`. Raises `TryAgain`, `Refused` or `Unusable`.
        emit: takes every answer.
        args: server_concurrency; server_patience, in seconds.
    """

    def __init__(self, new_client: Callable[[], httpx.AsyncClient], ask: Callable[..., Awaitable], emit: Emit, args):
        self.new_client, self.ask, self.emit = new_client, ask, emit
        self.concurrency, self.patience = args.server_concurrency, args.server_patience
        self.lost: list[tuple[Request, str]] = []
        self.refused: set[str] = set()  # problems
        self.answers, self.under_way, self.failing = 0, 0, 0  # requests
        self.silent_since: float | None = None  # the first failure after the last answer
        self.unusable = self.silent = ""  # why no more is asked
        self.over = asyncio.Event()

    async def run(self, requests: list[Request]) -> list[tuple[Request, str]]:
        """Ask all; when the server fails for good, those under way may still end.

        Returns:
            The requests that were never answered, and why.

        Raises:
            InputError: the server is of no use, or it fails and there are requests that were not even tried.
        """
        waiting = iter(requests)
        await asyncio.gather(*(self.work(waiting) for _ in range(min(self.concurrency, len(requests)))))
        if self.unusable:
            raise InputError(f"{self.unusable}; the finished samples are kept")
        if self.silent and next(waiting, None) is not None:
            raise InputError(
                f"{self.silent}; the finished samples are kept: start the same command again when it is back"
            )
        return self.lost

    async def work(self, waiting) -> None:
        """One of `concurrency` workers that share the requests."""
        async with self.new_client() as client:
            while (request := await self.next_one(waiting)) is not None:
                self.under_way += 1
                try:
                    await self.make(client, request)
                except Unusable as error:
                    self.unusable = str(error)
                    self.over.set()
                self.under_way -= 1

    async def next_one(self, waiting) -> Request | None:
        """The next request to start, None when there is none."""
        while not self.over.is_set():
            if len(self.refused) >= REFUSED_AT_FIRST and not self.answers:
                if not self.under_way:
                    request, why = self.lost[-1]
                    first = f"{request.benchmark}, problem {request.problem}"
                    self.unusable = f"the server refuses {first}: {why}; it has answered no other problem either"
                    self.over.set()
                await asyncio.sleep(0.1)
                continue
            return next(waiting, None)
        return None

    async def make(self, client: httpx.AsyncClient, request: Request) -> None:
        """Emit a request's answer, or note it as lost."""
        failed_at, pause = None, 0.5
        try:
            while True:
                try:
                    answer = await self.ask(client, request)
                except Refused as error:
                    self.refused.add(request.problem)
                    return self.lost.append((request, str(error)))
                except TryAgain as error:
                    if failed_at is None:
                        failed_at = time.monotonic()
                        self.failing += 1
                    if self.gives_up(failed_at, str(error)):
                        return self.lost.append((request, str(error)))
                    await self.sleep(pause * random.uniform(0.5, 1.5) if error.pause is None else error.pause)
                    pause = min(2 * pause, LONGEST_PAUSE_S)
                    continue
                self.answers, self.silent_since = self.answers + 1, None
                return self.emit(*answer)
        finally:
            self.failing -= failed_at is not None

    def gives_up(self, failed_at: float, why: str) -> bool:
        """Whether a request that failed again is lost; ends everything when it is the server that fails."""
        now = time.monotonic()
        self.silent_since = self.silent_since or now
        if self.over.is_set() or now - failed_at > self.patience:
            return True
        if now - self.silent_since > self.patience and self.failing == self.under_way:
            self.silent = f"the server fails for {self.patience:g} s ({why})"
            self.over.set()
        return self.over.is_set()

    async def sleep(self, seconds: float) -> None:
        """A pause that ends early when all is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), min(seconds, LONGEST_PAUSE_S))
