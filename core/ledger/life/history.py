"""What has happened to an alert, and the reply in its thread that lists it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.ledger.life.owing import about, batches
from core.ledger.posts import ALERT, UNDER
from core.ledger.tables import Alert, AlertStep, Post, PostState
from core.values import Medium

HISTORY = "history"
"""The template name of the replies that list an alert's steps."""


def steps_of(session: Session, alert: Alert) -> Sequence[AlertStep]:
    """Return an alert's steps, oldest first."""
    query = select(AlertStep).where(AlertStep.alert_id == alert.id)
    return session.exec(query.order_by(col(AlertStep.at), col(AlertStep.id))).all()


def owe_history(session: Session, alerts: Sequence[Alert], at: datetime) -> None:
    """Owe the reply that lists an alert's steps: written once, then rewritten, which pings nobody.

    It stands under each alert's latest message in a channel; not under one that many share.
    """
    own = {alert.id: alert for alert in alerts if alert.told_at and alert.group_id is None}
    numbers = list(own)
    for some in batches(numbers):
        posts = _in_channels(session, some)
        latest = {(p.alert_id, p.recipient): p for p in posts if p.template == ALERT}
        written = {post.facts[UNDER]: post for post in posts if post.template == HISTORY}
        for message in latest.values():
            if message.id in written:
                _owe_anew(written[message.id], at)
            elif message.state != PostState.FAILED:
                session.add(_history(own[message.alert_id], message, at))


def _in_channels(session: Session, numbers: Sequence[int | None]) -> Sequence[Post]:
    """Return alerts' messages and histories in channels, locked against the outbox."""
    query = select(Post).where(
        col(Post.alert_id).in_(numbers),
        Post.medium == Medium.SLACK,
        col(Post.template).in_([ALERT, HISTORY]),
        col(Post.recipient).not_like("@%"),
    )
    return session.exec(query.order_by(col(Post.created_at)).with_for_update()).all()


def _history(alert: Alert, message: Post, at: datetime) -> Post:
    reply = about(alert, Medium.SLACK, message.recipient, HISTORY, at, due=at)
    reply.facts, reply.revision = {UNDER: message.id}, 1
    return reply


def _owe_anew(post: Post, at: datetime) -> None:
    post.revision += 1
    # a post on its way stays so: the outbox sees the newer revision and owes it again
    if post.state == PostState.SENT:
        due = max(at, post.next_attempt_at)
        post.state, post.attempts = PostState.OWED, 0
        post.owed_since = post.next_attempt_at = due
