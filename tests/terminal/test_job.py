"""`watchkeeper job` and `watchkeeper outbox`: one job as the clock runs it, and what it owes."""

import json
import os
import pty
import sqlite3
import subprocess
import termios
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.terminal.conftest import NOW, SCRIPT, Typed

AT = NOW.isoformat()


def change(ledger: Path, statement: str) -> None:
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(statement)


def test_a_job_runs_and_owes_its_posts(ledger: Path, typed: Typed) -> None:
    said = typed("job", "safety_stock")
    assert (said.code, said.err) == (0, "")
    name, store, summary = said.out.split(maxsplit=2)
    assert (name, store) == ("safety_stock", "harborlane:")
    assert json.loads(summary) == {"opened": 1, "changed": 0, "unchanged": 0, "resolved": 0}
    owed = typed("outbox")
    assert owed.code == 0
    head, line, totals = owed.out.splitlines()
    assert head.split() == ["ID", "STATE", "TO", "ABOUT", "OWED", "FOR", "TRIES", "NEXT", "WHY"]
    assert "  slack stock  alert #1  " in line
    assert "1 owed" in totals


def test_a_fire_time_runs_once(ledger: Path, typed: Typed) -> None:
    first, second = (typed("job", "safety_stock", "--at", AT) for _ in range(2))
    assert first.out == f"safety_stock harborlane: ran for {AT}\n"
    assert second.out == f"safety_stock harborlane: {AT} was run already\n"
    assert (first.code, second.code) == (0, 0)
    assert "1 owed" in typed("outbox").out


def test_a_check_reads_the_pages_first(ledger: Path, typed: Typed) -> None:
    said = typed("job", "price_gap")
    assert said.code == 0
    # the page is on this machine, which is not read: its last price counts on
    assert json.loads(said.out.split(maxsplit=2)[2])["opened"] == 1
    assert "3 owed" in typed("outbox").out  # in Slack, the chart in its thread, by mail


@pytest.mark.parametrize("arguments", [[], ["--at", AT]])
def test_a_job_that_fails_says_so_in_one_line(
    ledger: Path, typed: Typed, arguments: list[str]
) -> None:
    change(ledger, "DROP TABLE review")
    said = typed("job", "bad_reviews", *arguments)
    assert (said.code, said.out) == (1, "")
    [line] = said.err.splitlines()
    assert line.startswith("watchkeeper: harborlane: bad_reviews failed: OperationalError: ")
    assert "no such table: review" in line


def test_a_failed_message_is_told_and_owed_again(ledger: Path, typed: Typed) -> None:
    typed("job", "safety_stock")
    change(ledger, "UPDATE post SET state = 'failed', error = 'channel_not_found'")
    failed = typed("outbox", "--failed")
    assert failed.code == 1
    line = failed.out.splitlines()[1]
    assert line.endswith("channel_not_found")
    again = typed("outbox", "--retry", line.split()[0])
    assert (again.code, again.out) == (0, f"{line.split()[0]} is owed again\n")
    assert typed("outbox").code == 0
    assert "1 owed" in typed("outbox").out


def test_all_failed_messages_are_owed_again_at_once(ledger: Path, typed: Typed) -> None:
    typed("job", "price_gap")
    change(ledger, "UPDATE post SET state = 'failed', error = 'channel_not_found'")
    assert typed("outbox", "--retry", "all").out == "3 owed again\n"
    assert typed("outbox", "--retry", "all").out == "0 owed again\n"
    assert typed("outbox").code == 0


def test_only_a_failed_message_is_retried(ledger: Path, typed: Typed) -> None:
    typed("job", "safety_stock")
    owed = typed("outbox").out.splitlines()[1].split()[0]
    assert typed("outbox", "--retry", owed).problem.startswith(f"no failed message '{owed}'")


def test_an_empty_ledger_is_made_and_owes_nothing(place: Path, typed: Typed) -> None:
    said = typed("outbox")
    assert said.code == 0
    assert (place / "ledger.db").exists()


@pytest.mark.slow
def test_a_round_of_pages_shows_how_far_it_is_on_a_terminal(ledger: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    asked = [str(SCRIPT), "job", "price_round"]
    said = subprocess.run(asked, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60)
    os.close(theirs)
    shown = b""
    with open(ours, "rb", buffering=0) as terminal, suppress(OSError):  # noqa: PTH123
        while chunk := terminal.read(4_096):
            shown += chunk
    assert b"price_round: 100%" in shown
    assert b"price_round harborlane: {" in said.stdout


def test_elsewhere_it_shows_nothing_but_its_summary(ledger: Path, typed: Typed) -> None:
    said = typed("job", "price_round")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out.split(maxsplit=2)[2])["pages"] == 1
