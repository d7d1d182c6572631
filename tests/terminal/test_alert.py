"""`watchkeeper alert ID [--json]`: every step, the messages, and why."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.configuration import load
from core.ledger.database import Database
from core.ledger.life.steps import By, Reason, acknowledge, resolve
from core.ledger.life.watch import watch
from jobs.asking import ask_and_absorb
from jobs.registry import checks, configuration
from tests.conftest import CONFIG
from tests.terminal.conftest import NOW, Typed

TOM = By("tom.becker@harborlane.example", "slack")


@pytest.fixture
def told(ledger: Path) -> None:
    """A ledger in whose only alert Tom took, and resolved half an hour later."""
    database = Database(f"sqlite:///{ledger}")
    settings = load(CONFIG, configuration(), {"duty.working_hours": None})
    ask_and_absorb(database, checks()["safety_stock"], settings, settings.stores[0], NOW)
    with database.write() as session:
        acknowledge(session, watch(session, settings, NOW), 1, TOM)
        note = "=cmd() <!channel>"
        resolve(session, watch(session, settings, NOW), 1, TOM, reason=Reason.FIXED, note=note)
    database.close()


def test_every_step_is_shown_with_who_when_and_from_where(told: None, typed: Typed) -> None:
    said = typed("alert", "1")
    assert (said.code, said.err) == (0, "")
    head, *_ = said.out.splitlines()
    assert head == "CRITICAL PS-1000 Power station 1000: 640 available, safety stock 1,822"
    assert "It opened · check" in said.out
    assert "Tom Becker took it · Slack" in said.out
    assert "Tom Becker resolved it: Fixed (=cmd() <!channel>) · Slack" in said.out


def test_its_messages_and_the_reasons_are_shown(told: None, typed: Typed) -> None:
    out = typed("alert", "1").out
    assert "slack stock alert: owed" in out
    assert "18.4 a day × (20 + 35) days × 1.8 = 1,822" in out
    assert "stock level PS-1000 LA: file:stock.csv, row 3" in out  # a header, and two counts
    assert "factor: 1.8" in out


def test_the_json_that_scripts_read(told: None, typed: Typed) -> None:
    alert = json.loads(typed("alert", "1", "--json").out)
    assert (alert["id"], alert["check"], alert["state"]) == (1, "safety_stock", "resolved")
    assert datetime.fromisoformat(alert["opened_at"]).astimezone(UTC) == NOW
    assert [step["what"] for step in alert["steps"]] == ["opened", "acknowledged", "resolved"]
    assert {"at", "who", "what", "origin", "detail"} <= set(alert["steps"][1])
    assert alert["posts"][0]["state"] == "owed"
    assert alert["why"]["times"] == 1
    sums = [origin for origin in alert["why"]["origins"] if origin["count"]]
    assert (sums[0]["kind"], sums[0]["count"], sums[0]["source"]) == ("sales", 3, "file:sales.csv")


@pytest.mark.parametrize("number", ["2", "0", "-3", "99999999999999999999"])
def test_a_number_that_no_alert_has_is_one_line(told: None, typed: Typed, number: str) -> None:
    problem = typed("alert", "--", number).problem
    assert problem == f"there is no alert {number}; /alerts lists those that are live"


def test_what_is_no_number_is_one_line(typed: Typed) -> None:
    assert "'seven' is not a valid integer" in typed("alert", "seven").problem
