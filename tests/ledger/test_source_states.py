"""How feeds stand: read from the run rows, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.ledger import feeds, mails, pushes, runs
from core.ledger.database import Database
from core.ledger.feeds import Strange
from core.ledger.source_states import REJECTED, counts, last_with, overview, state_of
from core.ledger.tables import UnmatchedMail
from core.settings import Settings, Store
from core.sources import Feed, ProblemKind
from tests.support.toy import with_toys

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
JOB = "toy_stock"


def run(database: Database, at: datetime, error: str | None = None, **summary: Any) -> None:
    with database.write() as ledger:
        runs.claim(ledger, JOB, "harborlane", at, at)
        runs.finish(ledger, JOB, "harborlane", at, at, summary=summary, error=error)


@pytest.fixture
def feed(settings: Settings) -> Feed:
    toys = with_toys(settings)
    return next(feed for feed in toys.feeds() if feed.job == JOB)


def test_a_feed_that_never_ran_has_nothing(database: Database, feed: Feed, now: datetime) -> None:
    with database.read() as ledger:
        state = state_of(ledger, feed, "harborlane", now)
    assert (state.done, state.latest, state.error, state.rows) == (None, None, None, None)
    assert state.behind(now, feed_zone(feed)) is None


def feed_zone(_: Feed) -> Any:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo("Asia/Shanghai")


def test_a_failure_keeps_what_the_last_complete_run_brought(
    database: Database, feed: Feed, now: datetime
) -> None:
    run(database, now - HOUR, read=500)
    run(database, now - 2 * MINUTE, "down", problem="unreachable", read=20)
    run(database, now - MINUTE, "still down", problem="throttled", retry_at="2026-03-05T03:00:00Z")
    with database.read() as ledger:
        state = state_of(ledger, feed, "harborlane", now)
        before = state_of(ledger, feed, "harborlane", now - 3 * MINUTE)
    assert (state.done_at, state.rows, state.error) == (now - HOUR, 500, "still down")
    assert (state.failed_since, state.in_a_row) == (now - 2 * MINUTE, 2)
    assert (state.problem, state.retry_at) == (ProblemKind.THROTTLED, "2026-03-05T03:00:00Z")
    assert (before.error, before.failed_since, before.in_a_row) == (None, None, 0)


def test_how_far_a_feed_is_behind_its_schedule(
    database: Database, feed: Feed, now: datetime
) -> None:
    run(database, now, read=1)  # 10:30, and every 15 minutes
    with database.read() as ledger:
        state = state_of(ledger, feed, "harborlane", now)
    assert state.behind(now + 15 * MINUTE, feed_zone(feed)) is None
    assert state.behind(now + 20 * MINUTE, feed_zone(feed)) == 5 * MINUTE


def test_rows_are_counted_of_complete_runs_only(database: Database, now: datetime) -> None:
    run(database, now - 2 * HOUR, read=1)
    run(database, now - HOUR, read=2)
    run(database, now - MINUTE, "down", read=3)
    run(database, now, read=4)
    run(database, now + MINUTE)  # of a job that counts nothing
    with database.read() as ledger:
        counted = counts(ledger, JOB, "harborlane", now - 2 * HOUR, now + MINUTE)
        earlier = counts(ledger, JOB, "harborlane", now - 3 * HOUR, now - MINUTE)
    assert counted == [(now - HOUR, 2), (now, 4)]
    assert earlier == [(now - 2 * HOUR, 1), (now - HOUR, 2)]


def test_the_last_run_that_refused_rows_is_found(database: Database, now: datetime) -> None:
    run(database, now - HOUR, rejected=1)
    run(database, now - MINUTE, rejected=2)
    run(database, now, read=5)
    with database.read() as ledger:
        found = last_with(ledger, REJECTED, JOB, "harborlane", now - 2 * HOUR, now)
        assert found
        assert found.summary == {"rejected": 2}
        assert last_with(ledger, REJECTED, JOB, "harborlane", now - MINUTE, now) is None


def test_the_overview_has_all_ways_that_facts_come_in(
    database: Database, settings: Settings, store: Store, now: datetime
) -> None:
    with database.write() as ledger:
        for name in ("rpa", "old"):
            pushes.create_token(ledger, name, store.name, [], now)
        pushes.create_token(ledger, "elsewhere", "second", [], now)
        pushes.revoke_token(ledger, "old", now)
        word = Strange("order", "status", "ON_HOLD")
        feeds.keep_unknown(ledger, "toy", store.name, [word], now)
        mail = UnmatchedMail(
            source="mailbox", message_id="<1>", store=store.name, sender="a@b.example",
            subject="Sale", received_at=now,
        )  # fmt: skip
        mails.keep_unmatched(ledger, [mail])
    with database.read() as ledger:
        known = overview(ledger, with_toys(settings), store, now)
        assert [state.feed.job for state in known.feeds] == ["toy_orders", "toy_stock"]
        assert [token.name for token in known.tokens] == ["rpa"]
        assert [word.value for word in known.words] == ["ON_HOLD"]
        assert (known.mails.total, known.mails.newest[0].subject) == (1, "Sale")
