"""Alibaba's products, the stock of its listings, and the store's visitors."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Product, Stock, Visit
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.alibaba import Alibaba, Form, Told, bench
from tests.support.intake import facts, stored
from tests.support.sources import Bench

PRODUCTS, INVENTORY = "alibaba.icbu.product.list", "alibaba.icbu.product.inventory.get"
WEEKS, INDUSTRIES, FIGURES = (
    "alibaba.mydata.overview.date.get",
    "alibaba.mydata.overview.industry.get",
    "alibaba.mydata.overview.indicator.basic.get",
)
Make = Callable[..., tuple[Bench, Alibaba]]


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told]) -> tuple[Bench, Alibaba]:
        alibaba = Alibaba(answers)
        return bench(sqlite_database, settings, store, alibaba), alibaba

    return made


def products(count: int) -> Callable[[Form], Told]:
    """Answer the list of products, whose first page is 1."""
    every = [{"id": 1000 + n, "subject": f"Lamp {n}", "display": "Y"} for n in range(count)]

    def page(form: Form) -> Told:
        size, number = int(form["page_size"]), int(form["current_page"])
        shown = every[(number - 1) * size : number * size]
        return {"alibaba_icbu_product_list_response": {"total_count": count, "products": shown}}

    return page


def inventory(*levels: dict[str, Any]) -> Told:
    result = {"success": True, "data_list": list(levels)}
    return {"alibaba_icbu_product_inventory_get_response": {"result": result}}


async def test_products_are_stored_under_the_sellers_own_number(make: Make) -> None:
    listed = [
        {"id": 1, "model_number": "HL-1", "subject": "Lamp", "display": "Y"},
        {"id": 1600000000002, "subject": "Chair", "display": "N"},
        {"id": 3, "subject": "Table", "display": "maybe"},
        {"subject": "nothing to call it by"},
    ]
    source, _ = make({PRODUCTS: {"x_response": {"total_count": "4", "products": listed}}})
    await source.sync("products")
    assert [facts(it, "sku", "name", "status") for it in stored(source.database, Product)] == [
        ("1600000000002", "Chair", "paused"),
        ("3", "Table", None),
        ("HL-1", "Lamp", "active"),
    ]


async def test_all_pages_of_products_are_read(make: Make) -> None:
    source, alibaba = make({PRODUCTS: products(60)})
    await source.sync("products")
    assert len(stored(source.database, Product)) == 60
    # the third page is empty: only that tells that two full ones were all
    assert [form["current_page"] for form in alibaba.forms(PRODUCTS)] == ["1", "2", "3"]
    assert source.cursor("products") == {}


async def test_a_listings_stock_is_no_goods(make: Make) -> None:
    level = {"sku_id": 1, "inventory_code": "CN", "inventory": "7"}
    other = {"sku_id": 1, "inventory_code": "US", "inventory": 5}
    red = {"sku_id": 2, "inventory_code": "CN", "inventory": 0, "sku_outer_id": "LAMP-RED"}
    source, alibaba = make({PRODUCTS: products(1), INVENTORY: inventory(level, other, red)})
    await source.sync("stock")
    kept = [
        facts(it, "sku", "location", "on_hand", "listed") for it in stored(source.database, Stock)
    ]
    # 7 in China and 5 in the United States
    assert kept == [("1000", "alibaba", 0, 12), ("LAMP-RED", "alibaba", 0, 0)]
    assert alibaba.forms(INVENTORY)[0]["product_id"] == "1000"


async def test_an_empty_list_is_not_zero(make: Make) -> None:
    answers = {"1000": inventory(), "1001": inventory({"sku_id": 1, "inventory": 3})}
    source, _ = make({PRODUCTS: products(2), INVENTORY: lambda form: answers[form["product_id"]]})
    summary = await source.sync("stock")
    assert [facts(it, "sku", "listed") for it in stored(source.database, Stock)] == [("1001", 3)]
    assert summary["notes"] == ["1000: Alibaba keeps no stock of it (not zero)"]


async def test_no_stock_at_all_is_told(make: Make) -> None:
    source, _ = make({PRODUCTS: products(31), INVENTORY: inventory()})
    with pytest.raises(SourceProblem, match="no stock of any of the 31 products") as it:
        await source.sync("stock")
    assert it.value.kind is ProblemKind.REFUSED
    assert stored(source.database, Stock) == []


async def test_a_cut_stock_run_goes_on_at_its_page(make: Make) -> None:
    failing = iter([True])

    def level(form: Form) -> Told:
        if form["product_id"] == "1031" and next(failing, False):
            return httpx.Response(400)
        # only the first page has any: the second run must know that
        return (
            inventory({"sku_id": 1, "inventory": 1}) if form["product_id"] < "1030" else inventory()
        )

    source, alibaba = make({PRODUCTS: products(32), INVENTORY: level})
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("stock")
    await source.sync("stock")
    assert [form["current_page"] for form in alibaba.forms(PRODUCTS)] == ["1", "2", "2"]
    assert len(stored(source.database, Stock)) == 30


WEEK = {"start_date": "2026-02-15", "end_date": "2026-02-21"}
NEXT = {"start_date": "2026-02-22", "end_date": "2026-02-28"}
MAIN = {"industry_id": 127726042, "industry_desc": "All", "main_category": True}
SIDE = {"industry_id": 5, "industry_desc": "Lamps", "main_category": False}


def mydata(**figures: object) -> dict[str, Told]:
    return {
        WEEKS: {"x_response": {"result": {"date_range_list": {"date_range": [NEXT, WEEK]}}}},
        INDUSTRIES: {"x_response": {"industries": [SIDE, MAIN]}},
        FIGURES: {"x_response": {"result": figures}},
    }


async def test_a_weeks_visitors_stand_on_its_last_day(make: Make) -> None:
    source, alibaba = make(mydata(visitor=260, imps=6769, clk=143, fb="8", reply="0.9927"))
    await source.sync("visits")
    await source.sync("visits")
    assert [
        facts(it, "day", "channel", "country", "visitors") for it in stored(source.database, Visit)
    ] == [
        (date(2026, 2, 21), "alibaba", "", 260),
        (date(2026, 2, 28), "alibaba", "", 260),
    ]
    (form, _) = alibaba.forms(FIGURES)  # the second run asks for no week again
    assert json.loads(form["date_range"]) == WEEK
    assert json.loads(form["industry"]) == MAIN


async def test_the_data_package_is_named(make: Make) -> None:
    denied = {"type": "ISV", "code": "InsufficientPermission"}
    source, _ = make({WEEKS: denied})
    with pytest.raises(SourceProblem, match=r"ask for the data package \(mydata\)") as it:
        await source.sync("visits")
    assert it.value.kind is ProblemKind.REFUSED


@pytest.mark.parametrize("figures", [{}, {"visitor": "many"}, {"visitor": None}])
async def test_no_visitors_is_not_zero(make: Make, figures: dict[str, object]) -> None:
    source, _ = make(mydata(**figures))
    with pytest.raises(SourceProblem, match="no visitors"):
        await source.sync("visits")
    assert stored(source.database, Visit) == []


@pytest.mark.parametrize("name", [WEEKS, INDUSTRIES])
async def test_an_answer_of_another_shape_is_told(make: Make, name: str) -> None:
    source, _ = make({**mydata(visitor=1), name: {"x_response": {"result": {}}}})
    with pytest.raises(SourceProblem, match=name) as it:
        await source.sync("visits")
    assert it.value.kind is ProblemKind.BROKEN
