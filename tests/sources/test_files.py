"""People's files into the ledger, as `watchkeeper import` does it."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from core.ledger.database import Database
from core.ledger.records import Intake, Order, Product, Sale, Stock
from scrapers.importing import FileProblem, ImportReport, import_file
from tests.support.intake import NOW, STORE, facts, stored

SALES = "sku,day,channel,units,revenue\nA,2026-03-05,alibaba,3,12.50\nB,2026-03-05,amazon,1,4\n"

Importer = Callable[..., ImportReport]


@pytest.fixture
def importer(database: Database, tmp_path: Path) -> Importer:
    def run(
        kind: str, content: str | bytes, name: str = "in.csv", **options: object
    ) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(database, STORE, kind, path, now=NOW, **options)  # type: ignore[arg-type]

    return run


def problem(importer: Importer, kind: str, content: str | bytes, name: str = "in.csv") -> str:
    with pytest.raises(FileProblem) as caught:
        importer(kind, content, name)
    text = str(caught.value)
    assert "\n" not in text
    return text


def rejected_rows(tmp_path: Path, name: str = "in.rejected.csv") -> list[list[str]]:
    with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_report_is_the_contracts_json(importer: Importer, tmp_path: Path) -> None:
    report = importer("sales", SALES + "C,soon,alibaba,1,1\n")
    assert report.as_json() == {
        "kind": "sales",
        "file": str(tmp_path / "in.csv"),
        "read": 3,
        "stored": 2,
        "unchanged": 0,
        "rejected": [{"row": 4, "column": "day", "problem": "'soon' isn't a day like 2026-03-05"}],
        "unknown_columns": [],
    }
    assert json.loads(json.dumps(report.as_json())) == report.as_json()


def test_a_second_import_stores_nothing(importer: Importer) -> None:
    importer("sales", SALES)
    again = importer("sales", SALES).as_json()
    assert (again["read"], again["stored"], again["unchanged"]) == (2, 0, 2)


def test_a_chinese_file_in_any_encoding_and_order(importer: Importer, database: Database) -> None:
    text = "商品编码,仓库,现有库存,占用,备注\nS-1,义乌仓,1200,30,露营空调\nS-2,宁波仓,5,,储能电源\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        report = importer("stock", text.encode(encoding))
        assert (report.taken.read, list(report.unknown_columns)) == (2, ["备注"])
    assert [
        facts(row, "sku", "location", "on_hand", "committed") for row in stored(database, Stock)
    ] == [
        ("S-1", "义乌仓", 1200, 30),
        ("S-2", "宁波仓", 5, None),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_the_header_makes_sense_with(
    importer: Importer, database: Database, mark: str
) -> None:
    quoted = SALES.replace(",", mark).replace("12.50", '"12,50"')
    assert importer("sales", quoted).taken.stored == 2
    assert stored(database, Sale)[0].revenue == Decimal("12.5")


def test_a_comma_in_a_header_of_a_semicolon_file_misleads_nobody(importer: Importer) -> None:
    text = "sku;day;units;note, long, very long, really\nA;2026-03-05;3;x\n"
    report = importer("sales", text)
    assert (report.taken.stored, list(report.unknown_columns)) == (
        *(1, ["note, long, very long, really"]),
    )


def test_a_workbook_with_its_dates_numbers_and_blank_rows(
    importer: Importer, database: Database, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        (),
        ("", "订单号", "平台", "下单时间", "订单金额", "信保"),
        ("", 20260305000123, "Alibaba", datetime(2026, 3, 5, 14, 30), 1.1 + 2.2, True),  # noqa: DTZ001
        (),
        ("", "A-2", "Shopify", date(2026, 3, 5), "US$1,299.00", "否"),
        ("", "A-3", "Shopify", 46086, 5, None),
    ):
        sheet.append(cells)
    book.save(tmp_path / "book.xlsx")
    report = importer("order", (tmp_path / "book.xlsx").read_bytes(), "orders.xlsx")
    assert [(row.row, row.column) for row in report.rejected] == [(6, "placed_at")]
    number, second = stored(database, Order)
    assert facts(number, "order_no", "channel", "amount", "trade_assurance") == (
        *("20260305000123", "alibaba", Decimal("3.30"), True),
    )
    assert number.placed_at.isoformat() == "2026-03-05T06:30:00+00:00"
    assert facts(second, "amount", "currency", "trade_assurance") == (1299, "USD", False)


def test_the_first_visible_sheet_with_cells_is_read(importer: Importer, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, state in (("hidden", "hidden"), ("data", "visible")):
        sheet = book.create_sheet(name)
        sheet.append(["sku", "name"])
        sheet.append([name, name])
        sheet.sheet_state = state
    book.save(tmp_path / "book.xlsx")
    report = importer("product", (tmp_path / "book.xlsx").read_bytes(), "in.xlsx")
    assert report.taken.stored == 1


def test_json_lines(importer: Importer, database: Database, tmp_path: Path) -> None:
    lines = [
        '{"SKU": "A", "day": "2026-03-05", "units": 3, "revenue": 12.50, "meta": {"x": [1]}}',
        "",
        '{"sku": "B", "day": "2026-03-05", "units": 4, "revenue": null}',
        '{"sku": "C", "day": "2026-03-05", "units": [4]}',
        '{"sku": "D", "day": "2026-03-05", "units": NaN}',
        "[1, 2]",
        "{torn",
    ]
    text = "\n".join(line.replace('"SKU"', '"sku"') for line in lines)
    report = importer("sales", text, "in.jsonl")
    assert [facts(row, "sku", "units", "revenue") for row in stored(database, Sale)] == [
        ("A", 3, Decimal("12.5")),
        ("B", 4, None),
    ]
    assert [(row.row, row.problem) for row in report.rejected] == [
        (4, "'units' holds more than one value"),
        *((number, "isn't a JSON object, one object a line") for number in (5, 6, 7)),
    ]
    assert list(report.unknown_columns) == ["meta"]
    assert rejected_rows(tmp_path)[-1][0] == "{torn"


def test_rejected_rows_lie_beside_the_file_safe_to_open(importer: Importer, tmp_path: Path) -> None:
    text = (
        "sku,day,channel,units,备注\n"
        "=1+1,x,@SUM(A1),-5,-\n"
        "A,2026-03-05,alibaba,3,\n"
        '"+86 138",y,-2+3,"-1,299.5","\t=x"\n'
    )
    report = importer("sales", text)
    assert report.rejected_file == tmp_path / "in.rejected.csv"
    assert rejected_rows(tmp_path) == [
        ["sku", "day", "channel", "units", "备注", "problem"],
        ["'=1+1", "x", "'@SUM(A1)", "-5", "-", "day: 'x' isn't a day like 2026-03-05"],
        ["'+86 138", "y", "'-2+3", "-1,299.5", "'\t=x", "day: 'y' isn't a day like 2026-03-05"],
    ]


def test_rejected_rows_can_be_mended_and_imported(importer: Importer, tmp_path: Path) -> None:
    importer("sales", SALES.replace("3,12.50", "x,12.50"))
    left = (tmp_path / "in.rejected.csv").read_bytes()
    report = importer("sales", left.replace(b"alibaba,x", b"alibaba,3"), "mended.csv")
    assert (report.taken.stored, list(report.unknown_columns)) == (1, ["problem"])


def test_a_clean_import_removes_what_was_rejected_before(
    importer: Importer, tmp_path: Path
) -> None:
    importer("sales", SALES.replace("3,12.50", "x,12.50"))
    assert importer("sales", SALES).rejected_file is None
    assert not (tmp_path / "in.rejected.csv").exists()


def test_a_dry_run_touches_nothing(importer: Importer, database: Database, tmp_path: Path) -> None:
    report = importer("sales", SALES + "C,soon,alibaba,1,1\n", dry_run=True)
    assert (report.taken.stored, report.taken.rejected) == (2, 1)
    assert stored(database, Sale) == []
    assert [path.name for path in tmp_path.glob("in*")] == ["in.csv"]


def test_a_report_names_the_first_thousand_rejected_rows(
    importer: Importer, tmp_path: Path
) -> None:
    report = importer("product", "sku,moq\n" + "A,x\n" * 1_005)
    assert (len(report.rejected), report.taken.rejected) == (1_000, 1_005)
    assert len(rejected_rows(tmp_path)) == 1_006


def test_a_torn_row_ends_where_its_line_does(importer: Importer, database: Database) -> None:
    report = importer("product", 'sku,name\nA,one\n"B,two\nC,three\n"D" x,four\nE,"fi""ve"\n')
    assert [product.sku for product in stored(database, Product)] == ["A", "C", "E"]
    assert [row.row for row in report.rejected] == [3, 5]
    assert "can't be cut into cells" in report.rejected[0].problem
    assert report.taken.read == 5


def test_a_file_cut_off_in_the_middle_of_a_row(importer: Importer, database: Database) -> None:
    report = importer("sales", SALES + "C,2026-03-05,alib")
    assert [row.sku for row in stored(database, Sale)] == ["A", "B"]
    assert [(row.row, row.problem) for row in report.rejected] == [
        (4, "has 3 cells, the header has 5")
    ]


def test_huge_cells_are_refused_and_the_rest_goes_on(
    importer: Importer, database: Database
) -> None:
    huge = "x" * 200_000
    report = importer("product", f"sku,name\nA,{huge}\nB,{'y' * 20_001}\nC,fine\n")
    assert [product.sku for product in stored(database, Product)] == ["C"]
    assert [row.row for row in report.rejected] == [2, 3]


def test_cells_may_hold_lines(importer: Importer, database: Database) -> None:
    importer("product", 'sku,name\r\nA,"one\r\ntwo"\r\n\r\nB,three\r\n')
    assert [product.name for product in stored(database, Product)] == ["one\r\ntwo", "three"]


def test_the_rows_numbers_are_kept(importer: Importer, database: Database) -> None:
    importer("product", "\n\nsku,name\nA,one\n\n,\nB,two\n")
    assert [product.intake_row for product in stored(database, Product)] == [4, 7]


def test_a_header_alone_is_an_empty_import(importer: Importer, database: Database) -> None:
    assert importer("sales", SALES.splitlines()[0]).taken.read == 0
    with database.read() as session:
        assert session.get(Intake, 1) is not None


@pytest.mark.parametrize("word", ["合计", "总计：", "Total"])
def test_a_sum_is_no_record(importer: Importer, database: Database, word: str) -> None:
    report = importer("stock", f"sku,on_hand\nA,3\n{word},3\n")
    assert [stock.sku for stock in stored(database, Stock)] == ["A"]
    assert [(row.row, row.column) for row in report.rejected] == [(3, "sku")]
    assert "is a sum, not a record" in report.rejected[0].problem


def test_a_zip_file_is_no_workbook(importer: Importer) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("sales.csv", SALES)
    assert "no ZIP file" in problem(importer, "sales", packed.getvalue(), "in.zip")


def test_progress_is_told_in_bytes(importer: Importer) -> None:
    told: list[tuple[int, int]] = []
    text = "sku,name\n" + "".join(f"SKU-{n},{'x' * 40}\n" for n in range(12_000))
    importer("product", text, progress=lambda done, total: told.append((done, total)))
    assert len(told) == 4  # three chunks of 5,000 rows, and the end
    assert told == sorted(told)
    assert told[-1] == (len(text), len(text))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "in.csv", ["in.csv is empty"]),
        (b"\n \n,,\n", "in.csv", ["in.csv is empty"]),
        (b"A,2026-03-05,3\nB,2026-03-05,4\n", "in.csv", ["no column sku, day, units", "'A', "]),
        (b"sku,units\nA,3\n", "in.csv", ["no column day, which sales needs", "'sku', 'units'"]),
        (b"SKU,day,sku,units\n", "in.csv", ["two columns mean sku: 'SKU' and 'sku'"]),
        (b"<!DOCTYPE html><table>", "in.csv", ["web page"]),
        (b"<table><tr><td>sku", "in.xls", ["web page"]),
        (b"sku\0,day", "in.csv", ["no text file"]),
        (b"PK\x03\x04 not a zip", "in.xlsx", ["damaged"]),
        (b"\xd0\xcf\x11\xe0 not a workbook", "in.xls", ["can't be opened as a workbook"]),
        (b"%PDF-1.4\n1 0 obj\n", "in.pdf", ["no text file"]),
        (b"[1, 2]\n", "in.json", ["no JSON objects"]),
        (b'{"sku": "A", "sku": "B"}\n', "in.json", ["an object gives 'sku' twice"]),
        (b'"sku,day\n', "in.csv", ["the header, row 1, can't be cut into cells"]),
        (b"x" * (5 << 20), "in.csv", ["line 1 is too long"]),
    ],
)
def test_a_file_that_is_no_use_says_so_in_one_line(
    importer: Importer, content: bytes, name: str, words: list[str]
) -> None:
    text = problem(importer, "sales", content, name)
    assert all(word in text for word in words), text


def test_a_file_that_is_not_there(database: Database, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"nowhere.csv: No such file"):
        import_file(database, STORE, "sales", tmp_path / "nowhere.csv", now=NOW)
    with pytest.raises(FileProblem, match="Is a directory"):
        import_file(database, STORE, "sales", tmp_path, now=NOW)


def test_an_unknown_kind(importer: Importer) -> None:
    assert "no kind of record 'sale'; there are product" in problem(importer, "sale", SALES)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_list_is_taken_whole(
    importer: Importer, database: Database, indent: int | None
) -> None:
    rows = [{"sku": sku, "day": "2026-03-05", "units": 3} for sku in ("A", "B", "")]
    report = importer("sales", json.dumps(rows, indent=indent), "in.json")
    assert [row.sku for row in stored(database, Sale)] == ["A", "B"]
    assert [(bad.row, bad.column) for bad in report.rejected] == [(3, "sku")]


def test_a_torn_json_list_says_where(importer: Importer) -> None:
    told = problem(importer, "sales", '[{"sku": "A"}, {"sku": ', "in.json")
    assert told.startswith("in.json is not the JSON that is taken here")
