"""Jobs that failed, did not run, or do not end (law 5)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.finding import Blind, Finding
from core.ledger import runs, vitals
from core.ledger.database import Database
from core.ledger.runs import LEASE
from core.ledger.tables import Watcher
from core.schedule import Schedule
from core.settings import Settings, Store
from jobs.asking import ask
from jobs.registry import checks
from jobs.running import Runner
from tests.jobs.conftest import NOW, only

MINUTE = timedelta(minutes=1)
LATE_AFTER = 10 * MINUTE  # as config.yaml has it
TEN = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, half an hour before NOW

Asked = Callable[..., list[Finding | Blind]]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: what is read of runs is tested on both."""
    return sqlite_database


@pytest.fixture
def asked(database: Database, settings: Settings, store: Store) -> Asked:
    """Ask the check, at NOW; only these jobs are switched on, with these schedules."""

    def asked(as_of: datetime = NOW, /, **schedules: str | dict[str, Any]) -> list[Finding | Blind]:
        with database.read() as ledger:
            return ask(ledger, checks()["failed_jobs"], only_these(**schedules), store, as_of)

    def only_these(**schedules: str | dict[str, Any]) -> Settings:
        names = schedules or {"price_round": "10:00"}
        on = {
            name: _stanza(settings, name, {"at": plan} if isinstance(plan, str) else plan)
            for name, plan in names.items()
        }
        sections = {"jobs": settings.jobs, "checks": settings.checks}
        kept = {
            key: section.model_copy(
                update={
                    name: stanza if name == "failed_jobs" else on.get(name)
                    for name, stanza in section
                }
            )
            for key, section in sections.items()
        }
        return settings.model_copy(update=kept)

    return asked


def _stanza(settings: Settings, name: str, plan: dict[str, Any]) -> Any:
    rule = {"catch_up": plan.pop("catch_up")} if "catch_up" in plan else {}
    stanza = settings.job(name) or settings.check(name)
    assert stanza is not None
    return stanza.model_copy(update={"schedule": Schedule.model_validate(plan)} | rule)


def run(
    database: Database,
    slot: datetime = TEN,
    job: str = "price_round",
    *,
    error: str | None = None,
    ends: bool = True,
) -> None:
    with database.write() as ledger:
        runs.claim(ledger, job, "harborlane", slot, slot)
        if ends:
            runs.finish(ledger, job, "harborlane", slot, slot + MINUTE, error=error)


def watching(database: Database, since: datetime, until: datetime = NOW) -> None:
    """A service has run the clock all the time."""
    with database.write() as ledger:
        vitals.note(ledger, "ship:8020", {}, since)
        ledger.get_one(Watcher, "ship:8020").looked_at = until


def test_a_job_that_failed_is_told_with_its_reason(database: Database, asked: Asked) -> None:
    run(database, error="OSError: no such file")
    found = only(asked())
    assert (found.subject, found.since) == ("price_round", TEN)
    assert found.facts == {
        "job": "price_round",
        "problem": "failed",
        "slot": TEN.isoformat(),
        "error": "OSError: no such file",
        "in_a_row": 1,
    }


def test_a_job_that_works_again_is_well(database: Database, asked: Asked) -> None:
    run(database, TEN - timedelta(hours=1), error="boom")
    run(database)
    assert asked() == []


def test_failures_in_a_row_are_told_from_the_first_and_counted_up_to_ten(
    database: Database, asked: Asked
) -> None:
    """A job that fails each minute would else change its alert each minute."""
    for minute in range(12):
        run(database, TEN + minute * MINUTE, error="boom")
    found = only(asked(price_round={"every": "1m"}))
    assert (found.since, found.facts["in_a_row"]) == (TEN, 10)


def test_while_it_runs_again_it_is_as_it_last_ended(database: Database, asked: Asked) -> None:
    run(database, TEN - timedelta(hours=1), error="boom")
    run(database, ends=False)
    assert only(asked(NOW - MINUTE)).facts["problem"] == "failed"


def test_of_a_past_moment_what_had_ended_by_then_is_told(database: Database, asked: Asked) -> None:
    run(database, TEN - timedelta(hours=1), error="boom")
    run(database)
    assert only(asked(TEN)).facts["error"] == "boom"  # the next one had only begun


