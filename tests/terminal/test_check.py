"""`watchkeeper check NAME [--as-of T] [--json]`: nothing stored, nothing sent; exit 0, 1, 2."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.tables import Alert, Post, Run
from tests.terminal.conftest import DAY, HOUR, NOW, RECORDS, Typed

CHECKS = ["safety_stock", "bad_reviews", "price_gap"]


def findings(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


@pytest.mark.parametrize(
    ("name", "subject", "severity", "role", "title"),
    [
        (
            "safety_stock",
            "PS-1000",
            "critical",
            "supply_chain",
            "PS-1000 Power station 1000: 640 available, safety stock 1,822",
        ),
        ("bad_reviews", "amazon R1", "warning", "sales", "2-star review on amazon: R1"),
        ("price_gap", "PS-1000 VoltTrail 1", "warning", "operations", None),
    ],
)
def test_the_json_that_scripts_read(
    ledger: Path, typed: Typed, name: str, subject: str, severity: str, role: str, title: str | None
) -> None:
    said = typed("check", name, "--json")
    assert (said.code, said.err) == (1, "")
    [row] = findings(said.out)
    assert {"check", "store", "subject", "severity", "role", "title", "facts", "since"} <= set(row)
    assert (row["check"], row["store"], row["subject"]) == (name, "harborlane", subject)
    assert (row["severity"], row["role"]) == (severity, role)
    assert title in (None, row["title"])
    assert datetime.fromisoformat(row["since"]).utcoffset() is not None


def test_amounts_are_texts_with_their_currency_beside_them(ledger: Path, typed: Typed) -> None:
    [row] = findings(typed("check", "price_gap", "--json").out)
    assert (row["facts"]["ours"], row["facts"]["currency"]) == ("105.00", "USD")
    assert row["facts"]["gap"] == "0.0500"  # (105 − 100) ÷ 100


def test_the_plans_formula_is_shown_with_its_numbers(ledger: Path, typed: Typed) -> None:
    said = typed("check", "safety_stock")
    assert said.code == 1
    assert "CRITICAL PS-1000" in said.out
    assert "18.4 a day × (20 + 35) days × 1.8 = 1,822; available 640; order 1,182" in said.out


def test_outside_text_is_shown_as_it_was_written(ledger: Path, typed: Typed) -> None:
    assert "<!channel> 太吵了" in typed("check", "bad_reviews").out


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_is_stored_and_nothing_is_owed(ledger: Path, typed: Typed, name: str) -> None:
    typed("check", name)
    database = Database(f"sqlite:///{ledger}")
    with database.read() as session:
        for table in (Alert, Post, Run):
            assert session.exec(select(table)).all() == []
    database.close()


def test_the_past_can_be_asked(ledger: Path, typed: Typed) -> None:
    then = (NOW - 10 * DAY + 2 * HOUR).isoformat()  # 5,000 were there
    assert typed("check", "safety_stock", "--as-of", then, "--json").out.strip() == "[]"
    assert typed("check", "safety_stock", "--as-of", then).code == 0
    before = (NOW - 4 * HOUR).isoformat()  # nobody had written the review
    assert typed("check", "bad_reviews", "--as-of", before, "--json").out.strip() == "[]"


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_without_facts_does_not_claim_that_all_is_well(typed: Typed, name: str) -> None:
    said = typed("check", name, "--json")
    assert (said.code, said.out.strip()) == (2, "[]")
    for line in said.err.splitlines():
        assert line.startswith(f"watchkeeper: {name} cannot tell: ")
        assert "There are no facts." in line


def test_what_cannot_be_told_stands_beside_what_is_found(
    ledger: Path, place: Path, typed: Typed
) -> None:
    (place / "more.csv").write_text("sku\nNEW-1\n", encoding="utf-8")
    typed("import", "product", "more.csv")
    said = typed("check", "safety_stock", "--json")
    assert said.code == 1
    assert len(findings(said.out)) == 1
    assert said.err.startswith("watchkeeper: safety_stock cannot tell: stock level")
    assert "NEW-1" in said.err


def test_every_store_is_asked_or_only_one(ledger: Path, place: Path, typed: Typed) -> None:
    config = place / "config.yaml"
    second = "stores:\n  - {name: second, title: Second, timezone: Europe/Berlin, currency: EUR}\n"
    text = config.read_text(encoding="utf-8").replace("stores:\n", second)
    config.write_text(text, encoding="utf-8")
    (place / "review.csv").write_text(RECORDS["review"], encoding="utf-8")
    typed("import", "review", "review.csv", "--store", "second")
    both = findings(typed("check", "bad_reviews", "--json").out)
    one = findings(typed("check", "bad_reviews", "--json", "--store", "second").out)
    assert [row["store"] for row in both] == ["second", "harborlane"]
    assert [row["store"] for row in one] == ["second"]


def test_a_check_that_is_switched_off_says_so(place: Path, typed: Typed) -> None:
    config = place / "config.yaml"
    head, _, _ = config.read_text(encoding="utf-8").partition("  price_gap:")
    config.write_text(head, encoding="utf-8")
    problem = typed("check", "price_gap").problem
    assert problem == "the check price_gap is switched off: config.yaml has no stanza"


def test_the_program_itself(ledger: Path, script: Typed) -> None:
    said = script("check", "safety_stock", "--json")
    assert (said.code, said.err) == (1, "")
    assert findings(said.out)[0]["facts"]["order_quantity"] == 1182
