"""What competitors' pages last said, as it was known at a moment."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from core.ledger.database import Database
from core.ledger.offers import latest_offers, seen_pages
from core.ledger.records import CompetitorOffer
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


def seen(database: Database, at: datetime, *about: list[Any]) -> list[tuple[str, bool, str | None]]:
    """Of each page its address, whether it gave a price last, and its last price."""
    with database.read() as ledger:
        found = seen_pages(ledger, "harborlane", at, *about)
    return [(last.url, last is had, str(had.price) if had else None) for last, had in found]


def test_a_page_is_seen_with_its_last_price(offers: Database, now: datetime) -> None:
    assert seen(offers, now) == [(A, False, "419.00"), (B, True, "9.50")]
    assert seen(offers, now - 2 * DAY) == [(A, True, "419.00")]


def test_a_price_of_nothing_is_none(database: Database, store: Store, now: datetime) -> None:
    row = {"competitor": "V", "url": A, "observed_at": now, "price": "0", "currency": "USD"}
    take(database, store, "competitor_offer", now, row)
    assert seen(database, now) == [(A, False, None)]


def test_pages_of_some_articles_only(database: Database, store: Store, now: datetime) -> None:
    """A named PS-1 once and PS-2 last; the address of B is known from elsewhere."""
    told = [(A, now - DAY, "PS-1"), (A, now, "PS-2"), (B, now, None), (f"{B}3", now, "PS-3")]
    rows = [
        {"competitor": "V", "url": url, "observed_at": at, "sku": sku, "price": "1"}
        for url, at, sku in told
    ]
    take(database, store, "competitor_offer", now, *rows)
    assert [url for url, *_ in seen(database, now, ["PS-1"])] == [A]
    assert [url for url, *_ in seen(database, now, ["PS-2"], [("V", B)])] == [A, B]
    assert seen(database, now, ["PS-9"]) == []


PAGES = st.lists(
    st.tuples(
        st.sampled_from(["V", "W", "竞店"]),
        st.sampled_from([A, B, f"{B}0", "https://b.example/ü"]),
        st.integers(0, 5),
        st.one_of(st.none(), st.integers(1, 9).map(Decimal)),
    ),
    max_size=12,
    unique_by=lambda row: row[:3],
)


@given(PAGES, st.integers(0, 5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_seen_is_what_a_list_of_all_says(
    database: Database,
    store: Store,
    now: datetime,
    rows: list[tuple[str, str, int, Decimal | None]],
    days: int,
) -> None:
    with database.write() as ledger:
        ledger.execute(delete(CompetitorOffer))
        for shop, url, day, price in rows:
            made: dict[str, Any] = {"store": store.name, "intake_id": 1, "intake_row": 1}
            made |= {"competitor": shop, "url": url, "observed_at": now + day * DAY}
            ledger.add(CompetitorOffer(**made, price=price))
    known = sorted(row for row in rows if row[2] <= days)
    last = {(shop, url): price for shop, url, _, price in known}
    had = {(shop, url): price for shop, url, _, price in known if price}
    with database.read() as ledger:
        found = seen_pages(ledger, store.name, now + days * DAY)
        told = {(s.last.competitor, s.last.url): (s.last.price, s.priced) for s in found}
        assert {page: price for page, (price, _) in told.items()} == last
        assert {page: offer.price for page, (_, offer) in told.items() if offer} == had
    assert len(found) == len(told)
