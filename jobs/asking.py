"""Asking a check: the facts' freshness first (law 5), then the question itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.errors import UserError
from core.finding import Blind, Finding
from core.jobs import CheckSettings
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.freshness import last_heard
from core.ledger.life.alerts import Difference, absorb
from core.ledger.life.watch import watch
from core.settings import Settings, Store
from jobs.registry import Check


def ask(
    ledger: Session, check: Check, settings: Settings, store: Store, as_of: datetime
) -> list[Finding | Blind]:
    """Return all that is wrong at a moment. Where needed facts are stale, only that is told.

    Where one of several sources is silent, that is told beside what the others show. For a check
    that has a stanza: the others are switched off.
    """
    stanza = settings.check(check.name)
    assert stanza is not None  # noqa: S101
    stale: list[Blind] = []
    silent: list[Blind] = []
    for kind, limit in stanza.stale_after.items():
        heard = _heard(ledger, settings, store, kind, as_of)
        latest = max(filter(None, heard.values()), default=None)
        if latest is None:
            stale.append(Blind(what=kind, problem="missing"))
        elif as_of - latest > limit:
            stale.append(Blind(what=kind, problem="stale", last_known=latest))
        else:
            silent += _silent(heard, kind, as_of - limit)
    return [*stale] if stale else [*silent, *check.find(ledger, as_of, store, stanza, settings)]


def _heard(
    ledger: Session, settings: Settings, store: Store, kind: str, as_of: datetime
) -> dict[str, datetime | None]:
    """Return when facts of a kind last came: by each feed that brings them, and at all ("")."""
    feeds = [feed.job for feed in settings.feeds(store.name) if kind in feed.brings]
    by_feed = {job: runs.last_done(ledger, job, store.name, as_of) for job in feeds}
    return {"": last_heard(ledger, kind, store, as_of), **by_feed}


def _silent(heard: Mapping[str, datetime | None], kind: str, since: datetime) -> Iterator[Blind]:
    """Yield the feeds that brought nothing since a moment: what they know is not known."""
    for job, at in heard.items():
        if job and (at is None or at < since):
            problem = "stale" if at else "missing"
            yield Blind(what=job, problem=problem, last_known=at, facts={"kind": kind})


def ask_and_absorb(
    database: Database, check: Check, settings: Settings, store: Store, now: datetime
) -> Difference:
    """Ask a check and turn the answer into alerts and the posts they owe, in one transaction.

    Raises UserError when a later run has answered already: what was wrong then is not what is
    wrong now, and alerts are about now.
    """
    with database.read() as ledger:
        outcomes = ask(ledger, check, settings, store, now)
    with database.write() as ledger:
        later = runs.later_start(ledger, check.name, store.name, now)
        if later:
            raise UserError(_too_late(check, store, now, later))
        return absorb(ledger, watch(ledger, settings, now), store, check.name, outcomes)


def _too_late(check: Check, store: Store, asked: datetime, later: datetime) -> str:
    then, since = (at.astimezone(store.zone).isoformat(" ", "minutes") for at in (asked, later))
    return (
        f"{check.name} was run for {since}, and cannot make alerts of what was wrong at {then};"
        f" to see that, use `watchkeeper check {check.name} --as-of {asked.isoformat()}`"
    )


def finding_json(check: Check, stanza: CheckSettings, store: Store, finding: Finding) -> Any:
    """Return a finding as `check --json` gives it, but for its title."""
    return {
        "check": check.name,
        "store": store.name,
        "subject": finding.subject,
        "severity": finding.severity or stanza.severity,
        "role": stanza.role,
        "facts": finding.facts,
        "since": finding.since.isoformat(),
    }
