"""Competitors sold out of what we have (plan B1)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.jobs.conftest import NOW, Look, Put, only, spot

DAY = timedelta(days=1)
URL = "https://volttrail.example/products/trailcell-1000"


def offer(availability: str | None = "out_of_stock", **changes: Any) -> dict[str, Any]:
    plain = {"competitor": "VoltTrail", "url": URL, "sku": "PS-1000", "price": "459"}
    at = {"observed_at": NOW - timedelta(hours=1)}
    return plain | {"currency": "USD", "availability": availability} | at | changes


@pytest.fixture
def ours(put: Put) -> Put:
    """Let us have 640 of PS-1000: 650 less 10 that are promised."""
    put("product", {"sku": "PS-1000", "name": "Power station"})
    counted = {"sku": "PS-1000", "location": "LA", "on_hand": 650, "committed": 10}
    put("stock", counted | {"observed_at": NOW - timedelta(hours=2)})
    return put


def test_they_are_sold_out_of_what_we_have(ours: Put, look: Look) -> None:
    ours("competitor_offer", offer("in_stock", observed_at=NOW - 2 * DAY), offer())
    found = only(look("competitor_shortage"))
    assert (found.subject, found.severity) == ("PS-1000 VoltTrail", None)  # the stanza's: warning
    told = found.facts
    assert (told["available"], told["their_price"], told["competitor"]) == (
        *(640, "459.00", "VoltTrail"),
    )
    assert found.since == NOW - timedelta(hours=1)


def test_it_lasts_until_they_have_some_again(ours: Put, look: Look) -> None:
    ours("competitor_offer", offer(observed_at=NOW - 5 * DAY))
    ours("competitor_offer", offer(None, price=None, problem="captcha"))
    assert only(look("competitor_shortage"))  # 5 days, and a page that could not be read
    ours("competitor_offer", offer("in_stock", observed_at=NOW))
    assert look("competitor_shortage") == []


def test_it_is_over_when_we_have_none(ours: Put, look: Look) -> None:
    ours("competitor_offer", offer())
    assert only(look("competitor_shortage", at_least=640))
    assert look("competitor_shortage", at_least=641) == []
    counted = {"sku": "PS-1000", "location": "LA", "on_hand": 10, "committed": 10}
    ours("stock", counted | {"observed_at": NOW})
    assert look("competitor_shortage") == []


def test_nobody_knows_what_we_have_of_it(put: Put, look: Look) -> None:
    put("product", {"sku": "PS-1000"})
    put("stock", {"sku": "OTHER", "location": "LA", "on_hand": 5, "observed_at": NOW - DAY})
    put("competitor_offer", offer())
    assert look("competitor_shortage") == []


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (offer(url=URL + "-b"), 1),
        (offer("in_stock", url=URL + "-b"), 0),
        (offer(None, url=URL + "-b"), 0),  # a price, and no word of its stock
        (offer(None, url=URL + "-b", price=None, problem="not_found"), 1),
        (offer("in_stock", url=URL + "-b", competitor="Other"), 1),
    ],
)
def test_one_page_that_may_sell_it_is_enough(
    ours: Put, look: Look, other: dict[str, Any], told: int
) -> None:
    ours("competitor_offer", offer(), other)
    assert len(look("competitor_shortage")) == told


def test_what_is_gone_altogether_is_not_sold_out(ours: Put, look: Look) -> None:
    ours("competitor_offer", offer("in_stock", observed_at=NOW - DAY))
    ours("competitor_offer", offer(None, price=None, problem="not_found"))
    assert look("competitor_shortage") == []


@pytest.mark.parametrize(
    ("status", "sku", "told"),
    [("confirmed", "PS-1000", 1), ("proposed", "PS-1000", 0), ("rejected", "PS-1000", 0)],
)
def test_only_a_pair_that_holds_competes(
    ours: Put, look: Look, status: str, sku: str, told: int
) -> None:
    page = {"competitor": "VoltTrail", "url": URL, "sku": sku, "status": status}
    ours("competitor_page", page)
    ours("competitor_offer", offer())
    assert len(look("competitor_shortage")) == told


def test_what_we_sell_no_more_is_no_chance(ours: Put, look: Look) -> None:
    ours("competitor_offer", offer())
    ours("product", {"sku": "PS-1000", "status": "ended"})
    assert look("competitor_shortage") == []


def test_without_fresh_stock_it_cannot_tell(put: Put, look: Look) -> None:
    put("competitor_offer", offer())
    counted = {"sku": "PS-1000", "location": "LA", "on_hand": 650}
    put("stock", counted | {"observed_at": NOW - timedelta(hours=27)})  # stale_after: 26h
    assert spot(look("competitor_shortage")).what == "stock"


def test_of_a_store_that_never_counted_stock_nothing_is_asked(put: Put, look: Look) -> None:
    put("product", {"sku": "PS-1000", "name": "Power station"})
    put("competitor_offer", offer())
    assert look("competitor_shortage") == []
