"""Our listings: the price that each shows, kept from change to change."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core.ledger.database import Database
from core.ledger.news import news
from core.ledger.our_listings import listings_of, shown_prices
from core.settings import Store
from tests.ledger.test_freshness import take

HOUR = timedelta(hours=1)


def row(price: object, **changes: Any) -> dict[str, Any]:
    plain = {"channel": "shopify", "listing_id": "7", "min_quantity": 1, "sku": "A"}
    return plain | {"price": price, "currency": "USD", "url": "https://a.example"} | changes


@pytest.fixture
def known(database: Database, store: Store, now: datetime) -> Database:
    """A listing that asked 8 dollars two hours ago, and 9.50 since an hour."""
    for price, ago in (("8", 2), ("9.50", 1)):
        take(database, store, "listing", now, row(price, observed_at=now - ago * HOUR))
    return database


def is_news(database: Database, told: dict[str, Any]) -> bool:
    with database.read() as ledger:
        return bool(news(ledger, "harborlane", "listing", [told]))


def shown(database: Database, at: datetime, store: str = "harborlane") -> list[str]:
    with database.read() as ledger:
        return [str(one.price) for some in shown_prices(ledger, store, at) for one in some]


@pytest.mark.parametrize("price", ["9.5", "9.50", 9.5])
def test_the_same_price_is_no_news_however_it_is_written(known: Database, price: object) -> None:
    assert not is_news(known, row(price))


@pytest.mark.parametrize(
    "told",
    [
        row("9.51"),
        row("8"),  # it was so before
        row(None),
        row("9.50", currency="EUR"),
        row("9.50", sku="B"),
        row("9.50", url="https://b.example"),
        row("9.50", min_quantity=10),
        row("9.50", listing_id="8"),
        row("9.50", channel="amazon"),
        row("much"),
    ],
)
def test_a_change_is_news(known: Database, told: dict[str, Any]) -> None:
    assert is_news(known, told)


def test_what_a_source_leaves_out_is_no_news(known: Database) -> None:
    told = row("9.50")
    del told["url"]
    assert not is_news(known, told)


def test_a_listing_that_is_not_on_sale_and_never_was_is_none(known: Database) -> None:
    assert not is_news(known, row(None, listing_id="8"))


def test_a_listing_shows_its_last_price(known: Database, store: Store, now: datetime) -> None:
    assert shown(known, now) == ["9.50"]
    assert shown(known, now - HOUR) == ["9.50"]
    assert shown(known, now - 1.5 * HOUR) == ["8.00"]
    assert shown(known, now - 3 * HOUR) == []
    assert shown(known, now, "another") == []
    take(known, store, "listing", now, row(None, observed_at=now))
    assert shown(known, now) == []


def test_an_articles_listings_are_those_that_are_its_own_now(
    known: Database, store: Store, now: datetime
) -> None:
    take(known, store, "listing", now, row("12", channel="amazon", observed_at=now - HOUR))
    take(known, store, "listing", now, row("9.50", sku="B", observed_at=now))

    def places(sku: str, at: datetime) -> list[tuple[str, str]]:
        with known.read() as ledger:
            found = listings_of(ledger, "harborlane", sku, at)
        return [(one.channel, str(one.price)) for one in found]

    assert places("A", now - HOUR) == [("amazon", "12.00"), ("shopify", "9.50")]
    assert places("A", now) == [("amazon", "12.00")]
    assert places("B", now) == [("shopify", "9.50")]


def test_a_thousand_listings_are_looked_up_in_one_question(known: Database) -> None:
    rows = [row("9.50", listing_id=str(number)) for number in range(1_000)]
    asked: list[str] = []
    event.listen(known.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with known.read() as ledger:
        assert len(news(ledger, "harborlane", "listing", rows)) == 999
    assert sum("FROM listing" in statement for statement in asked) == 1
