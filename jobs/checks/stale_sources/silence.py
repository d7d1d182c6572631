"""Feeds that fail, bring nothing, or bring far less than usual."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.finding import Finding
from core.ledger.source_states import FeedState
from core.rules.habit import DAY, by_day, missed_habit
from core.sources import ProblemKind, WindowSettings
from jobs.checks.stale_sources.asked import Asked, finding

AT_ONCE = frozenset({ProblemKind.NO_CREDENTIALS, ProblemKind.REFUSED, ProblemKind.MISCONFIGURED})
"""What does not pass by itself."""

COUNTED = 10
"""Failures in a row that are counted; one more is not news."""


def stopped(asked: Asked, states: Sequence[FeedState]) -> Iterator[Finding]:
    """Yield what keeps feeds from bringing anything, once for all feeds of a source.

    What waits for us, and what may pass by itself, are two things: one may stay for long.
    """
    feeds = Counter(state.feed.source for state in states)
    together = defaultdict(list)
    for state in states:
        found = failing(asked, state) or stale(asked, state)
        if found:
            needs_us = found.facts.get("kind") in AT_ONCE
            together[state.feed.source, needs_us].append(found)
    for (source, needs_us), found_of_source in together.items():
        subject = f"{source} access" if needs_us else source
        yield _joined(subject, found_of_source, feeds[source])


def _joined(subject: str, found: Sequence[Finding], feeds_of_source: int) -> Finding:
    """Return the findings of a source's feeds as one, which says what the oldest of them says."""
    oldest = min(found, key=lambda each: each.since)
    told = {
        "kinds": sorted({kind for each in found for kind in each.facts["kinds"]}),
        "feeds": [each.facts["feed"] for each in found],
        "whole": len(found) == feeds_of_source,
    }
    return replace(oldest, subject=subject, facts={**oldest.facts, **told})


def failing(asked: Asked, state: FeedState) -> Finding | None:
    """A feed whose latest run failed, once that can no longer pass unnoticed."""
    if state.failed_since is None:
        return None
    many = state.in_a_row >= asked.stanza.failures_in_a_row
    passes = state.problem not in AT_ONCE and (state.problem is ProblemKind.THROTTLED or not many)
    if passes and not asked.silent_since(state):
        return None
    told = {
        "kind": state.problem,
        "error": state.error,
        "in_a_row": min(state.in_a_row, COUNTED),
        "failed_since": state.failed_since,
        "retry_at": state.retry_at,
    }
    return finding(state, "failing", state.failed_since, told)


def stale(asked: Asked, state: FeedState) -> Finding | None:
    """A feed without a complete run for too long, whatever its runs do."""
    since = asked.silent_since(state)
    if since is None:
        return None
    return finding(state, "stale", since, {"under_way_since": state.under_way_since})


def thin(asked: Asked, state: FeedState) -> Finding | None:
    """A feed that works, and brings far fewer rows than it usually does."""
    if state.done_at is None or failing(asked, state) or stale(asked, state):
        return None
    habit, windowed = asked.stanza.habit, isinstance(state.feed.stanza, WindowSettings)
    counted = _by_day(asked, state) if windowed else _by_run(asked, state)
    if not counted:
        return None
    share = habit.changes_below if windowed else habit.snapshots_below
    rows, *before = counted
    usual = missed_habit(rows, before, share=share, needs=habit.needs, least=habit.least)
    if usual is None:
        return None
    told = {"rows": rows, "usual": usual, "by_day": windowed}
    return finding(state, "thin", state.done_at, told)


def _by_run(asked: Asked, state: FeedState) -> list[int]:
    """Return the rows of each complete run, the latest first."""
    since = asked.as_of - asked.stanza.habit.over
    return [rows for _, rows in reversed(asked.counts(state, since))]


def _by_day(asked: Asked, state: FeedState) -> list[int]:
    """Return the rows of each 24 hours, the latest first."""
    days = asked.stanza.habit.over // DAY + 1
    return by_day(asked.counts(state, asked.as_of - days * DAY), asked.as_of, days)
