"""`watchkeeper price`: what `/price` answers, and the same for scripts."""

import json
from pathlib import Path

import pytest

from tests.terminal.conftest import Typed

pytestmark = pytest.mark.usefixtures("ledger")
EMMA = "emma.clarke@harborlane.example"


def test_a_sku_is_answered_as_in_slack(typed: Typed) -> None:
    said = typed("price", "ps-1000", "--as", EMMA)
    assert (said.code, said.err) == (0, "")
    assert "Ours: USD 105.00 from 1" in said.out
    assert "• 1: USD 100.00, we are 5.0 % above" in said.out  # (105 − 100) ÷ 100


def test_scripts_read_the_same(typed: Typed) -> None:
    sheet = json.loads(typed("price", "PS-1000", "--json").out)
    [theirs] = sheet["competitors"]
    assert (theirs["competitor"], theirs["gaps"][0]["gap"]) == ("VoltTrail", "0.0500")
    assert sheet["ours"][0]["price"] == "105.00"
    assert "unit_cost" in sheet  # the first of `people` is the store manager
    assert "unit_cost" not in json.loads(typed("price", "PS-1000", "--json", "--as", EMMA).out)


def test_the_check_finds_the_same_figures(typed: Typed) -> None:
    [found] = json.loads(typed("check", "price_gap", "--json").out)
    [gap] = json.loads(typed("price", "--json").out)
    same = ("sku", "competitor", "quantity", "ours", "theirs", "gap", "they_are")
    assert [gap[name] for name in same] == [found["facts"][name] for name in same]


def test_a_price_seen_is_taken_here_too(typed: Typed) -> None:
    seen = ("price", "seen", "VoltTrail", "PS-1000", "96", "USD", "--as", EMMA)
    assert "we are 9.38 % above" in typed(*seen).out  # (105 − 96) ÷ 96


@pytest.mark.slow
def test_a_history_is_drawn(typed: Typed, place: Path) -> None:
    assert typed("price", "PS-1000", "--png", "history.png").code == 0
    assert (place / "history.png").read_bytes().startswith(b"\x89PNG")


def test_wrong_use_is_one_line(typed: Typed) -> None:
    assert "did you mean 'PS-1000'?" in typed("price", "PS-100O", "--json").problem
    assert "name it" in typed("price", "--png", "x.png").err
    assert "nobody@x.example" in typed("price", "--as", "nobody@x.example").problem
