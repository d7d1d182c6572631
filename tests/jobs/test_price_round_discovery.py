"""A shop's own lists in the round: which pages it has, and what they say of prices (plan B1)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlmodel import col, select

from core.ledger.database import Database
from core.ledger.records import CompetitorOffer, CompetitorPage
from core.settings import Settings, Store
from jobs.registry import Work, jobs
from tests.jobs.conftest import NOW, Put
from tests.support.rounds import (
    CAPTCHA,
    ROUND,
    Page,
    competing,
    priced,
    round_at,
    serving,
    shop,
)

DAY = timedelta(days=1)
STORE_LIST = (
    (Path(__file__).parents[1] / "pages" / "alibaba_store.html")
    .read_text("utf-8")
    .replace("//www.alibaba.com", "")  # the products' pages are on this machine, too
)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The kind of database cannot matter here; test_price_round_again.py asks both."""
    return sqlite_database


def sitemap(address: str, *paths: str) -> Page:
    return 200, "".join(f"<url><loc>{address}{path}</loc></url>" for path in paths).join(
        ["<urlset>", "</urlset>"]
    )


def found(database: Database) -> dict[str, CompetitorPage]:
    with database.read() as ledger:
        pages = ledger.exec(select(CompetitorPage).order_by(col(CompetitorPage.url)))
        return {page.url.rpartition("/")[2]: page for page in pages}


def offers(database: Database) -> dict[str, CompetitorOffer]:
    with database.read() as ledger:
        last = ledger.exec(select(CompetitorOffer).order_by(col(CompetitorOffer.observed_at)))
        return {offer.url.rpartition("/")[2]: offer for offer in last}


