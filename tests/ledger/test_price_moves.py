"""How prices moved, on both databases."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from core.ledger.database import Database
from core.ledger.pages import PageKey
from core.ledger.price_moves import Move, moves
from core.ledger.price_sheet import price_sheet, sheet_facts
from core.ledger.records import Product
from core.price_terms import terms_of
from core.settings import Settings
from tests.support.intake import NOW, take

DAY = timedelta(days=1)
PAGE = "https://v.example/p"


def at(days: int) -> datetime:
    return NOW - days * DAY


@pytest.fixture
def ledger(database: Database) -> Database:
    """VoltTrail: 9.90, a captcha, 9.90, 9.30, then in euro; ours: 10.40, 9.90, 500 ended."""
    theirs = {"competitor": "VoltTrail", "url": PAGE, "sku": "A", "min_quantity": 100}
    prices = {9: ("9.90", "USD"), 7: ("9.90", "USD"), 5: ("9.30", "USD"), 1: ("9.30", "EUR")}
    seen = [
        theirs | {"observed_at": at(day), "price": price, "currency": currency}
        for day, (price, currency) in prices.items()
    ]
    captcha = theirs | {"observed_at": at(8), "problem": "captcha", "price": None}
    take(database, "competitor_offer", *seen, captcha)
    ours: dict[str, object] = {"sku": "A", "currency": "USD"}
    listed = [(100, 9, "10.40"), (100, 3, "9.90"), (500, 9, "9.50"), (500, 2, None)]
    take(
        database,
        "price_list",
        *(
            ours | {"min_quantity": quantity, "valid_from": at(day), "price": price}
            for quantity, day, price in listed
        ),
    )
    take(database, "product", {"sku": "A", "name": "Station", "moq": 100})
    take(
        database,
        "listing",
        *(
            {"channel": "amazon", "listing_id": "B", "min_quantity": 1, "sku": "A",
             "observed_at": at(day), "price": price, "currency": "USD"}
            for day, price in ((4, "12.00"), (2, "12.50"))
        ),
    )  # fmt: skip
    return database


def moved(ledger: Database, as_of: datetime, most: int = 9) -> list[Move]:
    with ledger.read() as session:
        return moves(session, "harborlane", "A", [PageKey("VoltTrail", PAGE)], as_of, most)


def test_the_changes_of_both_sides_newest_first(ledger: Database) -> None:
    price = Decimal
    assert moved(ledger, NOW) == [
        Move(at(1), "VoltTrail", 100, price("9.30"), price("9.30"), "USD", "EUR"),
        Move(at(2), None, 500, price("9.50"), None, "USD", "USD"),
        Move(at(3), None, 100, price("10.40"), price("9.90"), "USD", "USD"),
        Move(at(5), "VoltTrail", 100, price("9.90"), price("9.30"), "USD", "USD"),
    ]
    assert moved(ledger, NOW, most=1) == moved(ledger, NOW)[:1]


def test_an_earlier_moment_knows_what_was_known_then(ledger: Database) -> None:
    assert [move.at for move in moved(ledger, at(3))] == [at(3), at(5)]
    assert moved(ledger, at(6)) == []


def test_the_sheet_of_an_article(ledger: Database, settings: Settings) -> None:
    terms = terms_of(settings)
    assert terms
    with ledger.read() as session:
        product = session.get_one(Product, ("harborlane", "A"))
        store = settings.stores[0]
        sheet = price_sheet(session, at(2), store, settings, terms, product)
    told = sheet_facts(sheet, with_costs=False)
    assert [(tier["quantity"], tier["price"]) for tier in told["ours"]] == [(100, Decimal("9.90"))]
    assert [(each["channel"], each["price"]) for each in told["listings"]] == [
        ("amazon", Decimal("12.50"))
    ]
    [theirs] = told["competitors"]
    assert theirs["pages"][0]["problem"] == "stale"  # 3 days old; price_valid_for is 36 h
