"""Who wants WhatsApp messages: a number with its country's code, their latest word only."""

from datetime import UTC, datetime

import pytest

from core.ledger import opt_ins
from core.ledger.database import Database
from core.ledger.tables import OptIn

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
TOM = "tom.becker@harborlane.example"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+86 138 0013 8000", "8613800138000"),
        ("0086-138-0013-8000", "8613800138000"),
        ("+49 (151) 234.567", "49151234567"),
        ("+1\u00a0555\u00a0123\u00a04567", "15551234567"),
        ("13800138000", None),  # Shanghai, or a number in North America?
        ("+0 138 0013 8000", None),  # no country's code begins with 0
        ("+86 138", None),  # too short
        ("+86 1380 0138 0001 2345", None),  # E.164 ends at 15 digits
        ("+86 138 0013 8000 ext 4", None),
        ("+８６１３８００１３８０００", None),  # other scripts' digits
        ("", None),
    ],
)
def test_a_number_is_taken_with_its_countrys_code_only(written: str, digits: str | None) -> None:
    assert opt_ins.phone_digits(written) == digits


def find(database: Database, email: str = TOM) -> OptIn | None:
    with database.read() as ledger:
        return opt_ins.find(ledger, email)


def test_the_latest_word_counts_in_whatever_case_the_address_is_written(
    database: Database,
) -> None:
    for phone in ("8613800138000", "49151234567"):
        with database.write() as ledger:
            opt_ins.record(ledger, TOM.title(), phone, NOON, "slack")
    word = find(database)
    assert word
    assert (word.phone, word.at, word.origin) == ("49151234567", NOON, "slack")


def test_a_word_taken_back_leaves_no_number(database: Database) -> None:
    with database.write() as ledger:
        opt_ins.record(ledger, TOM, "8613800138000", NOON, "slack")
    with database.write() as ledger:
        assert opt_ins.withdraw(ledger, TOM)
    assert find(database) is None
    with database.write() as ledger:
        assert not opt_ins.withdraw(ledger, TOM)
