"""What has changed, told to everybody who listens: server-sent events for the page."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

KEEP_ALIVE_SECONDS = 15.0

Change = dict[str, Any]


class Changes:
    """Passes each change on to all listeners."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change | None]] = set()

    def tell(self, kind: str, channel: str | None = None) -> None:
        """Tell every listener that something of `kind` changed (in `channel`, if it has one)."""
        for listener in self._listeners:
            listener.put_nowait({"type": kind, "channel": channel})

    def close(self) -> None:
        """End all streams."""
        for listener in self._listeners:
            listener.put_nowait(None)

    def routes(self) -> list[web.RouteDef]:
        """`GET /sandbox/stream`."""
        return [web.get("/sandbox/stream", self._stream)]

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        listener: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(listener)  # first: whoever reads "listening" misses nothing
        await response.write(b": listening\n\n")
        try:
            with suppress(ConnectionError):
                await _pass_on(listener, response)
        finally:
            self._listeners.discard(listener)
        return response


async def _pass_on(listener: asyncio.Queue[Change | None], response: web.StreamResponse) -> None:
    while True:
        try:
            change = await asyncio.wait_for(listener.get(), KEEP_ALIVE_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if change is None:
            return
        await response.write(f"data: {json.dumps(change)}\n\n".encode())
