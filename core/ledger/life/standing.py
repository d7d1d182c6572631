"""How alerts stand: the live ones, and how often one of them came."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from core.ledger.tables import Alert, AlertState, Post
from core.values import Severity, rank

RANK = case({str(severity): rank(severity) for severity in Severity}, value=col(Alert.severity))
"""How bad an alert is, in a query."""

LARGEST_NUMBER = 2**31 - 1
"""The largest number that an alert's row can have."""


def find_alert(session: Session, number: int) -> Alert | None:
    """Return the alert of a number that somebody typed; None when there is none."""
    return session.get(Alert, number) if 0 < number <= LARGEST_NUMBER else None


def live_alerts(
    session: Session,
    *,
    owner: str | None = None,
    check: str | None = None,
    group: int | None = None,
) -> Sequence[Alert]:
    """Return the alerts that are not over, the worst first, then by when an answer is due."""
    query = select(Alert).where(col(Alert.gone_at).is_(None), Alert.state != AlertState.RESOLVED)
    if owner is not None:
        query = query.where(func.lower(Alert.owner) == owner.lower())
    if check is not None:
        query = query.where(Alert.check == check)
    if group is not None:
        query = query.where(Alert.group_id == group)
    return session.exec(query.order_by(RANK.desc(), col(Alert.due_at), col(Alert.id))).all()


def times_opened(session: Session, alert: Alert, since: datetime) -> int:
    """Return how often the same trouble became an alert since a moment, this time included."""
    query = select(func.count()).where(
        Alert.store == alert.store,
        Alert.check == alert.check,
        Alert.subject == alert.subject,
        Alert.blind == alert.blind,
        col(Alert.opened_at) >= since,
    )
    return session.exec(query).one()


def posts_of(session: Session, alert: Alert) -> Sequence[Post]:
    """Return the posts about an alert, and those of the message it shares, oldest first."""
    ours = Post.alert_id == alert.id
    if alert.group_id is not None:
        ours = ours | (Post.group_id == alert.group_id)
    return session.exec(select(Post).where(ours).order_by(col(Post.created_at))).all()
