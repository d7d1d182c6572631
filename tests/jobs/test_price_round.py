"""The price round (plan B1), against shops on loopback: what a page said, or why nothing."""

import gzip
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import col, select

from core.ledger.database import Database
from core.ledger.fetches import blocked_hosts
from core.ledger.records import CompetitorOffer
from core.ledger.tables import Fetch
from core.settings import Settings, Store
from jobs.offer_rows import keep_saved
from jobs.registry import Work, jobs
from jobs.syncs.price_round import shelf
from scrapers.offer import read_offer
from tests.jobs.conftest import NOW, Look, Put, only, spot
from tests.support.rounds import CAPTCHA, ROUND, Watch, priced, round_at, shop
from tests.support.sandbox_process import RunningSandbox, running_sandbox


def counted(pages: int, without_price: int, unchanged: int = 0) -> dict[str, int]:
    return {"pages": pages, "without_price": without_price, "unchanged": unchanged}


def kept(database: Database) -> dict[str, CompetitorOffer]:
    """What the round learned, by the page's last word."""
    with database.read() as ledger:
        query = select(CompetitorOffer).where(col(CompetitorOffer.observed_at) == NOW)
        return {offer.url.rpartition("/")[2]: offer for offer in ledger.exec(query)}


async def test_the_price_of_a_page_is_kept(
    watch: Watch, work: Work, database: Database, look: Look
) -> None:
    async with shop({"/p/a": priced("100.00")}) as address:
        watch(f"{address}/p/a")
        assert await jobs()["price_round"].run(work) == counted(1, without_price=0)
    offer = kept(database)["a"]
    assert (str(offer.price), offer.currency, offer.title) == ("100.00", "USD", "TrailCell")
    assert (offer.sku, offer.problem) == ("a", None)
    assert only(look("price_gap")).facts["gap"] == "0.0500"  # (105 − 100) ÷ 100


TWO_PRICES = (
    '<html lang="en"><h1>Cell</h1><b class="a">$ 90.00</b><b class="b">US$ 80.00</b></html>'
)


def told_where(settings: Settings, **selectors: str) -> Settings:
    """A person has said where the shops on this machine show what."""
    host = settings.fetch.host("127.0.0.1").model_copy(update={"selectors": selectors})
    fetch = settings.fetch.model_copy(update={"hosts": {"127.0.0.1": host}})
    return settings.model_copy(update={"fetch": fetch})


@pytest.mark.parametrize(
    ("selector", "price", "problem"),
    [(".b", "80.00", ""), ("b[", None, "selector for price: 'b[' is no CSS selector")],
)
async def test_a_person_may_say_where_a_price_stands(
    database: Database,
    allowing: Settings,
    store: Store,
    watch: Watch,
    selector: str,
    price: str | None,
    problem: str,
) -> None:
    async with shop({"/p/a": (200, TWO_PRICES)}) as address:
        watch(f"{address}/p/a")
        settings = told_where(allowing, price=selector)
        await jobs()["price_round"].run(round_at(NOW, database, settings, store))
    offer = kept(database)["a"]
    assert offer.price == (price and Decimal(price))
    assert (offer.problem or "").startswith(problem)


async def test_one_failing_page_does_not_stop_the_others(
    watch: Watch, work: Work, database: Database
) -> None:
    pages = {"/p/good": priced("99"), "/p/broken": (500, "oops"), "/p/plain": (200, "<p>Hello</p>")}
    async with shop(pages) as address, dead_host() as dead:
        watch(*(f"{address}/p/{name}" for name in ("broken", "gone", "good", "plain")))
        watch(f"{dead}/p/dead")
        assert await jobs()["price_round"].run(work) == counted(5, without_price=4)
    assert {name: offer.problem for name, offer in kept(database).items()} == {
        "good": None,
        "broken": "the server answered 500",
        "gone": "not_found",
        "plain": "no_product",
        "dead": "All connection attempts failed",
    }


async def test_an_address_that_is_none_does_not_stop_the_others(
    put: Put, watch: Watch, work: Work, database: Database
) -> None:
    async with shop({"/p/a": priced("9")}) as address:
        watch(f"{address}/p/a")
        put("competitor_page", {"competitor": "VoltTrail", "url": "http://[shop/p/b"})
        assert await jobs()["price_round"].run(work) == counted(2, without_price=1)
    assert kept(database)["a"].price == 9


