"""A job runs once a fire time, however many machines want to run it (law 4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlmodel import col, select

from core.ledger import runs
from core.ledger.database import Database
from core.ledger.runs import LEASE
from core.ledger.source_states import last_with
from core.ledger.tables import Run
from tests.ledger.life import NOON

JOB = ("price_gap", "harborlane")


def claim(database: Database, slot: datetime = NOON, now: datetime = NOON) -> bool:
    with database.write() as ledger:
        return runs.claim(ledger, *JOB, slot, now)


def finish(database: Database, error: str | None = None) -> None:
    with database.write() as ledger:
        runs.finish(ledger, *JOB, NOON, NOON, summary={"opened": 1}, error=error)


def latest(database: Database) -> Run | None:
    with database.read() as ledger:
        return runs.latest(ledger, *JOB)


def test_a_fire_time_is_claimed_once(database: Database) -> None:
    assert claim(database)
    assert not claim(database)
    assert claim(database, slot=NOON + timedelta(days=1))


@pytest.mark.parametrize(("error", "state"), [(None, "done"), ("boom", "failed")])
def test_a_run_that_ended_is_not_run_again(
    database: Database, error: str | None, state: str
) -> None:
    claim(database)
    finish(database, error)
    assert not claim(database, now=NOON + 10 * LEASE)
    run = latest(database)
    assert run
    assert (run.state, run.error, run.finished_at) == (state, error, NOON)
    assert run.summary == {"opened": 1}


def test_a_run_that_died_is_claimed_again_after_its_lease(database: Database) -> None:
    claim(database)
    assert not claim(database, now=NOON + LEASE - timedelta(seconds=1))
    assert claim(database, now=NOON + LEASE)
    assert not claim(database, now=NOON + LEASE)


def test_after_a_restart_what_was_running_can_be_claimed_at_once(database: Database) -> None:
    claim(database)
    assert released(database) == 1
    assert claim(database)
    finish(database)
    assert released(database) == 0


def released(database: Database, process: str | None = None, *alive: runs.RunKey) -> int:
    with database.write() as ledger:
        return runs.release_dead(ledger, NOON, process, alive)


def test_a_restart_leaves_the_runs_of_other_processes_alone(database: Database) -> None:
    with database.write() as ledger:
        assert runs.claim(ledger, *JOB, NOON, NOON, "ship:8020")
    assert released(database, "pier:8020") == released(database, None) == 0
    assert not claim(database)
    assert released(database, "ship:8020") == 1
    assert claim(database)


def test_a_run_that_is_alive_is_not_released(database: Database) -> None:
    claim(database)
    claim(database, slot=NOON + LEASE)
    assert released(database, None, (*JOB, NOON)) == 1
    assert not claim(database)
    assert claim(database, slot=NOON + LEASE)


def test_a_run_that_takes_long_keeps_its_claim_until_it_ended(database: Database) -> None:
    claim(database)
    extend(database, NOON + LEASE / 2)
    assert not claim(database, now=NOON + LEASE)
    finish(database)
    extend(database, NOON + LEASE)
    run = latest(database)
    assert run
    assert (run.state, run.lease_until) == ("done", NOON + 1.5 * LEASE)


def extend(database: Database, now: datetime) -> None:
    with database.write() as ledger:
        runs.extend(ledger, *JOB, NOON, now)


def test_the_latest_run_is_the_one_of_the_latest_fire_time(database: Database) -> None:
    assert latest(database) is None
    for hours in (2, 3, 1):
        claim(database, slot=NOON + timedelta(hours=hours))
    run = latest(database)
    assert run
    assert run.slot == NOON + timedelta(hours=3)


def test_of_many_claimers_at_once_one_wins(database: Database) -> None:
    claimers = 8
    together = Barrier(claimers)

    def attempt(_: int) -> bool:
        together.wait(10)
        return claim(database)

    with ThreadPoolExecutor(claimers) as pool:
        assert sorted(pool.map(attempt, range(claimers))) == [False] * 7 + [True]


def test_of_many_that_find_a_dead_run_one_takes_it_over(database: Database) -> None:
    claim(database)
    together = Barrier(4)

    def attempt(_: int) -> bool:
        together.wait(10)
        return claim(database, now=NOON + LEASE)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False] * 3 + [True]


def test_a_claim_leaves_the_rest_of_its_transaction_alone(database: Database) -> None:
    claim(database)
    with database.write() as ledger:
        assert not runs.claim(ledger, *JOB, NOON, NOON)
        assert runs.claim(ledger, "other", "harborlane", NOON, NOON)
    with database.read() as ledger:
        assert runs.latest(ledger, "other", "harborlane")


def ran(database: Database, *outcomes: str | None) -> list[datetime]:
    """Runs an hour apart; each ended with this error, None well. Their slots."""
    slots = [NOON + number * timedelta(hours=1) for number in range(len(outcomes))]
    with database.write() as ledger:
        for slot, error in zip(slots, outcomes, strict=True):
            runs.claim(ledger, *JOB, slot, slot)
            runs.finish(ledger, *JOB, slot, slot + timedelta(minutes=1), error=error)
    return slots


def test_runs_of_long_ago_are_forgotten_each_job_by_itself(database: Database) -> None:
    slots = ran(database, None, None, None)
    with database.write() as ledger:
        runs.claim(ledger, "other", JOB[1], NOON, NOON)
        runs.prune(ledger, *JOB, slots[1])
    with database.read() as ledger:
        kept = ledger.exec(select(Run.job, Run.slot).order_by(col(Run.job), col(Run.slot))).all()
    assert kept == [("other", NOON), (JOB[0], slots[1]), (JOB[0], slots[2])]


def test_the_latest_finished_run_is_not_one_under_way(database: Database) -> None:
    slots = ran(database, None, None)
    claim(database, slot=NOON + timedelta(hours=9))
    with database.read() as ledger:
        finished = runs.latest_finished(ledger, *JOB)
        then = runs.latest_finished(ledger, *JOB, slots[1])  # which had begun, not ended
    assert finished
    assert then
    assert (finished.slot, then.slot) == (slots[1], slots[0])


@pytest.mark.parametrize(
    ("outcomes", "first", "count"),
    [(["a"], 0, 1), (["a", None, "b", "c"], 2, 2), ([None, "a", "b", "c"], 1, 3)],
)
def test_failures_in_a_row_are_counted_from_the_first(
    database: Database, outcomes: list[str | None], first: int, count: int
) -> None:
    slots = ran(database, *outcomes)
    run = latest(database)
    assert run
    with database.read() as ledger:
        assert runs.failures_up_to(ledger, run) == (slots[first], count)


def test_what_a_service_said_can_be_kept_and_asked_for(database: Database) -> None:
    claim(database)
    odd = {"read": 2, "notes": ["a\0b", "s\ud800t"], "by": {"why": "\x1b[31mred"}}
    with database.write() as ledger:
        runs.finish(ledger, *JOB, NOON, NOON, summary=odd, error="HTTP 500: \0\ud800 broken")
    with database.read() as ledger:
        run = last_with(ledger, "read", *JOB, NOON - timedelta(days=1), NOON)
    assert run is not None
    assert run.summary == {"read": 2, "notes": ["ab", "st"], "by": {"why": "[31mred"}}
    assert run.error == "HTTP 500:  broken"