def test_a_job_that_did_not_run_is_missed_after_a_while(database: Database, asked: Asked) -> None:
    watching(database, TEN - timedelta(hours=1))
    found = only(asked(TEN + LATE_AFTER))
    assert (found.subject, found.since, found.facts["problem"]) == ("price_round", TEN, "missed")
    assert asked(TEN + LATE_AFTER - MINUTE, price_round={"at": "10:00", "catch_up": "skip"}) == []


def test_a_job_that_ran_is_not_missed_however_it_ended(database: Database, asked: Asked) -> None:
    watching(database, TEN - timedelta(hours=1))
    run(database, ends=False)
    assert asked(NOW - MINUTE) == []


def test_a_job_that_was_busy_with_the_slot_before_is_not_missed(
    database: Database, asked: Asked
) -> None:
    watching(database, TEN - timedelta(hours=1))
    run(database, TEN, ends=False)
    at = TEN + 2 * LATE_AFTER
    assert asked(at, price_round={"every": "5m"}) == []


def test_a_new_install_misses_nothing(database: Database, asked: Asked) -> None:
    assert asked() == []  # no service ever ran
    watching(database, NOW - LATE_AFTER + MINUTE)
    assert asked() == []  # it has just begun, and catches up


@pytest.mark.parametrize(("rule", "told"), [("run late", 1), ("skip", 0)])
def test_what_was_due_before_the_start_is_missed_by_the_jobs_own_rule(
    database: Database, asked: Asked, rule: str, told: int
) -> None:
    watching(database, TEN + MINUTE)
    assert len(asked(price_round={"at": "10:00", "catch_up": rule})) == told


def test_after_a_sleep_the_first_minute_is_quiet(database: Database, asked: Asked) -> None:
    """Everything fires at once when the machine wakes, this check with it."""
    watching(database, TEN - timedelta(hours=9), TEN - timedelta(hours=8))
    watching(database, NOW)
    run(database, TEN - timedelta(hours=8))
    assert asked(price_round={"every": "1m", "catch_up": "skip"}) == []


def test_what_follows_a_job_is_missed_when_that_ended_and_it_did_not_run(
    database: Database, asked: Asked
) -> None:
    watching(database, TEN - timedelta(hours=1))
    run(database)  # ended at 10:01
    plans: dict[str, Any] = {"price_round": "10:00", "price_gap": {"after": "price_round"}}
    assert asked(TEN + MINUTE + LATE_AFTER - timedelta(seconds=1), **plans) == []
    assert only(asked(TEN + MINUTE + LATE_AFTER, **plans)).subject == "price_gap"
    run(database, job="price_gap")
    assert asked(**plans) == []


def test_a_run_whose_lease_is_over_does_not_end(database: Database, asked: Asked) -> None:
    run(database, ends=False)
    assert asked(TEN + LEASE - MINUTE) == []
    found = only(asked(TEN + LEASE))
    assert (found.subject, found.since, found.facts["problem"]) == ("price_round", TEN, "stuck")
    with database.write() as ledger:  # it lives, and hangs all the same
        runs.extend(ledger, "price_round", "harborlane", TEN, TEN + LEASE)
    assert only(asked(TEN + LEASE)).facts["problem"] == "stuck"


def test_what_is_switched_off_and_the_check_itself_are_left_out(
    database: Database, asked: Asked
) -> None:
    watching(database, TEN - timedelta(hours=1))
    for job in ("safety_stock", "failed_jobs"):
        run(database, TEN - timedelta(hours=5), job, error="boom")
    assert [f.subject for f in asked() if isinstance(f, Finding)] == ["price_round"]


async def test_the_shipped_jobs_are_quiet_when_all_ran(
    database: Database, settings: Settings, store: Store
) -> None:
    """Every job of config.yaml, run once by a service that watches."""
    runner = Runner(database, settings, lambda: NOW, lambda: None)
    watching(database, NOW - timedelta(hours=1))
    for name, stanza in settings.switched_on():
        if not stanza.schedule.after:
            await runner.run(name, store, NOW)
    assert runner.ask("failed_jobs", store, NOW) == []
