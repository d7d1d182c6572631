"""Shopify: stock as goods or as a listing, disputes, visits, products."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Dispute, Product, Stock, Visit
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.intake import facts, stored, take
from tests.support.shopify import (
    ACCESS_TOKEN,
    Node,
    Shop,
    connection,
    level,
    shop_settings,
    stock_item,
)
from tests.support.sources import Bench

Open = Callable[..., Bench]


@pytest.fixture
def opened(sqlite_database: Database, settings: Settings, store: Store) -> Open:
    def bench(shop: Shop, **changes: Any) -> Bench:
        source = shop_settings(**changes)
        return Bench(sqlite_database, settings, store, source, shop, ACCESS_TOKEN, name="shopify")

    return bench


def counted(shop: Bench) -> list[tuple[Any, ...]]:
    names = ("sku", "location", "on_hand", "committed", "inbound", "listed")
    return [facts(row, *names) for row in stored(shop.database, Stock)]


async def test_goods_lie_at_our_locations(opened: Open) -> None:
    levels = [
        level("Yiwu", on_hand=40, committed=3, incoming=12),
        level("Annex", on_hand=2),
        level("LA", on_hand=-1, committed=4),
    ]
    shop = opened(
        Shop(items=[stock_item(1, "KET-1", *levels)]), locations={"Yiwu": "cn", "Annex": "cn"}
    )
    await shop.sync("stock")
    assert counted(shop) == [("KET-1", "LA", -1, 4, 0, None), ("KET-1", "cn", 42, 3, 12, None)]


async def test_a_listing_is_no_goods(opened: Open) -> None:
    levels = [level("A", available=30, committed=3), level("B", available=7, committed=1)]
    shop = opened(Shop(items=[stock_item(1, "KET-1", *levels)]), stock_is="listing")
    await shop.sync("stock")
    assert counted(shop) == [("KET-1", "shopify", 0, 4, None, 37)]


async def test_what_shopify_does_not_count_has_no_stock_rather_than_none(opened: Open) -> None:
    items = [
        stock_item(1, "GIFT", level("A"), tracked=False),
        stock_item(2, None, level("A", on_hand=3)),
        stock_item(3, "NOWHERE"),
        stock_item(4, "EMPTY", level("A", on_hand=0)),
    ]
    shop = opened(Shop(items=items))
    await shop.sync("stock")
    assert counted(shop) == [("EMPTY", "A", 0, 0, 0, None)]


async def test_articles_that_share_a_sku_are_summed(opened: Open) -> None:
    fillers = [stock_item(n, f"F{n}", level("A", on_hand=1)) for n in range(2, 101)]
    same = [stock_item(n, "SA'ME", level("A", on_hand=n)) for n in (1, 101, 102)]
    longer = stock_item(103, "SA'ME-2", level("A", on_hand=9))
    stand_in = Shop(items=[same[0], *fillers, same[1], same[2], longer])
    shop = opened(stand_in)
    await shop.sync("stock")
    assert [row[:3] for row in counted(shop) if "SA" in row[0]] == [
        ("SA'ME", "A", 1 + 101 + 102),
        ("SA'ME-2", "A", 9),
    ]
    assert stand_in.asked[-1]["query"] == r"sku:'SA\'ME'"


async def test_every_item_of_a_long_list_is_counted_once(opened: Open) -> None:
    stand_in = Shop(items=[stock_item(n, f"S{n}", level("A", on_hand=n)) for n in range(1, 251)])
    shop = opened(stand_in)
    assert await shop.sync("stock") == {"read": 250, "stock": 250}
    shop.time.at += timedelta(minutes=15)
    assert await shop.sync("stock") == {"read": 250}  # only changes are history
    assert len(stand_in.asked) == 6


@pytest.mark.parametrize(("later", "read"), [(15, 50), (61, 250)])
async def test_a_count_that_was_cut_off_goes_on_unless_it_is_old(
    opened: Open, later: int, read: int
) -> None:
    stand_in = Shop(items=[stock_item(n, f"S{n}", level("A", on_hand=n)) for n in range(1, 251)])
    shop = opened(stand_in)
    count = 0

    def breaks(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return stand_in(request) if count != 3 else httpx.Response(403)

    shop.answer = breaks
    with pytest.raises(SourceProblem):
        await shop.sync("stock")
    shop.time.at += timedelta(minutes=later)
    assert (await shop.sync("stock"))["read"] == read
    assert (len(counted(shop)), shop.cursor("stock")) == (250, {})


def dispute(**changes: Any) -> Node:
    return {
        "legacyResourceId": "90071",
        "type": "CHARGEBACK",
        "status": "NEEDS_RESPONSE",
        "initiatedAt": "2026-03-01T10:00:00Z",
        "evidenceDueBy": "2026-03-09T10:00:00Z",
        "finalizedOn": None,
        "amount": {"amount": "45.50", "currencyCode": "EUR"},
        "reasonDetails": {"reason": "PRODUCT_NOT_RECEIVED"},
        "order": None,
    } | changes


def disputing(*nodes: Node) -> dict[str, Any]:
    return {"shopifyPaymentsAccount": {"activated": True}, "disputes": connection(nodes)}


async def test_a_dispute_has_its_deadline_until_it_is_answered(opened: Open) -> None:
    stand_in = Shop(root=disputing(dispute(order={"name": "#1001"})))
    shop = opened(stand_in)
    await shop.sync("disputes")
    (kept,) = stored(shop.database, Dispute)
    names = ("dispute_id", "status", "kind", "amount", "currency", "order_no", "answer_due_at")
    assert facts(kept, *names) == (
        *("90071", "needs_response", "chargeback product_not_received", Decimal("45.50"), "EUR"),
        *("#1001", datetime(2026, 3, 9, 10, tzinfo=UTC)),
    )
    stand_in.root = disputing(dispute(status="UNDER_REVIEW"))
    await shop.sync("disputes")
    (kept,) = stored(shop.database, Dispute)
    assert facts(kept, "status", "answer_due_at", "order_no") == ("under_review", None, "#1001")
    stand_in.root = disputing(dispute(status="LOST", finalizedOn="2026-03-20T00:00:00Z"))
    await shop.sync("disputes")
    assert stored(shop.database, Dispute)[0].closed_at == datetime(2026, 3, 20, tzinfo=UTC)


async def test_a_dispute_of_an_unknown_status_keeps_its_deadline(opened: Open) -> None:
    shop = opened(Shop(root=disputing(dispute(status="ESCALATED"))))
    await shop.sync("disputes")
    (kept,) = stored(shop.database, Dispute)
    assert (kept.status, kept.answer_due_at is not None) == ("unknown:ESCALATED", True)


async def test_no_disputes_are_a_complete_run(opened: Open) -> None:
    assert await opened(Shop(root=disputing())).sync("disputes") == {"read": 0}


def report(*rows: Any) -> Node:
    names = ("session_country", "online_store_visitors", "pageviews")
    columns = [{"name": name} for name in names]
    return {"tableData": {"columns": columns, "rows": list(rows)}, "parseErrors": []}


@pytest.mark.parametrize(
    "row",
    [
        {"session_country": "Germany", "online_store_visitors": "7", "pageviews": "19"},
        ["Germany", 7, 19],
    ],
    ids=["by name", "in columns' order"],
)
async def test_visitors_of_the_days_that_are_over(opened: Open, row: Any) -> None:
    stand_in = Shop(root={"shopifyqlQuery": report(row)})
    shop = opened(stand_in)
    assert (await shop.sync("visits"))["visits"] == 30  # 3rd of February to 4th of March
    kept = stored(shop.database, Visit)[-1]
    assert facts(kept, "day", "channel", "country", "visitors", "page_views") == (
        *(date(2026, 3, 4), "shopify", "DE", 7, 19),
    )
    assert stand_in.asked[-1]["query"] == (
        "FROM sessions SHOW online_store_visitors, pageviews GROUP BY session_country "
        "WITH TIMEZONE 'Asia/Shanghai' SINCE 2026-03-04 UNTIL 2026-03-04"
    )
    shop.time.at += timedelta(days=1)
    stand_in.asked.clear()
    await shop.sync("visits")
    days = [asked["query"][-10:] for asked in stand_in.asked]
    assert days == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]  # three days again


async def test_a_day_without_visitors_is_no_row(opened: Open) -> None:
    nobody = opened(Shop(root={"shopifyqlQuery": report()}))
    assert await nobody.sync("visits") == {"read": 0}


@pytest.mark.parametrize(
    "answer",
    [{"tableData": None, "parseErrors": ["Column 'pageviews' not found"]}, None],
)
async def test_a_question_that_shopifyql_does_not_take_is_told(opened: Open, answer: Any) -> None:
    with pytest.raises(SourceProblem, match="ShopifyQL did not take") as told:
        await opened(Shop(root={"shopifyqlQuery": answer})).sync("visits")
    assert told.value.kind is ProblemKind.BROKEN


def product(**changes: Any) -> Node:
    picture = {"preview": {"image": {"url": "https://cdn.example/k.jpg"}}}
    return {
        "id": "gid://shopify/Product/1",
        "title": "Kettle",
        "status": "ACTIVE",
        "productType": "",
        "updatedAt": "2026-03-01T10:00:00Z",
        "featuredMedia": picture,
        "variants": connection([{"sku": "KET-1", "title": "Default Title"}]),
    } | changes


async def test_a_product_with_variants_is_several_articles(opened: Open) -> None:
    variants = [{"sku": "KET-R", "title": "Red"}, {"sku": "", "title": "Blue"}]
    nodes = [product(), product(variants=connection(variants), status="ARCHIVED")]
    shop = opened(Shop(root={"products": connection(nodes)}))
    await shop.sync("products")
    kept = stored(shop.database, Product)
    assert [facts(row, "sku", "name", "status", "image_url") for row in kept] == [
        ("KET-1", "Kettle", "active", "https://cdn.example/k.jpg"),
        ("KET-R", "Kettle – Red", "ended", "https://cdn.example/k.jpg"),
    ]


async def test_our_own_columns_of_a_product_stay(opened: Open) -> None:
    shop = opened(Shop(root={"products": connection([product(featuredMedia=None)])}))
    ours = {"sku": "KET-1", "category": "kitchen", "moq": 50, "unit_cost_usd": "4.20"}
    take(shop.database, "product", ours, store=shop.store)
    await shop.sync("products")
    (kept,) = stored(shop.database, Product)
    assert facts(kept, "name", "category", "moq", "unit_cost_usd") == (
        *("Kettle", "kitchen", 50, Decimal("4.20")),
    )


async def test_all_variants_of_a_product_are_read(opened: Open) -> None:
    variants = [{"sku": f"V{n:03}", "title": str(n)} for n in range(120)]
    one = product(variants=lambda **given: connection(variants, **given))
    root = {"products": connection([one]), "product": lambda **_: one}
    stand_in = Shop(root=root)
    assert (await opened(stand_in).sync("products"))["product"] == 120
    assert len(stand_in.asked) == 3  # ten with the page, a hundred, the last ten
