"""Safety stock (plan C1): average daily sales × (purchase + transport lead, days) × 1.8."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from core.settings import Store
from jobs.asking import finding_json
from jobs.registry import checks
from tests.jobs.conftest import NOW, Look, Put, only, spot

TODAY = date(2026, 3, 5)  # in Shanghai, at NOW


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def product(**changes: Any) -> dict[str, Any]:
    plan = {"sku": "PS-1000", "purchase_lead_days": 20, "transport_lead_days": 35}
    return plan | changes


def sold(units: int, days: int, sku: str = "PS-1000") -> dict[str, Any]:
    return {"sku": sku, "day": days_ago(days), "channel": "alibaba", "units": units}


def stock(on_hand: int, **more: Any) -> dict[str, Any]:
    hour_ago = NOW - timedelta(hours=1)
    return {"sku": "PS-1000", "location": "LA", "on_hand": on_hand, "observed_at": hour_ago} | more


def short(outcomes: list[Finding | Blind]) -> dict[str, Any]:
    """The facts of the one finding."""
    return only(outcomes).facts


def put_in(put: Put, *levels: dict[str, Any], sales: Any = None, **changes: Any) -> None:
    """A SKU that sold 552 pieces in 30 days: 18.4 a day, safety stock 1,822."""
    put("product", product(**changes))
    put("sales", *(sales or [sold(276, 30), sold(276, 1)]))
    put("stock", *levels)


def test_the_plans_sum(put: Put, look: Look) -> None:
    put_in(put, stock(640))
    told = short(look("safety_stock"))
    # 552 ÷ 30 = 18.4 a day; 18.4 × (20 + 35) × 1.8 = 1,821.6 → 1,822; 1,822 − 640 = 1,182
    assert (told["units_sold"], told["days"], told["daily_sales"]) == (552, 30, "18.40")
    assert (told["safety_stock"], told["available"], told["order_quantity"]) == (1822, 640, 1182)
    assert (told["purchase_lead_days"], told["transport_lead_days"], told["factor"]) == (
        20,
        35,
        "1.8",
    )


@pytest.mark.parametrize(("on_hand", "wrong"), [(1821, 1), (1822, 0)])
def test_exactly_the_safety_stock_is_enough(put: Put, look: Look, on_hand: int, wrong: int) -> None:
    put_in(put, stock(on_hand))
    assert len(look("safety_stock")) == wrong


# critical under 40 % of 1,822 = 728.8
@pytest.mark.parametrize(("on_hand", "severity"), [(728, "critical"), (729, None)])
def test_far_below_is_critical(put: Put, look: Look, on_hand: int, severity: str | None) -> None:
    put_in(put, stock(on_hand))
    assert only(look("safety_stock")).severity == severity


def test_what_is_committed_is_not_available(put: Put, look: Look) -> None:
    put_in(put, stock(2000, committed=300))
    assert short(look("safety_stock"))["available"] == 1700


def test_what_is_on_its_way_is_not_ordered_again(put: Put, look: Look) -> None:
    put_in(put, stock(640, inbound=1000))
    told = short(look("safety_stock"))
    assert (told["inbound"], told["order_quantity"]) == (1000, 182)  # 1,822 − 640 − 1,000


def test_short_today_but_enough_on_its_way(put: Put, look: Look) -> None:
    put_in(put, stock(640, inbound=5000))
    assert short(look("safety_stock"))["order_quantity"] == 0


def test_an_order_is_at_least_the_minimum_quantity(put: Put, look: Look) -> None:
    put_in(put, stock(1800), moq=200)
    assert short(look("safety_stock"))["order_quantity"] == 200  # missing: 22


def test_locations_are_added_each_at_its_last_count(put: Put, look: Look) -> None:
    yesterday, oldest = NOW - timedelta(days=1), NOW - timedelta(days=2)
    put_in(
        put,
        stock(9999, observed_at=oldest),
        stock(500),
        stock(400, location="Bremen", observed_at=yesterday, committed=60),
        stock(70, location="FBA"),
    )
    told = short(look("safety_stock"))
    assert told["available"] == 910  # 500 + (400 − 60) + 70
    assert told["observed_at"] == yesterday.isoformat()  # the oldest count of the three


def test_the_average_is_over_complete_days_of_all_channels(put: Put, look: Look) -> None:
    shopify = sold(300, 2) | {"channel": "shopify"}
    put_in(put, stock(0), sales=[sold(5000, 31), sold(252, 30), shopify, sold(5000, 0)])
    assert short(look("safety_stock"))["units_sold"] == 552


def test_a_new_store_is_averaged_over_its_days(put: Put, look: Look) -> None:
    put_in(put, stock(0), sales=[sold(30, 4), sold(10, 2)])
    told = short(look("safety_stock"))
    # 40 ÷ 4 days × 55 × 1.8 = 990
    assert (told["days"], told["daily_sales"], told["safety_stock"]) == (4, "10.00", 990)


def test_what_does_not_sell_needs_no_stock(put: Put, look: Look) -> None:
    put_in(put, stock(0), sales=[sold(1, 3, sku="OTHER")])
    assert look("safety_stock") == []


def test_the_stores_zone_decides_what_today_is(put: Put, look: Look) -> None:
    put_in(put, stock(0, observed_at=NOW - timedelta(days=1)), sales=[sold(60, 3), sold(8, 1)])
    before = short(look("safety_stock", as_of=datetime(2026, 3, 4, 15, 59, tzinfo=UTC)))
    after = short(look("safety_stock", as_of=datetime(2026, 3, 4, 16, 0, tzinfo=UTC)))
    assert (before["units_sold"], before["days"]) == (60, 2)  # 4 March, 23:59 in Shanghai
    assert (after["units_sold"], after["days"]) == (68, 3)  # midnight


def test_the_past_is_asked_with_what_was_known_then(put: Put, look: Look) -> None:
    ten_days_ago = NOW - timedelta(days=10)
    put_in(put, stock(50, observed_at=ten_days_ago), stock(4000))
    assert look("safety_stock") == []
    told = short(look("safety_stock", as_of=ten_days_ago + timedelta(hours=1), stale_after={}))
    # only 276 pieces 30 days ago, 20 complete days before: 13.8 × 55 × 1.8 = 1,366.2 → 1,367
    assert (told["available"], told["days"], told["safety_stock"]) == (50, 20, 1367)


def test_every_number_is_configuration(put: Put, look: Look) -> None:
    put_in(put, stock(640))
    told = short(look("safety_stock", factor=2, average_over_days=10))
    # 276 ÷ 10 × 55 × 2 = 3,036
    assert (told["units_sold"], told["safety_stock"]) == (276, 3036)


def test_ended_products_and_other_stores_are_left_out(put: Put, look: Look, store: Store) -> None:
    other = store.model_copy(update={"name": "second"})
    put_in(put, stock(5000))
    put("product", product(sku="OLD", status="ended"))
    put("product", product(), to=other)
    put("sales", sold(9000, 1), to=other)
    put("stock", stock(0), to=other)
    assert look("safety_stock") == []


@pytest.mark.parametrize("lead", ["purchase_lead_days", "transport_lead_days"])
def test_a_missing_lead_time_is_told(put: Put, look: Look, lead: str) -> None:
    put_in(put, stock(0), **{lead: None})
    blind = spot(look("safety_stock"))
    assert (blind.what, blind.problem, blind.hides) == (
        "lead times",
        "missing",
        frozenset({"PS-1000"}),
    )
    assert blind.facts == {"skus": ["PS-1000"], "count": 1}


def test_a_sku_that_was_never_counted_is_told(put: Put, look: Look) -> None:
    put_in(put, stock(5000))
    put("product", product(sku="NEW"))
    blind = spot(look("safety_stock"))
    assert (blind.what, blind.hides) == ("stock level", frozenset({"NEW"}))


def test_without_a_complete_day_of_sales_nothing_can_be_told(put: Put, look: Look) -> None:
    put_in(put, stock(0), sales=[sold(5, 0)])
    blind = spot(look("safety_stock"))
    assert (blind.what, blind.problem, blind.hides) == ("sales", "missing", None)


def test_stale_stock_is_told_and_nothing_else(put: Put, look: Look) -> None:
    counted = NOW - timedelta(hours=26, seconds=1)
    put("product", product())
    put("sales", sold(552, 1))
    put("stock", stock(0, observed_at=counted), at=counted - timedelta(hours=1))
    assert spot(look("safety_stock")) == Blind(what="stock", problem="stale", last_known=counted)


def test_an_empty_ledger_cannot_tell(look: Look) -> None:
    missing = [Blind(what="stock", problem="missing"), Blind(what="sales", problem="missing")]
    assert look("safety_stock") == missing


def test_the_json_of_a_finding(put: Put, look: Look, settings: Any, store: Store) -> None:
    put_in(put, stock(640), name="Power station 1000 W", name_zh="储能电源")
    finding = only(look("safety_stock"))
    stanza = settings.check("safety_stock")
    row = finding_json(checks()["safety_stock"], stanza, store, finding)
    assert {name: row[name] for name in row if name != "facts"} == {
        "check": "safety_stock",
        "store": "harborlane",
        "subject": "PS-1000",
        "severity": "critical",
        "role": "supply_chain",
        "since": "2026-03-05T01:30:00+00:00",
    }
