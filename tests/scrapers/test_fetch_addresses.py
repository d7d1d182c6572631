"""No way into private networks, however the address is written or whatever DNS says."""

from datetime import timedelta

import pytest

from scrapers.fetch import Fetcher, FetchRefused
from scrapers.fetching.addresses import Guard, is_public
from tests.support.fetching import SETTINGS, Time, changed, page, shop, to


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://intranet.example/", "10.0.0.7 is not on the public internet"),
        ("http://localhost./", "127.0.0.1 is not on the public internet"),
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


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "2130706433",  # all of these are 127.0.0.1
        "017700000001",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "0.0.0.0",
    ],
)
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
        ("64:ff9b::7f00:1", False),  # NAT64
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::7f00:1", False),  # NAT64 of one's own network
        ("::7f00:1", False),  # IPv4-compatible
        ("fec0::1", False),  # site-local
        ("fd00::1", False),
        ("2001:0:7f00:1::", False),
        ("192.168.1.1", False),
        ("172.31.255.255", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url", ["", "shop", "http://", "http://[::1", "http://a b/", "javascript:1", "http://\x00/"]
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    async with Fetcher(SETTINGS) as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.get(url)


async def test_a_name_that_turns_private_later_gains_nothing() -> None:
    async with shop({"/p": page()}, changed(connections_per_host=1)) as it:
        it.names["shop.example"] = ["127.0.0.1"]
        await it.fetcher.get(it.url("/p"))
        rebound = "http://rebound.example/"
        it.names["rebound.example"] = ["8.8.8.8", "127.0.0.1"]  # one good answer covers no bad one
        with pytest.raises(FetchRefused, match=r"127\.0\.0\.1 is not on the public internet"):
            await it.fetcher.get(rebound)


async def test_dns_is_asked_once_a_minute_at_most_and_the_checked_address_is_used() -> None:
    answers = [["8.8.8.8"], ["10.0.0.1"]]

    async def resolver(host: str, port: int) -> list[str]:
        return answers.pop(0)

    time = Time()
    guard = Guard(resolver, time, frozenset())
    assert await guard.addresses("two-faced.example", 80) == ["8.8.8.8"]
    assert await guard.addresses("two-faced.example", 80) == ["8.8.8.8"]
    time.now += timedelta(minutes=1)
    with pytest.raises(FetchRefused, match=r"10\.0\.0\.1"):
        await guard.addresses("two-faced.example", 80)


async def test_a_private_host_that_is_allowed_may_be_named_with_its_port() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    guard = Guard(resolver, Time(), frozenset({"shop.lan:8080"}))
    assert await guard.addresses("shop.lan", 8080) == ["10.0.0.1"]
    with pytest.raises(FetchRefused):
        await guard.addresses("shop.lan", 22)


async def test_a_refused_address_leaves_a_note() -> None:
    async with shop({"/p": to("http://intranet.example/")}) as it:
        with pytest.raises(FetchRefused):
            await it.fetcher.get(it.url("/p"))
    note = it.notes[-1]
    assert (note.host, note.outcome, note.status) == ("intranet.example", "refused", None)
