"""Flapping: what comes and goes again and again is one alert, told once and marked."""

from collections.abc import Collection

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from core.ledger.life.answer_clock import follow_up, start_clock
from core.ledger.life.asked import Asked, Subject
from core.ledger.life.steps import CHECK, StepKind, record
from core.ledger.tables import Alert, AlertState


def returning(session: Session, asked: Asked, new: Collection[Subject]) -> dict[Subject, Alert]:
    """Return the last alerts of those new subjects that come and go too often.

    That is when this opening makes `alerts.flapping.changes` openings and ends in `within`.
    """
    if not new:
        return {}
    limit = asked.watch.settings.alerts.flapping
    begins = asked.at - limit.within
    # what opened in that time and has no live alert has ended in it too
    changes = func.count() + func.sum(case((col(Alert.opened_at) > begins, 1), else_=0))
    last = (
        select(func.max(Alert.id))
        .where(
            Alert.store == asked.store.name,
            Alert.check == asked.check,
            col(Alert.gone_at) > begins,
        )
        .group_by(Alert.subject, col(Alert.blind))
        .having(changes + 1 >= limit.changes)
    )
    query = select(Alert).where(col(Alert.id).in_(last)).with_for_update()
    alerts = {(alert.subject, alert.blind): alert for alert in session.exec(query)}
    return {subject: alerts[subject] for subject in alerts.keys() & set(new)}


def revive(session: Session, asked: Asked, alert: Alert) -> None:
    """Bring an alert that had ended back as a flapping one; who took it still has it."""
    record(session, alert, StepKind.FLAPPING, asked.at, CHECK)
    alert.gone_at = alert.resolved_at = alert.told_at = alert.silenced_by = None
    alert.flapping = True
    if alert.acknowledged_at and not alert.resolved_by:
        alert.state = AlertState.ACKNOWLEDGED
        follow_up(asked.watch, alert)
    else:
        alert.state, alert.resolved_by, alert.reason = AlertState.OPEN, None, None
        alert.acknowledged_at = alert.acknowledged_by = None
        start_clock(asked.watch, alert)


def lingers(asked: Asked, alert: Alert) -> bool:
    """Keep a flapping alert live that is not found now, until it was calm for long enough."""
    if not alert.flapping:
        return False
    alert.absent_since = alert.absent_since or asked.at
    return asked.at - alert.absent_since < asked.watch.settings.alerts.flapping.within
