"""The price round (plan B1), against shops on loopback: what a page said, or why nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web

from core.ledger.database import Database
from core.settings import Settings, Store
from jobs.offer_rows import keep_saved
from jobs.registry import Work, jobs
from jobs.syncs.price_round import shelf
from scrapers.offer import read_offer
from tests.jobs.conftest import NOW, Look, Put, counted, kept, only, spot
from tests.support.rounds import CAPTCHA, Watch, priced, round_at, serving, shop
from tests.support.sandbox_process import RunningSandbox, running_sandbox


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_round_again.py asks both."""
    return sqlite_database


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


async def test_a_page_that_is_refused_is_not_taken_for_one_that_is_gone(
    watch: Watch, work: Work, database: Database
) -> None:
    pages = {"/p/a": (403, "<h1>Forbidden</h1>"), "/p/b": (451, "<h1>Not in your country</h1>")}
    async with shop(pages) as address:
        watch(f"{address}/p/a", f"{address}/p/b")
        await jobs()["price_round"].run(work)
    assert {name: offer.problem for name, offer in kept(database).items()} == {
        "a": "it answered 403 (forbidden)",
        "b": "it answered 451 (unavailable for legal reasons)",
    }


async def test_a_page_that_leads_to_the_front_page_has_not_the_price_there(
    watch: Watch, work: Work, database: Database
) -> None:
    async def serve(request: web.Request) -> web.Response:
        if request.path == "/p/a":
            raise web.HTTPFound("/")
        deal = "<h1>Kettle</h1><p class='price'>$19.99</p><button>Add to cart</button>"
        return web.Response(text=f"<html lang='en-US'>{deal}</html>", content_type="text/html")

    async with serving(serve) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert (kept(database)["a"].price, kept(database)["a"].problem) == (None, "no_product")


async def test_what_was_read_is_stored_while_a_slow_page_is_waited_for(
    watch: Watch, work: Work, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "KEPT_FOR", 0.01)
    stored: list[bool] = []

    async def serve(request: web.Request) -> web.Response:
        if request.path == "/p/slow":
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    while "quick" not in kept(database):  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
            stored.append("quick" in kept(database))
        status, text = priced("9")
        return web.Response(status=status, text=text, content_type="text/html")

    async with serving(serve) as address:
        watch(f"{address}/p/quick", f"{address}/p/slow")
        await jobs()["price_round"].run(work)
    assert stored == [True]


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


async def test_a_price_is_kept_when_its_page_cannot_be(
    watch: Watch, work: Work, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "pages").write_text("a file where the folder should be")
    async with shop({"/p/a": priced("100.00")}) as address:
        watch(f"{address}/p/a")
        await jobs()["price_round"].run(work)
    assert str(kept(database)["a"].price) == "100.00"


async def test_only_the_configured_competitors_pages_are_read(
    watch: Watch, work: Work, database: Database
) -> None:
    async with shop({"/p/a": priced("9")}) as address:
        watch(f"{address}/p/a", competitor="By file only")
        assert await jobs()["price_round"].run(work) == counted(0, without_price=0)


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
