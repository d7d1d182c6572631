"""Which pages the rounds read, when each was last asked, and what it said of its price."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.offers import last_price
from core.ledger.watched import (
    Watched,
    first_seen,
    last_discovered,
    watched_pages,
)
from core.settings import Store
from tests.support.intake import NOW

HOUR = timedelta(hours=1)
URL = "https://shop.example/p/a"

Put = Callable[..., None]


@pytest.fixture
def put(database: Database, store: Store) -> Put:
    def put(kind: str, *rows: Mapping[str, Any], hours_ago: int = 1) -> None:
        now = NOW - hours_ago * HOUR
        shop = [{"competitor": "VoltTrail", "url": URL, **row} for row in rows]
        _, bad = store_records(database, store=store, kind=kind, source="test", now=now, rows=shop)
        assert not bad

    return put


def pages(
    database: Database, named: Mapping[str, Mapping[str, str]] | None = None, hours_ago: int = 0
) -> list[Watched]:
    with database.read() as ledger:
        as_of = NOW - hours_ago * HOUR
        return watched_pages(ledger, "harborlane", as_of, named or {"VoltTrail": {}})


def test_a_page_is_there_once_with_its_last_try(put: Put, database: Database) -> None:
    put("competitor_page", {})
    put("competitor_offer", {"sku": "PS-1"}, hours_ago=3)
    put("competitor_offer", {"sku": "PS-1", "price": "9", "currency": "USD"}, hours_ago=2)
    assert pages(database) == [Watched("VoltTrail", URL, "PS-1", NOW - 2 * HOUR)]
    assert pages(database, hours_ago=3) == [Watched("VoltTrail", URL, "PS-1", NOW - 3 * HOUR)]


def test_only_the_asked_competitors_pages_and_only_web_addresses(
    put: Put, database: Database
) -> None:
    put("competitor_offer", {"competitor": "Other"}, {"url": "typed:VoltTrail/PS-1"})
    put("competitor_page", {"competitor": "Other"}, {"url": "ftp://shop.example/a"})
    assert pages(database) == []


def test_a_named_page_is_watched_before_anything_is_known(database: Database) -> None:
    assert pages(database, {"VoltTrail": {URL: "PS-1"}}) == [Watched("VoltTrail", URL, "PS-1")]


def test_the_last_price_is_that_of_the_page_until_the_moment(put: Put, database: Database) -> None:
    put("competitor_offer", {"price": "9", "currency": "USD"}, hours_ago=3)
    put("competitor_offer", {"price": "8", "currency": "USD"}, hours_ago=2)
    put("competitor_offer", {"url": "https://shop.example/p/b", "price": "7", "currency": "USD"})
    put("competitor_offer", {"title": "no price"}, hours_ago=1)
    with database.read() as ledger:
        found = [
            last_price(ledger, "harborlane", "VoltTrail", URL, NOW - hours * HOUR)
            for hours in (0, 2, 3, 4)
        ]
    assert [offer and offer.price for offer in found] == [
        Decimal(8), Decimal(8), Decimal(9), None
    ]  # fmt: skip


def test_a_shop_was_discovered_when_it_last_named_a_page(put: Put, database: Database) -> None:
    put("competitor_page", {"url": "https://shop.example/p/by-hand"})
    seen = {"first_seen_at": (NOW - 9 * HOUR).isoformat()}
    put("competitor_page", seen | {"last_seen_at": (NOW - 3 * HOUR).isoformat()})
    put("competitor_page", {"competitor": "Other"})
    with database.read() as ledger:
        assert last_discovered(ledger, "harborlane") == {"VoltTrail": NOW - 3 * HOUR}
        assert first_seen(ledger, "harborlane", "VoltTrail") == {URL}
        assert first_seen(ledger, "harborlane", "Other") == set()


def test_a_pair_that_was_rejected_leaves_the_configurations_word_on_another_article(
    put: Put, database: Database
) -> None:
    put("competitor_page", {"sku": "PS-1", "status": "rejected"})
    assert [page.sku for page in pages(database, {"VoltTrail": {URL: "PS-2"}})] == ["PS-2"]
    assert [page.sku for page in pages(database, {"VoltTrail": {URL: "PS-1"}})] == [None]
