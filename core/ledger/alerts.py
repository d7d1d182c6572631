"""The alert's life: what a check found becomes the difference to what was known (laws 2, 3, 5).

Every function works inside the caller's transaction, so an alert, its step and the posts it owes
are stored together or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.duty import OnDuty, on_duty
from core.finding import Blind, Facts, Finding, facts
from core.ledger.posts import owe, owe_reply, show_change
from core.ledger.tables import Alert, AlertState, AlertStep
from core.settings import CheckSettings, Settings, Severity, Store


@dataclass
class Difference:
    """How many alerts a run opened, changed, left as they were, and resolved."""

    opened: int = 0
    changed: int = 0
    unchanged: int = 0
    resolved: int = 0


@dataclass(frozen=True)
class Asked:
    """A check as it was asked: what the difference needs to know of it."""

    check: str
    stanza: CheckSettings
    store: Store
    settings: Settings
    at: datetime


def absorb(session: Session, asked: Asked, outcomes: Iterable[Finding | Blind]) -> Difference:
    """Turn all that is wrong now into the alerts' lives. Absorbing the same again changes nothing.

    Found and unknown → opened; found and known → the same alert, its facts brought up to date;
    known and no longer found → resolved, unless a blind spot covers it.
    """
    blind: list[Blind] = []
    found: dict[Subject, Finding] = {}
    for outcome in outcomes:
        if isinstance(outcome, Blind):
            blind.append(outcome)
            told = _as_finding(outcome, asked.at)
            found[told.subject, True] = told
        else:
            found[outcome.subject, False] = outcome
    live = {(alert.subject, alert.blind): alert for alert in _live_alerts(session, asked)}
    result = Difference()
    for subject, finding in found.items():
        alert = live.get(subject)
        if alert is None:
            _open(session, asked, finding, blind=subject[1])
            result.opened += 1
        elif _still_there(session, asked, alert, finding):
            result.changed += 1
        else:
            result.unchanged += 1
    for subject, alert in live.items():
        if subject not in found and not _covered(alert, blind):
            _gone(session, asked, alert)
            result.resolved += 1
    return result


Subject = tuple[str, bool]
"""A finding's subject, and whether it is a blind spot."""


def _live_alerts(session: Session, asked: Asked) -> Sequence[Alert]:
    """Return the check's alerts whose trouble is still there, locked against clicks meanwhile."""
    query = select(Alert).where(
        Alert.store == asked.store.name, Alert.check == asked.check, col(Alert.gone_at).is_(None)
    )
    return session.exec(query.order_by(col(Alert.id)).with_for_update()).all()


def _as_finding(blind: Blind, at: datetime) -> Finding:
    told = {
        "what": blind.what,
        "problem": blind.problem,
        "last_known": blind.last_known,
        "whole_check": blind.hides is None,
    }
    return Finding(
        subject=f"{blind.what}: {blind.problem}",
        facts=facts(told) | blind.facts,
        since=blind.last_known or at,
        severity=Severity.WARNING,
    )


def _covered(alert: Alert, blind: Iterable[Blind]) -> bool:
    """Tell whether the alert's trouble may be there unseen.

    What hides the whole check hides its smaller blind spots too: nobody looked for them.
    """
    if alert.blind and alert.facts["whole_check"]:
        return False
    return any(
        spot.hides is None or (alert.subject in spot.hides and not alert.blind) for spot in blind
    )


def _open(session: Session, asked: Asked, finding: Finding, *, blind: bool) -> None:
    duty = _duty(asked, finding)
    alert = Alert(
        store=asked.store.name,
        check=asked.check,
        subject=finding.subject,
        blind=blind,
        severity=finding.severity or asked.stanza.severity,
        role=asked.stanza.role,
        owner=duty.person.email,
        facts=finding.facts,
        since=finding.since,
        opened_at=asked.at,
        due_at=asked.at + asked.stanza.answer_within,
    )
    session.add(alert)
    session.flush()  # numbers the alert
    detail = {"fell_back": True} if duty.fell_back else {}
    _add_step(session, alert, "opened", asked.at, origin="check", detail=detail)
    owe(session, alert, asked.stanza, asked.settings, asked.at)


def _duty(asked: Asked, finding: Finding) -> OnDuty:
    return on_duty(asked.settings, asked.store, asked.stanza.role, asked.at, finding.owner)


