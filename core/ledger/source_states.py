"""How each feed of a source stands: how it last ended, what it brought, what nobody understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from core.ledger import feeds, mails, pushes, runs
from core.ledger.mails import Unmatched
from core.ledger.tables import PushToken, Run, RunState, UnknownValue, UnmatchedMail
from core.rules.habit import Count
from core.schedule import next_slot
from core.settings import Settings, Store
from core.sources import Feed, ProblemKind

LOOK_BACK = timedelta(days=30)
"""Words and mails that nobody understood are listed for so long."""

READ = "read"
"""Rows that a run got, in its summary; new or not."""

REJECTED, SAMPLES = "rejected", "refused"
"""Rows of a run that are no records, and the first of them, in words."""

NOTED, NOTES = "noted", "notes"
"""What a service left out or refused of its own, and the first of it, in words."""


@dataclass(frozen=True)
class FeedState:
    """A feed as it stood at a moment."""

    feed: Feed
    done: Run | None
    """Its last complete run."""
    latest: Run | None
    """The run that ended last, however it did."""
    failed_since: datetime | None
    """The first fire time of the failures in a row that the latest run ends; None: it is well."""
    in_a_row: int
    under_way_since: datetime | None

    @property
    def done_at(self) -> datetime | None:
        """When it last brought all there was."""
        return self.done.finished_at if self.done else None

    @property
    def rows(self) -> int | None:
        """How many rows the last complete run got."""
        return self.done.summary.get(READ) if self.done else None

    @property
    def error(self) -> str | None:
        """Why the latest run failed, if it did."""
        return self.latest.error if self.latest and self.failed_since else None

    @property
    def problem(self) -> ProblemKind:
        """What kind of failure the latest one is: an error of our own is nobody's refusal."""
        told = self.latest.summary.get("problem") if self.latest else None
        return ProblemKind(told or ProblemKind.BROKEN)

    @property
    def retry_at(self) -> str | None:
        """From when the service can be asked again, if it said so."""
        return self.latest.summary.get("retry_at") if self.latest else None

    def behind(self, now: datetime, zone: ZoneInfo) -> timedelta | None:
        """Return for how long the run has been due that should follow the last complete one.

        None: it is not due yet, or there is nothing that it would follow.
        """
        due = next_slot(self.feed.stanza.schedule, self.done_at, zone) if self.done_at else None
        return now - due if due and due < now else None


@dataclass(frozen=True)
class Overview:
    """All ways that a store's facts come in, and what came that nobody understood."""

    feeds: Sequence[FeedState]
    tokens: Sequence[PushToken]
    words: Sequence[UnknownValue]
    mails: Unmatched


def overview(ledger: Session, settings: Settings, store: Store, now: datetime) -> Overview:
    """Return how everything stands that brings facts of a store."""
    since = now - LOOK_BACK
    return Overview(
        feeds=[state_of(ledger, feed, store.name, now) for feed in settings.feeds(store.name)],
        tokens=[
            token
            for token in pushes.tokens(ledger)
            if token.store == store.name and token.revoked_at is None
        ],
        words=feeds.unknown_since(ledger, store.name, since, now),
        mails=mails.unmatched(ledger, store.name, since),
    )


def state_of(ledger: Session, feed: Feed, store: str, as_of: datetime) -> FeedState:
    """Return how a feed of a store stood at a moment."""
    latest = runs.latest_finished(ledger, feed.job, store, as_of)
    failed = latest is not None and latest.state == RunState.FAILED
    since, count = runs.failures_up_to(ledger, latest) if latest and failed else (None, 0)
    now = runs.latest(ledger, feed.job, store)
    return FeedState(
        feed=feed,
        done=runs.latest_done(ledger, feed.job, store, as_of),
        latest=latest,
        failed_since=since,
        in_a_row=count,
        under_way_since=now.started_at if now and now.state == RunState.RUNNING else None,
    )


def counts(ledger: Session, job: str, store: str, since: datetime, by: datetime) -> Sequence[Count]:
    """Return how many rows each complete run got that ended after a moment, the latest last."""
    rows = col(Run.summary)[READ].as_integer()
    query = select(Run.finished_at, rows).where(
        Run.job == job,
        Run.store == store,
        Run.state == RunState.DONE,
        col(Run.finished_at) > since,
        col(Run.finished_at) <= by,
    )
    found = ledger.exec(query.order_by(col(Run.finished_at)))
    return [(ended, read) for ended, read in found if ended and read is not None]


def last_with(
    ledger: Session, count: str, job: str, store: str, since: datetime, by: datetime
) -> Run | None:
    """Return the last run that counted any of a thing, of those that ended after a moment."""
    query = select(Run).where(
        Run.job == job,
        Run.store == store,
        col(Run.finished_at) > since,
        col(Run.finished_at) <= by,
        col(Run.summary)[count].as_integer() > 0,
    )
    return ledger.exec(query.order_by(col(Run.finished_at).desc()).limit(1)).first()


def unmatched_mails(
    ledger: Session, store: str, since: datetime, by: datetime
) -> Sequence[UnmatchedMail]:
    """Return the notifications that no rule understood and that came after a moment."""
    query = select(UnmatchedMail).where(
        UnmatchedMail.store == store,
        col(UnmatchedMail.received_at) > since,
        col(UnmatchedMail.received_at) <= by,
    )
    return ledger.exec(query.order_by(col(UnmatchedMail.received_at).desc())).all()
