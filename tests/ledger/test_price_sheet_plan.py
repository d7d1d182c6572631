"""`/price SKU` answers while a person waits: nothing of it looks through a whole history."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from core.ledger.catalogue import find_product
from core.ledger.database import Database
from core.ledger.price_sheet import price_sheet
from core.settings import Settings, Store
from tests.ledger.test_freshness import take

HISTORIES = ("competitor_offer", "competitor_page", "listing", "price_list")


@pytest.fixture
def plans(sqlite_database: Database, settings: Settings, store: Store, now: datetime) -> list[str]:
    """How SQLite finds each thing that the sheet of one article asks for."""
    page = {"competitor": "VoltTrail", "url": "https://v.example/1", "sku": "PS-1"}
    take(sqlite_database, store, "product", now, {"sku": "PS-1", "name": "Station"})
    offer = page | {"observed_at": now, "price": "9", "currency": "USD"}
    take(sqlite_database, store, "competitor_offer", now, offer)
    take(sqlite_database, store, "competitor_page", now, page)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    try:
        with sqlite_database.read() as ledger:
            product = find_product(ledger, store.name, "PS-1")
            terms = settings.check("price_gap")
            assert product
            sheet = price_sheet(ledger, now, store, settings, terms, product)  # type: ignore[arg-type]
            assert [pair.competitor for pair in sheet.pairs] == ["VoltTrail"]
    finally:
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
    with sqlite_database.engine.connect() as connection:
        return [
            str(step[3])
            for statement, parameters in asked
            if statement.startswith(("SELECT", "WITH"))
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def test_one_article_is_found_by_its_keys(plans: list[str]) -> None:
    """A step that reads all rows of a table is a SCAN; by the store alone is all rows as well."""
    ours = [step for step in plans if any(name in step.split() for name in HISTORIES)]
    assert ours
    assert [step for step in ours if step.startswith("SCAN") or step.endswith("(store=?)")] == []
