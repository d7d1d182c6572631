"""The demo store's files: their form, their references, their sizes."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.sandbox.test_demo.reading import Files, moment

# The contract of people's files: columns by kind, required ones marked with *.
COLUMNS = {
    "product": "sku* name name_zh category status fob_usd moq unit_cost_usd purchase_lead_days "
    "transport_lead_days hs_code image_url",
    "stock": "sku* location on_hand* committed inbound observed_at",
    "sales": "sku* day* channel units* revenue currency",
    "order": "order_no* channel* kind status placed_at* promised_ship_at shipped_at "
    "promised_delivery_at delivered_at amount currency trade_assurance buyer_name buyer_email "
    "buyer_country owner",
    "order_line": "order_no* channel* sku* quantity* unit_price currency",
    "shipment": "tracking_no* carrier* order_no channel status sub_status shipped_at "
    "last_event_at last_event eta promised_at delivered_at",
    "review": "review_id* channel* stars* posted_at* sku order_no title text language buyer_name "
    "url contacted_at offer outcome",
    "dispute": "dispute_id* channel* status* opened_at* order_no kind amount currency "
    "answer_due_at closed_at url",
    "case": "case_no* opened_at* order_no channel subject first_reply_at solution_at closed_at "
    "owner",
    "sample": "sample_no* sku* buyer_name buyer_email buyer_whatsapp language sent_at "
    "delivered_at tracking_no carrier fee currency feedback_at ordered_at stop_contact owner",
    "rfq": "rfq_no* received_at* buyer_name buyer_email buyer_country sku product_text quantity "
    "target_price currency quoted_at quote_amount won_at lost_at owner",
    "buyer": "email* name company country industry language whatsapp owner stop_contact",
    "spend": "day* channel* campaign spend* currency impressions clicks inquiries orders gmv "
    "gross_profit",
    "visits": "day* channel country city visitors* page_views inquiries orders",
    "competitor_offer": "competitor* url* observed_at* sku title price price_max currency "
    "min_quantity incoterm availability sold sold_over",
    "competitor_page": "competitor* url* sku status title",
    "price_list": "sku* min_quantity* valid_from price currency",
    "competitor_figures": "competitor* day* visitors orders buyers repeat_buyers",
    "listing": "channel* listing_id* min_quantity* observed_at* sku* price currency url",
}
KEYS = {
    "product": "sku",
    "stock": "sku location observed_at",
    "sales": "sku day channel",
    "order": "channel order_no",
    "order_line": "channel order_no sku",
    "shipment": "carrier tracking_no",
    "review": "channel review_id",
    "dispute": "channel dispute_id",
    "case": "case_no",
    "sample": "sample_no",
    "rfq": "rfq_no",
    "buyer": "email",
    "spend": "day channel campaign",
    "visits": "day channel country city",
    "competitor_offer": "competitor url observed_at",
    "competitor_page": "competitor url",
    "price_list": "sku min_quantity valid_from",
    "competitor_figures": "competitor day",
    "listing": "channel listing_id min_quantity observed_at",
}
TEAM = """
    lin.yue chen.wei zhao.min sofia.reyes wang.fang liu.yang emma.clarke daniel.novak
    huang.lei xu.jing gao.jie sun.hao ma.chao tom.becker
