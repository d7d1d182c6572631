"""Asking a check: the facts' freshness first (law 5), then the question itself."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.errors import UserError
from core.finding import Blind, Finding
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.freshness import last_heard
from core.ledger.life.alerts import Difference, absorb
from core.ledger.life.watch import watch
from core.settings import CheckSettings, Settings, Store
from jobs.registry import Check


def ask(
    ledger: Session, check: Check, settings: Settings, store: Store, as_of: datetime
) -> list[Finding | Blind]:
    """Return all that is wrong at a moment. Where needed facts are stale, only that is told.

    For a check that has a stanza: the others are switched off.
    """
    stanza = settings.check(check.name)
    assert stanza is not None  # noqa: S101
    stale = list(_stale(ledger, stanza, store, as_of))
    return [*stale] if stale else list(check.find(ledger, as_of, store, stanza, settings))


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
