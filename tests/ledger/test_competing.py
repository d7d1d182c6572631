"""Articles beside their competitors, for everybody who shows a price (plan B1)."""

from datetime import datetime
from typing import Any

from core.ledger.competing import Pair, competing
from core.ledger.database import Database
from core.settings import Settings, Store
from tests.ledger.test_freshness import take

URL = "https://v.example/p/"


def pairs(
    database: Database, settings: Settings, store: Store, at: datetime, *skus: list[str]
) -> list[Pair]:
    terms: Any = settings.check("price_gap")
    with database.read() as ledger:
        return competing(ledger, at, store, settings, terms, *skus)


def fill(database: Database, store: Store, now: datetime) -> None:
    """Three articles; two competitors of the first, one of which sells it on two pages."""
    take(database, store, "product", now, *({"sku": f"S{n}", "fob_usd": "10"} for n in range(3)))
    pages = [("V", "a", "S0"), ("V", "b", "S0"), ("W", "c", "S0"), ("W", "d", "S1"), ("V", "e", "")]
    rows = [
        {"competitor": shop, "url": URL + page, "sku": sku, "observed_at": now, "price": "9"}
        for shop, page, sku in pages
    ]
    take(database, store, "competitor_offer", now, *rows)


def told(found: list[Pair]) -> list[tuple[str, str, list[str]]]:
    return [
        (pair.product.sku, pair.competitor, [page.last.url[-1] for page in pair.pages])
        for pair in found
    ]


def test_pages_are_grouped_by_article_and_competitor(
    database: Database, settings: Settings, store: Store, now: datetime
) -> None:
    fill(database, store, now)
    found = pairs(database, settings, store, now)
    assert told(found) == [("S0", "V", ["a", "b"]), ("S0", "W", ["c"]), ("S1", "W", ["d"])]
    assert [pair.compared[0].gap.ratio for pair in found] == [found[0].compared[0].gap.ratio] * 3


def test_one_article_is_asked_for_by_itself(
    database: Database, settings: Settings, store: Store, now: datetime
) -> None:
    fill(database, store, now)
    assert told(pairs(database, settings, store, now, ["S1"])) == [("S1", "W", ["d"])]
    take(
        database, store, "competitor_page", now, {"competitor": "V", "url": f"{URL}e", "sku": "S2"}
    )
    assert told(pairs(database, settings, store, now, ["S2"])) == [("S2", "V", ["e"])]
    assert pairs(database, settings, store, now, ["S9"]) == []


def test_an_article_that_a_person_said_a_page_is_not_stays_apart(
    database: Database, settings: Settings, store: Store, now: datetime
) -> None:
    """An offer goes on naming it, as a file that is imported each day does."""
    fill(database, store, now)
    page = {"competitor": "W", "url": f"{URL}d", "sku": "S1", "status": "rejected"}
    take(database, store, "competitor_page", now, page)
    assert told(pairs(database, settings, store, now, ["S1"])) == []
