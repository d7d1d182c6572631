"""Every kind of record: kept and given back unchanged, and declared completely."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from core.ledger.database import Database
from core.ledger.headers import fold
from core.ledger.records import KINDS, Product, columns_of, kind_of, table_of
from core.ledger.records.column import Form
from core.ledger.reference import page
from tests.support.intake import STORE, stored, take

# The contract's kinds with their keys, from the record kinds' table.
KEYS = {
    "product": ["sku"],
    "stock": ["sku", "location", "observed_at"],
    "sales": ["sku", "day", "channel"],
    "order": ["channel", "order_no"],
    "order_line": ["channel", "order_no", "sku"],
    "shipment": ["carrier", "tracking_no"],
    "review": ["channel", "review_id"],
    "dispute": ["channel", "dispute_id"],
    "case": ["case_no"],
    "sample": ["sample_no"],
    "rfq": ["rfq_no"],
    "buyer": ["email"],
    "spend": ["day", "channel", "campaign"],
    "visits": ["day", "channel", "country", "city"],
    "competitor_offer": ["competitor", "url", "observed_at"],
    "search_heat": ["phrase", "country", "day"],
    "rate": ["day", "base", "quote"],
    "score": ["channel", "metric", "day"],
    "competitor_page": ["competitor", "url"],
    "competitor_figures": ["competitor", "day"],
    "price_list": ["sku", "channel", "min_quantity", "valid_from"],
    "listing": ["channel", "listing_id", "min_quantity", "observed_at"],
}
EXAMPLES: dict[Form, Any] = {
    Form.TEXT: "露营空调 <b>",
    Form.EMAIL: "lin.yue@harborlane.example",
    Form.CURRENCY: "EUR",
    Form.COUNT: 4,
    Form.MONEY: Decimal("1299.5"),
    Form.NUMBER: Decimal("1.1642"),
    Form.MOMENT: datetime(2026, 3, 5, 6, 30, tzinfo=UTC),
    Form.DAY: date(2026, 3, 5),
    Form.BOOLEAN: True,
    Form.JSON: [{"min_quantity": 100, "price": "12.50"}],
}


def example(kind: str) -> dict[str, Any]:
    return {
        column.name: spec.values[0] if spec.form is Form.CHOICE else EXAMPLES[spec.form]
        for column, spec in columns_of(kind_of(kind))
    }


def test_the_kinds_are_those_of_the_contract() -> None:
    assert set(KINDS) == set(KEYS)


@pytest.mark.parametrize("kind", KEYS)
def test_a_record_is_known_by_its_store_and_key(kind: str) -> None:
    key = {column.name for column in table_of(kind_of(kind)).primary_key}
    assert key == {"store", *KEYS[kind]}


@pytest.mark.parametrize("kind", KEYS)
def test_every_column_comes_back_as_it_went_in(database: Database, kind: str) -> None:
    given = example(kind)
    take(database, kind, given)
    (record,) = stored(database, kind_of(kind))
    assert {name: getattr(record, name) for name in given} == given
    assert record.store == STORE.name
    assert (record.intake_id, record.intake_row) == (1, 1)


@pytest.mark.parametrize("kind", KEYS)
def test_the_required_columns_are_enough(database: Database, kind: str) -> None:
    required = {column.name for column, spec in columns_of(kind_of(kind)) if spec.required}
    given = {name: value for name, value in example(kind).items() if name in required}
    taken, problems = take(database, kind, given)
    assert (taken.stored, problems) == (1, [])


@pytest.mark.parametrize("kind", KEYS)
def test_no_header_means_two_columns_of_a_kind(kind: str) -> None:
    seen: dict[str, str] = {}
    for column, spec in columns_of(kind_of(kind)):
        for word in (column.name, *spec.aliases):
            assert seen.setdefault(fold(word), column.name) == column.name


@pytest.mark.parametrize("kind", KEYS)
def test_every_amount_has_a_currency(kind: str) -> None:
    specs = [spec for _, spec in columns_of(kind_of(kind))]
    free = [spec for spec in specs if spec.form is Form.MONEY and not spec.currency]
    assert not free or any(spec.form is Form.CURRENCY for spec in specs)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("sales", ["store", "day"]),
        ("orders", ["store", "placed_at"]),
        ("orders", ["store", "promised_ship_at"]),
        ("review", ["store", "posted_at"]),
        ("competitor_offer", ["store", "sku", "observed_at"]),
    ],
)
def test_what_checks_ask_for_is_indexed(database: Database, table: str, columns: list[str]) -> None:
    indexes = inspect(database.engine).get_indexes(table)
    assert columns in [index["column_names"] for index in indexes]


def test_stock_is_looked_up_by_its_key(database: Database) -> None:
    key = inspect(database.engine).get_pk_constraint("stock")["constrained_columns"]
    assert key == ["store", "sku", "location", "observed_at"]


def test_two_stores_keep_their_records_apart(database: Database) -> None:
    take(database, "product", {"sku": "A", "name": "ours"})
    take(
        database,
        "product",
        {"sku": "A", "name": "theirs"},
        store=STORE.model_copy(update={"name": "other"}),
    )
    assert [p.name for p in stored(database, Product)] == ["ours", "theirs"]


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no kind of record 'stok'; there are .*stock"):
        kind_of("stok")


def test_the_reference_page_is_that_of_the_declarations() -> None:
    written = Path(__file__).parents[2].joinpath("docs/records.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m core.ledger.reference > docs/records.md"


@pytest.mark.parametrize("kind", KEYS)
def test_every_column_and_header_is_documented(kind: str) -> None:
    section = page().split(f"\n## {kind}\n")[1].split("\n## ")[0]
    for column, spec in columns_of(kind_of(kind)):
        (line,) = [row for row in section.splitlines() if row.startswith(f"| `{column.name}`")]
        assert spec.meaning
        assert all(word in line for word in (spec.meaning, *spec.aliases, *spec.values))
