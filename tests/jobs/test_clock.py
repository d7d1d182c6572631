"""The clock: jobs fire at their slots, and what was slept through is caught up by their rule."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from core.ledger import runs
from core.ledger.database import Database
from core.ledger.tables import Run
from core.schedule import Schedule
from core.settings import Settings, Store
from core.values import CatchUp
from jobs.clock import Clock, SlotTrigger
from jobs.running import Runner
from tests.jobs.conftest import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai

Configured = Callable[..., Settings]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: the runs themselves are tested on both."""
    return sqlite_database


@pytest.fixture
def configured(settings: Settings) -> Configured:
    """Switch on these jobs only, each with these changes of its stanza."""

    def configured(**changes: dict[str, Any]) -> Settings:
        stanzas = {
            name: settings.job(name).model_copy(update=change)  # type: ignore[union-attr]
            for name, change in changes.items()
        }
        off = {name: None for name, _ in settings.jobs} | stanzas
        none = {name: None for name, _ in settings.checks}
        jobs, checks = settings.jobs.model_copy(update=off), settings.checks.model_copy(update=none)
        return settings.model_copy(update={"jobs": jobs, "checks": checks})

    return configured


def slots(database: Database, job: str = "snoozes") -> list[datetime]:
    with database.read() as ledger:
        query = select(Run).where(Run.job == job).order_by(col(Run.slot))
        return [run.slot for run in ledger.exec(query)]


@asynccontextmanager
async def ticking(clock: Clock) -> AsyncIterator[None]:
    clock.start()
    try:
        yield
    finally:
        clock.stop()
        await asyncio.sleep(0)  # APScheduler ends in the loop's next turn


