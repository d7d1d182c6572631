"""The alert's life: what a check found becomes the difference to what was known (laws 2, 3, 5).

Every function works inside the caller's transaction, so an alert, its step and the posts it owes
are stored together or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core.finding import Blind, Finding
from core.ledger.life.answer_clock import start_clock, stop_clock
from core.ledger.life.asked import Answer, Asked, Subject
from core.ledger.life.flapping import lingers, returning, revive
from core.ledger.life.opening import open_alerts
from core.ledger.life.owing import show_changes
from core.ledger.life.steps import CHECK, StepKind, record, record_all, was_decided
from core.ledger.life.suspects import confirmed
from core.ledger.life.telling import tell
from core.ledger.life.watch import Watch
from core.ledger.life.worsening import is_worse, worsen
from core.ledger.tables import Alert, AlertState
from core.settings import Store


@dataclass
class Difference:
    """How many alerts a run opened, changed, left as they were, and resolved."""

    opened: int = 0
    changed: int = 0
    unchanged: int = 0
    resolved: int = 0


def absorb(
    session: Session, watch: Watch, store: Store, check: str, outcomes: Iterable[Finding | Blind]
) -> Difference:
    """Turn all that is wrong now into the alerts' lives. Absorbing the same again changes nothing.

    Found and unknown → opened, once enough runs in a row have found it; found and known → the
    same alert, its facts brought up to date; known and no longer found → resolved, unless a blind
    spot may hide it, or it is flapping and not calm for long enough.
    """
    stanza = watch.settings.check(check)
    assert stanza is not None  # noqa: S101  (only what has a stanza is run)
    asked = Asked(watch, store, check, stanza)
    answer = Answer.of(outcomes, watch.at)
    live = _live_alerts(session, asked)
    found = [(alert, answer.found[key]) for key, alert in live.items() if key in answer.found]
    changed = [alert for alert, finding in found if _still_there(session, asked, alert, finding)]
    show_changes(session, changed, watch)
    missing = [alert for key, alert in live.items() if key not in answer.found]
    gone = [a for a in missing if not answer.may_hide(a) and not lingers(asked, a)]
    _end(session, asked, gone)
    new = {key: finding for key, finding in answer.found.items() if key not in live}
    opened = _open(session, asked, confirmed(session, asked, answer, new))
    tell(session, watch, [*filter(_is_untold, changed), *opened])
    return Difference(
        opened=len(opened),
        changed=len(changed),
        unchanged=len(found) - len(changed),
        resolved=len(gone),
    )


def _live_alerts(session: Session, asked: Asked) -> dict[Subject, Alert]:
    """Return the check's alerts whose trouble is still there, locked against clicks meanwhile."""
    query = select(Alert).where(
        Alert.store == asked.store.name, Alert.check == asked.check, col(Alert.gone_at).is_(None)
    )
    alerts = session.exec(query.order_by(col(Alert.id)).with_for_update())
    return {(alert.subject, alert.blind): alert for alert in alerts}


def _is_untold(alert: Alert) -> bool:
    """Tell whether people have not heard of an alert, and nobody asked for silence about it."""
    open_to_people = alert.state != AlertState.RESOLVED and alert.silenced_by is None
    return open_to_people and alert.told_at is None


def _open(session: Session, asked: Asked, findings: Mapping[Subject, Finding]) -> list[Alert]:
    """Return an alert for each finding without a live one; none of them is told yet."""
    flapping = returning(session, asked, findings)
    for key, alert in flapping.items():
        _bring_up_to_date(asked, alert, findings[key])
        revive(session, asked, alert)
    show_changes(session, list(flapping.values()), asked.watch)
    new = {key: finding for key, finding in findings.items() if key not in flapping}
    return [*flapping.values(), *open_alerts(session, asked, new)]


def _still_there(session: Session, asked: Asked, alert: Alert, finding: Finding) -> bool:
    """Carry a live alert on; return whether anything changed that people see."""
    before = alert.severity
    changed = _bring_up_to_date(asked, alert, finding)
    if _opens_again(session, asked, alert):
        _reopen(session, asked, alert, finding)
        changed = True
    elif alert.state != AlertState.RESOLVED and is_worse(alert.severity, before):
        worsen(session, asked.watch, alert, before)
    return changed


def _bring_up_to_date(asked: Asked, alert: Alert, finding: Finding) -> bool:
    """Let an alert say what was found now; return whether that is something else."""
    severity, provenance = asked.severity(finding), list(finding.provenance)
    changed = (alert.facts, alert.severity) != (finding.facts, severity)
    if changed or alert.provenance != provenance or alert.absent_since:
        alert.facts, alert.severity, alert.provenance = finding.facts, severity, provenance
        alert.absent_since = None
    return changed


def _opens_again(session: Session, asked: Asked, alert: Alert) -> bool:
    """Tell whether an alert was resolved by hand so long ago that its trouble counts anew.

    At once where people decided on the matter itself: a check knows of that, and what it still
    finds goes beyond it.
    """
    if alert.resolved_at is None:
        return False
    patience = asked.watch.settings.alerts.reopen_after
    if alert.resolved_at + patience <= asked.at:
        return True
    return alert.resolved_at < asked.at and was_decided(session, alert)


def _reopen(session: Session, asked: Asked, alert: Alert, finding: Finding) -> None:
    duty = asked.on_duty(alert.role, finding)
    fell_back = duty.fell_back or None
    record(session, alert, StepKind.REOPENED, asked.at, CHECK, fell_back=fell_back)
    alert.state, alert.owner = AlertState.OPEN, duty.person.email
    alert.resolved_at = alert.resolved_by = alert.acknowledged_at = alert.acknowledged_by = None
    alert.reason = alert.told_at = alert.silenced_by = None
    start_clock(asked.watch, alert)


def _end(session: Session, asked: Asked, gone: Sequence[Alert]) -> None:
    unresolved = [alert for alert in gone if alert.state != AlertState.RESOLVED]
    for alert in gone:
        alert.gone_at, alert.absent_since = asked.at, None
    for alert in unresolved:
        alert.state, alert.resolved_at, alert.snoozed_until = AlertState.RESOLVED, asked.at, None
        stop_clock(alert)
    record_all(session, unresolved, StepKind.RESOLVED, asked.at, CHECK)
    show_changes(session, unresolved, asked.watch)
