"""Excel workbooks: which sheet, which header, ids that Excel has shortened, hostile archives."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.ledger.database import Database
from core.ledger.records import Order, Product, Stock
from scrapers.importing import FileProblem, ImportReport, import_file
from scrapers.tables import open_table, packed, workbook
from tests.support.intake import NOW, STORE, facts, stored

Rows = Sequence[Sequence[Any]]
Take = Callable[..., ImportReport]


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read a workbook: at once, and row by row."""
    if request.param == "large":
        monkeypatch.setattr(workbook, "LARGE", 0)
    return str(request.param)


@pytest.fixture
def take(sqlite_database: Database, tmp_path: Path) -> Take:
    def run(kind: str, sheets: dict[str, Rows], **options: Any) -> ImportReport:
        path = save(tmp_path / "in.xlsx", sheets)
        return import_file(sqlite_database, STORE, kind, path, now=NOW, **options)

    return run


def save(path: Path, sheets: dict[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.removeprefix("hidden "))
        sheet.sheet_state = "hidden" if name.startswith("hidden ") else "visible"
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return path


def cells(path: Path) -> list[list[str]]:
    with open_table(path, len) as table:
        rows = [list(row) for chunk in table.chunks for row in chunk.rows]
        return [list(table.headers), *rows]


ORDERS: Rows = [["订单号", "平台", "下单时间"], ["A-1", "alibaba", datetime(2026, 3, 5, 14)]]  # noqa: DTZ001
COVER: Rows = [["Report of March"], ["made by", "ERP"]]


def test_the_sheet_that_fits_the_kind_is_read(take: Take, size: str) -> None:
    report = take("order", {"Cover": COVER, "订单": ORDERS, "hidden x": ORDERS, "Blank": []})
    assert (report.taken.stored, report.sheet, report.ignored_sheets) == (1, "订单", ["Cover"])
    assert report.as_json()["sheet"] == "订单"


def test_a_sheet_can_be_named(take: Take, size: str) -> None:
    report = take("product", {"a": [["sku"], ["A"]], "hidden b": [["sku"], ["B"]]}, sheet="b")
    assert (report.sheet, report.ignored_sheets) == ("b", ["a"])
    with pytest.raises(FileProblem, match=r"no sheet 'c' with cells in it; it has 'a', 'b'"):
        take("product", {"a": [["sku"]], "b": [["sku"]]}, sheet="c")


def test_a_text_has_no_sheets(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("sku\nA\n")
    path = tmp_path / "in.csv"
    with pytest.raises(FileProblem, match="it is no workbook"):
        import_file(sqlite_database, STORE, "product", path, sheet="a", now=NOW)


def test_titles_above_the_header_are_passed_over(take: Take, size: str) -> None:
    report = take("order", {"x": [["订单报表"], [], ["导出时间", "2026-03-05"], *ORDERS]})
    assert report.taken.stored == 1


def test_a_header_in_two_lines_is_joined(take: Take, sqlite_database: Database, size: str) -> None:
    rows: Rows = [
        ["订单号", "平台", "买家", None, "发货", None, "下单时间"],
        [None, None, "名称", "邮箱", "时间", "方式", None],
        ["A-1", "amazon", "Ann", "ann@x.example", "2026-03-06", "air", "2026/3/5 14:30"],
    ]
    report = take("order", {"x": rows})
    [order] = stored(sqlite_database, Order)
    assert facts(order, "buyer_name", "buyer_email") == ("Ann", "ann@x.example")
    assert order.shipped_at is not None
    assert list(report.unknown_columns) == ["发货 方式"]


def test_a_data_row_is_never_taken_for_a_header(take: Take, sqlite_database: Database) -> None:
    take("product", {"x": [["SKU", "品名"], ["name", "sku"], ["B", "moq"]]})
    assert [product.sku for product in stored(sqlite_database, Product)] == ["B", "name"]


def test_numbers_and_days_as_text_and_ids_as_numbers(
    take: Take, sqlite_database: Database, size: str
) -> None:
    rows: Rows = [
        ["商品编码", "仓库", "现有库存", "更新时间", "在途"],
        [69001, "A", "1,200", "2026/3/5 9:05", 3.0],
        ["069001", "A", "12", date(2026, 3, 5), "#N/A"],
    ]
    take("stock", {"x": rows})
    levels = stored(sqlite_database, Stock)
    assert [facts(level, "sku", "on_hand", "inbound") for level in levels] == [
        ("069001", 12, None),
        ("69001", 1200, 3),
    ]


def test_an_id_that_excel_has_shortened_is_refused(
    take: Take, sqlite_database: Database, tmp_path: Path, size: str
) -> None:
    rows: Rows = [
        ["订单号", "平台", "下单时间", "备注编号"],
        [212345678901234567, "alibaba", "2026-03-05", None],
        ["212345678901234567", "alibaba", "2026-03-05", 212345678901234567],
        [123456789012345, "alibaba", "2026-03-05", None],
    ]
    report = take("order", {"x": rows})
    [bad] = report.rejected
    assert bad.row == 2
    assert "Excel keeps only 15 digits" in bad.problem
    orders = {order.order_no for order in stored(sqlite_database, Order)}
    assert orders == {"212345678901234567", "123456789012345"}
    assert "alibaba" in (tmp_path / "in.rejected.csv").read_text("utf-8-sig")


def test_an_id_that_a_csv_has_shortened_is_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text(
        'channel,order_no,placed_at\na,2.12346E+17,2026-03-05\na,"=""0071""",2026-03-05\n'
    )
    report = import_file(sqlite_database, STORE, "order", tmp_path / "in.csv", now=NOW)
    assert "that a spreadsheet has shortened" in report.rejected[0].problem
    assert [order.order_no for order in stored(sqlite_database, Order)] == ["0071"]


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 4)),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str),
    st.text("abcdef 中文&<>\"'=", max_size=6),
)


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_both_ways_read_the_same(tmp_path: Path, rows: Rows) -> None:
    path = save(tmp_path / "in.xlsx", {"x": [["a", "b", "c"], *rows]})
    at_once = cells(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "LARGE", 0)
        row_by_row = cells(path)
    # what is only space is nothing, to either reader's readers
    told = [[[cell.strip() for cell in row] for row in table] for table in (at_once, row_by_row)]
    filled = [[row for row in table if any(row)] for table in told]
    assert filled[0] == filled[1]


