"""What the check is asked with, and the form of what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from core.finding import Finding, facts
from core.ledger import runs, source_states
from core.ledger.source_states import FeedState
from core.ledger.tables import Run
from core.rules.habit import Count
from core.settings import Store
from core.sources import Feed
from jobs.checks.stale_sources.stanza import Settings


@dataclass(frozen=True)
class Asked:
    """The check as it was asked, and what all of its questions need."""

    ledger: Session
    as_of: datetime
    store: Store
    stanza: Settings
    watched_since: datetime | None

    @property
    def strange_since(self) -> datetime:
        """Since when strange things are told."""
        return self.as_of - self.stanza.tell_strange_for

    def silent_since(self, state: FeedState) -> datetime | None:
        """Return since when a feed has been silent for too long; None: it has not.

        One that never ended well, since it was first run, or could have been.
        """
        since = state.done_at or self.began(state.feed)
        return since if self.is_too_long(since, state.feed.stanza.stale_after) else None

    def began(self, feed: Feed) -> datetime | None:
        """Return since when a feed could have brought something."""
        started = runs.first_start(self.ledger, feed.job, self.store.name, self.as_of)
        return min(filter(None, (started, self.watched_since)), default=None)

    def is_too_long(self, since: datetime | None, limit: timedelta) -> bool:
        """Tell whether a silence is longer than it may be, and no start is just catching up."""
        settling = self.watched_since and self.as_of - self.watched_since < self.stanza.settle_for
        return since is not None and not settling and self.as_of - since > limit

    def counts(self, state: FeedState, since: datetime) -> Sequence[Count]:
        """Return the rows of a feed's complete runs since a moment."""
        job, store = state.feed.job, self.store.name
        return source_states.counts(self.ledger, job, store, since, self.as_of)

    def last_with(self, count: str, state: FeedState) -> Run | None:
        """Return the last run of a feed that counted any of a thing, not too long ago."""
        job, store = state.feed.job, self.store.name
        since = self.strange_since
        return source_states.last_with(self.ledger, count, job, store, since, self.as_of)


def finding(
    state: FeedState,
    problem: str,
    since: datetime,
    more: dict[str, Any],
    subject: str | None = None,
) -> Finding:
    """Return what is wrong with a feed, which is its subject where it is the feed as such."""
    feed = state.feed
    told = {
        "problem": problem,
        "job": feed.job,
        "source": feed.source,
        "feed": feed.name,
        "kinds": sorted(feed.brings),
        "last_done": state.done_at,
    }
    return Finding(subject=subject or feed.job, facts=facts(told | more), since=since)
