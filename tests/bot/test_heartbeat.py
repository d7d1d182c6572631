"""The sign of life for a monitor outside: only its silence is an alarm."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.health import heartbeat as module
from bot.health.heartbeat import Heartbeat
from core.configuration import ConfigurationError
from tests.support.monitor import EVERY, SECRET, Monitor, beating, listening_monitor
from tests.support.post_office import Clock


@dataclass
class Service:
    """A service that is well, and its monitor."""

    monitor: Monitor
    heartbeat: Heartbeat
    clock: Clock = field(default_factory=Clock)

    async def later(self, seconds: float) -> None:
        """So much later another look finds all well."""
        self.clock.ahead(seconds=seconds)
        await self.heartbeat.beat()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service whose monitor answers."""
    clock = Clock()
    async with listening_monitor() as monitor, beating(monitor.address, clock) as heartbeat:
        yield Service(monitor, heartbeat, clock)


async def test_it_beats_as_often_as_configured(service: Service) -> None:
    for _ in range(6):  # all is looked at each half minute
        await service.later(30)
    assert service.monitor.beats == 3
    assert service.heartbeat.sent_at is not None
    assert service.heartbeat.problem is None


@pytest.mark.parametrize("status", [404, 500, 301])
async def test_an_answer_that_is_no_success_is_a_problem_and_told_once(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    service.monitor.answers = status
    for _ in range(3):
        await service.later(60)
    assert service.heartbeat.problem == f"the monitor answered HTTP {status}"
    assert caplog.text.count("the monitor answered") == 1
    assert SECRET not in caplog.text
    service.monitor.answers = 204
    await service.later(60)
    assert "the monitor takes it again" in caplog.text
    assert service.heartbeat.sent_at is not None


async def test_a_monitor_that_cannot_be_reached_is_a_problem(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with beating(f"http://127.0.0.1:9/{SECRET}", Clock()) as heartbeat:
        await heartbeat.beat()
    assert heartbeat.problem == "the monitor cannot be reached (ConnectError)"
    assert heartbeat.sent_at is None
    assert SECRET not in caplog.text


async def test_a_monitor_that_hangs_does_not_hold_it_for_long(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.000_001)
    await service.later(60)
    assert service.heartbeat.problem
    assert "Timeout" in service.heartbeat.problem


async def test_without_an_address_it_is_silent() -> None:
    async with beating(None, Clock()) as heartbeat:
        await heartbeat.beat()
    assert not heartbeat.tried
    assert heartbeat.sent_at is None


@pytest.mark.parametrize(
    "wrong", ["d2f4c0", "ftp://monitor/d2f4c0", "http:///d2f4c0", "http://[::d2"]
)
def test_what_is_no_address_is_told_at_the_start_but_not_shown(wrong: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        Heartbeat(wrong, EVERY, Clock())
    assert str(told.value) == "HEARTBEAT_URL is not the address of a page: https://…"
