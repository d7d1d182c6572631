"""`watchkeeper outbox` shows what waits and what failed; one process serves a SQLite ledger."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.alone import alone
from core.errors import UserError
from tests.terminal.conftest import Typed


def change(ledger: Path, statement: str) -> None:
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(statement)


def row(typed: Typed, *options: str) -> str:
    """The first message of the list."""
    return typed("outbox", *options).out.splitlines()[1]


def test_a_failed_message_shows_since_when_how_often_and_why(ledger: Path, typed: Typed) -> None:
    typed("job", "safety_stock")
    change(
        ledger,
        "UPDATE post SET state = 'failed', error = 'Slack said is_archived', attempts = 3,"
        " owed_since = datetime('now', '-125 minutes')",
    )
    cells = row(typed, "--failed").split(maxsplit=1)[1]
    assert " ".join(cells.split()) == "failed slack stock alert #1 2h 3 Slack said is_archived"


def test_an_owed_message_shows_when_it_is_tried_again(ledger: Path, typed: Typed) -> None:
    typed("job", "safety_stock")
    change(
        ledger,
        "UPDATE post SET template = 'history', next_attempt_at = datetime('now', '+4 days'),"
        " owed_since = datetime('now', '+4 days')",
    )
    cells = row(typed).split(maxsplit=1)[1]
    assert " ".join(cells.split()) == "owed slack stock alert #1 history 0s 0 3d"


def test_a_second_process_is_turned_away_from_a_sqlite_ledger(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    refused = pytest.raises(UserError, match="another watchkeeper run serves")
    with alone(url), refused as turned, alone(url):
        pass
    assert len(str(turned.value).splitlines()) == 1
    with alone(url):  # the first has ended
        pass


def test_postgresql_may_be_shared() -> None:
    url = "postgresql://watchkeeper@127.0.0.1/watchkeeper"
    with alone(url), alone(url):
        pass
