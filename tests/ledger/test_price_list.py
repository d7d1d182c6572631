"""Our own FOB price ladders, as they were at a moment (plan B1)."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from core.ledger.database import Database
from core.ledger.exchange import exchange
from core.ledger.price_list import fob_ladders, price_list
from core.settings import Store
from tests.ledger.test_freshness import take

DAY = timedelta(days=1)

Ladders = dict[str, list[tuple[int, str]]]


@pytest.fixture
def listed(database: Database, store: Store, now: datetime) -> Database:
    """PS-1 has two tiers since ten days, and since yesterday another price and a third tier."""
    products: list[dict[str, object]] = [
        {"sku": "PS-1", "fob_usd": "99", "moq": 5},
        {"sku": "PS-2", "fob_usd": "50", "moq": 20},
        {"sku": "PS-3"},
        {"sku": "PS-4", "fob_usd": "7", "status": "ended"},
    ]
    take(database, store, "product", now, *products)
    before, lately = now - 10 * DAY, now - DAY
    tiers = [(before, 10, "10"), (before, 100, "9"), (lately, 100, "8.5"), (lately, 500, "8")]
    add(database, store, now, *(("PS-1", *tier, "USD") for tier in tiers))
    return database


def add(
    database: Database,
    store: Store,
    now: datetime,
    *rows: tuple[str, datetime, int, str | None, str],
) -> None:
    columns = ("sku", "valid_from", "min_quantity", "price", "currency")
    take(
        database, store, "price_list", now, *(dict(zip(columns, row, strict=True)) for row in rows)
    )


def ladders(database: Database, at: datetime, skus: Collection[str] | None = None) -> Ladders:
    with database.read() as ledger:
        found = fob_ladders(ledger, "harborlane", at, skus)
    return {
        sku: [(tier.min_quantity, str(tier.price)) for tier in ladder]
        for sku, ladder in found.items()
    }


def test_the_list_wins_over_a_products_own_price(listed: Database, now: datetime) -> None:
    assert ladders(listed, now) == {
        "PS-1": [(10, "10.00"), (100, "8.50"), (500, "8.00")],
        "PS-2": [(20, "50.00")],
    }


def test_an_earlier_moment_sees_the_earlier_list(listed: Database, now: datetime) -> None:
    assert ladders(listed, now - 2 * DAY)["PS-1"] == [(10, "10.00"), (100, "9.00")]
    assert ladders(listed, now - 11 * DAY)["PS-1"] == [(5, "99.00")]


def test_some_articles_only(listed: Database, now: datetime) -> None:
    assert ladders(listed, now, ["PS-2", "PS-4", "PS-9"]) == {
        "PS-2": [(20, "50.00")],
        "PS-4": [(1, "7.00")],
    }


def test_a_line_without_a_price_ends_its_tier(
    listed: Database, store: Store, now: datetime
) -> None:
    add(listed, store, now, ("PS-1", now, 100, None, "USD"), ("PS-2", now, 20, None, "USD"))
    told = ladders(listed, now)
    assert told == {"PS-1": [(10, "10.00"), (500, "8.00")]}  # PS-2 is on the list, and not sold
    with listed.read() as ledger:
        listing = price_list(ledger, "harborlane", now)["PS-2"]
        assert [(entry.min_quantity, entry.price) for entry in listing] == [(20, None)]


def test_the_lists_of_channels_are_others(listed: Database, store: Store, now: datetime) -> None:
    row = {"sku": "PS-2", "channel": "amazon", "min_quantity": 1, "price": "80", "valid_from": now}
    take(listed, store, "price_list", now, row)
    assert ladders(listed, now)["PS-2"] == [(20, "50.00")]
    with listed.read() as ledger:
        assert [*price_list(ledger, "harborlane", now, channel="amazon")] == ["PS-2"]


def test_half_a_ladder_is_none(listed: Database, store: Store, now: datetime) -> None:
    """A tier in euros has no price in dollars without a rate; its neighbours would be wrong."""
    add(listed, store, now, ("PS-1", now, 100, "8", "EUR"))
    assert "PS-1" not in ladders(listed, now)


def test_other_currencies_are_converted_at_the_days_rate(
    listed: Database, store: Store, now: datetime
) -> None:
    add(listed, store, now, ("PS-1", now, 100, "8", "EUR"))
    rate = {"day": now.date(), "base": "EUR", "quote": "USD", "rate": "1.1", "origin": "ecb"}
    take(listed, store, "rate", now, rate)
    with listed.read() as ledger:
        rates = exchange(ledger, store, DAY)
        found = fob_ladders(ledger, store.name, now, ["PS-1"], rates)["PS-1"]
    assert [(tier.min_quantity, float(tier.price)) for tier in found] == [
        (10, 10.0),
        (100, 8.8),  # 8 × 1.1
        (500, 8.0),
    ]
