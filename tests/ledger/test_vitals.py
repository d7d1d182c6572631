"""What a service notes of itself: since when its parts are ill, since when it has watched."""

from datetime import datetime, timedelta

import pytest

from core.ledger import vitals
from core.ledger.database import Database
from core.ledger.tables import VitalSign, Watcher
from core.ledger.vitals import BREAK
from tests.ledger.life import NOON

SHIP = "ship:8020"
MINUTE = timedelta(minutes=1)


def note(
    database: Database, minute: float, process: str = SHIP, **problems: str | None
) -> datetime:
    """A look, so many minutes after noon; its moment."""
    at = NOON + minute * MINUTE
    with database.write() as ledger:
        vitals.note(ledger, process, problems, at)
    return at


def end(database: Database, minute: float) -> None:
    with database.write() as ledger:
        vitals.end(ledger, SHIP, NOON + minute * MINUTE)


def sign(database: Database, part: str = "slack") -> VitalSign:
    with database.read() as ledger:
        return ledger.get_one(VitalSign, (SHIP, part))


def watcher(database: Database) -> Watcher:
    with database.read() as ledger:
        return ledger.get_one(Watcher, SHIP)


def test_an_ill_part_keeps_the_moment_it_was_last_well(database: Database) -> None:
    well_at = note(database, 0, slack=None)
    note(database, 1, slack="deaf")
    note(database, 2, slack="still deaf")
    assert (sign(database).problem, sign(database).well_at) == ("still deaf", well_at)
    well_again_at = note(database, 3, slack=None)
    assert (sign(database).problem, sign(database).well_at) == (None, well_again_at)


def test_a_part_that_is_no_longer_there_is_forgotten(database: Database) -> None:
    note(database, 0, slack=None, heartbeat="HTTP 404")
    note(database, 1, slack=None)
    with database.read() as ledger:
        assert [s.part for s in vitals.signs(ledger)] == ["slack"]


def test_looks_without_a_break_are_one_watch(database: Database) -> None:
    began = note(database, 0)
    note(database, 0 + BREAK / MINUTE)  # a quick restart
    assert watcher(database).watched_since == began
    assert watcher(database).unwatched_from is None


def test_after_a_break_a_new_watch_begins_that_knows_of_it(database: Database) -> None:
    note(database, 0)
    last = note(database, 1)
    began = note(database, 30)
    assert watcher(database).watched_since == began
    assert watcher(database).unwatched_from == last


def test_after_an_end_that_was_meant_there_is_no_break(database: Database) -> None:
    note(database, 0)
    end(database, 1)
    assert watcher(database).ended_at == NOON + MINUTE
    began = note(database, 30)
    assert watcher(database).watched_since == began
    assert (watcher(database).unwatched_from, watcher(database).ended_at) == (None, None)


@pytest.mark.parametrize("meant", [True, False])
def test_a_part_that_was_well_before_a_break_is_not_ill_since_then(
    database: Database, meant: bool
) -> None:
    """At a start Slack is never connected yet."""
    note(database, 0, slack=None)
    if meant:
        end(database, 1)
    began = note(database, 600, slack="not connected")
    assert sign(database).well_at == began


def test_a_part_that_was_ill_before_a_break_is_so_since_then(database: Database) -> None:
    """A restart during Slack's outage does not end the alert."""
    well_at = note(database, 0, slack=None)
    note(database, 1, slack="deaf")
    end(database, 2)
    note(database, 60, slack="not connected")
    assert sign(database).well_at == well_at


def test_the_watch_lasts_since_the_first_process_that_runs_began(database: Database) -> None:
    def since(minute: float) -> datetime | None:
        with database.read() as ledger:
            return vitals.watched_since(ledger, NOON + minute * MINUTE)

    assert since(0) is None
    note(database, 0, process="pier:8020")
    began = note(database, 30)
    assert since(31) == began  # the other one has died meanwhile
    assert since(60) is None
    end(database, 31)
    assert since(31) is None
