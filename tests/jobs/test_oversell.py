"""The oversell guard (plan C3) over a real ledger."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.listings import suspects
from core.rules.oversell import Place, stand
from core.settings import Store
from tests.jobs.conftest import NOW, Look, Put, only, spot

HOUR = timedelta(hours=1)


def count(location: str, on_hand: int, committed: int = 0, **more: Any) -> dict[str, Any]:
    row = {"sku": "PS-1000", "location": location, "on_hand": on_hand, "committed": committed}
    return row | {"observed_at": NOW - HOUR} | more


def listing(location: str, listed: int, committed: int = 0) -> dict[str, Any]:
    return count(location, 0, committed, listed=listed)


def test_the_channels_promised_more_than_the_warehouses_have(put: Put, look: Look) -> None:
    put("product", {"sku": "PS-1000", "name": "Power station", "category": "power_station"})
    put("stock", count("Ningbo", 30), count("EU", 10), listing("shopify", 12, 25))
    put("stock", listing("alibaba", 0, 18))
    found = only(look("oversell"))
    assert found.subject == "PS-1000"
    assert found.severity is None  # as the stanza says: critical
    told = found.facts
    # 30 + 10 − (25 + 18)
    assert (told["on_hand"], told["committed"], told["free"]) == (40, 43, -3)
    assert told["to_lower"] == [{"listing": "shopify", "listed": 12}]
    assert told["allowed"] == 0
    assert len(found.provenance) == 4


def test_one_warehouse_is_oversold_while_others_have_plenty(put: Put, look: Look) -> None:
    put("stock", count("US-West", 14, 20), count("Ningbo", 300))
    told = only(look("oversell")).facts
    assert told["overdrawn"] == [{"location": "US-West", "on_hand": 14, "committed": 20}]
    assert told["free"] == 294


def test_a_listing_over_what_is_free_is_a_warning_when_little_is_free(put: Put, look: Look) -> None:
    put("stock", count("Ningbo", 19), listing("shopify", 20))
    found = only(look("oversell"))
    assert (found.severity, found.facts["oversold"], found.facts["allowed"]) == (
        "warning",
        False,
        19,
    )
    assert look("oversell", overlisted_below=19) == []


def test_a_level_in_the_past_is_not_asked(put: Put, look: Look) -> None:
    put("stock", count("Ningbo", 5, 9, observed_at=NOW - 3 * HOUR), count("Ningbo", 50, 9))
    assert look("oversell") == []
    assert only(look("oversell", NOW - 2 * HOUR)).facts["free"] == -4


def test_listings_without_known_goods_are_a_blind_spot(put: Put, look: Look) -> None:
    put("stock", listing("shopify", 5, 5))
    blind = spot(look("oversell"))
    assert (blind.problem, blind.hides) == ("missing", frozenset({"PS-1000"}))


def test_without_fresh_stock_nothing_is_told_but_that(put: Put, look: Look) -> None:
    put("stock", count("Ningbo", 5, 9, observed_at=NOW - 48 * HOUR), at=NOW - 48 * HOUR)
    assert spot(look("oversell")).problem == "stale"


PIECES = st.integers(0, 30)
GOODS = st.builds(Place, st.sampled_from(["main", "eu", "fba"]), PIECES, PIECES)
LISTINGS = st.builds(Place, st.sampled_from(["shop", "site"]), st.just(0), PIECES, PIECES)
KEEP_BACK, BELOW = 3, 8


def is_wrong(places: list[Place]) -> bool:
    """Whether the check must say something of these places."""
    found = stand(places, ["fba"], KEEP_BACK)
    if found is None:
        return any(place.listed is not None for place in places)
    return found.is_oversold or bool(found.to_lower and found.free < BELOW)


@given(st.lists(GOODS | LISTINGS, min_size=1, max_size=4, unique_by=lambda p: p.location))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_look_over_the_store_misses_nothing(
    sqlite_database: Database, store: Store, places: list[Place]
) -> None:
    sku = str(places)
    rows = [vars(place) | {"sku": sku, "observed_at": NOW} for place in places]
    store_records(sqlite_database, store=store, kind="stock", source="test", now=NOW, rows=rows)
    with sqlite_database.read() as ledger:
        looked = suspects(
            ledger, store.name, NOW, separate=["fba"], keep_back=KEEP_BACK, overlisted_below=BELOW
        )
    assert sku in looked or not is_wrong(places)
