"""New alerts: where each goes, who owns it, when its answer is due; all stored at once."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlmodel import Session

from core.finding import Finding
from core.ledger.life.answer_clock import start_clock
from core.ledger.life.asked import Asked, Subject
from core.ledger.life.steps import CHECK, StepKind, record_all
from core.ledger.tables import Alert
from core.matching import Traits
from core.routing import looked_at, route, traits

AT_ONCE = 1_000
"""Alerts that one statement stores: more of them would only take more memory."""


class Kind(NamedTuple):
    """What all new alerts have in common that the same rules and the same person are for."""

    columns: Mapping[str, Any]
    fell_back: bool | None
    """True: nobody of their role was there."""


def open_alerts(
    session: Session, asked: Asked, findings: Mapping[Subject, Finding]
) -> Sequence[Alert]:
    """Store an alert with its first step for each finding; none of them is told yet.

    A storm opens ten thousand at once: what rules and duty say is worked out once a kind.
    """
    if not findings:
        return []
    opened: list[Alert] = []
    remaining = iter(findings.items())
    while some := dict(islice(remaining, AT_ONCE)):
        opened += _store(session, asked, some)
    return opened


def _store(session: Session, asked: Asked, findings: Mapping[Subject, Finding]) -> list[Alert]:
    kinds = _kinds(asked, findings)
    rows = [_row(kinds[key], finding) for key, finding in findings.items()]
    stored = {
        (alert.subject, alert.blind): alert
        for alert in session.scalars(insert(Alert).returning(Alert), rows)
    }
    for fell_back in (None, True):
        which = [stored[key] for key, kind in kinds.items() if kind.fell_back is fell_back]
        record_all(session, which, StepKind.OPENED, asked.at, CHECK, fell_back=fell_back)
    return [stored[key] for key in findings]


def _row(kind: Kind, finding: Finding) -> dict[str, Any]:
    return {
        **kind.columns,
        "subject": finding.subject,
        "facts": finding.facts,
        "provenance": list(finding.provenance),
        "since": finding.since,
    }


def _kinds(asked: Asked, findings: Mapping[Subject, Finding]) -> dict[Subject, Kind]:
    known: dict[Hashable, Kind] = {}
    kinds: dict[Subject, Kind] = {}
    looks_at = looked_at(asked.watch.settings)
    for (subject, blind), finding in findings.items():
        about = _traits(asked, finding, blind=blind)
        decides = [repr(about.get(name)) for name in looks_at]  # a fact may be a list
        key = (about["severity"], blind, finding.owner, *decides)
        if key not in known:
            known[key] = _kind(asked, finding, about)
        kinds[subject, blind] = known[key]
    return kinds


def _traits(asked: Asked, finding: Finding, *, blind: bool) -> Traits:
    return traits(
        store=asked.store,
        check=asked.check,
        subject=finding.subject,
        severity=asked.severity(finding),
        blind=blind,
        facts=finding.facts,
    )


def _kind(asked: Asked, finding: Finding, about: Traits) -> Kind:
    goes = route(asked.watch.settings, asked.stanza, about)
    duty = asked.on_duty(goes.role, finding)
    alert = Alert(
        store=asked.store.name,
        check=asked.check,
        subject=finding.subject,
        blind=about["blind"],
        severity=about["severity"],
        role=goes.role,
        channel=goes.channel,
        owner=duty.person.email,
        facts=finding.facts,
        since=finding.since,
        opened_at=asked.at,
        due_at=asked.at,
    )
    start_clock(asked.watch, alert)
    return Kind(alert.model_dump(exclude={"id"}), duty.fell_back or None)
