"""Polite fetching against a real server on the loopback address."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp import web

from core.ledger.tables import FetchOutcome
from core.sections import HostSettings
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.offer import read_offer
from tests.support.fetching import (
    NOW,
    Handler,
    changed,
    each,
    hang_up,
    page,
    robots,
    shop,
    to,
)


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
        with pytest.raises(FetchFailed, match=rf"robots\.txt did not come.*{status}") as failure:
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


@pytest.mark.parametrize("delay", ["3600", "1e300", "999999999999"])
async def test_a_distance_that_no_round_can_keep_ends_it_for_the_host(delay: str) -> None:
    async with shop(robots(f"User-agent: *\nCrawl-delay: {delay}") | {"/p": page()}) as it:
        assert (await it.fetcher.get(it.url("/p"))).status == 200
        with pytest.raises(FetchFailed, match="between two") as failure:
            await it.fetcher.get(it.url("/p"))
    assert failure.value.retry_after
    assert sum(it.time.slept) < 10


@pytest.mark.parametrize("delay", ["-5", "nan", "inf", "soon"])
async def test_a_distance_that_is_none_is_not_kept(delay: str) -> None:
    async with shop(robots(f"User-agent: *\nCrawl-delay: {delay}") | {"/p": page()}) as it:
        for _ in range(2):
            await it.fetcher.get(it.url("/p"))
    assert it.time.slept == [1, 1]


async def test_half_a_megabyte_of_rules_is_obeyed() -> None:
    rules = "User-agent: *\n" + "".join(f"Disallow: /*{n}*x$\n" for n in range(9_000))
    async with shop(robots(rules) | {"/p": page()}) as it:
        assert (await it.fetcher.get(it.url("/p"))).status == 200
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            await it.fetcher.get(it.url("/8999/x"))


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


async def test_a_redirect_obeys_the_robots_of_the_host_it_leads_to() -> None:
    pages = robots("User-agent: *\nDisallow: /b") | {"/a": to("/b"), "/b": page()}
    async with shop(pages) as it:
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            await it.fetcher.get(it.url("/a"))
    assert "/b" not in it.paths()


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 02 Nov 2026 10:30:01 GMT", timedelta(minutes=30)),
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
        asked = len(it.asked)
        with pytest.raises(FetchFailed, match="is left alone until 2026-11-0"):
            await it.fetcher.get(it.url("/q"))
        assert len(it.asked) == asked
        it.time.now += wait
        assert (await it.fetcher.get(it.url("/q"))).status == 200


@pytest.mark.parametrize("retry_after", ["0", "30", "Mon, 02 Nov 2026 09:00:00 GMT"])
async def test_a_short_rest_is_waited_for(retry_after: str) -> None:
    busy = page(status=429, headers={"Retry-After": retry_after})
    async with shop({"/p": each(busy, page("at last")), "/q": page("too")}) as it:
        pages = [it.fetcher.get(it.url(path)) for path in ("/p", "/q")]
        assert [got.body for got in await asyncio.gather(*pages)] == [b"at last", b"too"]
    seconds = int(retry_after) if retry_after.isdecimal() else 0
    assert it.time.now >= NOW + timedelta(seconds=1 + seconds)


async def test_a_host_gets_no_more_patience_than_a_round_has() -> None:
    busy = page(status=429, headers={"Retry-After": "25"})
    async with shop({"/p": busy, "/q": busy}) as it:  # patience is a minute
        for path in ("/p", "/q"):
            with pytest.raises(FetchFailed):
                await it.fetcher.get(it.url(path))
    assert it.time.now <= NOW + timedelta(seconds=90)
    assert len(it.asked) <= 5


@pytest.mark.parametrize("trouble", [page(status=500), page(status=502), hang_up])
async def test_what_passes_is_asked_again(trouble: Handler) -> None:
    async with shop({"/p": each(trouble, trouble, page("third time"))}) as it:
        assert (await it.fetcher.get(it.url("/p"))).body == b"third time"
    assert it.paths() == ["/robots.txt", "/p", "/p", "/p"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_what_does_not_pass_is_asked_once(status: int) -> None:
    async with shop({"/p": page(status=status)}) as it:
        assert (await it.fetcher.get(it.url("/p"))).status == status
    assert it.paths() == ["/robots.txt", "/p"]


async def test_a_robots_txt_that_fails_once_is_asked_again() -> None:
    rules = {"/robots.txt": each(page(status=500), page("User-agent: *\nDisallow: /x"))}
    async with shop(rules | {"/p": page()}) as it:
        assert (await it.fetcher.get(it.url("/p"))).status == 200


async def test_a_host_that_does_not_answer_is_given_up_for_a_while() -> None:
    dead = {f"/{name}": hang_up for name in "abcd"}
    async with shop(dead, changed(patience=timedelta(minutes=5))) as it:
        for name in "abc":
            with pytest.raises(FetchFailed, match="could not be read"):
                await it.fetcher.get(it.url(f"/{name}"))
        it.time.now += timedelta(minutes=4)  # our patience is over, its rest is not
        with pytest.raises(FetchFailed, match="is left alone until"):
            await it.fetcher.get(it.url("/d"))
    assert "/d" not in it.paths()


async def test_refusals_in_a_row_are_a_block() -> None:
    forbidden = page("no", status=403)
    async with shop({"/a": forbidden, "/b": forbidden, "/c": forbidden, "/ok": page()}) as it:
        got = [await it.fetcher.get(it.url(f"/{name}")) for name in "abc"]
        assert [each.blocked for each in got] == [False, False, True]
        with pytest.raises(FetchFailed, match="403"):
            await it.fetcher.get(it.url("/ok"))


async def test_a_refusal_among_pages_is_no_block() -> None:
    async with shop({"/a": page("no", status=403), "/ok": page()}) as it:
        for _ in range(5):
            assert not (await it.fetcher.get(it.url("/a"))).blocked
            await it.fetcher.get(it.url("/ok"))


async def test_what_an_earlier_round_was_told_holds_for_this_one() -> None:
    async with shop({"/p": page()}) as it:
        until = NOW + timedelta(minutes=3)
        it.fetcher.leave_alone({f"shop.example:{it.port}": (until, "captcha", True)})
        with pytest.raises(FetchFailed, match="captcha"):
            await it.fetcher.get(it.url("/p"))
        assert it.asked == []
        it.time.now = until
        assert (await it.fetcher.get(it.url("/p"))).status == 200


async def test_pauses_are_not_like_clockwork() -> None:
    async with shop({"/p": page()}, chance=0.5) as it:
        for _ in range(2):
            await it.fetcher.get(it.url("/p"))
    assert it.time.slept == [1.15, 1.15]  # half of the 30 % that is the most


async def test_a_host_may_have_a_pace_of_its_own() -> None:
    slow = {"shop.example": HostSettings(seconds_between_requests=Decimal(7))}
    async with shop({"/p": page()}, changed(hosts=slow)) as it:
        await it.fetcher.get(it.url("/p"))
    assert it.time.slept == [7]


async def test_one_host_is_asked_no_more_at_once_than_is_set() -> None:
    under_way = most = 0

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return web.Response(text="ok")

    async with shop({"/p": slow}, changed(seconds_between_requests=Decimal(0))) as it:
        await asyncio.gather(*(it.fetcher.get(it.url("/p")) for _ in range(20)))
    assert most <= 2


async def test_every_request_leaves_a_note() -> None:
    pages = {"/old": to("/p"), "/p": page("hello"), "/bad": page(status=500)}
    async with shop(pages, changed(patience=timedelta(0))) as it:
        await it.fetcher.get(it.url("/old"))
        with pytest.raises(FetchFailed):
            await it.fetcher.get(it.url("/bad"))
    noted = [(n.url.rpartition("/")[2], str(n.outcome), n.status, n.bytes) for n in it.notes]
    assert noted == [
        ("robots.txt", "rules", 404, 4),
        ("old", "read", 302, 0),
        ("p", "read", 200, 5),
        ("bad", "failed", 500, 5),
    ]
    assert it.notes[-1].problem == "the server answered 500"


@pytest.mark.parametrize("status", [200, 403, 429, 503])
async def test_a_captcha_is_handed_over_and_its_host_left_alone_for_five_minutes(
    status: int,
) -> None:
    wall = page("<title>Just a moment...</title>", status=status)
    async with shop({"/p": wall, "/q": page()}) as it:
        got = await it.fetcher.get(it.url("/p"))
        assert got.blocked
        assert read_offer(got.body, got.final_url).kind == "captcha"
        assert it.notes[-1].outcome == FetchOutcome.BLOCKED
        assert it.notes[-1].rest_until == it.time.now + timedelta(minutes=5)
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


async def test_a_server_that_hangs_up_fails_in_one_line() -> None:
    async with shop({"/p": hang_up}) as it:
        with pytest.raises(FetchFailed, match="could not be read") as failure:
            await it.fetcher.get(it.url("/p"))
    assert "\n" not in failure.value.reason


async def test_a_host_that_is_not_found_fails() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    async with Fetcher(changed(patience=timedelta(0)), resolver=nowhere) as fetcher:
        with pytest.raises(FetchFailed, match=r"nowhere\.example is not found"):
            await fetcher.get("http://nowhere.example/")
