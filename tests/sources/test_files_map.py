"""A user's own map of headers, and the map that is no use."""

from pathlib import Path

import pytest

from core.ledger.database import Database
from core.ledger.records import Stock
from scrapers.importing import FileProblem, ImportReport, import_file
from tests.support.intake import NOW, STORE, facts, stored


def take(database: Database, folder: Path, mapping: str | bytes) -> ImportReport:
    path, map_path = folder / "erp.csv", folder / "map.yaml"
    path.write_text("SKU,ERP No.,Qty (free),库位\nold,A,5,B-1\n", encoding="utf-8")
    map_path.write_bytes(mapping.encode() if isinstance(mapping, str) else mapping)
    return import_file(database, STORE, "stock", path, map_path=map_path, now=NOW)


def test_the_map_wins_over_the_known_headers(database: Database, tmp_path: Path) -> None:
    report = take(database, tmp_path, "columns:\n  erp no.: sku\n  Qty (free): on_hand\n")
    (stock,) = stored(database, Stock)
    assert facts(stock, "sku", "on_hand", "location") == ("A", 5, "B-1")
    assert list(report.unknown_columns) == ["SKU"]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("columns: {Qty (free): stock}", "map.yaml: 'stock' is no column of stock; it has sku, "),
        ("columns: {Free: on_hand}", "erp.csv has no header 'Free', which the map names"),
        ("columns: [sku]", "map.yaml needs lines like"),
        ("columns: {1: sku}", "map.yaml needs lines like"),
        ("sku", "map.yaml needs lines like"),
        ("", "map.yaml needs lines like"),
        ("columns: {a: b", "map.yaml can't be read"),
        ("columns: !!python/object:os.system {}", "map.yaml can't be read"),
        (b"\xff\xfe", "map.yaml can't be read"),
    ],
)
def test_a_map_that_is_no_use(
    database: Database, tmp_path: Path, mapping: str | bytes, words: str
) -> None:
    with pytest.raises(FileProblem) as caught:
        take(database, tmp_path, mapping)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
