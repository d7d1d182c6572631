"""Pages read in a process of their own: one that takes long, or breaks its reader, stops nobody.

The service hands page by page to `python -m scrapers.reading_process`, a line of JSON and the
bytes, and takes the offers back as lines of JSON, in the same order. The process ends with the
service.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from scrapers.page.model import Offer

LIMIT = 30.0
"""Seconds that a page may take; the slowest that is known takes a third of one."""

_LONGEST_LINE = 2**24


class ReadingFailed(Exception):
    """A page that could not be read; its words say why."""


class _Asked(NamedTuple):
    question: bytes
    answer: asyncio.Future[bytes]


class Reader:
    """A process that reads pages, for one round; use it as an async context manager.

    A page that takes more than `limit` seconds, or ends the process, is given up, and the next
    ones get a new process.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._asked: deque[_Asked] = deque()
        self._is_asked = asyncio.Event()
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def read(
        self,
        body: bytes,
        url: str,
        *,
        content_type: str | None = None,
        status: int = 200,
        selectors: Mapping[str, str] | None = None,
    ) -> Offer:
        """What `scrapers.offer.read_offer` says of a page.

        Raises ReadingFailed for selectors that are no CSS, and for a page that broke its reader.
        """
        said = {"url": url, "content_type": content_type, "status": status}
        head = json.dumps({"size": len(body), "said": said | {"selectors": dict(selectors or {})}})
        asked = _Asked(head.encode() + b"\n" + body, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self._is_asked.set()
        if self._process and self._process.stdin:
            self._process.stdin.write(asked.question)
        answer = await asked.answer
        if answer.startswith(b"!"):
            raise ReadingFailed(answer[1:].decode().strip())
        return Offer.model_validate_json(answer)

    async def _run(self) -> None:
        """Keep a process while anything is asked; what one left unread the next one is asked."""
        while await self._is_asked.wait():
            try:
                why = await self._one_process()
            except OSError as error:
                why = f"its reader did not start: {error.strerror}"
            if why:
                self._give(ReadingFailed(why))

    async def _one_process(self) -> str | None:
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "scrapers.reading_process"),
            stdin=PIPE,
            stdout=PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for the service, which ends it then
        )
        try:
            return await self._answers(process)
        finally:
            self._process = None
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _answers(self, process: Process) -> str | None:
        """Hand out a process's answers; return why a page got none, None if it ended idle."""
        assert process.stdin and process.stdout  # noqa: S101, PT018  (both are pipes)
        for asked in self._asked:
            process.stdin.write(asked.question)
        while True:
            await self._is_asked.wait()
            if process.stdout.at_eof():
                return None
            try:
                async with asyncio.timeout(self._limit):
                    answer = await process.stdout.readline()
            except TimeoutError:
                return f"reading it took more than {self._limit:g} seconds"
            if not answer.endswith(b"\n"):
                return "its reader ended"
            self._give(answer)

    def _give(self, answer: bytes | ReadingFailed) -> None:
        """Answer what was asked first, unless nobody waits for it any more."""
        future = self._asked.popleft().answer
        if not self._asked:
            self._is_asked.clear()
        if future.done():
            return
        if isinstance(answer, bytes):
            future.set_result(answer)
        else:
            future.set_exception(answer)
