"""What rounds keep, and what the next ones make of it; asked of both databases."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlmodel import col, select

from core.ledger.database import Database
from core.ledger.fetches import blocked_hosts
from core.ledger.records import CompetitorOffer
from core.ledger.tables import Fetch
from core.settings import Settings, Store
from jobs.registry import Work, jobs
from jobs.syncs.price_round import shelf
from tests.jobs.conftest import NOW, Look, Put, counted, kept, only
from tests.support.rounds import CAPTCHA, ROUND, Watch, priced, round_at, serving, shop


async def test_the_same_trouble_in_the_next_round_is_the_same_words(
    watch: Watch, allowing: Settings, store: Store, database: Database
) -> None:
    async with shop({"/p/a": (503, "busy"), "/p/b": (503, "busy")}) as address:
        watch(f"{address}/p/a", f"{address}/p/b")
        for moment in (NOW, NOW + ROUND):
            await jobs()["price_round"].run(round_at(moment, database, allowing, store))
    with database.read() as ledger:
        offers = ledger.exec(select(CompetitorOffer).where(CompetitorOffer.observed_at >= NOW))
        assert {offer.problem for offer in offers} == {"it answered 503 (too busy)"}


async def test_a_price_the_ledger_does_not_take_is_told(
    watch: Watch, work: Work, database: Database
) -> None:
    async with shop({"/p/a": priced("0.12345678"), "/p/b": priced("9")}) as address:
        watch(f"{address}/p/a", f"{address}/p/b")
        assert await jobs()["price_round"].run(work) == counted(2, without_price=1)
    refused = kept(database)["a"]
    assert refused.price is None
    assert refused.problem is not None
    assert refused.problem.startswith("price: ")


@dataclass
class Changing:
    """A shop whose page has a version; it is sent to those only who do not know it."""

    price: str = "100.00"
    version: str = '"v1"'
    lies: bool = False
    asked: list[str | None] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        known = request.headers.get("If-None-Match")
        self.asked.append(known)
        if known and (self.lies or known == self.version):
            return web.Response(status=304)
        text = priced(self.price)[1]
        return web.Response(text=text, content_type="text/html", headers={"ETag": self.version})


@asynccontextmanager
async def changing_shop() -> AsyncIterator[tuple[Changing, str]]:
    shop = Changing()
    async with serving(shop.serve) as address:
        yield shop, f"{address}/p/a"


async def test_an_unchanged_page_keeps_its_price_and_is_not_sent_again(
    watch: Watch, allowing: Settings, store: Store, database: Database, look: Look
) -> None:
    async with changing_shop() as (shop, url):
        watch(url)
        for round_no in range(3):
            at = NOW + round_no * ROUND
            summary = await jobs()["price_round"].run(round_at(at, database, allowing, store))
    assert shop.asked == [None, '"v1"', '"v1"']
    assert summary == counted(1, without_price=0, unchanged=1)
    told = only(look("price_gap", as_of=NOW + 2 * ROUND)).facts
    assert (told["theirs"], told["observed_at"]) == ("100.00", (NOW + 2 * ROUND).isoformat())


async def test_a_changed_page_is_read(
    watch: Watch, allowing: Settings, store: Store, database: Database, look: Look
) -> None:
    async with changing_shop() as (shop, url):
        watch(url)
        await jobs()["price_round"].run(round_at(NOW, database, allowing, store))
        shop.price, shop.version = "90.00", '"v2"'
        await jobs()["price_round"].run(round_at(NOW + ROUND, database, allowing, store))
    assert only(look("price_gap", as_of=NOW + ROUND)).facts["theirs"] == "90.00"


async def test_a_page_that_always_says_it_is_unchanged_is_believed_for_a_week(
    watch: Watch, allowing: Settings, store: Store, database: Database, look: Look
) -> None:
    async with changing_shop() as (shop, url):
        shop.lies = True
        watch(url)
        await jobs()["price_round"].run(round_at(NOW, database, allowing, store))
        shop.price = "90.00"
        for days in (6, 8):
            at = NOW + timedelta(days=days)
            await jobs()["price_round"].run(round_at(at, database, allowing, store))
    assert shop.asked == [None, '"v1"', None]
    assert only(look("price_gap", as_of=at)).facts["theirs"] == "90.00"


async def test_a_price_from_elsewhere_is_not_taken_for_the_pages(
    watch: Watch, put: Put, allowing: Settings, store: Store, database: Database, look: Look
) -> None:
    async with changing_shop() as (_, url):
        watch(url)
        await jobs()["price_round"].run(round_at(NOW, database, allowing, store))
        typed = {"competitor": "VoltTrail", "url": url, "sku": "a", "price": "55"}
        put("competitor_offer", typed | {"currency": "USD"}, at=NOW + ROUND / 2)
        await jobs()["price_round"].run(round_at(NOW + ROUND, database, allowing, store))
    assert only(look("price_gap", as_of=NOW + ROUND)).facts["theirs"] == "100.00"


async def test_a_host_that_blocks_us_is_known_and_its_last_price_keeps_its_age(
    watch: Watch, allowing: Settings, store: Store, database: Database, look: Look
) -> None:
    pages = {"/p/a": priced("100.00")}
    async with shop(pages) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(round_at(NOW, database, allowing, store))
        pages["/p/a"] = CAPTCHA
        later = NOW + ROUND
        await jobs()["price_round"].run(round_at(later, database, allowing, store))
        # a round by hand a minute later does not knock again
        await jobs()["price_round"].run(
            round_at(later + timedelta(minutes=1), database, allowing, store)
        )
    with database.read() as ledger:
        [blocked] = blocked_hosts(ledger, store.name, later)
        refusals = ledger.exec(select(Fetch).where(Fetch.outcome == "blocked")).all()
    assert blocked.host == address.removeprefix("http://")
    assert (blocked.since, blocked.problem, blocked.last_read_at) == (later, "captcha", NOW)
    assert len(refusals) == 1
    told = only(look("price_gap", as_of=later)).facts
    assert (told["theirs"], told["observed_at"]) == ("100.00", NOW.isoformat())


async def test_the_last_good_and_the_first_bad_page_are_kept(
    watch: Watch, allowing: Settings, store: Store, database: Database
) -> None:
    pages = {"/p/a": priced("100.00")}
    async with shop(pages) as address:
        watch(f"{address}/p/a")
        for number, text in enumerate([None, "first", "second"]):
            if text:
                pages["/p/a"] = (200, f"<p>{text} trouble</p>")
            at = NOW + number * ROUND
            await jobs()["price_round"].run(round_at(at, database, allowing, store))
    with database.read() as ledger:
        rows = ledger.exec(select(Fetch).where(Fetch.outcome == "read").order_by(col(Fetch.at)))
        saved = [Path(row.saved_as or "") for row in rows]
    assert b"100.00" in gzip.decompress(saved[0].read_bytes())
    assert saved[1] == saved[2] != saved[0]
    assert b"first trouble" in gzip.decompress(saved[1].read_bytes())


async def test_what_was_fetched_long_ago_is_forgotten(
    watch: Watch, allowing: Settings, store: Store, database: Database
) -> None:
    async with shop({"/p/a": priced("100.00")}) as address:
        watch(f"{address}/p/a")
        for days in (0, 15):  # rows are kept for 14 days
            at = NOW + timedelta(days=days)
            await jobs()["price_round"].run(round_at(at, database, allowing, store))
    with database.read() as ledger:
        assert {row.at.date() for row in ledger.exec(select(Fetch))} == {at.date()}


async def test_a_large_round_is_stored_bit_by_bit(
    watch: Watch, work: Work, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "KEPT_TOGETHER", 3)
    names = [f"{number:02}" for number in range(10)]
    async with shop({f"/p/{name}": priced("99") for name in names}) as address:
        watch(*(f"{address}/p/{name}" for name in names))
        assert await jobs()["price_round"].run(work) == counted(10, without_price=0)
    assert sorted(kept(database)) == names
    with database.read() as ledger:
        rows = ledger.exec(select(Fetch)).all()
    assert len(rows) == 11  # the pages and robots.txt
    assert all(row.saved_as for row in rows if row.outcome == "read")
