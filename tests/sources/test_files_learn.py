"""`import --learn`: a map drafted from an unknown export, which imports it right.

The exports are made by hand. Column heads of Dianxiaomi and Mango are not established: these stand
for what such programs have.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.ledger.database import Database
from core.ledger.records import Order, OrderLine, Spend, Stock
from scrapers.importing import FileProblem, ImportReport, import_file
from scrapers.learning import as_yaml, learn
from scrapers.mapping import read_map
from tests.support.intake import NOW, STORE, facts, stored

SKUS = {"PS-1", "PS-2"}
DIANXIAOMI = (
    "订单号,平台订单状态,店铺,下单时间(北京),买家姓名,收货国家,SKU,商品数量,单价,订单总金额,币种\n"
    '="112001",已付款,us-1,2026-03-05 10:00,Ann,US,PS-1,2,10.00,25.00,CAD\n'
    ",,,,,,PS-2,1,5.00,,\n"
    '="112002",已付款,us-1,2026-03-05 11:00,Bo,DE,PS-1,1,10.00,10.00,CAD\n'
)
MANGO = "商品SKU,中文品名,仓库名,库存总量,在途数量\nPS-1,露营空调,义乌仓,12,5\n"
ADS = (
    "外贸直通车推广报告\n统计时间：2026-03-01~2026-03-02\n"
    "日期,推广计划,曝光量,点击量,花费(元),点击率,询盘数\n"
    "2026-03-01,露营空调-美国,1200,30,99.50,2.5%,3\n"
)
AMAZON = (
    "amazon-order-id\tmerchant-order-id\tpurchase-date\torder-status\tfulfillment-channel\t"
    "sales-channel\tproduct-name\tsku\tquantity\tcurrency\titem-price\tship-city\tship-country\n"
    "250-1234567-1234567\t\t2026-03-05T01:02:03+00:00\tShipped\tAmazon\t{where}\t{what}\tPS-1\t"
    "2\t{currency}\t24000\t{city}\t{country}\n"
)
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Total,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country\n"
    "#1001,a@x.example,paid,2026-03-05 10:00:00 -0500,,CAD,30.00,2026-03-05 09:59:00 -0500,"
    "1,Cooler,10.00,PS-1,CA\n"
    "#1001,a@x.example,,,,,,2026-03-05 09:59:00 -0500,2,Battery,10.00,PS-2,\n"
)


def learned(
    database: Database, path: Path, kind: str | None = None, *, said: str = ""
) -> ImportReport:
    """Import a file with its draft, `said` being what a person put into the line for `set`."""
    text = as_yaml(learn(path, kind, STORE, SKUS))
    text = text.replace("# set: {channel: }", f"set: {{channel: {said}}}") if said else text
    drafted = path.with_suffix(".map.yaml")
    drafted.write_text(text, encoding="utf-8")
    return import_file(database, STORE, kind, path, map_path=drafted, now=NOW)


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_orders_of_dianxiaomi(sqlite_database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "店小秘订单.csv", DIANXIAOMI, "gb18030")
    assert learned(sqlite_database, path, said="amazon").taken.rejected == 0
    orders = stored(sqlite_database, Order)
    assert [facts(order, "order_no", "channel", "amount", "currency") for order in orders] == [
        ("112001", "amazon", Decimal(25), "CAD"),
        ("112002", "amazon", Decimal(10), "CAD"),
    ]
    assert orders[0].placed_at.isoformat() == "2026-03-05T02:00:00+00:00"


def test_what_merged_cells_leave_blank_is_filled(sqlite_database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "店小秘订单.csv", DIANXIAOMI, "gb18030")
    learned(sqlite_database, path, "order_line", said="amazon")
    lines = stored(sqlite_database, OrderLine)
    assert [facts(line, "order_no", "sku", "quantity", "currency") for line in lines] == [
        ("112001", "PS-1", 2, "CAD"),
        ("112001", "PS-2", 1, "CAD"),
        ("112002", "PS-1", 1, "CAD"),
    ]


def test_stock_of_mango(sqlite_database: Database, tmp_path: Path) -> None:
    learned(sqlite_database, written(tmp_path, "芒果店长库存.csv", MANGO, "gb18030"))
    [level] = stored(sqlite_database, Stock)
    assert facts(level, "sku", "location", "on_hand", "inbound") == ("PS-1", "义乌仓", 12, 5)


def test_ads_are_in_the_currency_of_their_header(sqlite_database: Database, tmp_path: Path) -> None:
    learned(sqlite_database, written(tmp_path, "外贸直通车报表.csv", ADS, "gb18030"))
    [spend] = stored(sqlite_database, Spend)
    assert facts(spend, "channel", "campaign", "spend", "currency", "inquiries") == (
        *("p4p", "露营空调-美国", Decimal("99.5"), "CNY", 3),
    )


@pytest.mark.parametrize(
    ("encoding", "values"),
    [
        ("cp932", ("Amazon.co.jp", "ポータブル電源", "JPY", "東京都", "JP")),
        ("cp1252", ("Amazon.de", "Kühlbox – groß", "EUR", "Köln", "DE")),
    ],
)
def test_amazons_reports_in_their_own_encodings(
    sqlite_database: Database, tmp_path: Path, encoding: str, values: tuple[str, ...]
) -> None:
    names = ("where", "what", "currency", "city", "country")
    text = AMAZON.format(**dict(zip(names, values, strict=True)))
    path = written(tmp_path, "amazon-orders.txt", text, encoding)
    with pytest.raises(FileProblem, match="name its encoding in a map"):
        import_file(sqlite_database, STORE, "order", path, now=NOW)
    learned(sqlite_database, path)
    learned(sqlite_database, path, "order_line")
    [order], [line] = stored(sqlite_database, Order), stored(sqlite_database, OrderLine)
    assert facts(order, "order_no", "channel", "buyer_country") == (
        *("250-1234567-1234567", "amazon", values[-1]),
    )
    assert facts(line, "sku", "quantity", "unit_price", "currency") == (
        *("PS-1", 2, Decimal(24000), values[2]),
    )


def test_shopifys_orders_with_a_row_for_each_line(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = written(tmp_path, "orders_export_1.csv", SHOPIFY)
    assert learned(sqlite_database, path).kind == "order"
    learned(sqlite_database, path, "order_line")
    [order] = stored(sqlite_database, Order)
    assert facts(order, "order_no", "channel", "amount", "currency", "buyer_email") == (
        *("#1001", "shopify", Decimal(30), "CAD", "a@x.example"),
    )
    lines = stored(sqlite_database, OrderLine)
    assert [facts(line, "sku", "quantity", "unit_price", "currency") for line in lines] == [
        ("PS-1", 1, Decimal(10), "CAD"),
        ("PS-2", 2, Decimal(10), "CAD"),
    ]


def test_what_is_unsure_does_nothing_and_says_why(tmp_path: Path) -> None:
    text = as_yaml(learn(written(tmp_path, "x.csv", "货号,可用库存,实际库存\nPS-1,3,5\n"), "stock",
                         STORE, SKUS))  # fmt: skip
    assert '  # "可用库存": on_hand  # others are as like it: "3"' in text
    assert "# on_hand is missing, which stock needs" in text


def test_a_known_header_with_other_values_is_left_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = written(tmp_path, "x.csv", "sku,name,moq\nPS-1,Cooler,see list\n")
    assert '"moq": null  # moq?' in as_yaml(learn(path, "product", STORE, SKUS))
    assert learned(sqlite_database, path, "product").taken.stored == 1


def test_articles_are_known_by_their_values(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", "Ref.,库存\nPS-1,3\n")
    assert '  "Ref.": sku  # the values are articles of the store' in as_yaml(
        learn(path, "stock", STORE, SKUS)
    )


def test_a_kind_in_doubt_is_said_to_be_a_guess(tmp_path: Path) -> None:
    text = as_yaml(learn(written(tmp_path, "x.csv", "a,b\n1,2\n"), None, STORE, SKUS))
    assert "  # a guess" in text.splitlines()[3]


def test_an_unknown_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no kind of record 'orders'"):
        learn(written(tmp_path, "x.csv", "a\n1\n"), "orders", STORE, SKUS)


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(FileProblem, match="is no text file"):
        learn(tmp_path / "x.csv", None, STORE, SKUS)


CELLS = st.text(max_size=12)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.lists(CELLS, min_size=2, max_size=5), cells=st.lists(CELLS, min_size=2, max_size=5)
)
def test_any_draft_is_a_map(tmp_path: Path, headers: list[str], cells: list[str]) -> None:
    """Whatever stands in headers and values: the draft is YAML that `--map` takes."""
    lines = ("\t".join(part.replace("\t", " ") for part in parts) for parts in (headers, cells))
    text = "\n".join(line.encode("utf-8", "ignore").decode() for line in lines)
    path = written(tmp_path, "x.csv", text)
    try:
        drafted = as_yaml(learn(path, "stock", STORE, SKUS))
    except FileProblem:
        return
    (tmp_path / "map.yaml").write_text(drafted, encoding="utf-8")
    assert read_map(tmp_path / "map.yaml").kind == "stock"


def test_what_was_not_counted_is_not_what_stands_above(
    sqlite_database: Database, tmp_path: Path
) -> None:
    text = "SKU,仓库,库存\nPS-1,Yiwu,3\n,,\nPS-2,Yiwu,\nPS-3,Yiwu,5\n"
    path = written(tmp_path, "export.csv", text)
    assert "fill_down" not in as_yaml(learn(path, None, STORE, SKUS))
    report = learned(sqlite_database, path, "stock")
    assert [(row.row, row.problem) for row in report.rejected] == [(4, "is required")]


def test_a_few_bad_values_leave_a_known_header_known(
    sqlite_database: Database, tmp_path: Path
) -> None:
    text = "平台,订单号,SKU,数量\namazon,1,PS-1,2\namazon,2,PS-1,1\namazon,3,PS-2,三\n"
    report = learned(sqlite_database, written(tmp_path, "export.csv", text), "order_line")
    assert (report.taken.stored, report.taken.rejected) == (2, 1)
