"""Polite fetching against a real server on the loopback address."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from scrapers.addresses import is_public
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused, FetchSettings
from scrapers.offer import read_offer

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    contact="ops@harborlane.example", allowed_private_hosts=frozenset({"shop.example"})
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Shop:
    """A shop on the loopback address, known as shop.example, and what it was asked."""

    port: int
    fetcher: Fetcher
    time: Time
    asked: list[web.Request]

    def url(self, path: str, host: str = "shop.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@asynccontextmanager
async def shop(
    pages: dict[str, Handler], settings: FetchSettings = SETTINGS
) -> AsyncIterator[Shop]:
    asked: list[web.Request] = []
    time = Time()

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        handler = pages.get(request.path, not_found)
        return await handler(request)

    async def resolver(host: str, port: int) -> list[str]:
        return ["10.0.0.7"] if host == "intranet.example" else ["127.0.0.1"]

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        fetcher = Fetcher(settings, resolver=resolver, clock=time, sleep=time.sleep)
        async with fetcher:
            assert server.port is not None
            yield Shop(server.port, fetcher, time, asked)


def page(text: str = "hello", **options: Any) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, **options)

    return handler


def to(location: str) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return handler


not_found = page("gone", status=404)


def robots(text: str, **options: Any) -> dict[str, Handler]:
    return {"/robots.txt": page(text, **options)}


async def test_a_page_comes_with_its_status_type_body_and_time() -> None:
    async with shop({"/p": page("<h1>Cup</h1>", content_type="text/html")}) as it:
        got = await it.fetcher.get(it.url("/p#reviews"))
    assert (got.status, got.body, got.not_modified) == (200, b"<h1>Cup</h1>", False)
    assert got.content_type == "text/html; charset=utf-8"
    assert got.final_url == it.url("/p")
    assert got.fetched_at == NOW + timedelta(seconds=1)  # one turn after robots.txt


async def test_we_say_who_we_are_and_whom_to_write_to() -> None:
    async with shop({"/p": page()}) as it:
        await it.fetcher.get(it.url("/p"))
    agents = {request.headers["User-Agent"] for request in it.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("Watchkeeper/")
    assert "ops@harborlane.example" in it.asked[0].headers["User-Agent"]
    assert it.asked[0].headers["Host"] == f"shop.example:{it.port}"


async def test_a_missing_page_is_a_page_with_its_status() -> None:
    async with shop({}) as it:
        got = await it.fetcher.get(it.url("/p"))
    assert (got.status, got.body) == (404, b"gone")


async def test_what_robots_forbids_is_not_fetched() -> None:
    rules = "User-agent: *\nDisallow: /*?sort=\nDisallow: /private\nAllow: /private/price"
    async with shop(robots(rules) | {"/p": page(), "/private/price": page()}) as it:
        for path in ("/p?sort=asc", "/private/stock"):
            with pytest.raises(FetchRefused, match=r"robots\.txt asks us not to"):
                await it.fetcher.get(it.url(path))
        assert (await it.fetcher.get(it.url("/private/price"))).status == 200
        assert (await it.fetcher.get(it.url("/p"))).status == 200
    assert it.paths().count("/robots.txt") == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_host_without_robots_may_be_read(status: int) -> None:
    async with shop(robots("", status=status) | {"/p": page()}) as it:
        assert (await it.fetcher.get(it.url("/p"))).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_host_whose_robots_fails_is_not_read_until_it_answers(status: int) -> None:
    pages = robots("", status=status) | {"/p": page()}
    async with shop(pages) as it:
        with pytest.raises(FetchFailed, match=r"robots\.txt does not answer properly") as failure:
            await it.fetcher.get(it.url("/p"))
        assert failure.value.retry_after == it.time.now + timedelta(minutes=5)
        pages |= robots("")
        it.time.now += timedelta(minutes=5)
        assert (await it.fetcher.get(it.url("/p"))).status == 200


async def test_robots_is_asked_again_after_a_day() -> None:
    async with shop({"/p": page()}) as it:
        for hours in (0, 23, 2):
            it.time.now += timedelta(hours=hours)
            await it.fetcher.get(it.url("/p"))
    assert it.paths().count("/robots.txt") == 2


async def test_a_hosts_requests_keep_their_distance_even_when_asked_at_once() -> None:
    async with shop({"/p": page()}) as it:
        await asyncio.gather(*(it.fetcher.get(it.url("/p")) for _ in range(3)))
        assert it.time.now >= NOW + timedelta(seconds=3)  # robots.txt, then three pages
        before = it.time.now
        await asyncio.gather(*(it.fetcher.get(it.url("/p")) for _ in range(2)))
    assert it.time.now - before >= timedelta(seconds=2)


async def test_a_longer_distance_asked_by_robots_is_kept() -> None:
    async with shop(robots("User-agent: *\nCrawl-delay: 10") | {"/p": page()}) as it:
        for _ in range(3):
            await it.fetcher.get(it.url("/p"))
    assert it.time.slept == [1, 10, 10]


async def test_an_unchanged_page_is_not_sent_again() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        known = request.headers.get("If-None-Match") == '"v1"'
        dated = request.headers.get("If-Modified-Since") == "Mon, 02 Nov 2026 09:00:00 GMT"
        headers = {"ETag": '"v1"', "Last-Modified": "Mon, 02 Nov 2026 09:00:00 GMT"}
        return (
            web.Response(status=304) if known and dated else web.Response(text="x", headers=headers)
        )

    async with shop({"/p": handler}) as it:
        first = await it.fetcher.get(it.url("/p"))
        second = await it.fetcher.get(it.url("/p"), first.validators)
    assert (second.status, second.not_modified, second.body) == (304, True, b"")
    assert second.validators == first.validators


async def test_a_redirect_is_followed_to_the_final_address() -> None:
    async with shop({"/old": to("/new?x=1"), "/new": page("here")}) as it:
        got = await it.fetcher.get(it.url("/old"))
    assert (got.url, got.final_url, got.body) == (it.url("/old"), it.url("/new?x=1"), b"here")


async def test_a_redirect_loop_ends() -> None:
    async with shop({"/a": to("/b"), "/b": to("/a")}) as it:
        with pytest.raises(FetchRefused, match="redirects more than 5 times"):
            await it.fetcher.get(it.url("/a"))
    assert len(it.asked) == 1 + 6


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://intranet.example/", "10.0.0.7 is not on the public internet"),
        ("http://127.0.0.1/", "127.0.0.1 is not on the public internet"),
        ("http://rebound.example/", "127.0.0.1 is not on the public internet"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://shop.example/", "only http and https"),
        ("http://user:secret@shop.example/", "carries a password"),
    ],
)
async def test_a_redirect_leads_nowhere_private(location: str, reason: str) -> None:
    async with shop({"/p": to(location)}) as it:
        with pytest.raises(FetchRefused, match=reason) as refusal:
            await it.fetcher.get(it.url("/p"))
    assert "secret" not in refusal.value.reason


async def test_a_redirect_obeys_the_robots_of_the_host_it_leads_to() -> None:
    pages = robots("User-agent: *\nDisallow: /b") | {"/a": to("/b"), "/b": page()}
    async with shop(pages) as it:
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            await it.fetcher.get(it.url("/a"))
    assert "/b" not in it.paths()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
async def test_this_machine_is_not_the_public_internet(host: str) -> None:
    async with Fetcher(SETTINGS) as fetcher:
        with pytest.raises(FetchRefused, match="not on the public internet"):
            await fetcher.get(f"http://{host}/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),  # cloud metadata
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 02 Nov 2026 10:30:01 GMT", timedelta(minutes=30)),
        ("Mon, 02 Nov 2026 09:00:00 GMT", timedelta(0)),
        (None, timedelta(minutes=5)),
        ("soon", timedelta(minutes=5)),
        ("9" * 30, timedelta(days=1)),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_host_is_left_alone_as_long_as_it_asks(
    status: int, retry_after: str | None, wait: timedelta
) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    async with shop({"/p": page(status=status, headers=headers), "/q": page()}) as it:
        with pytest.raises(FetchFailed, match=f"answered {status}") as failure:
            await it.fetcher.get(it.url("/p"))
        assert failure.value.retry_after == NOW + timedelta(seconds=1) + wait
        if wait:
            asked = len(it.asked)
            with pytest.raises(FetchFailed, match="is left alone until 2026-11-0"):
                await it.fetcher.get(it.url("/q"))
            assert len(it.asked) == asked
        it.time.now += wait
        assert (await it.fetcher.get(it.url("/q"))).status == 200


async def test_a_captcha_is_handed_over_and_its_host_left_alone_for_five_minutes() -> None:
    async with shop({"/p": page("<title>Just a moment...</title>"), "/q": page()}) as it:
        got = await it.fetcher.get(it.url("/p"))
        assert read_offer(got.body, got.final_url).kind == "captcha"
        it.time.now += timedelta(minutes=4, seconds=59)
        with pytest.raises(FetchFailed, match="it showed a captcha"):
            await it.fetcher.get(it.url("/q"))
        it.time.now += timedelta(seconds=1)
        assert (await it.fetcher.get(it.url("/q"))).status == 200


async def test_a_broken_server_fails_without_blocking_the_host() -> None:
    async with shop({"/p": page(status=500), "/q": page()}) as it:
        with pytest.raises(FetchFailed, match="answered 500") as failure:
            await it.fetcher.get(it.url("/p"))
        assert failure.value.retry_after is None
        assert (await it.fetcher.get(it.url("/q"))).status == 200


async def test_a_page_that_says_it_is_too_big_is_refused() -> None:
    settings = replace(SETTINGS, max_bytes=5000)
    async with shop({"/p": page("x" * 6000)}, settings) as it:
        with pytest.raises(FetchRefused, match="6000 bytes, more than 5000"):
            await it.fetcher.get(it.url("/p"))


async def test_a_page_that_grows_when_unpacked_is_refused() -> None:
    async def bomb(request: web.Request) -> web.StreamResponse:
        body = gzip.compress(bytes(6_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    async with shop({"/p": bomb}) as it:
        with pytest.raises(FetchRefused, match="more than 5000000 bytes"):
            await it.fetcher.get(it.url("/p"))


async def test_a_page_that_lies_about_its_packing_fails() -> None:
    async def liar(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"plain", headers={"Content-Encoding": "gzip"})

    async with shop({"/p": liar}) as it:
        with pytest.raises(FetchFailed, match="could not be read"):
            await it.fetcher.get(it.url("/p"))


async def test_a_page_that_drips_without_end_is_given_up() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"x")
        await asyncio.Event().wait()
        return answer

    settings = replace(SETTINGS, total_seconds=0.2)
    async with shop({"/p": drip}, settings) as it:
        with pytest.raises(FetchFailed, match="did not answer in time"):
            await it.fetcher.get(it.url("/p"))


async def test_a_server_that_hangs_up_fails_in_one_line() -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with shop({"/p": hang_up}) as it:
        with pytest.raises(FetchFailed, match="could not be read") as failure:
            await it.fetcher.get(it.url("/p"))
    assert "\n" not in failure.value.reason


async def test_a_host_that_is_not_found_fails() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    async with Fetcher(SETTINGS, resolver=nowhere) as fetcher:
        with pytest.raises(FetchFailed, match=r"nowhere\.example is not found"):
            await fetcher.get("http://nowhere.example/")


@pytest.mark.parametrize(
    "url", ["", "shop", "http://", "http://[::1", "http://a b/", "javascript:1", "http://\x00/"]
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    async with Fetcher(SETTINGS) as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.get(url)
