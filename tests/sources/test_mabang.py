"""Mabang: signed byte by byte, field names that vary, orders in two halves, stock day by day."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Shipment, Stock
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.mabang.gateway import sign
from tests.support.intake import facts, stored
from tests.support.sources import Bench, source_settings

WINDOW = {"schedule": {"every": "15m"}, "stale_after": "1h", "overlap": "1h", "look_back": "1d"}
SOURCE = source_settings(service="mabang", feeds={"orders": WINDOW, "stock": WINDOW})
CREDENTIALS = {"MABANG_APP_KEY": "201501", "MABANG_APP_SECRET": "mabang-secret-61c0"}

Answer = Callable[[dict[str, Any]], Any]
Make = Callable[[Answer], Bench]

ORDER = {
    "platformOrderId": "111-222",
    "platformId": "Amazon",
    "orderStatus": 3,
    "paidTime": "2026-03-04 20:00:00",
    "createDate": "2026-03-04 21:00:00",
    "expressTime": "2026-03-05 08:00:00",
    "itemTotalOrigin": "19.98",
    "shippingTotalOrigin": 4.5,
    "currencyId": "EUR",
    "buyerName": "Ann",
    "countryCode": "DE",
    "trackNumber": "LP00",
    "myLogisticsName": "YunExpress",
    "orderItem": [
        {"stockSku": "HL-1", "quantity": "1", "sellPriceOrigin": "9.99"},
        {"stockSku": "HL-1", "quantity": 1, "sellPriceOrigin": "9.99"},
    ],
}
SHELF = {
    "stockSku": "HL-1",
    "warehouse": [
        {
            "warehouseName": "SZ 深圳仓",
            "stockQuantity": 10,
            "waitingQuantity": "3",
            "shippingQuantity": 5,
            "allotShippingQuantity": "2",
        },
        {"warehouseName": "LA", "waitingQuantity": 1},
    ],
}


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answer: Answer) -> Bench:
        def answered(request: httpx.Request) -> httpx.Response:
            told = answer(json.loads(request.content))
            return told if isinstance(told, httpx.Response) else httpx.Response(200, json=told)

        return Bench(sqlite_database, settings, store, SOURCE, answered, CREDENTIALS, name="mabang")

    return made


def told(data: Any, code: object = "200") -> dict[str, Any]:
    return {"code": code, "message": "success", "data": data}


def listed(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return told({"data": list(rows), "hasNext": False, "total": len(rows), **more})


def unsent_only(*rows: dict[str, Any]) -> Answer:
    return lambda question: listed(*(rows if question["data"]["status"] == "6" else ()))


def test_the_signature_is_of_the_bytes() -> None:
    body = (
        '{"api":"stock-get-stock-quantity","appkey":"201501",'
        '"data":{"updateTime":"2026-03-05","page":1},"timestamp":1772677800}'
    )
    # printf '%s' BODY | openssl dgst -sha256 -hmac mabang-secret-61c0
    expected = "940f024430b1c59f2a108ee3ed29bada94617ab43c8b3e02a60f97eff7e86156"
    assert sign("mabang-secret-61c0", body.encode()) == expected


async def test_what_is_sent_is_what_was_signed(make: Make) -> None:
    source = make(lambda _: listed())
    await source.probe()
    (request,) = source.requests
    expected = "940f024430b1c59f2a108ee3ed29bada94617ab43c8b3e02a60f97eff7e86156"
    assert request.headers["Authorization"] == expected
    assert not request.url.query


async def test_an_order_is_stored_with_lines_and_parcel(make: Make) -> None:
    source = make(unsent_only(ORDER))
    await source.sync("orders")
    (order,) = stored(source.database, Order)
    assert facts(order, "channel", "order_no", "status", "buyer_country") == (
        "amazon",
        "111-222",
        "shipped",
        "DE",
    )
    # 20:00 in Beijing is 12:00Z; the next day's 08:00 is 00:00Z
    assert order.placed_at == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert order.shipped_at == datetime(2026, 3, 5, 0, tzinfo=UTC)
    assert facts(order, "amount", "currency") == (Decimal("24.48"), "EUR")  # 19.98 + 4.50
    (line,) = stored(source.database, OrderLine)
    assert facts(line, "sku", "quantity", "unit_price") == ("HL-1", 2, Decimal("9.99"))
    (parcel,) = stored(source.database, Shipment)
    assert facts(parcel, "carrier", "tracking_no", "order_no") == ("YunExpress", "LP00", "111-222")


async def test_names_of_fields_may_be_of_another_version(make: Make) -> None:
    other = {
        "platform_order_id": "9",
        "platform_id": "Shopify",
        "order_status": "2",
        "create_date": "2026-03-04 21:00:00",
        "paid_time": "0000-00-00 00:00:00",
        "order_items": [{"stock_sku": "HL-2", "Quantity": 4}],
    }
    source = make(unsent_only(other))
    await source.sync("orders")
    (order,) = stored(source.database, Order)
    assert facts(order, "channel", "order_no", "status", "amount") == (
        "shopify",
        "9",
        "preparing",
        None,
    )
    assert order.placed_at == datetime(2026, 3, 4, 13, tzinfo=UTC)
    assert [line.quantity for line in stored(source.database, OrderLine)] == [4]


async def test_both_halves_and_all_their_pages_are_asked(make: Make) -> None:
    pages = {("6", None): "a", ("6", "a"): None, ("7", None): "b", ("7", "b"): None}
    asked = []

    def answer(question: dict[str, Any]) -> Any:
        place = question["data"]["status"], question["data"].get("cursor")
        asked.append(place)
        then = pages[place]
        return listed({**ORDER, "platformOrderId": f"{place}"}, hasNext=bool(then), nextCursor=then)

    source = make(answer)
    await source.sync("orders")
    assert asked == list(pages)
    assert len(stored(source.database, Order)) == 4
    assert source.cursor("orders") == {"until": "2026-03-05T02:30:00+00:00"}


async def test_a_cut_run_goes_on_at_its_cursor(make: Make) -> None:
    asked = []
    failing = iter([True])

    def answer(question: dict[str, Any]) -> Any:
        place = question["data"]["status"], question["data"].get("cursor")
        asked.append(place)
        if place == ("6", "a") and next(failing, False):
            return httpx.Response(400)
        return listed(ORDER, hasNext=place == ("6", None), nextCursor="a")

    source = make(answer)
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("orders")
    await source.sync("orders")
    assert asked == [("6", None), ("6", "a"), ("6", "a"), ("7", None)]


async def test_dates_are_asked_in_beijing_time(make: Make) -> None:
    source = make(lambda _: listed())
    await source.sync("orders")
    question = json.loads(source.requests[0].content)["data"]
    # 2026-03-05T02:30Z is 10:30 in Beijing; a day of look-back before it
    assert question["updateTimeStart"] == "2026-03-04 10:30:00"
    assert question["updateTimeEnd"] == "2026-03-05 10:30:00"


async def test_an_unknown_status_is_kept(make: Make) -> None:
    source = make(unsent_only({**ORDER, "orderStatus": 42}))
    await source.sync("orders")
    assert [order.status for order in stored(source.database, Order)] == ["unknown:42"]


async def test_stock_is_stored_by_warehouse(make: Make) -> None:
    source = make(lambda _: listed(SHELF))
    await source.sync("stock")
    (level,) = stored(source.database, Stock)  # LA does not say how much it has: not zero
    assert facts(level, "sku", "location", "on_hand", "committed", "inbound", "listed") == (
        "HL-1",
        "SZ 深圳仓",
        10,
        3,
        7,  # 5 bought, 2 moved between warehouses
        None,
    )


@pytest.mark.parametrize("says_total", [True, False])
async def test_all_pages_of_a_day_are_read(make: Make, says_total: bool) -> None:
    shelves = [{**SHELF, "stockSku": f"HL-{n}"} for n in range(5)]
    asked = []

    def answer(question: dict[str, Any]) -> Any:
        data = question["data"]
        asked.append((data["updateTime"], data["page"]))
        rows = shelves[2 * data["page"] - 2 : 2 * data["page"]]
        return (
            listed(*(rows if data["updateTime"] == "2026-03-05" else []), total=None)
            if not (says_total)
            else listed(*rows, total=5)
        )

    source = make(answer)
    await source.sync("stock")
    assert {level.sku for level in stored(source.database, Stock)} == {f"HL-{n}" for n in range(5)}
    last = [page for day, page in asked if day == "2026-03-05"]
    # five articles are on three pages of two; without a total the empty fourth tells the end
    assert last == ([1, 2, 3] if says_total else [1, 2, 3, 4])


async def test_a_version_that_knows_no_pages_is_asked_twice_at_most(make: Make) -> None:
    source = make(lambda _: told([SHELF]))
    await source.sync("stock")
    assert len(source.requests) == 4  # two days, each until the same page comes again


async def test_a_cut_stock_run_goes_on_at_its_page(make: Make) -> None:
    asked = []
    failing = iter([True])

    def answer(question: dict[str, Any]) -> Any:
        place = question["data"]["updateTime"][-2:], question["data"]["page"]
        asked.append(place)
        if place == ("05", 1) and next(failing, False):
            return httpx.Response(400)
        return listed({**SHELF, "stockSku": f"{place}"}, total=2)

    source = make(answer)
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("stock")
    source.time.at += timedelta(minutes=5)
    await source.sync("stock")
    assert asked == [("04", 1), ("04", 2), ("05", 1), ("05", 1), ("05", 2)]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ({"code": "500", "message": "签名错误"}, ProblemKind.REFUSED, "key and secret"),
        ({"code": "1", "message": "无接口权限"}, ProblemKind.REFUSED, "无接口权限"),
        ({"code": "999", "message": "请求过于频繁"}, ProblemKind.THROTTLED, "频繁"),
        ({"code": "9", "message": "a\nb"}, ProblemKind.BROKEN, r"a b \(9\)"),
        # an upstream failure that calls itself a success
        ({"code": 0, "message": "网关故障", "data": None}, ProblemKind.BROKEN, "no data"),
        ({"code": "200", "data": {"total": 3}}, ProblemKind.BROKEN, "no list"),
        ([], ProblemKind.BROKEN, "no data"),
        (httpx.Response(200, html="<html>"), ProblemKind.BROKEN, "no JSON"),
        (httpx.Response(200, content=b'{"code":"200","da'), ProblemKind.BROKEN, "no JSON"),
    ],
)
async def test_what_mabang_says_is_told(
    make: Make, answer: Any, kind: ProblemKind, says: str
) -> None:
    source = make(lambda _: answer)
    with pytest.raises(SourceProblem, match=says) as it:
        await source.probe()
    assert it.value.kind is kind
    assert len(str(it.value).splitlines()) == 1


async def test_a_missing_secret_names_its_variable(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    source = Bench(
        sqlite_database, settings, store, SOURCE, lambda _: httpx.Response(500), {}, "mabang"
    )
    with pytest.raises(SourceProblem, match="MABANG_APP_KEY and MABANG_APP_SECRET"):
        await source.probe()
