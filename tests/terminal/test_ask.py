"""`watchkeeper ask '/stock …'`: a slash command answered in the terminal, by Slack's code."""

import json
from pathlib import Path

import pytest

from core.ledger import vitals
from core.ledger.database import Database
from tests.terminal.conftest import NOW, Typed

LIN, EMMA = "lin.yue@harborlane.example", "Emma.Clarke@harborlane.example"


@pytest.mark.parametrize("text", ["/stock", "/stock low", "  /stock   LOW "])
def test_what_is_low(ledger: Path, typed: Typed, text: str) -> None:
    said = typed("ask", text, "--as", EMMA)
    assert (said.code, said.err) == (0, "")
    assert "PS-1000" in said.out
    assert "1,182" in said.out  # to order: 1,822 − 640


@pytest.mark.parametrize("text", ["/stock PS-1000", "/stock ps-1000", "/stock power_station"])
def test_a_sku_or_a_category(ledger: Path, typed: Typed, text: str) -> None:
    said = typed("ask", text, "--as", EMMA)
    assert said.code == 0
    assert "Power station 1000" in said.out
    assert "640" in said.out


def test_the_language_is_the_persons(ledger: Path, typed: Typed) -> None:
    chinese, english = (typed("ask", "/watch help", "--as", who).out for who in (LIN, EMMA))
    for text in (chinese, english):
        assert "/stock" in text
        assert "/watch run CHECK" in text
    assert "every command and how to use it" in english
    assert "every command" not in chinese
    assert any("\u4e00" <= char <= "\u9fff" for char in chinese)


def test_words_that_fit_no_form_show_how_to_use_it(typed: Typed) -> None:
    said = typed("ask", "/watch dance", "--as", EMMA)
    assert said.code == 0
    assert "/watch status" in said.out


def test_the_json_is_what_slack_gets(ledger: Path, typed: Typed) -> None:
    message = json.loads(typed("ask", "/stock PS-1000", "--as", EMMA, "--json").out)
    assert "PS-1000" in message["text"]
    assert {block["type"] for block in message["blocks"]} == {"section"}


def test_status_says_what_is_not_well_and_whether_the_heartbeat_arrives(
    ledger: Path, typed: Typed
) -> None:
    database = Database(f"sqlite:///{ledger}")
    with database.write() as session:
        problems = {"clock": None, "heartbeat": None, "slack": "Socket Mode is not connected"}
        vitals.note(session, "ship:8020", problems, NOW)
    database.close()
    said = typed("ask", "/watch status", "--as", EMMA)
    assert "Not well: slack, since " in said.out
    assert ": Socket Mode is not connected" in said.out
    assert "The heartbeat arrives" in said.out
    assert "clock" not in said.out


def test_status_names_every_check(ledger: Path, typed: Typed) -> None:
    typed("job", "safety_stock")
    said = typed("ask", "/watch status", "--as", EMMA)
    for name in ("safety_stock", "bad_reviews", "price_gap", "price_round", "snoozes"):
        assert name in said.out


def test_a_check_is_run(ledger: Path, typed: Typed) -> None:
    said = typed("ask", "/watch run bad_reviews", "--as", LIN)
    assert (said.code, said.err) == (0, "")
    assert "slack reviews  alert #1" in typed("outbox").out


def test_the_rights_are_the_persons(ledger: Path, typed: Typed) -> None:
    said = typed("ask", "/watch run bad_reviews", "--as", EMMA)  # sales don't run checks
    assert "store_manager" in said.out
    assert typed("outbox").out.startswith("0 owed")