def _still_there(session: Session, asked: Asked, alert: Alert, finding: Finding) -> bool:
    """Bring a live alert up to date; return whether anything changed."""
    severity = finding.severity or asked.stanza.severity
    changed = (alert.facts, alert.severity) != (finding.facts, severity)
    due = alert.resolved_at and alert.resolved_at + asked.settings.alerts.reopen_after <= asked.at
    alert.facts, alert.severity = finding.facts, severity
    if due:
        _reopen(session, asked, alert, finding)
    elif changed:
        show_change(session, alert, asked.at)
    return bool(due or changed)


def _reopen(session: Session, asked: Asked, alert: Alert, finding: Finding) -> None:
    alert.state, alert.owner = AlertState.OPEN, _duty(asked, finding).person.email
    alert.resolved_at = alert.resolved_by = alert.acknowledged_at = alert.acknowledged_by = None
    alert.due_at = asked.at + asked.stanza.answer_within
    _add_step(session, alert, "reopened", asked.at, origin="check")
    show_change(session, alert, asked.at)
    owe(session, alert, asked.stanza, asked.settings, asked.at)


def _gone(session: Session, asked: Asked, alert: Alert) -> None:
    alert.gone_at = asked.at
    if alert.state != AlertState.RESOLVED:
        alert.state, alert.resolved_at, alert.snoozed_until = AlertState.RESOLVED, asked.at, None
        _add_step(session, alert, "resolved", asked.at, origin="check")
        show_change(session, alert, asked.at)


def _add_step(
    session: Session,
    alert: Alert,
    what: str,
    at: datetime,
    *,
    origin: str,
    who: str | None = None,
    detail: Facts | None = None,
) -> None:
    """Write one step of the alert's life."""
    assert alert.id is not None  # noqa: S101  (flushed by every caller)
    session.add(
        AlertStep(alert_id=alert.id, at=at, who=who, what=what, origin=origin, detail=detail or {})
    )


def acknowledge(
    session: Session, alert_id: int, who: str, at: datetime, origin: str
) -> Alert | None:
    """Record that a person takes the alert. None when there is nothing left to take.

    The answer is the alert as it stands after the step; a second click on the same alert, or one
    on an alert that is resolved or unknown, changes nothing.
    """
    alert = _locked(session, alert_id)
    if alert is None or alert.state != AlertState.OPEN:
        return None
    alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.ACKNOWLEDGED, at, who
    alert.snoozed_until = None
    _add_step(session, alert, "acknowledged", at, origin=origin, who=who)
    show_change(session, alert, at)
    return alert


def snooze(
    session: Session, alert_id: int, who: str, at: datetime, origin: str, until: datetime
) -> Alert | None:
    """Put the alert aside until a moment. None when it is resolved or unknown."""
    alert = _locked(session, alert_id)
    if alert is None or alert.state == AlertState.RESOLVED or alert.snoozed_until == until:
        return None
    alert.snoozed_until = until
    _add_step(
        session, alert, "snoozed", at, origin=origin, who=who, detail={"until": until.isoformat()}
    )
    show_change(session, alert, at)
    return alert


def resolve(session: Session, alert_id: int, who: str, at: datetime, origin: str) -> Alert | None:
    """Record that a person calls the matter done. None when it is resolved or unknown."""
    alert = _locked(session, alert_id)
    if alert is None or alert.state == AlertState.RESOLVED:
        return None
    alert.state, alert.resolved_at, alert.resolved_by = AlertState.RESOLVED, at, who
    alert.snoozed_until = None
    _add_step(session, alert, "resolved", at, origin=origin, who=who)
    show_change(session, alert, at)
    return alert


def wake_snoozed(session: Session, settings: Settings, at: datetime) -> int:
    """Bring back every alert whose snooze is over, and say so; return how many.

    The time to answer begins anew.
    """
    query = select(Alert).where(col(Alert.snoozed_until) <= at, Alert.state != AlertState.RESOLVED)
    woken = list(session.exec(query.with_for_update()))
    for alert in woken:
        alert.snoozed_until = None
        alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.OPEN, None, None
        stanza = settings.check(alert.check)
        alert.due_at = at + stanza.answer_within if stanza else at
        _add_step(session, alert, "woke", at, origin="clock")
        show_change(session, alert, at)
        owe_reply(session, alert, "snooze_over", at)
    return len(woken)


def _locked(session: Session, alert_id: int) -> Alert | None:
    return session.exec(select(Alert).where(Alert.id == alert_id).with_for_update()).first()