async def until_run(database: Database, count: int = 1) -> list[datetime]:
    async with asyncio.timeout(5):
        while len(found := slots(database)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def test_a_job_fires_at_its_slot(configured: Configured, database: Database) -> None:
    settings = configured(snoozes={"schedule": Schedule.model_validate({"every": "1s"})})
    clock = Clock(Runner(database, settings, lambda: datetime.now(UTC), lambda: None))
    began = datetime.now(UTC)
    async with ticking(clock):
        assert clock.problem() is None
        [slot, *_] = await until_run(database)
    assert slot.microsecond == 0
    assert began <= slot <= datetime.now(UTC)
    assert clock.problem() == "it is not running"


async def test_a_job_that_follows_another_does_not_fire_by_itself(
    configured: Configured, database: Database
) -> None:
    settings = configured(snoozes={"schedule": Schedule(after="price_round")})
    clock = Clock(Runner(database, settings, lambda: NOW, lambda: None))
    async with ticking(clock):
        await clock.catch_up()
    assert slots(database) == []


async def test_a_slot_slept_through_runs_late_and_once(
    configured: Configured, database: Database
) -> None:
    schedule = Schedule.model_validate({"at": ["10:00", "16:00"]})
    settings = configured(snoozes={"schedule": schedule})
    clock = Clock(Runner(database, settings, lambda: NOW, lambda: None))
    await clock.catch_up()
    await clock.catch_up()
    assert slots(database) == [TEN]  # and not yesterday's 16:00, nor any before


async def test_a_job_that_skips_is_not_caught_up(
    configured: Configured, database: Database
) -> None:
    schedule = Schedule.model_validate({"at": "10:00"})
    settings = configured(snoozes={"schedule": schedule, "catch_up": CatchUp.SKIP})
    await Clock(Runner(database, settings, lambda: NOW, lambda: None)).catch_up()
    assert slots(database) == []


@pytest.mark.parametrize(("rule", "fired"), [(CatchUp.RUN_LATE, 1), (CatchUp.SKIP, 0)])
async def test_a_machine_that_slept_while_it_ran_catches_up_by_the_rule(
    configured: Configured, database: Database, rule: CatchUp, fired: int
) -> None:
    """The process lived through the sleep: its fire time lies hours back when it wakes."""
    schedule = Schedule.model_validate({"at": ["00:00", "06:00", "12:00", "18:00"]})
    settings = configured(snoozes={"schedule": schedule, "catch_up": rule})
    clock = Clock(Runner(database, settings, lambda: datetime.now(UTC), lambda: None))
    async with ticking(clock):
        [job] = clock._scheduler.get_jobs()
        job.modify(next_run_time=datetime.now(UTC) - timedelta(hours=9))
        await until_run(database, fired)
        await asyncio.sleep(0.1)  # one more firing would show by now
    assert len(slots(database)) == fired


async def test_a_run_that_died_with_its_process_is_run_again(
    configured: Configured, database: Database, store: Store
) -> None:
    schedule = Schedule.model_validate({"at": "10:00"})
    settings = configured(snoozes={"schedule": schedule})
    with database.write() as ledger:
        assert runs.claim(ledger, "snoozes", store.name, TEN, TEN)
    await Clock(Runner(database, settings, lambda: NOW, lambda: None)).catch_up()
    with database.read() as ledger:
        run = runs.latest(ledger, "snoozes", store.name)
    assert run is not None
    assert (run.slot, run.state, run.finished_at) == (TEN, "done", NOW)


async def test_a_check_whose_leader_ran_and_then_the_process_died_is_caught_up(
    settings: Settings, database: Database, store: Store
) -> None:
    half_past_nine = TEN - timedelta(minutes=30)  # when price_round is due
    with database.write() as ledger:
        runs.claim(ledger, "price_round", store.name, half_past_nine, TEN)
        runs.finish(ledger, "price_round", store.name, half_past_nine, TEN)
    await Clock(Runner(database, settings, lambda: NOW, lambda: None)).catch_up()
    assert slots(database, "price_gap") == [half_past_nine]


async def test_a_job_that_fails_does_not_stop_the_next(
    configured: Configured, database: Database, store: Store
) -> None:
    at_ten = Schedule.model_validate({"at": "10:00"})
    settings = configured(
        price_round={"schedule": at_ten, "pages_at_once": -1}, snoozes={"schedule": at_ten}
    )
    await Clock(Runner(database, settings, lambda: NOW, lambda: None)).catch_up()
    assert slots(database, "price_round") == slots(database, "snoozes") == [TEN]


async def test_a_ledger_that_fails_is_logged_not_fatal(
    configured: Configured, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured(snoozes={"schedule": Schedule.model_validate({"at": "10:00"})})
    clock = Clock(Runner(database, settings, lambda: NOW, lambda: None))
    with database.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE run RENAME COLUMN "error" TO lost')
    await clock._run("snoozes", settings.stores[0], TEN)
    assert "snoozes was not run: the ledger failed" in caplog.text


async def test_a_ledger_that_refuses_at_the_start_is_caught_up_with_later(
    configured: Configured, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured(snoozes={"schedule": Schedule.model_validate({"at": "10:00"})})
    clock = Clock(Runner(database, settings, lambda: NOW, lambda: None))
    rename(database, "run", "lost")
    await clock.catch_up()
    assert "what was slept through is not known: the ledger failed" in caplog.text
    rename(database, "lost", "run")
    await clock.catch_up()
    assert slots(database) == [TEN]


def rename(database: Database, table: str, name: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


async def test_catching_up_again_leaves_alone_what_is_under_way(
    configured: Configured, database: Database, store: Store
) -> None:
    """After an outage of the ledger; the run's lease may be over meanwhile."""
    settings = configured(snoozes={"schedule": Schedule.model_validate({"at": "10:00"})})
    runner = Runner(database, settings, lambda: NOW, lambda: None)
    assert runner._claim("snoozes", store, TEN)
    with database.write() as ledger:
        runs.release_dead(ledger, NOW, None)
    await Clock(runner).catch_up()
    with database.read() as ledger:
        run = runs.latest(ledger, "snoozes", store.name)
    assert run is not None
    assert run.finished_at is None


async def test_a_clock_that_does_not_fire_says_so(
    configured: Configured, database: Database
) -> None:
    settings = configured(snoozes={"schedule": Schedule.model_validate({"at": "10:00"})})
    now = datetime.now(UTC)
    clock = Clock(Runner(database, settings, lambda: now, lambda: None))
    async with ticking(clock):
        assert clock.problem() is None
        now += timedelta(days=1, minutes=2)
        assert clock.problem() == "it does not fire: harborlane snoozes"


def test_the_trigger_fires_in_the_stores_zone() -> None:
    trigger = SlotTrigger(Schedule.model_validate({"at": "10:00"}), SHANGHAI)
    assert trigger.get_next_fire_time(None, NOW) == TEN + timedelta(days=1)
    assert trigger.get_next_fire_time(TEN, TEN) == TEN + timedelta(days=1)