class Round:
    """Rounds over one shop that is asked for its products."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.pages: dict[str, Page] = {}
        self.stanza: dict[str, Any] = {"discover": ["sitemap"]}

    async def run(self, address: str, after: timedelta = timedelta(0)) -> dict[str, Any]:
        settings = competing(self.work.settings, site=address, **self.stanza)
        at = self.work.now + after
        work = round_at(at, self.work.database, settings, self.work.store)
        return await jobs()["price_round"].run(work)


@pytest.fixture
def this(work: Work) -> Round:
    return Round(work)


async def test_the_products_of_a_sitemap_are_read_and_known(
    this: Round, database: Database
) -> None:
    pages = {"/products/a": priced("10"), "/products/b": priced("20")}
    async with shop(pages) as address:
        pages["/sitemap.xml"] = sitemap(address, "/products/a", "/products/b", "/about")
        summary = await this.run(address)
    assert summary == {"pages": 2, "without_price": 0, "unchanged": 0, "discovered": 2}
    known = found(database)["a"]
    assert (known.found_by, known.first_seen_at, known.last_seen_at) == ("sitemap", NOW, NOW)
    assert (known.title, known.sku, known.status) == ("TrailCell", None, None)
    assert offers(database)["b"].price == 20


async def test_a_page_is_first_seen_once_and_last_seen_as_long_as_the_shop_names_it(
    this: Round, database: Database
) -> None:
    pages = {"/products/a": priced("10"), "/products/b": priced("20")}
    async with shop(pages) as address:
        pages["/sitemap.xml"] = sitemap(address, "/products/a", "/products/b")
        await this.run(address)
        pages["/sitemap.xml"] = sitemap(address, "/products/a")
        await this.run(address, DAY)
    seen = {name: (page.first_seen_at, page.last_seen_at) for name, page in found(database).items()}
    assert seen == {"a": (NOW, NOW + DAY), "b": (NOW, NOW)}


async def test_a_shop_is_asked_for_its_products_once_a_day(this: Round) -> None:
    asked: list[str] = []
    pages = {"/products/a": priced("10")}
    async with shop(pages, lambda request: asked.append(request.path)) as address:
        pages["/sitemap.xml"] = sitemap(address, "/products/a")
        for after in (0 * DAY, ROUND, DAY):  # 10:30, 16:30, 10:30 the next day
            await this.run(address, after)
    assert asked.count("/sitemap.xml") == 2
    assert asked.count("/products/a") == 3


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ((404, ""), "there is no sitemap"),
        ((200, "<html>Welcome"), "is no sitemap that can be read"),
        (CAPTCHA, "captcha"),
        ((500, ""), "the server answered 500"),
        ((200, "<urlset></urlset>"), "names no products"),
    ],
)
async def test_a_shop_that_does_not_name_its_products_keeps_those_that_are_known(
    this: Round, database: Database, trouble: Page, words: str
) -> None:
    pages = {"/products/a": priced("10"), "/sitemap.xml": (200, "")}
    async with shop(pages) as address:
        pages["/sitemap.xml"] = sitemap(address, "/products/a")
        await this.run(address)
        pages["/sitemap.xml"] = trouble
        summary = await this.run(address, DAY)
    assert summary["pages"] == 1
    assert summary["undiscovered"].startswith("VoltTrail: ")
    assert words in summary["undiscovered"]
    assert found(database)["a"].last_seen_at == NOW


async def test_another_shops_trouble_keeps_nobody_from_being_read(
    this: Round, allowing: Settings, put: Put, database: Database, store: Store
) -> None:
    async with shop({"/p/a": priced("10")}) as address, shop({}) as other:
        voltrail = competing(allowing).competitors["VoltTrail"]
        lost = voltrail.model_copy(update={"site": other, "discover": ["products_json"]})
        both = allowing.model_copy(update={"competitors": {"Lost": lost, "VoltTrail": voltrail}})
        put("competitor_page", {"competitor": "VoltTrail", "url": f"{address}/p/a"})
        summary = await jobs()["price_round"].run(round_at(NOW, database, both, store))
    assert (summary["pages"], summary["without_price"]) == (1, 0)
    assert summary["undiscovered"].startswith("Lost: ")


async def test_what_a_page_says_of_itself_is_kept_for_finding_pairs(
    put: Put, work: Work, database: Database
) -> None:
    data = '{"@type": "Product", "name": "Cell", "gtin13": "4006381333931"}'
    text = f'<script type="application/ld+json">{data}</script>'
    async with shop({"/p/a": (200, text)}) as address:
        put("competitor_page", {"competitor": "VoltTrail", "url": f"{address}/p/a"})
        await jobs()["price_round"].run(work)
    page = found(database)["a"]
    assert (page.title, page.gtin, page.first_seen_at) == ("Cell", "4006381333931", None)


@pytest.mark.parametrize(
    ("pair", "sku"),
    [
        ({"sku": "PS-1000"}, "PS-1000"),
        ({"sku": "PS-1000", "status": "confirmed"}, "PS-1000"),
        ({"sku": "PS-1000", "status": "proposed"}, "named"),
        ({"sku": "PS-1000", "status": "rejected"}, "named"),  # it is not that one
        ({"sku": "named", "status": "rejected"}, None),
        ({}, "named"),
    ],
)
async def test_a_persons_word_says_what_a_page_competes_with_then_the_configuration(
    put: Put, work: Work, database: Database, pair: Mapping[str, str], sku: str | None
) -> None:
    async with shop({"/p/a": priced("10")}) as address:
        page = {"competitor": "VoltTrail", "url": f"{address}/p/a"}
        put("competitor_page", {**page, **pair})
        put("competitor_offer", page | {"sku": "offered"})
        settings = competing(work.settings, products={"named": page["url"]})
        await jobs()["price_round"].run(round_at(NOW, database, settings, work.store))
    assert offers(database)["a"].sku == sku


async def test_a_page_that_config_yaml_names_is_read(work: Work, database: Database) -> None:
    async with shop({"/p/a": priced("10"), "/p/b": priced("11")}) as address:
        products = {"PS-1000": [f"{address}/p/a", f"{address}/p/b"]}
        settings = competing(work.settings, products=products)
        await jobs()["price_round"].run(round_at(NOW, database, settings, work.store))
    assert {offer.sku for offer in offers(database).values()} == {"PS-1000"}


async def test_a_price_that_a_person_typed_is_no_page_to_read(put: Put, work: Work) -> None:
    typed = {"competitor": "VoltTrail", "url": "typed:VoltTrail/PS-1000", "price": "9.30"}
    put("competitor_offer", typed | {"currency": "USD"})
    assert (await jobs()["price_round"].run(work))["pages"] == 0


class AlibabaStore:
    """A store of one list page, which answers to every number; its product pages are walled."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path.startswith("/productlist"):
            return web.Response(text=STORE_LIST, content_type="text/html")
        if request.path == "/robots.txt":
            return web.Response(status=404)
        return web.Response(text=CAPTCHA[1], content_type="text/html")


async def test_the_prices_of_a_stores_list_stand_in_for_pages_that_are_walled(
    this: Round, database: Database
) -> None:
    store = AlibabaStore()
    this.stanza = {"discover": ["listing"]}
    async with serving(store.serve) as address:
        summary = await this.run(address)
    assert (summary["discovered"], summary["pages"], summary["without_price"]) == (3, 3, 1)
    cup = offers(database)["cup_1600001.html"]  # "$20.98-23.95 / piece", 10 pieces at least
    assert (cup.price, cup.price_max, cup.currency) == (Decimal("20.98"), Decimal("23.95"), "USD")
    assert (cup.min_quantity, cup.certainty, cup.incoterm) == (10, Decimal("0.9"), "FOB")
    assert (cup.sold, cup.sold_over, cup.visitors_30d) == (1250, "180d", 310)
    assert offers(database)["cup_1600003.html"].problem == "captcha"  # quoted on request
    assert store.asked.count("/productlist-2.html") == 1
    assert "/productlist-3.html" not in store.asked


async def test_pages_that_are_too_many_to_read_get_the_lists_prices(
    this: Round, database: Database
) -> None:
    this.stanza = {"discover": ["listing"], "most_pages": 1}
    store = AlibabaStore()
    async with serving(store.serve) as address:
        await this.run(address)
    pages = [path for path in store.asked if "productlist" not in path and path != "/robots.txt"]
    assert len(pages) == 1
    assert sum(offer.price is not None for offer in offers(database).values()) == 2
