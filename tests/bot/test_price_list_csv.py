"""The price list as a file: the importer reads back what was decided, spreadsheets no formula."""

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.price_list_csv import price_list_csv
from core.ledger.database import Database
from core.ledger.records import PriceListEntry
from scrapers.importing import import_file
from tests.support.intake import STORE, stored

NOW = datetime(2026, 3, 5, 2, 30, 0, 123456, tzinfo=UTC)
ROW: dict[str, Any] = {
    "sku": "PS-1000", "channel": "", "min_quantity": 100,
    "valid_from": "2026-03-05T10:30:00.123456+08:00", "price": "9.30", "currency": "USD",
    "reason": "their new season", "decided_by": "sofia.reyes@harborlane.example",
    "old_price": "10.00",
}  # fmt: skip


def cells(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_columns_are_the_importers_and_the_old_price() -> None:
    (row,) = cells(price_list_csv([ROW]))
    assert row == {name: str(value) for name, value in ROW.items()}
    assert price_list_csv([ROW]).startswith(b"\xef\xbb\xbf")  # what Excel knows UTF-8 by


def test_the_importer_reads_it_back(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(price_list_csv([ROW, ROW | {"min_quantity": 500, "old_price": None}]))
    told = import_file(sqlite_database, STORE, "price_list", path, now=NOW)
    assert (told.taken.stored, told.taken.rejected) == (2, 0)
    first = stored(sqlite_database, PriceListEntry)[0]
    # 10:30 in Shanghai is 02:30 in UTC
    assert first.model_dump(exclude={"intake_id", "intake_row"}) == {
        "store": "harborlane", "sku": "PS-1000", "channel": "", "min_quantity": 100,
        "valid_from": NOW, "price": first.price, "currency": "USD", "reason": "their new season",
        "decided_by": "sofia.reyes@harborlane.example",
    }  # fmt: skip
    assert str(first.price) == "9.30"


@pytest.mark.parametrize(
    ("note", "cell"),
    [("=cmd()", "'=cmd()"), ("@SUM(A1)", "'@SUM(A1)"), ("a;=1+1", "a;'=1+1"), ("-5 %", "'-5 %")],
)
def test_no_cell_is_a_formula(note: str, cell: str) -> None:
    (row,) = cells(price_list_csv([ROW | {"reason": note}]))
    assert row["reason"] == cell
