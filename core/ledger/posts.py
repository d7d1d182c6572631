"""The outbox's rows: what is owed, what is on its way, what was sent, what failed (law 3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, literal, not_, update
from sqlmodel import Session, col, func, select

from core.ledger.tables import Alert, AlertGroup, Post, PostState
from core.ledger.types import Moment
from core.ledger.watch import Watch
from core.values import Medium

ALERT = "alert"
"""The template name of posts that show an alert; the alert's check decides what they say."""
GROUP, GROUP_LIST = "group", "group_csv"
"""Those of a message that many alerts share, and of the list in its thread."""
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


def owe_text(
    session: Session,
    *,
    store: str,
    medium: Medium,
    recipient: str,
    template: str,
    facts: dict[str, Any],
    at: datetime,
) -> None:
    """Owe a message that is about no alert."""
    session.add(
        Post(
            store=store,
            medium=medium,
            recipient=recipient,
            template=template,
            facts=facts,
            created_at=at,
            owed_since=at,
            next_attempt_at=at,
        )
    )


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


class Lane(NamedTuple):
    """Posts that go one after the other: all new ones to a recipient, or all rewrites there.

    Slack counts them apart: new messages by channel and second, rewrites by the minute. So what
    somebody clicked shows while a storm still goes out.
    """

    medium: str
    recipient: str
    rewrite: bool = False


_IS_REWRITE = col(Post.sent_revision) > 0


def lanes_due(session: Session, at: datetime) -> list[Lane]:
    """Return the lanes that have a post whose next attempt is due."""
    query = select(Post.medium, Post.recipient, _IS_REWRITE).where(
        Post.state == PostState.OWED, col(Post.next_attempt_at) <= at
    )
    return [
        Lane(medium, recipient, bool(rewrite))
        for medium, recipient, rewrite in session.exec(query.distinct())
    ]


def claim_next(
    session: Session, lane: Lane, at: datetime, lease: timedelta
) -> tuple[Post, bool] | None:
    """Mark the lane's longest owed post as on its way; None when nothing is due.

    It comes with whether an earlier attempt may have arrived. From here until an answer the post
    is uncertain: a crash in between leaves it so, and the sender asks the other side first.
    Nobody else takes it before the lease is over; then it counts as lost (`release`).
    """
    query = select(Post).where(
        Post.state == PostState.OWED,
        col(Post.next_attempt_at) <= at,
        Post.medium == lane.medium,
        Post.recipient == lane.recipient,
        _IS_REWRITE if lane.rewrite else not_(_IS_REWRITE),
    )
    in_order = query.order_by(col(Post.created_at), col(Post.alert_id), col(Post.id)).limit(1)
    post = session.exec(in_order.with_for_update(skip_locked=True)).first()
    if post is None:
        return None
    was_uncertain = post.uncertain
    post.state, post.uncertain, post.attempts = PostState.SENDING, True, post.attempts + 1
    post.next_attempt_at = at + lease
    session.add(post)
    return post, was_uncertain


def postpone(session: Session, post: Post, until: datetime, *, uncertain: bool) -> None:
    """Owe a claimed post again at a later moment, as if it had not been claimed."""
    post.state, post.uncertain, post.attempts = PostState.OWED, uncertain, post.attempts - 1
    post.owed_since = post.next_attempt_at = until
    session.add(post)


def sent(
    session: Session,
    post_id: str,
    revision: int,
    place: dict[str, Any] | None,
    at: datetime,
    rewrite_every: timedelta,
) -> None:
    """Record that the message now says `revision` at `place`; owe it again if it is behind."""
    post = session.get_one(Post, post_id, with_for_update=True)
    post.sent_revision, post.place, post.sent_at = revision, place or post.place, post.sent_at or at
    post.uncertain, post.error, post.attempts = False, None, 0
    behind = post.revision > revision and post.medium == Medium.SLACK
    post.state = PostState.OWED if behind else PostState.SENT
    post.owed_since = post.next_attempt_at = at + rewrite_every
    session.add(post)


def not_sent(
    session: Session, post_id: str, *, error: str, next_attempt_at: datetime, uncertain: bool
) -> None:
    """Owe the post again at a later moment. What another process has sent meanwhile stays sent."""
    post = session.get_one(Post, post_id, with_for_update=True)
    if post.state == PostState.SENT:
        return
    post.state, post.error = PostState.OWED, error
    post.next_attempt_at, post.uncertain = next_attempt_at, uncertain
    session.add(post)


def failed(session: Session, post_id: str, error: str) -> Post:
    """Stop a post for good; a person has to look (`watchkeeper outbox --failed`).

    It stays uncertain: should it be tried again, the other side is asked first. What another
    process has sent meanwhile stays sent.
    """
    post = session.get_one(Post, post_id, with_for_update=True)
    if post.state != PostState.SENT:
        post.state, post.error = PostState.FAILED, error
        session.add(post)
    return post


def retry(session: Session, at: datetime, post_id: str | None = None) -> int:
    """Owe a failed post again, or all that failed; return how many.

    Where nobody can be asked whether it arrived (only Slack can), the person who retries has
    decided that it did not.
    """
    query = select(Post).where(Post.state == PostState.FAILED)
    if post_id is not None:
        query = query.where(Post.id == post_id)
    stopped = session.exec(query.with_for_update()).all()
    for post in stopped:
        post.state, post.attempts = PostState.OWED, 0
        post.owed_since = post.next_attempt_at = at
        post.uncertain = post.uncertain and post.medium == Medium.SLACK
        session.add(post)
    return len(stopped)


def any_lost(session: Session, at: datetime) -> bool:
    """Tell whether a post is on its way for longer than its lease: its process has died."""
    query = select(Post.id).where(Post.state == PostState.SENDING, col(Post.next_attempt_at) <= at)
    return session.exec(query.limit(1)).first() is not None


def release(session: Session, at: datetime, *, all_of_them: bool = False) -> int:
    """Owe again what was on its way when its process died; return how many.

    Its lease is over then. `all_of_them`: whatever is on its way, which only a process may say
    that has just started and is the only one to deliver.
    """
    lost = update(Post).where(col(Post.state) == PostState.SENDING)
    if not all_of_them:
        lost = lost.where(col(Post.next_attempt_at) <= at)
    return session.exec(lost.values(state=PostState.OWED, next_attempt_at=at)).rowcount


def oldest_owed(session: Session, at: datetime) -> datetime | None:
    """Return since when the longest owed post waits; what is not due yet does not wait."""
    query = select(func.min(Post.owed_since)).where(
        col(Post.state).in_([PostState.OWED, PostState.SENDING]), col(Post.owed_since) <= at
    )
    return session.exec(query).one()


def by_state(session: Session) -> dict[str, int]:
    """Return how many posts are in each state."""
    counted = select(Post.state, func.count()).group_by(Post.state)
    return {state.value: 0 for state in PostState} | dict(session.exec(counted).all())


def listed(session: Session, *, only_failed: bool, limit: int = 200) -> Sequence[Post]:
    """Return what is not settled: failed posts first, then the owed ones by their next attempt."""
    states = (
        [PostState.FAILED] if only_failed else [PostState.FAILED, PostState.OWED, PostState.SENDING]
    )
    first = case((col(Post.state) == PostState.FAILED, 0), else_=1)
    query = select(Post).where(col(Post.state).in_(states))
    return session.exec(query.order_by(first, col(Post.next_attempt_at)).limit(limit)).all()
