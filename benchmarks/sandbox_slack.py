"""Slack as the sandbox plays it, one workspace a bot: what a person there waits for."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp

from benchmarks.service import ROOT

Json = dict[str, Any]


class Workspace:
    """One sandbox; `ask` types a command there and waits for the answer."""

    def __init__(self, ready: Json, session: aiohttp.ClientSession) -> None:
        self.ready, self._session = ready, session

    async def connected(self) -> None:
        """Wait until a bot has connected."""
        while not (await self._json("GET", "sandbox/sockets"))["connected"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # another process: there is nothing to wait on

    async def ask(self, command: str, text: str) -> tuple[float, Json]:
        """Return the seconds from the command to its answer, and the answer."""
        typed = {"as": "U0TOMBECKER", "channel": "C0STOCK", "text": f"{command} {text}"}
        began = time.perf_counter()
        answer = await self._json("POST", "sandbox/commands", typed)
        return time.perf_counter() - began, answer.get("response") or answer

    async def _json(self, method: str, path: str, body: Json | None = None) -> Json:
        url = self.ready["page"] + path
        async with self._session.request(method, url, json=body) as answer:
            said: Json = await answer.json()
            return said


@asynccontextmanager
async def workspaces(count: int) -> AsyncIterator[list[Workspace]]:
    """Start sandboxes; they end when their input is closed."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield [await stack.enter_async_context(_workspace(session)) for _ in range(count)]


@asynccontextmanager
async def _workspace(session: aiohttp.ClientSession) -> AsyncIterator[Workspace]:
    command = ("-m", "sandbox", "--port", "0", "--smtp-port", "0", "--until-stdin-closes")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Workspace(json.loads(await process.stdout.readline()), session)
    finally:
        process.stdin.close()
        await process.wait()