"""
AHEAD = {"promised_ship_at", "promised_delivery_at", "promised_at", "eta", "answer_due_at"}


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as people start it."""
    return subprocess.run(
        [sys.executable, "-m", "sandbox.demo", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_program_writes_the_same_bytes_for_the_same_moment(sunday: Files, tmp_path: Path) -> None:
    done = demo("--out", str(tmp_path / "new" / "store"), "--today", "2026-11-22T16:00:00+08:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path / "new" / "store") == contents(sunday.folder)


def test_another_seed_gives_another_store_with_the_same_troubles(
    sunday: Files, tmp_path: Path
) -> None:
    other = Files(tmp_path, sunday.today, seed=8)
    assert other.rows["sales"] != sunday.rows["sales"]
    assert [(e["plan"], e["check"]) for e in other.planted] == [
        (e["plan"], e["check"]) for e in sunday.planted
    ]


def test_shop_address_reaches_the_offers(tmp_path: Path) -> None:
    demo("--out", str(tmp_path), "--shop-url", "http://127.0.0.1:9/s")
    text = (tmp_path / "competitor_offer.csv").read_text("utf-8")
    assert "VoltTrail,http://127.0.0.1:9/s/products/trailcell-300," in text


@pytest.mark.parametrize("today", ["yesterday", "2026-11-22", "2026-11-22T08:00:00"])
def test_moment_without_offset_is_refused_in_one_line(today: str, tmp_path: Path) -> None:
    done = demo("--out", str(tmp_path / "none"), "--today", today)
    assert done.returncode == 2
    assert f"'{today}' is not a moment with its offset" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "none").exists()


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    done = demo("--out", str(tmp_path / "taken" / "store"))
    assert done.returncode == 2
    assert "taken" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_manifest_lists_every_kind_once_and_what_others_need_first(store: Files) -> None:
    kinds = [entry["kind"] for entry in store.manifest]
    assert kinds[:2] == ["product", "buyer"]
    assert sorted(kinds) == sorted(COLUMNS)
    assert {entry["file"] for entry in store.manifest} | {
        "manifest.json",
        "planted.json",
        "decisions.json",
    } == set(contents(store.folder))


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_are_those_of_the_contract(sunday: Files, kind: str) -> None:
    names = COLUMNS[kind].split()
    allowed = {name.rstrip("*") for name in names}
    required = {name[:-1] for name in names if name.endswith("*")}
    for row in sunday.rows[kind]:
        assert set(row) <= allowed
        assert all(row.get(name) for name in required)


def test_keys_are_unique(store: Files) -> None:
    for kind, key in KEYS.items():
        values = [tuple(row[name] for name in key.split()) for row in store.rows[kind]]
        assert len(set(values)) == len(values), kind


def test_every_reference_exists(store: Files) -> None:
    skus = {row["sku"] for row in store.rows["product"]}
    team = {f"{name}@harborlane.example" for name in TEAM.split()}
    emails = {row["email"] for row in store.rows["buyer"]}
    orders = {(row["channel"], row["order_no"]) for row in store.rows["order"]}
    for rows in store.rows.values():
        for row in rows:
            assert row.get("sku") in {*skus, None}
            assert row.get("buyer_email") in {*emails, "", None}
            assert row.get("owner") in {*team, None}
            assert not row.get("order_no") or (row["channel"], row["order_no"]) in orders


def test_order_amounts_are_the_sum_of_their_lines(store: Files) -> None:
    sums: dict[str, int] = {}
    for line in store.rows["order_line"]:
        cents = int(line["unit_price"].replace(".", "")) * int(line["quantity"])
        sums[line["order_no"]] = sums.get(line["order_no"], 0) + cents
    amounts = {r["order_no"]: int(r["amount"].replace(".", "")) for r in store.rows["order"]}
    assert amounts == sums


def test_only_promises_and_deadlines_lie_ahead(store: Files) -> None:
    for kind, rows in store.rows.items():
        for row in rows:
            for column, cell in row.items():
                if column.endswith("_at") and column not in AHEAD and cell:
                    assert store.age(cell) >= timedelta(0), (kind, column, row)


def test_steps_of_one_record_follow_each_other(store: Files) -> None:
    steps = {
        "order": ("placed_at", "shipped_at", "delivered_at"),
        "review": ("posted_at", "contacted_at"),
        "dispute": ("opened_at", "closed_at"),
        "case": ("opened_at", "first_reply_at", "solution_at", "closed_at"),
        "sample": ("sent_at", "delivered_at", "feedback_at", "ordered_at"),
        "rfq": ("received_at", "quoted_at", "won_at"),
        "shipment": ("shipped_at", "last_event_at", "delivered_at"),
    }
    for kind, columns in steps.items():
        for row in store.rows[kind]:
            moments = [moment(row[column]) for column in columns if row.get(column)]
            assert moments == sorted(moments), (kind, row)


def test_claims_follow_the_delivery_they_are_about(store: Files) -> None:
    delivered = {row["order_no"]: row["delivered_at"] for row in store.rows["order"]}
    opened = [(r["order_no"], r["opened_at"]) for k in ("dispute", "case") for r in store.rows[k]]
    opened += [(r["order_no"], r["posted_at"]) for r in store.rows["review"] if "order_no" in r]
    assert all(moment(delivered[order_no]) < moment(at) for order_no, at in opened)


def test_store_has_the_size_of_a_real_one(sunday: Files) -> None:
    sizes = {kind: len(rows) for kind, rows in sunday.rows.items()}
    assert sizes["product"] == 60
    # 60 SKUs x 3 channels x (90 days, today, and 34 weeks from 1 January to 23 August)
    assert sizes["sales"] == 60 * 3 * (90 + 1 + 34)
    assert sizes["stock"] == 60 * 4 * (90 + 8)
    # two rounds on 90 days, and today's at 10:00, of 2 shops; 7 days of the other 3
    assert sizes["competitor_offer"] == 2 * 8 * (180 + 1) + 3 * 8 * (14 + 1)
    assert sizes["spend"] == 7 * 325  # days from 1 January to 21 November
    assert sizes["review"] == 203
    assert 180 < sizes["order"] < 300


def test_stock_opens_in_other_spreadsheet_programs_too(sunday: Files) -> None:
    book = load_workbook(sunday.folder / "stock.xlsx", read_only=True)
    first = next(book.worksheets[0].iter_rows(values_only=True))
    book.close()
    assert first == ("SKU编码", "仓库", "现有库存", "锁定库存", "在途", "observed_at")


def test_reviews_come_in_six_languages_and_all_stars(store: Files) -> None:
    reviews = [
        json.loads(s) for s in (store.folder / "review.jsonl").read_text("utf-8").split("\n") if s
    ]
    assert {row["language"] for row in reviews} == {"en", "de", "es", "ja", "zh", "pt"}
    assert {row["stars"] for row in reviews} == {1, 2, 3, 4, 5}


def test_one_review_tries_to_ping_the_channel(store: Files) -> None:
    hostile = "<!channel> <@U123> & <https://evil.example|refund here>"
    assert [r["review_id"] for r in store.rows["review"] if hostile in r["text"]] == ["RV60202"]
