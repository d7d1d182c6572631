"""Runs: claimed once a fire time, recorded with how they ended, followed by what waits for them."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from core.engine import JobFailed
from core.finding import Facts
from core.ledger.database import Database
from core.ledger.runs import LEASE
from core.ledger.tables import Alert, Run
from core.settings import Settings, Store
from jobs import running
from jobs.running import Runner
from tests.jobs.conftest import NOW, Look, Put
from tests.jobs.test_price_gap import offer
from tests.jobs.test_price_gap import put_in as put_offers
from tests.jobs.test_safety_stock import put_in as put_stock
from tests.jobs.test_safety_stock import stock

SLOT = NOW - timedelta(minutes=30)  # 10:00 in Shanghai
AFTER_A_ROUND = {
    "blocked_shops",
    "competitor_range",
    "competitor_readers",
    "competitor_shortage",
    "price_gap",
}
Runners = Callable[..., Runner]


@pytest.fixture
def runner_of(database: Database) -> Runners:
    """Make a runner with a configuration, at NOW."""

    def runner_of(settings: Settings, now: datetime = NOW) -> Runner:
        return Runner(database, settings, lambda: now, lambda: None)

    return runner_of


@pytest.fixture
def runner(runner_of: Runners, settings: Settings) -> Runner:
    """A runner of the shipped configuration."""
    return runner_of(settings)


def recorded(database: Database) -> dict[str, Run]:
    with database.read() as ledger:
        return {run.job: run for run in ledger.exec(select(Run))}


def alerts(database: Database) -> list[Alert]:
    with database.read() as ledger:
        return list(ledger.exec(select(Alert)))


async def test_a_fire_time_runs_once(
    put: Put, runner: Runner, store: Store, database: Database
) -> None:
    put_stock(put, stock(640))
    assert await runner.run("safety_stock", store, SLOT)
    assert not await runner.run("safety_stock", store, SLOT)
    run = recorded(database)["safety_stock"]
    assert (run.slot, run.started_at, run.finished_at) == (SLOT, NOW, NOW)
    assert (run.state, run.error) == ("done", None)
    assert run.summary["opened"] == len(alerts(database)) == 1


async def test_two_machines_at_once_run_it_once(
    put: Put, runner_of: Runners, settings: Settings, store: Store, database: Database
) -> None:
    put_stock(put, stock(640))
    machines = [runner_of(settings).run("safety_stock", store, SLOT) for _ in range(4)]
    assert sorted(await asyncio.gather(*machines)) == [False, False, False, True]
    assert len(alerts(database)) == 1


async def test_a_run_that_takes_long_says_that_it_lives(
    sqlite_database: Database, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW

    async def long(*_: object) -> Facts:
        nonlocal later
        later = NOW + LEASE
        async with asyncio.timeout(5):
            while recorded(sqlite_database)["snoozes"].lease_until < later + LEASE:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        return {}

    monkeypatch.setattr(running, "EXTEND_EVERY", timedelta(milliseconds=1))
    runner = Runner(sqlite_database, settings, lambda: later, lambda: None)
    monkeypatch.setattr(runner, "_execute", long)
    assert await runner.run("snoozes", store, SLOT)
    assert recorded(sqlite_database)["snoozes"].state == "done"


async def test_each_store_has_its_own_run(runner: Runner, store: Store) -> None:
    second = store.model_copy(update={"name": "second"})
    assert await runner.run("snoozes", store, SLOT)
    assert await runner.run("snoozes", second, SLOT)


async def test_a_failed_job_is_recorded_with_its_reason(
    put: Put, runner: Runner, store: Store, database: Database
) -> None:
    put_offers(put, offer("90", tiers=[{"from": 1}]))  # no ladder of ours
    with pytest.raises(JobFailed, match=r"^price_gap failed: KeyError: 'min_quantity'$"):
        await runner.run("price_gap", store, SLOT)
    run = recorded(database)["price_gap"]
    assert (run.state, run.error) == ("failed", "KeyError: 'min_quantity'")
    assert not await runner.run("price_gap", store, SLOT)  # failed is run, too


async def test_the_log_has_one_line_for_a_failure(
    put: Put, runner: Runner, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    put_offers(put, offer("90", tiers=[{"from": 1}]))
    with pytest.raises(JobFailed):
        await runner.run("price_gap", store, SLOT)
    assert re.search(
        r"price_gap of harborlane failed: KeyError: 'min_quantity' \(\w+\.py:\d+\)\n", caplog.text
    )
    assert "Traceback" not in caplog.text


async def test_runs_of_long_ago_are_forgotten_by_the_configured_time(
    runner_of: Runners, settings: Settings, store: Store, database: Database
) -> None:
    keep = settings.database.keep_runs_for
    for later in (timedelta(), timedelta(minutes=1), keep + timedelta(minutes=1)):
        assert await runner_of(settings, NOW + later).run("snoozes", store, NOW + later)
    with database.read() as ledger:
        slots = ledger.exec(select(Run.slot).order_by(col(Run.slot))).all()
    assert slots == [NOW + timedelta(minutes=1), NOW + keep + timedelta(minutes=1)]


async def test_what_follows_a_job_runs_after_it(
    runner: Runner, store: Store, database: Database
) -> None:
    await runner.run("price_round", store, SLOT)
    runs = recorded(database)
    assert set(runs) == {"price_round", *AFTER_A_ROUND}
    assert runs["price_gap"].slot == SLOT
    # no offer ever came in: that is told
    told = {alert.check: alert.blind for alert in alerts(database)}
    assert told["price_gap"] is True


async def test_a_check_is_asked_although_the_job_before_it_failed(
    put: Put, runner_of: Runners, settings: Settings, store: Store, database: Database
) -> None:
    put_offers(put, offer("50"))
    stanza = settings.job("price_round")
    assert stanza is not None
    broken = stanza.model_copy(update={"pages_at_once": -1})
    jobs = settings.jobs.model_copy(update={"price_round": broken})
    with pytest.raises(JobFailed, match=r"^price_round failed: ValueError: "):
        await runner_of(settings.model_copy(update={"jobs": jobs})).run("price_round", store, SLOT)
    assert recorded(database)["price_gap"].state == "done"
    assert [alert.check for alert in alerts(database) if not alert.blind] == ["price_gap"]


async def test_posts_that_became_due_are_announced(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    put_stock(put, stock(640))
    announced: list[str] = []
    runner = Runner(database, settings, lambda: NOW, lambda: announced.append("owed"))
    await runner.run("safety_stock", store, SLOT)
    assert announced == ["owed"]


async def test_run_now_runs_first_what_it_follows(
    put: Put, runner: Runner, store: Store, database: Database
) -> None:
    put_offers(put, offer("50", competitor="By file"))
    summary = await runner.run_now("price_gap", store)
    assert summary == recorded(database)["price_gap"].summary
    assert summary["opened"] == 1
    assert set(recorded(database)) == {"price_round", *AFTER_A_ROUND}


async def test_run_now_runs_again_whenever_it_is_asked(
    runner_of: Runners, settings: Settings, store: Store, database: Database
) -> None:
    for minute in range(3):
        later = NOW + timedelta(minutes=minute)
        assert await runner_of(settings, later).run_now("snoozes", store) == {"woken": 0}


def test_what_has_no_stanza_is_off(runner_of: Runners, settings: Settings, store: Store) -> None:
    off = settings.checks.model_copy(update={"safety_stock": None})
    runner = runner_of(settings.model_copy(update={"checks": off}))
    assert "safety_stock" not in dict(runner.settings.switched_on())
    assert "safety_stock" in runner.names()
    assert runner.ask("safety_stock", store, NOW) is None


def test_jobs_that_bring_facts_stand_before_checks(runner: Runner) -> None:
    names = [name for name, _ in runner.settings.switched_on()]
    assert names.index("price_round") < names.index("price_gap")


def test_the_runner_asks_as_the_terminal_does(
    put: Put, look: Look, runner: Runner, store: Store
) -> None:
    put_stock(put, stock(640))
    assert runner.ask("safety_stock", store, NOW) == look("safety_stock")


def test_the_shipped_configuration_switches_everything_on(runner: Runner) -> None:
    assert set(dict(runner.settings.switched_on())) == set(runner.names())


async def test_offers_that_never_came_are_told_once(
    runner: Runner, store: Store, database: Database
) -> None:
    await runner.run("price_round", store, SLOT)
    missing = [each for each in alerts(database) if each.subject == "competitor_offer: missing"]
    told = {alert.check for alert in missing if alert.silenced_by is None}
    assert told == {"competitor_readers", "competitor_range"}  # the range waits for the digest
    assert len(missing) == 3  # the gap only follows; the shortage needs a first count of stock
