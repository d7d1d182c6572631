"""Bodies, unpacked no further than a limit: a bomb or an endless page ends there."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import httpx

from scrapers.fetching.answers import FetchRefused

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_ZLIB_METHOD = 8

Unpack = Callable[[bytes, int], bytes]
"""A chunk, and how many bytes of it are wanted at most → its bytes. Raises httpx.DecodingError."""


async def read(answer: httpx.Response, limit: int) -> tuple[bytes, int]:
    """The unpacked body, and how many bytes came over the wire.

    Raises FetchRefused when either is more than `limit`, httpx.DecodingError for a body that is
    not packed as the host says.
    """
    stated = answer.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise FetchRefused(f"{answer.url} is not fetched: it is {stated} bytes, more than {limit}")
    unpacked = Unpacked(answer.headers.get("content-encoding", ""))
    body, size = bytearray(), 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        body += unpacked.add(chunk, limit + 1 - len(body))
        if max(len(body), size) > limit:
            raise FetchRefused(f"{answer.url} is not fetched: it is more than {limit} bytes")
    unpacked.end()
    return bytes(body), size


class Unpacked:
    """Unpacks what was packed once, with gzip or deflate: nothing else was asked for."""

    def __init__(self, coding: str) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise httpx.DecodingError(f"it is packed with {coding!r}, which was not asked for")
        self._inflate: zlib._Decompress | None = None

    def add(self, chunk: bytes, most: int) -> bytes:
        """At most `most` bytes of what a chunk holds."""
        if self._coding in {"", "identity"}:
            return chunk[:most]
        out = bytearray()
        try:
            while chunk and len(out) < most:
                if self._inflate is None or self._inflate.eof:  # gzip: members may follow
                    self._inflate = zlib.decompressobj(self._window(chunk))
                out += self._inflate.decompress(chunk, most - len(out))
                chunk = self._inflate.unused_data
        except zlib.error as error:
            raise httpx.DecodingError(f"it is not packed as it says: {error}") from None
        return bytes(out)

    def end(self) -> None:
        """Raise httpx.DecodingError when the last bytes are missing."""
        if self._inflate and not self._inflate.eof:
            raise httpx.DecodingError("it ended early")

    def _window(self, chunk: bytes) -> int:
        """Deflate is meant with zlib's header (RFC 9110, 8.4.1.2); some servers leave it out."""
        if self._coding != "deflate":
            return _GZIP
        return _ZLIB if chunk[0] & 0x0F == _ZLIB_METHOD else _RAW
