"""Rows into the ledger: once by their key, the empty cell silent, the bad row set apart."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.intake import BATCH, Taken, Taking, store_records
from core.ledger.records import Buyer, CompetitorOffer, Intake, Order, Product, Sale, Spend, Stock
from tests.support.intake import NOW, STORE, facts, stored, take

SALE: dict[str, object] = {
    "sku": "A",
    "day": "2026-03-05",
    "channel": "alibaba",
    "units": "3",
    "revenue": "12.50",
}
ORDER: dict[str, object] = {"order_no": "1", "channel": "alibaba", "placed_at": "2026-03-05 14:30"}


def sale(**changes: object) -> dict[str, object]:
    return SALE | changes


def test_a_second_import_of_the_same_rows_changes_nothing(database: Database) -> None:
    rows = [sale(), sale(sku="B"), sale(sku="C", revenue=None)]
    assert take(database, "sales", *rows)[0] == Taken(read=3, stored=3)
    assert take(database, "sales", *rows)[0] == Taken(read=3, unchanged=3)


def test_only_rows_that_differ_count_as_stored(database: Database) -> None:
    take(database, "sales", sale(), sale(sku="B"))
    again, _ = take(database, "sales", sale(), sale(sku="B", units=4))
    assert again == Taken(read=2, stored=1, unchanged=1)
    assert [facts(row, "units", "intake_id", "intake_row") for row in stored(database, Sale)] == [
        (3, 1, 1),
        (4, 2, 2),
    ]


def test_an_empty_cell_leaves_the_known_value(database: Database) -> None:
    take(database, "order", ORDER | {"buyer_name": "Ana", "amount": "5"})
    again, _ = take(database, "order", ORDER | {"buyer_name": " ", "amount": ""})
    assert again == Taken(read=1, unchanged=1)
    assert facts(stored(database, Order)[0], "buyer_name", "amount") == ("Ana", Decimal(5))


@pytest.mark.parametrize("mark", ["null", "NULL", "-", "无", None])
def test_a_marked_cell_clears_the_known_value(database: Database, mark: str | None) -> None:
    take(database, "order", ORDER | {"buyer_name": "Ana", "status": "paid"})
    again, _ = take(database, "order", ORDER | {"buyer_name": mark})
    assert again == Taken(read=1, stored=1)
    assert facts(stored(database, Order)[0], "buyer_name", "status") == (None, "paid")
    assert take(database, "order", ORDER | {"buyer_name": mark})[0].unchanged == 1


def test_the_last_of_several_rows_with_one_key_wins(database: Database) -> None:
    rows = [sale(units=1), sale(sku="B"), sale(units=2)]
    assert take(database, "sales", *rows)[0] == Taken(read=3, stored=2, unchanged=1)
    assert [row.units for row in stored(database, Sale)] == [2, 3]
    assert take(database, "sales", *rows)[0] == Taken(read=3, unchanged=3)


def test_rows_with_one_key_add_up_cell_by_cell(database: Database) -> None:
    rows: list[Mapping[str, object]] = [
        ORDER | {"buyer_name": "Ana", "status": "paid", "buyer_country": "US"},
        ORDER | {"buyer_name": None, "status": None, "owner": "lin.yue@harborlane.example"},
        ORDER | {"status": "shipped"},
    ]
    take(database, "order", *rows)
    (order,) = stored(database, Order)
    assert facts(order, "buyer_name", "status", "buyer_country") == (None, "shipped", "US")
    assert order.intake_row == 3


def test_a_bad_row_is_told_and_stops_nothing(database: Database) -> None:
    taken, problems = take(database, "sales", sale(), sale(sku="B", units="many"), sale(sku="C"))
    assert taken == Taken(read=3, stored=2, rejected=1)
    assert problems == [(2, "units", "'many' isn't a whole number")]
    assert [row.sku for row in stored(database, Sale)] == ["A", "C"]


@pytest.mark.parametrize("cell", ["", "  ", "null", "-"])
def test_a_required_cell_must_hold_something(database: Database, cell: str) -> None:
    _, problems = take(database, "sales", sale(units=cell))
    assert problems == [(1, "units", "is required")]


def test_a_row_is_told_once_with_its_first_problem(database: Database) -> None:
    _, problems = take(database, "sales", {"units": "x", "day": "y", "sku": "A"})
    assert problems == [(1, "day", "'y' isn't a day like 2026-03-05")]


@pytest.mark.parametrize(
    ("kind", "row", "problem"),
    [
        ("review", {"stars": "6"}, (1, "stars", "'6' is outside 1 to 5")),
        ("review", {"outcome": "gone"}, (1, "outcome", "'gone' is none of removed, ")),
        ("review", {"offer": "cash"}, (1, "offer", "'cash' is none of reship, ")),
        ("order", {"kind": "oem"}, (1, "kind", "'oem' is none of rts, custom")),
        ("product", {"status": "sold"}, (1, "status", "'sold' is none of active, paused, ended")),
        ("product", {"fob_usd": "€5"}, (1, "fob_usd", "is in EUR, but fob_usd is kept in USD")),
        ("order", {"owner": "Lin Yue"}, (1, "owner", "'Lin Yue' isn't an e-mail address")),
        ("order", {"buyer_name": "x" * 20_001}, (1, "buyer_name", "has 20,001 characters; ")),
        ("order", {"buyer_name": "a\0b"}, (1, "buyer_name", "contains the control character ")),
    ],
)
def test_what_a_kind_refuses(
    database: Database, kind: str, row: dict[str, Any], problem: tuple[int, str, str]
) -> None:
    review: dict[str, object] = {
        "review_id": "1",
        "channel": "alibaba",
        "stars": 5,
        "posted_at": "2026-03-05",
    }
    known: dict[str, dict[str, object]] = {"review": review, "product": {"sku": "A"}}
    base = known.get(kind, ORDER)
    taken, [(number, column, text)] = take(database, kind, base | row)
    assert (number, column) == problem[:2]
    assert text.startswith(problem[2])
    assert taken.rejected == 1


@pytest.mark.parametrize(
    ("revenue", "currency", "kept"),
    [
        ("12.50", "", "USD"),  # the store's own
        ("12.50", "eur", "EUR"),
        ("€12.50", "", "EUR"),
        ("$12.50", "CAD", "CAD"),
        ("¥12.50", "", "CNY"),
        ("", "", None),
        ("", "EUR", "EUR"),
        ("12.50", "null", "USD"),
    ],
)
def test_an_amount_has_its_currency(
    database: Database, revenue: str, currency: str, kept: str | None
) -> None:
    take(database, "sales", sale(revenue=revenue, currency=currency))
    assert stored(database, Sale)[0].currency == kept


def test_a_sign_that_contradicts_the_currency_is_refused(database: Database) -> None:
    _, problems = take(database, "sales", sale(revenue="€12.50", currency="USD"))
    assert problems == [(1, "revenue", "is in EUR, the row in USD")]


def test_amounts_of_a_row_share_one_currency(database: Database) -> None:
    row = {"day": "2026-03-05", "channel": "P4P", "spend": "€5", "gmv": "£9"}
    _, problems = take(database, "spend", row)
    assert problems == [(1, "gmv", "is in GBP, the row in EUR")]
    take(database, "spend", row | {"gmv": "9"})
    assert facts(stored(database, Spend)[0], "channel", "currency") == ("p4p", "EUR")


def test_a_level_without_a_moment_is_of_now_and_its_history_stays(database: Database) -> None:
    earlier = "2026-03-04 10:30"
    take(database, "stock", {"sku": "A", "on_hand": -5, "observed_at": earlier})
    take(database, "stock", {"sku": "A", "on_hand": 7})
    first, second = stored(database, Stock)
    assert facts(first, "on_hand", "observed_at") == (-5, datetime(2026, 3, 4, 2, 30, tzinfo=UTC))
    assert facts(second, "on_hand", "observed_at", "location") == (7, NOW, "")


def test_an_offer_keeps_its_ladder_and_its_problem(database: Database) -> None:
    tiers = [{"min_quantity": 100, "price": "12.50"}]
    page = {"competitor": "Other", "url": "https://shop.example/1"}
    take(database, "competitor_offer", page | {"tiers": tiers, "problem": "captcha"})
    assert take(database, "competitor_offer", page | {"tiers": tiers})[0].unchanged == 1
    assert facts(stored(database, CompetitorOffer)[0], "tiers", "problem") == (tiers, "captcha")


def test_a_record_that_is_all_key_is_stored_once(database: Database) -> None:
    assert take(database, "buyer", {"email": "ANA@buyer.example"})[0].stored == 1
    assert take(database, "buyer", {"email": "ana@buyer.example"})[0].unchanged == 1
    assert [buyer.email for buyer in stored(database, Buyer)] == ["ana@buyer.example"]


def test_hostile_text_is_only_text(database: Database) -> None:
    text = "'; DROP TABLE product; -- %s ? :x {} <!channel> =cmd|' /C calc'!A0"
    take(database, "product", {"sku": text, "name": text})
    assert facts(stored(database, Product)[0], "sku", "name") == (text, text)


def test_an_intake_accounts_for_what_was_taken(database: Database) -> None:
    take(database, "sales", sale(), sale(sku="B", units="x"))
    with database.read() as session:
        intake = session.exec(select(Intake)).one()
    assert facts(intake, "store", "kind", "source", "started_at") == (
        *(STORE.name, "sales", "test", NOW),
    )
    assert facts(intake, "read", "stored", "unchanged", "rejected") == (2, 1, 0, 1)
    assert intake.finished_at is not None
    assert intake.finished_at >= NOW


def test_a_crash_loses_the_running_batch_only(database: Database) -> None:
    def rows() -> Iterator[dict[str, object]]:
        for number in range(2 * BATCH):
            if number == BATCH + 10:
                raise OSError("the machine went away")
            yield sale(sku=f"SKU-{number}")

    with pytest.raises(OSError, match="went away"):
        store_records(database, store=STORE, kind="sales", source="test", now=NOW, rows=rows())
    with database.read() as session:
        intake = session.exec(select(Intake)).one()
    assert facts(intake, "read", "stored", "finished_at") == (BATCH, BATCH, None)
    assert len(stored(database, Sale)) == BATCH


def test_a_dry_run_counts_and_stores_nothing(database: Database) -> None:
    take(database, "product", {"sku": "A"})
    taking = Taking(
        database,
        store=STORE,
        kind="product",
        columns=["sku", "name"],
        source="test",
        now=NOW,
        dry_run=True,
    )
    with taking:
        taking.add(1, [["A", ""], ["B", "new"]])
    assert taking.taken == Taken(read=2, stored=1, unchanged=1)
    with database.read() as session:
        assert len(session.exec(select(Intake)).all()) == 1
    assert [product.sku for product in stored(database, Product)] == ["A"]


def test_rows_of_another_width_are_refused_and_blank_ones_passed_over(database: Database) -> None:
    taking = Taking(
        database, store=STORE, kind="product", columns=["sku", None], source="test", now=NOW
    )
    rows = [["A", "x"], ["B"], [], ["", " "], ["C", "x", ""], ["D", "x", "y"]]
    with taking:
        problems = taking.add(2, rows)
    assert problems == [
        (3, "", "has 1 cells, the header has 2"),
        (7, "", "has 3 cells, the header has 2"),
    ]
    assert taking.taken == Taken(read=4, stored=2, rejected=2)


def test_two_imports_of_the_same_rows_at_once_both_end(database: Database) -> None:
    rows = [sale(sku=f"SKU-{number}") for number in range(3_000)]
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(take, database, "sales", *part) for part in (rows, rows[::-1])]
    taken = [future.result()[0] for future in both]
    assert sum(one.stored for one in taken) == 3_000
    assert sum(one.unchanged for one in taken) == 3_000


def test_an_unknown_column_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="sales has no column colour"):
        take(database, "sales", sale(colour="red"))


def test_a_missing_required_column_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="required columns are missing: day, units"):
        Taking(database, store=STORE, kind="sales", columns=["sku"], source="test", now=NOW)


names = st.sampled_from(["", "null", "Ana", "Bo"])
history = st.lists(st.tuples(st.sampled_from("AB"), names, names), max_size=12)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(history, st.integers(0, 12))
def test_batches_of_any_size_come_to_the_same(
    database: Database, rows: list[tuple[str, str, str]], cut: int
) -> None:
    """What is known at the end is each column's last word, told in one batch or in two."""
    known: dict[str, dict[str, str | None]] = {}
    for sku, name, category in rows:
        product = known.setdefault(sku, {"name": None, "category": None})
        said = {"name": name, "category": category}
        product |= {key: None if v == "null" else v for key, v in said.items() if v}
    store = STORE.model_copy(update={"name": f"store {rows} {cut}"[:300]})
    for part in (rows[:cut], rows[cut:]):
        given = [{"sku": sku, "name": n, "category": c} for sku, n, c in part]
        take(database, "product", *given, store=store)
    assert {
        product.sku: {"name": product.name, "category": product.category}
        for product in stored(database, Product)
        if product.store == store.name
    } == known
