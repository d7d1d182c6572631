"""Watchkeeper looks at its own parts and notes how they are."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.health import vitals as module
from bot.health.heartbeat import Heartbeat
from bot.health.lifeline import Lifeline
from bot.health.probes import Probe
from bot.health.vitals import Vitals, process_name
from core.ledger import vitals
from core.ledger.database import Database
from core.ledger.tables import VitalSign, Watcher
from core.settings import Settings
from tests.support.monitor import beating, listening_monitor
from tests.support.post_office import Clock

SHIP = "ship:8020"


async def well() -> str | None:
    return None


async def deaf() -> str | None:
    return "not connected"


async def broken() -> str | None:
    raise OSError("first line\nsecond line")


@dataclass
class Service:
    """What is looked at, and what came of it."""

    database: Database
    probes: dict[str, Probe]
    clock: Clock = field(default_factory=Clock)
    recoveries: int = 0
    vitals: Vitals = None  # type: ignore[assignment]

    def recovered(self) -> None:
        self.recoveries += 1

    def signs(self) -> dict[str, str | None]:
        """What the ledger knows."""
        with self.database.read() as ledger:
            return {sign.part: sign.problem for sign in vitals.signs(ledger)}


@pytest.fixture
def service(ledger: Database, settings: Settings) -> Service:
    """A service whose parts are well."""
    service = Service(ledger, {"database": well, "slack": well})
    service.vitals = Vitals(
        ledger,
        SHIP,
        service.probes,
        Heartbeat(None, settings.heartbeat, service.clock),
        Lifeline(settings, {}, None, service.clock),
        service.clock,
        service.recovered,
    )
    return service


async def test_every_part_is_noted_with_its_problem(service: Service) -> None:
    service.probes["slack"] = deaf
    await service.vitals.look()
    assert service.signs() == {"database": None, "slack": "not connected"}
    assert service.vitals.latest == service.signs()


async def test_a_heartbeat_that_is_held_back_does_not_pass_for_one_that_arrives(
    service: Service,
) -> None:
    async with listening_monitor() as monitor, beating(monitor.address, service.clock) as heartbeat:
        service.vitals.heartbeat = heartbeat
        await service.vitals.look()
        assert "heartbeat" not in service.signs()  # sent for the first time at this look's end
        await service.vitals.look()
        assert service.signs()["heartbeat"] is None
        service.probes["slack"] = deaf
        await service.vitals.look()
        assert "heartbeat" not in service.signs()
        service.probes["slack"], monitor.answers = well, 404
        for _ in range(2):
            service.clock.ahead(seconds=60)
            await service.vitals.look()
        service.probes["slack"] = deaf
        await service.vitals.look()
        assert service.signs()["heartbeat"] == "the monitor answered HTTP 404"


async def test_a_part_that_breaks_under_the_look_is_a_problem_in_one_line(
    service: Service,
) -> None:
    service.probes["slack"] = broken
    assert await service.vitals.problems() == {"database": None, "slack": "OSError: first line"}


async def test_a_part_that_hangs_is_asked_once_and_holds_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.01)
    asked, answer = 0, asyncio.Event()

    async def hangs() -> str | None:
        nonlocal asked
        asked += 1
        await answer.wait()
        return None

    service.probes["slack"] = hangs
    for _ in range(3):
        assert await service.vitals.problems() == {"database": None, "slack": "it does not answer"}
    assert asked == 1
    answer.set()
    assert await service.vitals.problems() == {"database": None, "slack": None}


def rename(database: Database, table: str, name: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


async def test_a_ledger_that_takes_no_notes_is_ill_and_recovers(service: Service) -> None:
    rename(service.database, "watcher", "lost")
    await service.vitals.look()
    assert service.vitals.latest["database"] == "OperationalError: no such table: watcher"
    rename(service.database, "lost", "watcher")
    await service.vitals.look()
    await service.vitals.look()
    assert service.signs() == {"database": None, "slack": None}
    assert service.recoveries == 1


async def test_it_looks_again_and_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "LOOK_EVERY", timedelta(milliseconds=5))
    monkeypatch.setattr(module, "SETTLED_AFTER", 0.005)
    running = asyncio.create_task(service.vitals.run())
    await until(lambda: service.signs().get("slack", "none yet") is None)
    service.probes["slack"] = deaf
    await until(lambda: service.signs()["slack"] == "not connected")
    running.cancel()
    await asyncio.wait({running})


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_its_end_is_noted(service: Service) -> None:
    await service.vitals.look()
    await service.vitals.end()
    with service.database.read() as ledger:
        assert ledger.get_one(Watcher, SHIP).ended_at is not None


async def test_a_locked_ledger_does_not_hold_the_end(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "END_WITHIN", 0.05)
    lock = sqlite3.connect(str(service.database.engine.url.database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    await service.vitals.end()
    assert time.monotonic() - began < 1
    assert "the end of the watch could not be written down: TimeoutError" in caplog.text
    lock.close()


async def test_a_part_that_stays_ill_keeps_since_when(service: Service) -> None:
    await service.vitals.look()
    with service.database.read() as ledger:
        well_at = ledger.get_one(VitalSign, (SHIP, "slack")).well_at
    service.probes["slack"] = deaf
    for _ in range(3):
        service.clock.ahead(seconds=30)
        await service.vitals.look()
    with service.database.read() as ledger:
        assert ledger.get_one(VitalSign, (SHIP, "slack")).well_at == well_at


def test_a_service_is_called_after_its_host_and_port(settings: Settings) -> None:
    assert process_name(settings.web).endswith(":8020")
