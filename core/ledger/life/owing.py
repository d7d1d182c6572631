"""What an alert owes: its own message, replies under it, the rewrites that its steps ask for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, literal, update
from sqlmodel import Session, col, select

from core.ledger.life.watch import Watch
from core.ledger.posts import ALERT, GROUP
from core.ledger.tables import Alert, AlertGroup, Post, PostState
from core.ledger.types import Moment
from core.values import Medium

AT_ONCE = 5_000
"""Alerts that one statement names; databases take some ten thousand values."""


def owe(session: Session, watch: Watch, alert: Alert) -> None:
    """Owe the alert's own message over each medium that its route names.

    Slack's and the mail wait until the owner can be reached.
    """
    route = watch.route(alert)
    if route is None:
        return
    at = watch.reached_at(watch.owner(alert), alert)
    recipients = {Medium.SLACK: route.channel, Medium.MAIL: alert.owner}
    for medium in route.notify:
        session.add(about(alert, medium, recipients[medium], ALERT, watch.at, due=at))


def owe_reply(
    session: Session,
    watch: Watch,
    alert: Alert,
    template: str,
    facts: dict[str, Any] | None = None,
    due: datetime | None = None,
) -> None:
    """Owe a reply under the alert's message in its channel; nothing where it shares one.

    `facts` are what the template `alerts/_TEMPLATE` shows; `people` among them are mentioned,
    otherwise the owner is. `due`: not before then.
    """
    channels = select(Post.recipient).where(
        Post.alert_id == alert.id,
        Post.medium == Medium.SLACK,
        Post.template == ALERT,
        col(Post.recipient).not_like("@%"),
    )
    for channel in session.exec(channels.distinct()).all():
        reply = about(alert, Medium.SLACK, channel, template, watch.at, due=due or watch.at)
        reply.facts = facts or {}
        session.add(reply)


def show_change(session: Session, alert: Alert, watch: Watch) -> None:
    """Raise the alert's revision and owe its Slack messages anew; many changes, one rewrite."""
    show_changes(session, [alert], watch)


def show_changes(session: Session, alerts: Sequence[Alert], watch: Watch) -> None:
    """Do so for many alerts at once; the message that they share is owed once."""
    for alert in alerts:
        alert.revision += 1
    session.add_all(alerts)
    session.flush()  # the posts take their revision from the rows
    for first in range(0, len(alerts), AT_ONCE):
        numbers = [alert.id for alert in alerts[first : first + AT_ONCE]]
        told = select(Alert.revision).where(Alert.id == Post.alert_id).scalar_subquery()
        _owe_anew(session, watch, told, Post.template == ALERT, col(Post.alert_id).in_(numbers))
    groups = {alert.group_id for alert in alerts if alert.group_id}
    if groups:
        changed = update(AlertGroup).where(col(AlertGroup.id).in_(groups))
        session.exec(changed.values(revision=AlertGroup.revision + 1))
        told = select(AlertGroup.revision).where(AlertGroup.id == Post.group_id).scalar_subquery()
        _owe_anew(session, watch, told, Post.template == GROUP, col(Post.group_id).in_(groups))


def _owe_anew(session: Session, watch: Watch, revision: Any, *which: Any) -> None:
    """Let Slack's messages say `revision`; those that were sent are owed again.

    The first change after a quiet time is due at once; those that come within
    `alerts.rewrite_every` of the last rewrite are one rewrite at its end.
    """
    messages = (
        update(Post)
        .where(*which, col(Post.medium) == Medium.SLACK, col(Post.state) != PostState.FAILED)
        .execution_options(synchronize_session=False)  # nobody looks at the posts held here
    )
    now, not_before = literal(watch.at, Moment()), col(Post.next_attempt_at)
    due = case((not_before > now, not_before), else_=now)
    # the revision first, which locks the rows: a post on its way stays so, and `sent`, which may
    # be under way, either sees the newer revision and owes it again or is seen here to have ended
    session.exec(messages.values(revision=revision))
    session.exec(
        messages.where(col(Post.state) == PostState.SENT).values(
            state=PostState.OWED, owed_since=due, next_attempt_at=due, attempts=0
        )
    )


def bring_forward(session: Session, alert: Alert, due: datetime) -> None:
    """Let what an alert owes and nobody has tried to send yet be sent from `due` on."""
    waiting = update(Post).where(
        col(Post.alert_id) == alert.id,
        col(Post.state) == PostState.OWED,
        col(Post.attempts) == 0,
        col(Post.sent_revision) == 0,
        col(Post.next_attempt_at) > due,
    )
    session.exec(waiting.values(owed_since=due, next_attempt_at=due))


def about(
    alert: Alert, medium: str, recipient: str, template: str, at: datetime, *, due: datetime
) -> Post:
    """Return a post about an alert that was caused at `at` and is not sent before `due`."""
    return Post(
        store=alert.store,
        medium=medium,
        recipient=recipient,
        template=template,
        alert_id=alert.id,
        revision=alert.revision,
        created_at=at,
        owed_since=due,
        next_attempt_at=due,
    )
