"""Parts of Watchkeeper that are ill, processes that died, times without a watch (law 5)."""

from datetime import datetime, timedelta

import pytest

from core.ledger import vitals
from core.ledger.database import Database
from core.ledger.tables import Watcher
from core.settings import Settings, Store
from jobs.asking import ask
from jobs.registry import checks
from tests.jobs.conftest import NOW, Look, only

SHIP, PIER = "ship:8020", "pier:8020"
MINUTE = timedelta(minutes=1)
ILL_AFTER = 3 * MINUTE  # as config.yaml has it
DAY = timedelta(days=1)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: what is read is tested on both."""
    return sqlite_database


def note(
    database: Database, ago: timedelta, process: str = SHIP, **problems: str | None
) -> datetime:
    """A service looked at its parts so long ago; the moment."""
    with database.write() as ledger:
        vitals.note(ledger, process, problems, NOW - ago)
    return NOW - ago


def watching(database: Database, minutes: int, process: str = SHIP) -> datetime:
    """A service has watched for so many minutes until now; when it began."""
    began = note(database, minutes * MINUTE, process)
    looked(database, NOW, process)
    return began


def looked(database: Database, at: datetime, process: str = SHIP) -> None:
    """It has looked without a break until then."""
    with database.write() as ledger:
        ledger.get_one(Watcher, process).looked_at = at


def test_a_part_is_told_once_it_was_ill_for_long_enough(database: Database, look: Look) -> None:
    well_at = note(database, 3 * MINUTE, slack=None, clock=None)
    note(database, 2 * MINUTE, slack="Socket Mode is not connected", clock=None)
    found = only(look("own_health"))
    assert (found.subject, found.since, found.severity) == ("slack", well_at, None)
    assert found.facts["problem"] == "Socket Mode is not connected"
    assert look("own_health", NOW - timedelta(seconds=1)) == []


def test_a_part_that_recovered_is_well(database: Database, look: Look) -> None:
    note(database, 9 * MINUTE, slack="deaf")
    looked(database, NOW - MINUTE)
    note(database, timedelta(), slack=None)
    assert look("own_health") == []


def test_of_two_processes_the_one_that_is_ill_for_longest_is_told(
    database: Database, look: Look
) -> None:
    note(database, 9 * MINUTE, PIER, slack="deaf")
    note(database, 5 * MINUTE, SHIP, slack="deaf")
    for process in (PIER, SHIP):
        looked(database, NOW, process)
    assert only(look("own_health")).facts["process"] == PIER


def test_a_heartbeat_that_does_not_arrive_is_a_warning(database: Database, look: Look) -> None:
    note(database, ILL_AFTER, heartbeat="the monitor answered HTTP 404")
    note(database, 2 * MINUTE, heartbeat="the monitor answered HTTP 404")
    assert only(look("own_health")).severity == "warning"


@pytest.mark.parametrize(
    ("silent_for", "told"),
    [(ILL_AFTER - MINUTE, False), (ILL_AFTER, True), (DAY - MINUTE, True), (DAY, False)],
)
def test_a_process_that_died_is_told_by_another(
    database: Database, look: Look, silent_for: timedelta, told: bool
) -> None:
    last = note(database, silent_for, SHIP)
    watching(database, 3, PIER)
    found = look("own_health")
    assert bool(found) is told
    if told:
        assert (only(found).subject, only(found).since) == (f"process {SHIP}", last)


def test_a_process_that_was_told_to_end_is_not_missed(database: Database, look: Look) -> None:
    note(database, 9 * MINUTE)
    with database.write() as ledger:
        vitals.end(ledger, SHIP, NOW - 8 * MINUTE)
    assert look("own_health") == []


def test_after_a_crash_the_time_without_a_watch_is_told_for_a_day(
    database: Database, look: Look
) -> None:
    died_at = note(database, 60 * MINUTE)
    back_at = watching(database, 10)
    found = only(look("own_health"))
    assert (found.subject, found.severity, found.since) == ("watch", "notice", died_at)
    assert found.facts["until"] == back_at.isoformat()
    looked(database, back_at + DAY)
    assert only(look("own_health", back_at + DAY - MINUTE)).subject == "watch"
    assert look("own_health", back_at + DAY) == []


def test_a_short_break_is_not_told(database: Database, look: Look) -> None:
    note(database, 2 * MINUTE)  # longer than three looks, shorter than ill_after
    note(database, timedelta())
    assert look("own_health") == []


def test_a_time_in_which_another_watched_is_none_without_a_watch(
    database: Database, look: Look
) -> None:
    note(database, 30 * MINUTE, SHIP)
    watching(database, 40, PIER)
    note(database, timedelta(), SHIP)
    assert look("own_health") == []


def test_of_many_stores_one_is_told(database: Database, settings: Settings, store: Store) -> None:
    note(database, ILL_AFTER, slack="deaf")
    note(database, 2 * MINUTE, slack="deaf")
    second = store.model_copy(update={"name": "second"})
    both = settings.model_copy(update={"stores": [store, second]})
    with database.read() as ledger:
        found = [ask(ledger, checks()["own_health"], both, each, NOW) for each in both.stores]
    assert list(map(len, found)) == [1, 0]


def test_a_ledger_that_no_service_ever_watched_over_is_quiet(look: Look) -> None:
    assert look("own_health") == []
