"""Our own listings against our price list (plan B1): (listed − list) ÷ list, told over 5 %."""

from datetime import timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from core.ledger.database import Database
from tests.jobs.conftest import NOW, Look, Put, only, spot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: what is read of listings and the price list is tested on both."""
    return sqlite_database


def listing(price: str | None, **changes: Any) -> dict[str, Any]:
    plain = {"channel": "shopify", "listing_id": "7", "min_quantity": 1, "sku": "PS-1000"}
    seen = {"observed_at": NOW - HOUR, "url": "https://harborlane.example/p"}
    return plain | seen | {"price": price, "currency": "USD"} | changes


def entry(price: str | None, **changes: Any) -> dict[str, Any]:
    plain = {"sku": "PS-1000", "channel": "shopify", "min_quantity": 1}
    return plain | {"valid_from": NOW - DAY, "price": price, "currency": "USD"} | changes


@pytest.fixture
def ours(put: Put) -> Put:
    """Let PS-1000 be sold, for 599 in the shop."""
    put("product", {"sku": "PS-1000", "name": "Power station", "fob_usd": "105", "moq": 50})
    put("price_list", entry("599"))
    return put


def test_a_slipped_decimal_is_critical(ours: Put, look: Look) -> None:
    ours("listing", listing("59.90"))
    found = only(look("listed_prices"))
    assert (found.subject, found.severity) == ("shopify 7 1", "critical")
    told = found.facts
    # (59.90 − 599) ÷ 599 = −90 %
    assert (told["listed"], told["on_list"], told["off"]) == ("59.90", "599.00", "-0.9000")
    assert (told["currency"], told["channel"], told["quantity"]) == ("USD", "shopify", 1)
    assert [origin["kind"] for origin in found.provenance] == ["listing", "price_list"]


# 599 × 0.95 = 569.05, × 1.05 = 628.95; × 0.70 = 419.30, × 1.30 = 778.70
@pytest.mark.parametrize(
    ("price", "severity"),
    [
        ("569.04", None),
        ("628.96", None),
        ("419.30", None),
        ("419.29", "critical"),
        ("778.70", None),
        ("778.71", "critical"),
    ],
)
def test_how_far_it_is_decides(ours: Put, look: Look, price: str, severity: str | None) -> None:
    ours("listing", listing(price))
    assert only(look("listed_prices")).severity == severity


@pytest.mark.parametrize("price", ["569.05", "599", "628.95"])
def test_within_the_limit_is_fine(ours: Put, look: Look, price: str) -> None:
    ours("listing", listing(price))
    assert look("listed_prices") == []


def test_one_cent_is_a_rounding(ours: Put, look: Look) -> None:
    """0.11 is 10 % over 0.10, and one cent, 0.1095 is less; 0.12 is two."""
    ours("price_list", entry("0.10", valid_from=NOW - HOUR))
    ours("listing", listing("0.11"))
    assert look("listed_prices") == []
    ours("listing", listing("0.1095", observed_at=NOW - HOUR / 2))
    assert look("listed_prices") == []
    ours("listing", listing("0.12", observed_at=NOW))
    assert only(look("listed_prices"))


def test_only_what_a_listing_shows_now_counts(ours: Put, look: Look) -> None:
    ours("listing", listing("59.90", observed_at=NOW - 3 * HOUR), listing("599"))
    assert look("listed_prices") == []
    assert only(look("listed_prices", as_of=NOW - 2 * HOUR)).facts["listed"] == "59.90"


def test_a_listing_that_ended_is_not_compared(ours: Put, look: Look) -> None:
    ours("listing", listing("59.90", observed_at=NOW - 3 * HOUR), listing(None))
    assert look("listed_prices") == []


def test_the_price_list_of_that_moment_counts(ours: Put, look: Look) -> None:
    ours("listing", listing("599"))
    ours("price_list", entry("650", valid_from=NOW), entry("1", valid_from=NOW + HOUR))
    assert look("listed_prices", as_of=NOW - timedelta(seconds=1)) == []
    assert only(look("listed_prices")).facts["on_list"] == "650.00"


def test_each_quantity_is_held_against_its_tier(ours: Put, look: Look) -> None:
    ours("price_list", entry("500", min_quantity=10), entry("400", min_quantity=100))
    tiers = [("599", 1), ("500", 10), ("500", 99), ("500", 100)]
    ours("listing", *(listing(price, min_quantity=quantity) for price, quantity in tiers))
    told = only(look("listed_prices")).facts
    assert (told["quantity"], told["on_list"]) == (100, "400.00")


@pytest.mark.parametrize(
    "changes",
    [
        {"sku": "ANOTHER"},
        {"channel": "amazon"},  # it has no list, and the FOB list is not for it
        {"channel": "alibaba", "min_quantity": 49},  # the FOB price begins at 50 pieces
    ],
)
def test_what_no_list_has_is_not_compared(ours: Put, look: Look, changes: dict[str, Any]) -> None:
    ours("listing", listing("1", **changes))
    assert look("listed_prices") == []


def test_the_fob_price_holds_where_the_channel_has_no_list(ours: Put, look: Look) -> None:
    alibaba = {"channel": "alibaba", "min_quantity": 50}
    ours("listing", listing("95", **alibaba))
    found = only(look("listed_prices"))
    # (95 − 105) ÷ 105 = −9.52 %
    assert (found.facts["on_list"], found.facts["off"]) == ("105.00", "-0.0952")
    assert [origin["kind"] for origin in found.provenance] == ["listing", "product"]
    ours("price_list", entry("96", channel="", min_quantity=20))  # the FOB list wins
    assert look("listed_prices") == []
    ours("price_list", entry("200", channel="alibaba"))  # and the channel's own over both
    assert only(look("listed_prices")).facts["on_list"] == "200.00"


def test_an_ended_tier_is_none(ours: Put, look: Look) -> None:
    ours("price_list", entry(None, valid_from=NOW - HOUR))
    ours("listing", listing("1"))
    assert look("listed_prices") == []


def rate(value: str, days_ago: int = 1) -> dict[str, Any]:
    day = NOW.date() - timedelta(days=days_ago)
    return {"day": day, "base": "USD", "quote": "CAD", "rate": value, "origin": "ecb"}


def test_another_currency_is_compared_at_the_days_rate(ours: Put, look: Look) -> None:
    ours("rate", rate("1.4"))
    ours("listing", listing("599", currency="CAD"))
    told = only(look("listed_prices")).facts
    # 599 USD × 1.4 = 838.60 CAD; (599 − 838.60) ÷ 838.60 = −28.57 %
    assert (told["on_list"], told["currency"], told["off"]) == ("838.60", "CAD", "-0.2857")
    kept = (told["list_price"], told["list_currency"], told["rate"], told["rate_day"])
    assert kept == ("599.00", "USD", "1.40", "2026-03-04")


@pytest.mark.parametrize("days_ago", [6, None])
def test_without_a_rate_it_cannot_tell(ours: Put, look: Look, days_ago: int | None) -> None:
    if days_ago:
        ours("rate", rate("1.4", days_ago))
    ours("listing", listing("599", currency="CAD"))
    blind = spot(look("listed_prices"))
    assert (blind.problem, blind.hides) == ("no rate", frozenset({"shopify 7 1"}))
    assert (blind.facts["skus"], blind.facts["count"]) == (["PS-1000"], 1)


def test_a_missing_rate_hides_no_other_listing(ours: Put, look: Look) -> None:
    ours("listing", listing("599", currency="CAD"), listing("59.90", listing_id="8"))
    found = look("listed_prices")
    assert {type(each) for each in found} == {Blind, Finding}


def test_what_we_sell_no_more_is_not_compared(ours: Put, look: Look) -> None:
    ours("listing", listing("59.90"))
    ours("product", {"sku": "PS-1000", "status": "ended"})
    assert look("listed_prices") == []


def test_old_listings_say_nothing(ours: Put, look: Look) -> None:
    ours("listing", listing("59.90", observed_at=NOW - 27 * HOUR))
    assert spot(look("listed_prices")).problem == "stale"


def test_a_store_without_listings_is_not_told_that_they_are_missing(put: Put, look: Look) -> None:
    put("product", {"sku": "PS-1000", "name": "Power station", "fob_usd": "105"})
    assert look("listed_prices") == []
    put("listing", listing("599", observed_at=NOW - 27 * HOUR))
    assert spot(look("listed_prices")).problem == "stale"  # stale_after: 26h
