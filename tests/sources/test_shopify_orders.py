"""Shopify orders: what their words become, and that a long list is read to its end, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Shipment
from core.settings import Settings, Store
from scrapers.api.problems import SourceProblem
from scrapers.sources.shopify import paging
from tests.support.intake import facts, stored
from tests.support.shopify import (
    ACCESS_TOKEN,
    Node,
    Shop,
    connection,
    errors,
    item,
    order,
    parcel,
    shop_settings,
)
from tests.support.sources import Bench, Handler

Open = Callable[..., Bench]


@pytest.fixture
def opened(sqlite_database: Database, settings: Settings, store: Store) -> Open:
    def bench(shop: Handler, **changes: Any) -> Bench:
        source = shop_settings(**changes)
        return Bench(sqlite_database, settings, store, source, shop, ACCESS_TOKEN, name="shopify")

    return bench


def march(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


async def test_an_order_with_its_parts(opened: Open) -> None:
    buyer = {"name": "Ann\x00 Lee", "countryCodeV2": "US"}
    plans: list[Node] = [
        {"status": "CANCELLED", "fulfillBy": "2026-03-02T00:00:00Z"},
        {"status": "OPEN", "fulfillBy": "2026-03-04T00:00:00Z"},
        {"status": "OPEN", "fulfillBy": None},
    ]
    one = order(
        1,
        [item("KET-1", 2, "9.99")],
        displayAddress=buyer,
        email="Ann@Example.com",
        totalPriceSet={"shopMoney": {"amount": "1299.50", "currencyCode": "EUR"}},
        fulfillmentOrders=connection(plans),
    )
    shop = opened(Shop([one]))
    await shop.sync("orders")
    (kept,) = stored(shop.database, Order)
    names = ("channel", "order_no", "kind", "status", "amount", "currency", "buyer_name")
    assert facts(kept, *names) == (
        *("shopify", "#1001", "rts", "unfulfilled", Decimal("1299.50"), "EUR", "Ann Lee"),
    )
    assert facts(kept, "buyer_email", "buyer_country") == ("ann@example.com", "US")
    assert kept.placed_at == datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
    assert kept.promised_ship_at == march(4)
    (line,) = stored(shop.database, OrderLine)
    assert facts(line, "sku", "quantity", "unit_price") == ("KET-1", 2, Decimal("9.99"))


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"cancelledAt": "2026-03-02T00:00:00Z"}, "cancelled"),
        ({"displayFinancialStatus": "REFUNDED"}, "refunded"),
        ({"displayFinancialStatus": "PARTIALLY_REFUNDED"}, "unfulfilled"),
        ({"displayFinancialStatus": None}, "unfulfilled"),
        ({"displayFulfillmentStatus": "ON_HOLD"}, "on_hold"),
        ({"displayFulfillmentStatus": "BEAMED_UP"}, "unknown:BEAMED_UP"),
    ],
)
async def test_the_status_is_how_it_ended_or_how_far_it_is(
    opened: Open, told: dict[str, Any], status: str
) -> None:
    shop = opened(Shop([order(1, **told)]))
    await shop.sync("orders")
    assert stored(shop.database, Order)[0].status == status


async def test_an_order_has_left_when_all_of_it_has(opened: Open) -> None:
    first, second = parcel("A"), parcel("B", createdAt="2026-03-03T08:00:00Z")
    partly: Node = {"fulfillments": [first], "displayFulfillmentStatus": "PARTIALLY_FULFILLED"}
    stand_in = Shop([order(1, **partly)])
    shop = opened(stand_in)
    await shop.sync("orders")
    assert stored(shop.database, Order)[0].shipped_at is None
    arrived = [one | {"deliveredAt": "2026-03-04T10:00:00Z"} for one in (first, second)]
    whole: Node = {"fulfillments": arrived, "displayFulfillmentStatus": "FULFILLED"}
    stand_in.orders = [order(1, updatedAt="2026-03-05T02:20:00Z", **whole)]
    await shop.sync("orders")
    (kept,) = stored(shop.database, Order)
    assert facts(kept, "shipped_at", "delivered_at") == (march(3, 8), march(4, 10))


async def test_a_cancelled_parcel_takes_back_that_the_order_left(opened: Open) -> None:
    stand_in = Shop([order(1, fulfillments=[parcel("A")], displayFulfillmentStatus="FULFILLED")])
    shop = opened(stand_in)
    await shop.sync("orders")
    gone = parcel("A", status="CANCELLED", displayStatus="CANCELED")
    stand_in.orders = [order(1, updatedAt="2026-03-05T02:20:00Z", fulfillments=[gone])]
    await shop.sync("orders")
    (kept,) = stored(shop.database, Order)
    assert (kept.shipped_at, stored(shop.database, Shipment)[0].status) == (None, "cancelled")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("DELAYED", ("in_transit", "delayed")),
        ("ATTEMPTED_DELIVERY", ("exception", "attempted_delivery")),
        ("NOT_DELIVERED", ("exception", "not_delivered")),
        ("PICKED_UP", ("delivered", "picked_up")),
        ("TELEPORTED", ("unknown:TELEPORTED", "teleported")),
    ],
)
async def test_a_parcel_says_where_it_is(opened: Open, theirs: str, ours: Any) -> None:
    numbers = [{"company": None, "number": "JD1"}, {"company": "UPS", "number": None}]
    one = parcel(
        "x", displayStatus=theirs, trackingInfo=numbers, estimatedDeliveryAt="2026-03-09T00:00:00Z"
    )
    shop = opened(Shop([order(1, fulfillments=[one])]))
    await shop.sync("orders")
    (kept,) = stored(shop.database, Shipment)
    assert facts(kept, "status", "sub_status") == ours
    assert facts(kept, "carrier", "tracking_no", "order_no", "eta") == (
        *("other", "JD1", "#1001", march(9)),
    )


async def test_lines_of_one_article_are_one_line(opened: Open) -> None:
    items = [item("A", 2), item("A", 3), item("B", 1, "5.00"), item("B", 1, "4.00")]
    tip = [item(None), item("")]
    shop = opened(Shop([order(1, items + tip)]))
    await shop.sync("orders")
    lines = stored(shop.database, OrderLine)
    assert [facts(line, "sku", "quantity", "unit_price") for line in lines] == [
        ("A", 5, Decimal(10)),
        ("B", 2, None),
    ]


async def test_what_the_app_may_not_see_is_not_forgotten(opened: Open) -> None:
    seen: Node = {"displayAddress": {"name": "Ann", "countryCodeV2": "US"}, "email": "a@b.example"}
    stand_in = Shop([order(1, **seen)])
    shop = opened(stand_in)
    await shop.sync("orders")
    stand_in.orders = [order(1, updatedAt="2026-03-05T02:20:00Z", email="not an address")]
    await shop.sync("orders")
    kept = stored(shop.database, Order)[0]
    assert facts(kept, "buyer_name", "buyer_country", "buyer_email") == ("Ann", "US", "a@b.example")


async def test_test_orders_are_none(opened: Open) -> None:
    shop = opened(Shop([order(1, [item("A")], test=True)]))
    assert await shop.sync("orders") == {"read": 0}


async def test_a_moment_without_an_offset_is_refused(opened: Open) -> None:
    shop = opened(Shop([order(1, processedAt="2026-03-01T12:00:00")]))
    with pytest.raises(SourceProblem, match="has no offset"):
        await shop.sync("orders")


async def test_every_page_and_every_line_is_read(opened: Open) -> None:
    many = [item(f"S{n:03}") for n in range(230)]
    stand_in = Shop([order(n, many if n == 7 else [item("A")]) for n in range(240)])
    shop = opened(stand_in)
    found = await shop.sync("orders")
    assert (found["order"], found["order_line"]) == (240, 239 + 230)
    assert [asked["question"] for asked in stand_in.asked] == (
        # 230 lines: ten with the page, then all by the hundred
        ["Orders", "Order", "Order", "Order", "Orders", "Orders"]
    )


async def test_an_order_of_many_parcels_is_asked_for_alone(opened: Open) -> None:
    sent = [parcel(f"P{n}") for n in range(8)]
    one = order(1, fulfillments=lambda first: sent[:first])
    shop = opened(Shop([one]))
    assert (await shop.sync("orders"))["shipment"] == 8


async def test_only_what_changed_is_asked_for_with_an_overlap(opened: Open) -> None:
    stand_in = Shop()
    shop = opened(stand_in)
    await shop.sync("orders")
    shop.time.at += timedelta(minutes=5)
    await shop.sync("orders")
    assert [asked["query"] for asked in stand_in.asked] == [
        "updated_at:>='2026-01-04T02:30:00Z' AND updated_at:<='2026-03-05T02:30:00Z'",  # 60 days
        "updated_at:>='2026-03-05T02:15:00Z' AND updated_at:<='2026-03-05T02:35:00Z'",
    ]


async def test_a_run_that_was_cut_off_goes_on_there(opened: Open) -> None:
    stand_in = Shop([order(n) for n in range(250)])
    shop = opened(stand_in)
    count = 0

    def breaks(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return stand_in(request) if count != 3 else httpx.Response(403)

    shop.answer = breaks
    with pytest.raises(SourceProblem):
        await shop.sync("orders")
    assert len(stored(shop.database, Order)) == 200
    shop.time.at += timedelta(hours=1)
    assert await shop.sync("orders") == {"read": 51, "order": 50}  # the last one's second again
    assert shop.cursor("orders") == {"until": "2026-03-05T02:30:00+00:00"}  # the cut run's own


async def test_orders_that_change_meanwhile_are_not_missed(opened: Open) -> None:
    stand_in = Shop([order(n) for n in range(150)])
    shop = opened(stand_in)

    def changing(request: httpx.Request) -> httpx.Response:
        answer = stand_in(request)
        stand_in.orders[0] |= {"updatedAt": "2026-03-05T02:31:00Z", "cancelledAt": "2026-03-05"}
        return answer

    shop.answer = changing
    await shop.sync("orders")
    shop.time.at += timedelta(minutes=5)
    await shop.sync("orders")
    kept = stored(shop.database, Order)
    assert (len(kept), kept[0].status) == (150, "cancelled")


async def test_a_lost_cursor_costs_no_order(opened: Open) -> None:
    lost = errors("Invalid cursor for current pagination sort.", "BAD_REQUEST")
    stand_in = Shop([order(n) for n in range(150)])
    shop = opened(stand_in)
    count = 0

    def forgetful(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return lost if count == 2 else stand_in(request)

    shop.answer = forgetful
    assert (await shop.sync("orders"))["order"] == 150
    assert [asked["after"] for asked in stand_in.asked] == [None, None]


async def test_a_cursor_lost_at_once_is_told(opened: Open) -> None:
    lost = [errors("Invalid cursor for current pagination sort.") for _ in range(3)]
    with pytest.raises(SourceProblem, match="Invalid cursor"):
        await opened(Shop(refusals=lost)).sync("orders")


async def test_a_list_is_begun_anew_before_shopify_shows_no_more(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "DEEPEST", 200)  # 20,000
    stand_in = Shop([order(n) for n in range(450)])
    assert (await opened(stand_in).sync("orders"))["order"] == 450
    places = [asked["after"] is None for asked in stand_in.asked]
    assert places == [True, False, True, False, True]


async def test_a_page_that_comes_again_and_again_is_told(opened: Open) -> None:
    stuck = {"nodes": [order(1)], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}
    shop = opened(Shop(root={"orders": lambda **_: stuck}))
    with pytest.raises(SourceProblem, match="again and again"):
        await shop.sync("orders")


async def test_a_page_read_twice_changes_nothing(opened: Open) -> None:
    shop = opened(Shop([order(1, [item("A")], fulfillments=[parcel("P")])]))
    await shop.sync("orders")
    shop.time.at = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    assert await shop.sync("orders") == {"read": 0}


async def test_ship_by_dates_are_not_asked_for_without_their_scope(opened: Open) -> None:
    often = {"schedule": {"every": "5m"}, "stale_after": "1h"}
    feeds = {"orders": {**often, "overlap": "15m", "look_back": "60d", "ship_by": False}}
    denied = order(1)
    del denied["fulfillmentOrders"]
    assert (await opened(Shop([denied]), feeds=feeds).sync("orders"))["order"] == 1
