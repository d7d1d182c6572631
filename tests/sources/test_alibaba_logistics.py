"""Alibaba's promises and parcels: of the orders that something travels for, and no others."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Order, Shipment
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.alibaba import PLAIN, Alibaba, Form, Told, bench, stamp
from tests.support.intake import facts, stored, take
from tests.support.sources import Bench, source_settings

LOGISTICS, TRACKING = "/order/logistics/query", "/order/logistics/tracking/get"
Make = Callable[..., tuple[Bench, Alibaba]]

SENT: dict[str, Any] = {
    "code": "0",
    "value": {
        "logistic_status": "DELIVERED",
        "agreed_shipment_date": stamp("2026-03-03T00:00:00+00:00"),
        "shipment_date": stamp("2026-03-02T09:00:00+00:00"),
        "shipping_order_list": [
            {"voucher": {"tracking_number": "7767", "service_provider": "FEDEX"}},
            {"voucher": {"service_provider": "FEDEX"}},
            {},
        ],
    },
}
MOVED: dict[str, Any] = {
    "code": "0",
    "tracking_list": [
        {
            "carrier": "FEDEX",
            "tracking_number": "7767",
            "current_event_code": "IN_TRANSIT",
            "event_list": [
                {"event_name": "Left", "event_location": "CN", "event_time": "2026-03-03 08:00:00"},
                {"event_name": "Picked up", "event_time": "2026-03-02 20:00:00"},
                {"event_name": "Torn", "event_time": "yesterday"},
            ],
        }
    ],
}


@pytest.fixture
def make(sqlite_database: Database, settings: Settings, store: Store) -> Make:
    def made(answers: dict[str, Told], **feed: Any) -> tuple[Bench, Alibaba]:
        alibaba = Alibaba(answers)
        stanza = {**PLAIN, "look_back": "120d", **feed}
        source = source_settings(service="alibaba", feeds={"logistics": stanza})
        return bench(sqlite_database, settings, store, alibaba, source), alibaba

    return made


def order(number: str = "1", status: str = "delivering", **more: object) -> dict[str, object]:
    placed = {"placed_at": "2026-03-01T08:00:00Z"}
    return {"channel": "alibaba", "order_no": number, "status": status, **placed, **more}


async def test_promise_and_parcel_are_stored(make: Make) -> None:
    source, _ = make({LOGISTICS: SENT, TRACKING: MOVED})
    take(source.database, "order", order())
    await source.sync("logistics")
    (known,) = stored(source.database, Order)
    assert known.promised_ship_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert known.shipped_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    (parcel,) = stored(source.database, Shipment)
    assert facts(parcel, "carrier", "tracking_no", "order_no", "channel", "status") == (
        "FEDEX",
        "7767",
        "1",
        "alibaba",
        "in_transit",
    )
    assert parcel.last_event == "Left, CN"
    assert parcel.last_event_at is None  # 08:00 of an unknown zone


async def test_handed_over_is_not_received(make: Make) -> None:
    source, _ = make({LOGISTICS: SENT}, tracking=False)
    take(source.database, "order", order())
    await source.sync("logistics")
    # `DELIVERED` is 已发货, sent (document 41142); only CONFIRM_RECEIPT is the buyer's
    assert [parcel.status for parcel in stored(source.database, Shipment)] == [None]


async def test_received_is_delivered_and_not_tracked(make: Make) -> None:
    received = {**SENT, "value": {**SENT["value"], "logistic_status": "CONFIRM_RECEIPT"}}
    source, alibaba = make({LOGISTICS: received})
    take(source.database, "order", order())
    await source.sync("logistics")
    (parcel,) = stored(source.database, Shipment)
    assert facts(parcel, "status", "delivered_at") == ("delivered", None)
    assert alibaba.forms(TRACKING) == []


async def test_an_arrival_without_a_zone_has_no_moment(make: Make) -> None:
    event = {"event_code": "DELIVERED", "event_time": "2026-03-04 15:53:00"}
    arrived = {"tracking_number": "7767", "current_event_code": "DELIVERED", "event_list": [event]}
    source, _ = make({LOGISTICS: SENT, TRACKING: {"code": "0", "tracking_list": [arrived]}})
    take(source.database, "order", order())
    await source.sync("logistics")
    (parcel,) = stored(source.database, Shipment)
    assert facts(parcel, "status", "delivered_at") == ("delivered", None)


async def test_only_orders_that_something_travels_for_are_asked(make: Make) -> None:
    source, alibaba = make({LOGISTICS: SENT}, tracking=False)
    take(
        source.database,
        "order",
        order("1", "undeliver"),
        order("2", "unpay"),
        order("3", "trade_success"),
        order("4", "trade_success"),
        order("5", "unknown:teleporting"),
        order("6", placed_at="2025-10-01T00:00:00Z"),
        {**order("7"), "channel": "amazon"},
    )
    parcel = {"carrier": "FEDEX", "order_no": "4", "channel": "alibaba"}
    take(source.database, "shipment", {**parcel, "tracking_no": "x", "status": "in_transit"})
    await source.sync("logistics")
    # 4 is done, but its parcel is not known to have arrived
    assert [form["trade_id"] for form in alibaba.forms(LOGISTICS)] == ["1", "4", "5"]


async def test_a_cut_run_goes_on_behind_its_last_order(make: Make) -> None:
    failing = iter([True])

    def answer(form: Form) -> Told:
        if form["trade_id"] == "30" and next(failing, False):
            return httpx.Response(400)
        return {"code": "0", "value": {}}

    source, alibaba = make({LOGISTICS: answer}, tracking=False)
    take(source.database, "order", *(order(f"{n:02}") for n in range(45)))
    with pytest.raises(SourceProblem, match="400"):
        await source.sync("logistics")
    await source.sync("logistics")
    asked = [form["trade_id"] for form in alibaba.forms(LOGISTICS)]
    # pages of 20: 00 to 19, 20 up to the failing 30, then 20 to 44
    assert asked == [f"{n:02}" for n in [*range(20), *range(20, 31), *range(20, 45)]]
    assert source.cursor("logistics") == {}


async def test_an_order_that_is_refused_stops_no_other(make: Make) -> None:
    invalid = {"type": "ISP", "code": "15", "sub_code": "isv.402", "sub_msg": "tradeId is invalid"}
    answer = lambda form: invalid if form["trade_id"] == "1" else SENT  # noqa: E731
    source, _ = make({LOGISTICS: answer}, tracking=False)
    take(source.database, "order", order("1"), order("2"))
    summary = await source.sync("logistics")
    assert summary["notes"] == [
        "order 1: Alibaba does not answer /order/logistics/query: tradeId is invalid (15, isv.402)"
    ]
    assert len(stored(source.database, Shipment)) == 1


async def test_a_parcel_that_is_not_tracked_is_stored(make: Make) -> None:
    unknown = {"type": "ISV", "code": "402", "sub_code": "isv.402", "sub_msg": "no such parcel"}
    source, _ = make({LOGISTICS: SENT, TRACKING: unknown})
    take(source.database, "order", order())
    summary = await source.sync("logistics")
    assert "no such parcel" in summary["notes"][0]
    assert [parcel.tracking_no for parcel in stored(source.database, Shipment)] == ["7767"]
    assert [known.promised_ship_at is None for known in stored(source.database, Order)] == [False]


async def test_tracking_that_is_not_for_sellers_says_so(make: Make) -> None:
    denied = {"type": "ISV", "code": "InsufficientPermission"}
    source, _ = make({LOGISTICS: SENT, TRACKING: denied})
    take(source.database, "order", order())
    with pytest.raises(SourceProblem, match=r"ask for the package with .*tracking/get") as it:
        await source.sync("logistics")
    assert it.value.kind is ProblemKind.REFUSED


async def test_an_event_without_a_moment_does_not_replace_what_a_tracker_told(make: Make) -> None:
    source, _ = make({LOGISTICS: SENT, TRACKING: MOVED})
    take(source.database, "order", order())
    newer = {"last_event": "At the door", "last_event_at": "2026-03-04T00:00:00Z"}
    take(source.database, "shipment", {"carrier": "FEDEX", "tracking_no": "7767", **newer})
    await source.sync("logistics")
    assert [parcel.last_event for parcel in stored(source.database, Shipment)] == ["At the door"]
