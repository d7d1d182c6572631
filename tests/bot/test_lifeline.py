"""A ledger that refuses cannot hold an alert: a person is told without it, once."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import create_engine, make_url, text

from bot.health.heartbeat import Heartbeat
from bot.health.lifeline import Lifeline
from bot.health.vitals import Vitals
from core.ledger import vitals
from core.ledger.database import Database
from core.settings import Settings
from tests.support.monitor import beating, listening_monitor
from tests.support.post_office import PostOffice, post_office
from tests.support.sandbox_process import RunningSandbox

ILL_AFTER = timedelta(minutes=3)


@contextmanager
def refusing(url: str) -> Iterator[None]:
    """A PostgreSQL that lets nobody into the database, for a while."""
    parsed = make_url(url)
    engine = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f'"{parsed.database}"'
    with engine.connect() as server:
        server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        server.execute(text(backends), {"name": parsed.database})
        try:
            yield
        finally:
            server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    engine.dispose()


@pytest.fixture
async def on_postgresql(
    postgresql_database: Database,
    settings: Settings,
    sandbox: RunningSandbox,
    client: AsyncWebClient,
) -> AsyncIterator[PostOffice]:
    """A post office whose ledger is on PostgreSQL."""
    yield post_office(postgresql_database, settings, sandbox, client)
    postgresql_database.close()


def watched(office: PostOffice, heartbeat: Heartbeat) -> Vitals:
    async def database() -> str | None:
        with office.database.read() as ledger:
            vitals.watchers(ledger)
        return None

    lifeline = Lifeline(office.settings, office.senders, ILL_AFTER, office.clock)
    return Vitals(
        office.database,
        "ship:8020",
        {"database": database},
        heartbeat,
        lifeline,
        office.clock,
        lambda: None,
    )


async def look_for(parts: Vitals, office: PostOffice, minutes: int) -> None:
    for _ in range(minutes):
        office.clock.ahead(seconds=60)
        await parts.look()


async def test_a_ledger_that_refuses_is_told_by_mail_and_in_slack_once(
    on_postgresql: PostOffice, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    office = on_postgresql
    async with (
        listening_monitor() as monitor,
        beating(monitor.address, office.clock) as heartbeat,
    ):
        parts = watched(office, heartbeat)
        await look_for(parts, office, 2)
        assert monitor.beats == 2
        with refusing(postgresql_url):
            await look_for(parts, office, 3)
            assert office.mails() == office.said("watch") == []
            await look_for(parts, office, 4)
        [mail] = office.mails()
        [message] = office.said("watch")
        assert mail["to"] == ["lin.yue@harborlane.example"]
        assert "<@U0LINYUE>" in message["text"]  # the person it is for is notified
        assert "is not currently accepting connections" in mail["text"]
        assert monitor.beats == 2  # the monitor outside hears nothing
        await look_for(parts, office, 1)
        assert monitor.beats == 3
        assert "alerts can be given again" in caplog.text
        with refusing(postgresql_url):
            await look_for(parts, office, 5)
        assert len(office.mails()) == len(office.said("watch")) == 2  # another outage


def lifeline_of(office: PostOffice, ill_after: timedelta | None = ILL_AFTER) -> Lifeline:
    return Lifeline(office.settings, office.senders, ill_after, office.clock)


ILL = {"database": None, "clock": "it does not fire", "slack": None}
WELL = dict.fromkeys(ILL)


async def test_a_medium_that_is_away_is_tried_again_and_the_other_only_once(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "ok_false", error="internal_error", times=2)
    lifeline = lifeline_of(office)
    for _ in range(9):
        office.clock.ahead(seconds=60)
        await lifeline.look(ILL)
    assert len(office.mails()) == len(office.said("watch")) == 1


async def test_slack_that_posts_but_loses_its_answer_is_asked_first(office: PostOffice) -> None:
    office.sandbox.fault("slack", "lost_answer", method="chat.postMessage", times=1)
    lifeline = lifeline_of(office)
    for _ in range(9):
        office.clock.ahead(seconds=60)
        await lifeline.look(ILL)
    assert len(office.said("watch")) == 1


async def test_a_short_outage_and_what_slack_alone_lacks_are_not_told(office: PostOffice) -> None:
    lifeline = lifeline_of(office)
    for problems in (ILL, ILL, WELL, ILL, ILL, WELL | {"slack": "deaf"}, ILL):
        office.clock.ahead(seconds=60)
        await lifeline.look(problems)
    assert office.mails() == []


async def test_who_switched_the_check_off_is_not_told(office: PostOffice) -> None:
    lifeline = lifeline_of(office, None)
    for _ in range(9):
        office.clock.ahead(seconds=60)
        await lifeline.look(ILL)
    assert office.mails() == []
