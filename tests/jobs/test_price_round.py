"""The price round (plan B1), against shops on loopback: what a page said, or why nothing."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import col, select

from core.configuration import load
from core.ledger.database import Database
from core.ledger.records import CompetitorOffer
from core.settings import Settings, Store
from jobs.registry import Work, configuration, jobs
from tests.conftest import CONFIG
from tests.jobs.conftest import NOW, Look, Put, only, spot
from tests.support.sandbox_process import RunningSandbox, running_sandbox

ROUND = timedelta(hours=6)
Watch = Callable[..., None]
Page = tuple[int, str]


def priced(price: str, currency: str = "USD", title: str = "TrailCell") -> Page:
    offers = f'{{"@type": "Offer", "price": "{price}", "priceCurrency": "{currency}"}}'
    data = f'{{"@type": "Product", "name": "{title}", "offers": {offers}}}'
    return 200, f'<html><script type="application/ld+json">{data}</script></html>'


CAPTCHA: Page = (200, "<html><title>Robot Check</title><div class='g-recaptcha'></div></html>")


@asynccontextmanager
async def shop(pages: dict[str, Page]) -> AsyncIterator[str]:
    """A shop that serves these pages by their path; its address. No robots.txt: all is allowed."""

    async def serve(request: web.Request) -> web.Response:
        status, text = pages.get(request.path, (404, "<h1>Not found</h1>"))
        return web.Response(status=status, text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
def allowing() -> Settings:
    """The shipped configuration, with shops on this machine allowed and no pauses."""
    fetch = {
        "fetch.allowed_private_hosts": ["127.0.0.1", "localhost"],
        "fetch.seconds_between_requests": "0",
    }
    return load(CONFIG, configuration(), fetch)


@pytest.fixture
def watch(put: Put) -> Watch:
    """Put pages of VoltTrail under watch, each against a SKU of ours at USD 105."""

    def watch(*urls: str, competitor: str = "VoltTrail") -> None:
        for url in urls:
            sku = url.rpartition("/")[2]
            put("product", {"sku": sku, "fob_usd": "105"})
            put("competitor_offer", {"competitor": competitor, "url": url, "sku": sku})

    return watch


@pytest.fixture
def work(database: Database, allowing: Settings, store: Store) -> Work:
    """A round at NOW."""
    return Work(database, allowing, store, allowing.job("price_round"), NOW)


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
        assert await jobs()["price_round"].run(work) == {"pages": 1, "without_price": 0}
    offer = kept(database)["a"]
    assert (str(offer.price), offer.currency, offer.title) == ("100.00", "USD", "TrailCell")
    assert (offer.sku, offer.problem) == ("a", None)
    assert only(look("price_gap")).facts["gap"] == "0.0500"  # (105 − 100) ÷ 100


async def test_one_failing_page_does_not_stop_the_others(
    watch: Watch, work: Work, database: Database
) -> None:
    pages = {"/p/good": priced("99"), "/p/broken": (500, "oops"), "/p/plain": (200, "<p>Hello</p>")}
    async with shop(pages) as address, dead_host() as dead:
        watch(*(f"{address}/p/{name}" for name in ("broken", "gone", "good", "plain")))
        watch(f"{dead}/p/dead")
        assert await jobs()["price_round"].run(work) == {"pages": 5, "without_price": 4}
    assert {name: offer.problem for name, offer in kept(database).items()} == {
        "good": None,
        "broken": "the server answered 500",
        "gone": "not_found",
        "plain": "no_product",
        "dead": "All connection attempts failed",
    }


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
        work = Work(database, settings, store, settings.job("price_round"), NOW)
        await jobs()["price_round"].run(work)
    problem = kept(database)["a"].problem
    assert problem is not None
    assert "not on the public internet" in problem


async def test_the_same_trouble_in_the_next_round_is_the_same_words(
    watch: Watch, allowing: Settings, store: Store, database: Database
) -> None:
    async with shop({"/p/a": (503, "busy"), "/p/b": (503, "busy")}) as address:
        watch(f"{address}/p/a", f"{address}/p/b")
        for moment in (NOW, NOW + ROUND):
            stanza = allowing.job("price_round")
            await jobs()["price_round"].run(Work(database, allowing, store, stanza, moment))
    with database.read() as ledger:
        offers = ledger.exec(select(CompetitorOffer).where(CompetitorOffer.observed_at >= NOW))
        assert {offer.problem for offer in offers} == {"it answered 503 (too busy)"}


async def test_a_price_the_ledger_does_not_take_is_told(
    watch: Watch, work: Work, database: Database
) -> None:
    async with shop({"/p/a": priced("0.12345678"), "/p/b": priced("9")}) as address:
        watch(f"{address}/p/a", f"{address}/p/b")
        assert await jobs()["price_round"].run(work) == {"pages": 2, "without_price": 1}
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
        assert await jobs()["price_round"].run(work) == {"pages": 0, "without_price": 0}


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
