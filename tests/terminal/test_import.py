"""`watchkeeper import KIND FILE…`: good rows stored, bad ones told and set aside."""

import json
import os
import pty
import subprocess
import termios
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.conftest import SCRIPT, Typed

GOOD = "sku,fob_usd\nPS-1,99.50\nPS-2,120\n"
MIXED = "sku,fob_usd,moq\nPS-1,99.50,1\n,50,1\nPS-3,cheap,1\n"


@pytest.fixture
def products(place: Path) -> Path:
    """A file with two products."""
    (place / "products.csv").write_text(GOOD, encoding="utf-8")
    return place / "products.csv"


@pytest.fixture
def mixed(place: Path) -> Path:
    """A file of which the second and third row are no use."""
    (place / "mixed.csv").write_text(MIXED, encoding="utf-8")
    return place / "mixed.csv"


def report(text: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(text)
    return row


def counts(text: str) -> tuple[int, int, int]:
    row = report(text)
    return row["read"], row["stored"], row["unchanged"]


def test_rows_are_counted(products: Path, typed: Typed) -> None:
    said = typed("import", "product", "products.csv")
    assert (said.code, said.err) == (0, "")
    assert said.out == "products.csv: 2 rows read, 2 stored, 0 unchanged, 0 rejected\n"


def test_a_second_import_changes_nothing(products: Path, typed: Typed) -> None:
    assert counts(typed("import", "product", "products.csv", "--json").out) == (2, 2, 0)
    assert counts(typed("import", "product", "products.csv", "--json").out) == (2, 0, 2)


def test_a_dry_run_stores_nothing(mixed: Path, typed: Typed) -> None:
    said = typed("import", "product", "mixed.csv", "--dry-run", "--json")
    assert said.code == 1
    assert not mixed.with_name("mixed.rejected.csv").exists()
    assert counts(typed("import", "product", "mixed.csv", "--json").out) == (3, 1, 0)


def test_bad_rows_are_told_and_set_aside(mixed: Path, typed: Typed) -> None:
    said = typed("import", "product", "mixed.csv")
    assert said.code == 1
    head, second, third, aside = said.out.splitlines()
    assert head == "mixed.csv: 3 rows read, 1 stored, 0 unchanged, 2 rejected"
    assert second.startswith("  mixed.csv:3 sku: ")  # the header is row 1
    assert third.startswith("  mixed.csv:4 fob_usd: ")
    assert aside.endswith("mixed.rejected.csv")
    kept = mixed.with_name("mixed.rejected.csv").read_text(encoding="utf-8-sig")
    assert "cheap" in kept
    assert "99.50" not in kept


def test_the_json_that_scripts_read(mixed: Path, typed: Typed) -> None:
    said = typed("import", "product", "mixed.csv", "--json")
    row = report(said.out)
    assert {"kind", "file", "read", "stored", "unchanged", "rejected"} <= set(row)
    assert (row["kind"], row["file"]) == ("product", "mixed.csv")
    assert [(bad["row"], bad["column"]) for bad in row["rejected"]] == [(3, "sku"), (4, "fob_usd")]
    assert all(bad["problem"] for bad in row["rejected"])


def test_several_files_are_told_one_by_one(products: Path, mixed: Path, typed: Typed) -> None:
    said = typed("import", "product", "products.csv", "mixed.csv", "--json")
    assert said.code == 1
    assert [report(line)["file"] for line in said.out.splitlines()] == ["products.csv", "mixed.csv"]


def test_a_map_names_their_headers(place: Path, typed: Typed) -> None:
    (place / "theirs.csv").write_text("Artikel,Was neu ist\nPS-1,x\n", encoding="utf-8")
    (place / "map.yaml").write_text("columns:\n  Artikel: sku\n", encoding="utf-8")
    said = typed("import", "product", "theirs.csv", "--map", "map.yaml")
    assert said.code == 0
    assert "columns ignored: Was neu ist" in said.out


def test_a_row_with_a_formula_stays_text_in_what_is_set_aside(place: Path, typed: Typed) -> None:
    text = 'sku,fob_usd\n"=HYPERLINK(""http://x"")",cheap\n'
    (place / "evil.csv").write_text(text, encoding="utf-8")
    assert typed("import", "product", "evil.csv").code == 1
    kept = (place / "evil.rejected.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in kept


def test_there_is_no_progress_bar_in_a_pipe(products: Path, script: Typed) -> None:
    said = script("import", "product", "products.csv")
    assert (said.code, said.err) == (0, "")


def test_a_terminal_shows_progress(products: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    ended = subprocess.run(
        [SCRIPT, "import", "product", "products.csv"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert "100%" in shown
    assert "products.csv" in shown
    assert "2 stored" in ended.stdout


def test_a_map_is_drafted_and_taken(place: Path, products: Path, typed: Typed) -> None:
    typed("import", "product", "products.csv")
    (place / "erp.csv").write_text("Ref.,Qty on hand (pcs)\nPS-1,5\n", encoding="utf-8")
    drafted = typed("import", "--learn", "erp.csv")
    assert (drafted.code, drafted.err) == (0, "")
    assert '"Ref.": sku  # the values are articles of the store' in drafted.out
    (place / "erp.yaml").write_text(drafted.out, encoding="utf-8")
    assert counts(typed("import", "erp.csv", "--map", "erp.yaml", "--json").out) == (1, 1, 0)
    assert counts(typed("import", "stock", "erp.csv", "--map", "erp.yaml", "--json").out)[0] == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("product.csv", "Missing argument 'FILES...'"),
        ("--learn products.csv products.csv", "--learn looks at one file"),
        ("--learn none.csv", "none.csv: No such file"),
        ("prodcut --learn products.csv", "no kind of record 'prodcut'"),
        ("stock products.csv --map m.yaml", "m.yaml is a map for product, not for stock"),
        ("products.csv --map nokind.yaml", "which kind of record is it?"),
        ("product products.csv --sheet x", "it is no workbook"),
        ("product products.csv --map wrong.yaml", "there is no 'colums' in a map; it has columns"),
        ("product products.csv --map code.yaml", "there is no encoding 'hex'"),
        ("product products.csv --map both.yaml", "moq stands under columns and under set"),
    ],
)
def test_what_is_said_wrongly_is_one_line(
    place: Path, products: Path, typed: Typed, words: str, told: str
) -> None:
    maps = {"m": "kind: product", "nokind": "columns: {}", "wrong": "colums: {}"}
    maps |= {"code": "encoding: hex", "both": "columns: {fob_usd: moq}\nset: {moq: '1'}"}
    for name, text in maps.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert told in typed("import", *words.split()).problem
