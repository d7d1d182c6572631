"""Questions about SKUs, as things were known at a moment."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from core.ledger import catalogue
from core.ledger.catalogue import Article, Level
from core.ledger.database import Database
from core.settings import Store
from tests.ledger.test_freshness import take

DAY = timedelta(days=1)


@pytest.fixture
def counts(database: Database, store: Store, now: datetime) -> Database:
    """Two locations; the first was counted twice."""
    rows: list[Mapping[str, object]] = [
        {"sku": "A", "location": "LA", "observed_at": now - 2 * DAY, "on_hand": 50, "committed": 5},
        {"sku": "A", "location": "LA", "observed_at": now, "on_hand": 40, "committed": 10},
        {"sku": "A", "location": "Hamburg", "observed_at": now - DAY, "on_hand": 7, "inbound": 100},
        {"sku": "B", "location": "LA", "observed_at": now - DAY, "on_hand": 3, "committed": 9},
    ]
    take(database, store, "stock", now, *rows)
    other = store.model_copy(update={"name": "other"})
    take(database, other, "stock", now, rows[0])
    return database


def levels(
    database: Database, store: Store, at: datetime, skus: list[str] | None = None
) -> dict[str, Level]:
    with database.read() as ledger:
        return catalogue.stock_levels(ledger, store.name, at, skus)


def test_a_level_is_the_last_count_of_every_location(
    counts: Database, store: Store, now: datetime
) -> None:
    assert levels(counts, store, now) == {
        # 40 + 7 on hand, 10 committed; counted in Hamburg a day ago
        "A": Level(available=37, on_hand=47, committed=10, inbound=100, observed_at=now - DAY),
        "B": Level(available=-6, on_hand=3, committed=9, inbound=0, observed_at=now - DAY),
    }


def test_an_earlier_moment_sees_the_earlier_level(
    counts: Database, store: Store, now: datetime
) -> None:
    assert levels(counts, store, now - DAY)["A"].on_hand == 57  # 50 + 7
    assert levels(counts, store, now - 2 * DAY) == {"A": Level(45, 50, 5, 0, now - 2 * DAY)}
    assert levels(counts, store, now - 3 * DAY) == {}


def test_levels_can_be_asked_for_some_skus(counts: Database, store: Store, now: datetime) -> None:
    assert levels(counts, store, now, ["B", "C"]).keys() == {"B"}
    assert levels(counts, store, now, []) == {}


def article(database: Database, store: Store, at: datetime, sku: str) -> Article | None:
    first, last = date(2026, 3, 1), date(2026, 3, 2)
    return catalogue.find_article(database.engine, store.name, sku, at, first, last)


def test_an_article_shows_the_last_count_of_each_location(
    counts: Database, store: Store, now: datetime
) -> None:
    take(counts, store, "product", now, {"sku": "A", "name": "Power station"})
    today, yesterday = article(counts, store, now, "A"), article(counts, store, now - DAY, "A")
    assert today
    assert yesterday
    assert [(c.location, c.on_hand, c.inbound) for c in today.counts] == [
        ("Hamburg", 7, 100),
        ("LA", 40, None),
    ]
    assert [(c.location, c.on_hand) for c in yesterday.counts] == [("Hamburg", 7), ("LA", 50)]
    assert today.level == levels(counts, store, now)["A"]


def test_an_article_that_was_never_counted_or_sold_says_so(
    counts: Database, store: Store, now: datetime
) -> None:
    take(counts, store, "product", now, {"sku": "A"})
    found = article(counts, store, now - 3 * DAY, "A")
    assert found
    assert (found.level, found.counts, found.sold, found.sales_since) == (None, [], 0, None)
    assert article(counts, store, now, "C") is None


def test_units_are_summed_over_channels_from_first_to_last_day(
    database: Database, store: Store, now: datetime
) -> None:
    sales = [("A", "2026-03-01", "amazon", 5), ("A", "2026-03-01", "shopify", 2)]
    sales += [("A", "2026-03-02", "amazon", -1), ("B", "2026-03-02", "amazon", 4)]
    sales += [("A", "2026-02-28", "amazon", 100), ("A", "2026-03-03", "amazon", 100)]
    names = ("sku", "day", "channel", "units")
    take(database, store, "sales", now, *(dict(zip(names, sale, strict=True)) for sale in sales))
    take(database, store, "product", now, {"sku": "A"}, {"sku": "B"}, {"sku": "C"})
    first, last = date(2026, 3, 1), date(2026, 3, 2)
    with database.read() as ledger:
        supplies = catalogue.supplies(ledger, store.name, now, first, last)
        assert {supply.sku: supply.sold for supply in supplies} == {"A": 6, "B": 4, "C": None}
        assert not catalogue.supplies(ledger, "other", now, first, last)
        assert catalogue.first_sale(ledger, store.name) == date(2026, 2, 28)
        assert catalogue.first_sale(ledger, "other") is None


@pytest.fixture
def products(database: Database, store: Store, now: datetime) -> Database:
    named = [("PS-1000", "active"), ("ps-1000", "paused"), ("AC-2", ""), ("AC-1", "ended")]
    rows = [{"sku": s, "status": status, "category": "power_station"} for s, status in named]
    take(database, store, "product", now, *rows)
    return database


def test_ended_products_are_not_sold_any_more(products: Database, store: Store) -> None:
    with products.read() as ledger:
        sold = {product.sku for product in catalogue.sold_products(ledger, store.name)}
    assert sold == {"AC-2", "PS-1000", "ps-1000"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [("PS-1000", "PS-1000"), ("ps-1000", "ps-1000"), ("ac-2", "AC-2"), ("x", None)],
)
def test_a_product_is_found_in_whatever_case_it_is_typed(
    products: Database, store: Store, typed: str, found: str | None
) -> None:
    with products.read() as ledger:
        product = catalogue.find_product(ledger, store.name, typed)
    assert (product.sku if product else None) == found


@pytest.mark.parametrize("typed", ["power_station", "Power Station", "POWER-STATION"])
def test_a_category_is_found_however_it_is_typed(
    products: Database, store: Store, typed: str
) -> None:
    with products.read() as ledger:
        assert len(catalogue.in_category(ledger, store.name, typed)) == 4
        assert catalogue.in_category(ledger, "other", typed) == []