def with_member(path: Path, name: str, content: bytes) -> Path:
    """Write a workbook anew with one of its parts replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {part: old.read(part) for part in old.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part, data)
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return save(tmp_path / "in.xlsx", {"x": [["sku"], ["A"]]})


def refused(path: Path) -> str:
    with pytest.raises(FileProblem) as problem:
        cells(path)
    assert "\n" not in str(problem.value)
    return str(problem.value)


def test_a_bomb_is_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "LARGE", 1 << 20)
    bomb = with_member(book, "xl/media/x.bin", b"\0" * (8 << 20))
    assert "unpacks to far more than a table has: save the sheet as CSV" in refused(bomb)


def test_a_bomb_that_says_it_is_small_is_refused(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "LARGE", 1 << 20)
    size = 2 << 20
    bomb = with_member(book, "xl/media/x.bin", b"\0" * size).read_bytes()
    book.write_bytes(bomb.replace(struct.pack("<L", size), struct.pack("<L", 100)))
    with zipfile.ZipFile(book) as archive:  # what a reader would believe
        assert archive.getinfo("xl/media/x.bin").file_size == 100
    assert "unpacks to far more" in refused(book)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
        b"<worksheet><sheetData><row><c><v>1</v>",
        b"",
        b"\xff\xfe",
    ],
)
def test_broken_xml_is_told_in_one_line(book: Path, size: str, xml: bytes) -> None:
    assert "in.xlsx" in refused(with_member(book, "xl/worksheets/sheet1.xml", xml))


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off_is_told_in_one_line(book: Path, size: str, at: float) -> None:
    content = book.read_bytes()
    book.write_bytes(content[: int(len(content) * at)])
    assert "damaged" in refused(book)


@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_told_or_harmless(book: Path, data: st.DataObject) -> None:
    """Flip bytes inside the parts, so that the archive itself is whole."""
    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as archive:
        names = archive.namelist()
        name = data.draw(st.sampled_from(names))
        part = bytearray(archive.read(name))
    for place in data.draw(st.lists(st.integers(0, len(part) - 1), min_size=1, max_size=4)):
        part[place] = data.draw(st.integers(0, 255))
    broken = book.with_name("broken.xlsx")
    broken.write_bytes(book.read_bytes())
    with_member(broken, name, bytes(part))
    for large in (packed.LARGE, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workbook, "LARGE", large)
            with suppress(FileProblem):  # and nothing else
                cells(broken)
