"""Asking a check: the facts' freshness first (law 5), then the question itself."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.finding import Blind, Finding
from core.ledger.alerts import Asked, Difference, absorb
from core.ledger.database import Database
from core.ledger.freshness import last_heard
from core.settings import CheckSettings, Settings, Store
from jobs.registry import Check


def ask(
    ledger: Session, check: Check, stanza: CheckSettings, store: Store, as_of: datetime
) -> list[Finding | Blind]:
    """Return all that is wrong at a moment. Where needed facts are stale, only that is told."""
    stale = list(_stale(ledger, stanza, store, as_of))
    return [*stale] if stale else list(check.find(ledger, as_of, store, stanza))


def ask_and_absorb(
    database: Database, check: Check, settings: Settings, store: Store, now: datetime
) -> Difference:
    """Ask a check and turn the answer into alerts and the posts they owe, in one transaction."""
    stanza = settings.check(check.name)
    assert stanza is not None  # noqa: S101  (the clock runs only what has a stanza)
    with database.read() as ledger:
        outcomes = ask(ledger, check, stanza, store, now)
    with database.write() as ledger:
        asked = Asked(check=check.name, stanza=stanza, store=store, settings=settings, at=now)
        return absorb(ledger, asked, outcomes)


def _stale(
    ledger: Session, stanza: CheckSettings, store: Store, as_of: datetime
) -> Iterator[Blind]:
    for kind, limit in stanza.stale_after.items():
        heard = last_heard(ledger, kind, store, as_of)
        if heard is None:
            yield Blind(what=kind, problem="missing")
        elif as_of - heard > limit:
            yield Blind(what=kind, problem="stale", last_known=heard)


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