async def test_a_walled_shop_is_one_blind_spot(
    watch: Watch, work: Work, look: Look, database: Database
) -> None:
    async with shop({f"/p/{n}": CAPTCHA for n in "abcdef"}) as address:
        watch(*(f"{address}/p/{n}" for n in "abcdef"))
        await jobs()["price_round"].run(work)
    # the host is left alone after its first captcha; that is the same problem
    blind = spot(look("price_gap"))
    assert (blind.problem, blind.facts["skus"]) == ("captcha", list("abcdef"))


async def test_a_shop_that_is_too_busy_is_one_blind_spot(
    watch: Watch, work: Work, look: Look
) -> None:
    async with shop({f"/p/{n}": (429, "slow down") for n in "ab"}) as address:
        watch(*(f"{address}/p/{n}" for n in "ab"))
        await jobs()["price_round"].run(work)
    blind = spot(look("price_gap"))
    assert (blind.problem, blind.facts["count"]) == ("it answered 429 (too busy)", 2)


async def test_a_shop_whose_robots_txt_asks_us_not_to_is_not_read(
    watch: Watch, work: Work, database: Database
) -> None:
    pages = {"/robots.txt": (200, "User-agent: *\nDisallow: /"), "/p/a": priced("1")}
    async with shop(pages) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert kept(database)["a"].problem == "the host's robots.txt asks us not to"


async def test_a_private_address_is_not_read_unless_it_is_allowed(
    watch: Watch, database: Database, settings: Settings, store: Store
) -> None:
    async with shop({"/p/a": priced("1")}) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(round_at(NOW, database, settings, store))
    problem = kept(database)["a"].problem
    assert problem is not None
    assert "not on the public internet" in problem


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


async def test_a_price_without_a_currency_is_not_taken_for_ours(
    watch: Watch, work: Work, database: Database, look: Look
) -> None:
    async with shop({"/p/a": priced("50", currency="")}) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert kept(database)["a"].price is None
    assert spot(look("price_gap")).problem == "no currency"


async def test_a_price_that_the_page_contradicts_is_no_price(
    watch: Watch, work: Work, database: Database
) -> None:
    # the structured data says 100, the head 160: which one holds is anybody's guess
    rival = '<meta property="product:price:amount" content="160.00">'
    rival += '<meta property="product:price:currency" content="USD">'
    status, page = priced("100.00")
    page = page.replace("<html>", f"<html><head>{rival}</head>")
    async with shop({"/p/a": (status, page)}) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert (kept(database)["a"].price, kept(database)["a"].problem) == (None, "uncertain")


async def test_only_the_configured_competitors_pages_are_read(
    watch: Watch, work: Work, database: Database
) -> None:
    async with shop({"/p/a": priced("9")}) as address:
        watch(f"{address}/p/a", competitor="By file only")
        assert await jobs()["price_round"].run(work) == counted(0, without_price=0)


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
    app = web.Application()
    app.router.add_get("/{path:.*}", shop.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        yield shop, str(server.make_url("/p/a"))


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


async def test_a_price_is_kept_when_its_page_cannot_be(
    watch: Watch, work: Work, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "pages").write_text("a file where the folder should be")
    async with shop({"/p/a": priced("100.00")}) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert str(kept(database)["a"].price) == "100.00"


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


async def test_a_page_that_a_person_saved_is_the_second_way_in(
    put: Put, database: Database, store: Store, look: Look
) -> None:
    put("product", {"sku": "A", "fob_usd": "105"})
    offer = read_offer(priced("100.00")[1], "https://blocked.example/p/a")
    refused = keep_saved(database, store, offer, competitor="VoltTrail", sku="A", now=NOW)
    assert refused is None
    assert only(look("price_gap")).facts["theirs"] == "100.00"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


async def test_a_price_cut_in_the_sandboxs_shop_is_seen(
    sandbox: RunningSandbox, watch: Watch, work: Work, look: Look
) -> None:
    sandbox.http.patch("/sandbox/shop/trailcell-1000", json={"price": "50.00"})
    watch(sandbox.ready["shop_url"] + "products/trailcell-1000")
    await jobs()["price_round"].run(work)
    assert only(look("price_gap")).facts["theirs"] == "50.00"


@asynccontextmanager
async def dead_host() -> AsyncIterator[str]:
    """An address that nothing listens at."""
    with unheard_port() as port:
        yield f"http://localhost:{port}"


@contextmanager
def unheard_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        yield held.getsockname()[1]
