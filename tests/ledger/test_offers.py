"""What competitors' pages last said, as it was known at a moment."""

from datetime import datetime, timedelta

import pytest

from core.ledger.database import Database
from core.ledger.offers import latest_offers
from core.settings import Store
from tests.ledger.test_freshness import take

DAY = timedelta(days=1)
A, B = "https://a.example/1", "https://a.example/2"


@pytest.fixture
def offers(database: Database, store: Store, now: datetime) -> Database:
    """Page A had a price two days ago and a captcha today; page B has a price."""
    told = [(A, now - 2 * DAY, "419.00"), (A, now, None), (B, now - DAY, "9.50")]
    rows = [
        {"competitor": "V", "url": url, "observed_at": at, "price": price, "currency": "USD"}
        for url, at, price in told
    ]
    take(database, store, "competitor_offer", now, *rows)
    other = store.model_copy(update={"name": "other"})
    take(database, other, "competitor_offer", now, rows[2] | {"observed_at": now})
    return database


def said(database: Database, at: datetime, *, priced: bool) -> list[tuple[str, str | None]]:
    with database.read() as ledger:
        found = latest_offers(ledger, "harborlane", at, priced=priced)
    return [(offer.url, str(offer.price) if offer.price else None) for offer in found]


def test_every_page_answers_with_what_it_said_last(offers: Database, now: datetime) -> None:
    assert said(offers, now, priced=False) == [(A, None), (B, "9.50")]


def test_a_page_without_a_price_today_had_one_before(offers: Database, now: datetime) -> None:
    assert said(offers, now, priced=True) == [(A, "419.00"), (B, "9.50")]


def test_an_earlier_moment_sees_the_earlier_price(offers: Database, now: datetime) -> None:
    assert said(offers, now - DAY, priced=False) == [(A, "419.00"), (B, "9.50")]
    assert said(offers, now - 2 * DAY, priced=False) == [(A, "419.00")]
    assert said(offers, now - 3 * DAY, priced=False) == []
