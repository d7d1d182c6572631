"""Pages that are too big, too slow, or not packed as they say."""

import asyncio
import contextlib
import gzip
import tracemalloc
import zlib
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from scrapers.fetch import FetchFailed, FetchRefused
from tests.support.fetching import Handler, changed, page, shop


async def test_a_page_that_says_it_is_too_big_is_refused() -> None:
    settings = changed(max_bytes=5000)
    async with shop({"/p": page("x" * 6000)}, settings) as it:
        with pytest.raises(FetchRefused, match="6000 bytes, more than 5000"):
            await it.fetcher.get(it.url("/p"))


def packed(body: bytes, coding: str = "gzip") -> Handler:
    """A page that says how it is packed, truly or not."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Encoding": coding})

    return handler


def raw_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


gzipped = partial(gzip.compress, mtime=0)  # without the time: the same in every process

BOMB = gzipped(bytes(300_000_000), 9)
"""60 MB of zeros in 60 KB."""


async def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    async with shop({"/p": packed(BOMB)}) as it:
        tracemalloc.start()
        try:
            with pytest.raises(FetchRefused, match="more than 5000000 bytes"):
                await it.fetcher.get(it.url("/p"))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 25_000_000


async def test_a_page_without_end_is_refused() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await answer.write(bytes(65_536))
        return answer

    async with shop({"/p": endless}, changed(max_bytes=500_000)) as it:
        with pytest.raises(FetchRefused, match="more than 500000 bytes"):
            await it.fetcher.get(it.url("/p"))


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzipped(b"price"), "gzip"),
        (gzipped(b"pri") + gzipped(b"ce"), "x-gzip"),  # two members are one page
        (zlib.compress(b"price"), "deflate"),
        (raw_deflate(b"price"), "deflate"),  # as some servers mean it
        (b"price", "identity"),
    ],
    ids=["gzip", "two members", "zlib", "raw deflate", "plain"],
)
async def test_a_packed_page_is_unpacked(body: bytes, coding: str) -> None:
    async with shop({"/p": packed(body, coding)}) as it:
        assert (await it.fetcher.get(it.url("/p"))).body == b"price"
    assert it.notes[-1].bytes == len(body)


@pytest.mark.parametrize(
    ("body", "coding", "told"),
    [
        (b"plain", "gzip", "not packed as it says"),
        (gzipped(b"price" * 99)[:-9], "gzip", "it ended early"),
        (b"plain", "br", "packed with 'br', which was not asked for"),
        (gzipped(gzipped(b"price")), "gzip, gzip", "which was not asked for"),
    ],
)
async def test_a_page_that_lies_about_its_packing_fails(
    body: bytes, coding: str, told: str
) -> None:
    async with shop({"/p": packed(body, coding)}) as it:
        with pytest.raises(FetchFailed, match=told):
            await it.fetcher.get(it.url("/p"))


async def test_a_page_shorter_than_it_says_fails() -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n$9.99")
        request.transport.close()
        return web.Response()

    async with shop({"/p": short}) as it:
        with pytest.raises(FetchFailed, match="could not be read"):
            await it.fetcher.get(it.url("/p"))


async def test_a_page_that_drips_without_end_is_given_up() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"x")
        await asyncio.Event().wait()
        return answer

    settings = changed(timeout=timedelta(seconds=0.1), patience=timedelta(0))
    async with shop({"/p": drip}, settings) as it:
        with pytest.raises(FetchFailed, match="did not answer in time"):
            await it.fetcher.get(it.url("/p"))
