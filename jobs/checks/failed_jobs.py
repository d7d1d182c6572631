"""Jobs that failed, did not run, or do not end (law 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field
from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings, JobSettings
from core.ledger import runs, vitals
from core.ledger.tables import Run, RunState
from core.schedule import last_slot
from core.settings import Settings as Configuration
from core.settings import Store
from core.stanza import Duration
from core.values import CatchUp

OWN_NAME = "failed_jobs"
"""Itself is left out: what does not run cannot tell of it."""

COUNTED = 10
"""Failures in a row that are counted; a job that fails every minute is not news every minute."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    late_after: Duration = Field(description="a job so long past its fire time is missed")


def find_with_settings(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings, settings: Configuration
) -> Iterator[Finding]:
    """Yield a finding for every job that does not do its work.

    Why a source's feed failed is told by `stale_sources`, where that is switched on.
    """
    asked = _Asked(ledger, as_of, store, stanza, vitals.watched_since(ledger, as_of))
    feeds = {feed.job for feed in settings.feeds()} if settings.check("stale_sources") else set()
    for name, job in settings.switched_on(store.name):
        if name != OWN_NAME:
            failed = None if name in feeds else _failed(asked, name)
            found = _stuck(asked, name) or failed or _missed(asked, name, job)
            yield from filter(None, [found])


@dataclass(frozen=True)
class _Asked:
    ledger: Session
    as_of: datetime
    store: Store
    stanza: Settings
    watched_since: datetime | None

    def finished(self, job: str, by: datetime) -> Run | None:
        """Return the job's latest run that had ended by a moment."""
        return runs.latest_finished(self.ledger, job, self.store.name, by)


def _stuck(asked: _Asked, name: str) -> Finding | None:
    """A run that is under way for longer than a lease: it hangs, or died with its process."""
    run = runs.latest(asked.ledger, name, asked.store.name)
    if run is None or run.state != RunState.RUNNING:
        return None
    if min(run.lease_until, run.started_at + runs.LEASE) > asked.as_of:
        return None
    return _finding(name, "stuck", run.slot, run.started_at)


def _failed(asked: _Asked, name: str) -> Finding | None:
    run = asked.finished(name, asked.as_of)
    if run is None or run.state != RunState.FAILED:
        return None
    first, count = runs.failures_up_to(asked.ledger, run)
    return _finding(name, "failed", first, first, run.error, min(count, COUNTED))


def _missed(asked: _Asked, name: str, job: JobSettings) -> Finding | None:
    """A fire time that nobody ran, although a service has watched long enough to.

    Fire times before it watched are run late at its start, or left out, by the job's own rule.
    """
    late_after = asked.stanza.late_after
    slot, since = _due(asked, job), asked.watched_since
    if slot is None or since is None or since > asked.as_of - late_after:
        return None
    if slot < since and job.catch_up == CatchUp.SKIP:
        return None
    run = runs.latest(asked.ledger, name, asked.store.name)
    busy_then = run is not None and (run.finished_at is None or run.finished_at >= slot)
    return None if busy_then else _finding(name, "missed", slot, slot)


def _due(asked: _Asked, job: JobSettings) -> datetime | None:
    """Return the latest fire time that must have been run by now."""
    by = asked.as_of - asked.stanza.late_after
    if job.schedule.after is None:
        return last_slot(job.schedule, by, asked.store.zone)
    leader = asked.finished(job.schedule.after, by)
    return leader.slot if leader else None


def _finding(
    job: str,
    problem: str,
    slot: datetime,
    since: datetime,
    error: str | None = None,
    in_a_row: int = 1,
) -> Finding:
    told = {
        "job": job,
        "problem": problem,
        "slot": slot,
        "error": error,
        "in_a_row": in_a_row,
    }
    return Finding(subject=job, facts=facts(told), since=since)
