"""A request's body, read as it comes: not more, not longer than is allowed."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from bot.web.problems import Problem
from core.sections import PushSettings

GZIP = 16 + zlib.MAX_WBITS
"""What tells zlib that there is a gzip header and checksum (zlib's `wbits`)."""
MORE_FOLLOWS = "something follows the gzip data of the body"
BUSY_SECONDS = 2
"""How long somebody is asked to wait while others' bodies are read."""


class Receiver:
    """Reads bodies: so many at once, so large, so long; gzip is unpacked within the same limit."""

    def __init__(self, limits: PushSettings) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(limits.at_once)

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a body while there is a place for it. Raises Problem."""
        if self._places.locked():
            again = {"Retry-After": str(BUSY_SECONDS)}
            raise Problem(503, "others are sending just now; come again", again)
        async with self._places:
            yield await self._received(request)

    async def _received(self, request: Request) -> bytes:
        gzip = _is_gzip(request)
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.max_bytes:
            raise self._too_large()
        within = self._limits.receive_within.total_seconds()
        try:
            async with asyncio.timeout(within):
                return await self._read(request, gzip=gzip)
        except TimeoutError:
            raise Problem(408, f"the body did not come within {within:g} seconds") from None
        except ClientDisconnect:
            raise Problem(400, "the body was cut off") from None

    async def _read(self, request: Request, *, gzip: bool) -> bytes:
        body, unpacker = bytearray(), _Unpacker() if gzip else None
        async for chunk in request.stream():
            room = self._limits.max_bytes + 1 - len(body)
            body += unpacker.unpack(chunk, room) if unpacker else chunk
            if len(body) > self._limits.max_bytes:
                raise self._too_large()
        if unpacker and not unpacker.complete:
            raise Problem(400, "the gzip data of the body are cut short")
        return bytes(body)

    def _too_large(self) -> Problem:
        return Problem(
            413, f"a body has at most {self._limits.max_bytes:,} bytes, unpacked; send it in parts"
        )


class _Unpacker:
    """Unpacks gzip piece by piece, never more than there is room for."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(GZIP)

    @property
    def complete(self) -> bool:
        return self._zlib.eof

    def unpack(self, chunk: bytes, room: int) -> bytes:
        if self._zlib.eof and chunk:
            raise Problem(400, MORE_FOLLOWS)
        try:
            part = self._zlib.decompress(chunk, room)
        except zlib.error:
            raise Problem(400, "the body is not the gzip that its Content-Encoding says") from None
        if self._zlib.unused_data:
            raise Problem(400, MORE_FOLLOWS)
        return part


def _is_gzip(request: Request) -> bool:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        accepted = {"Accept-Encoding": "gzip"}
        raise Problem(415, f"Content-Encoding {encoding!r} is not taken; use gzip", accepted)
    return encoding == "gzip"
