"""What an alert owes: its own message, replies and files under it, and their rewrites."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import case, literal, update
from sqlmodel import Session, col, select

from core.ledger.life.watch import Watch
from core.ledger.posts import ALERT, FILE, GROUP, UNDER, new_post
from core.ledger.tables import Alert, AlertGroup, AlertState, Post, PostState
from core.ledger.types import Moment
from core.values import Medium

_AT_ONCE = 5_000
"""Alerts that one statement names; databases take some ten thousand values."""
A_MOMENT = timedelta(microseconds=1)
"""How much later a post is caused than the one before it, so that a lane keeps their order."""

Item = TypeVar("Item")


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield items in parts, each no more than one statement may name."""
    for first in range(0, len(items), _AT_ONCE):
        yield items[first : first + _AT_ONCE]


_UNTRIED = (
    col(Post.state) == PostState.OWED,
    col(Post.attempts) == 0,
    col(Post.sent_revision) == 0,
)
"""What is true of a post that nobody has tried to send yet."""


def owe(session: Session, watch: Watch, alert: Alert) -> None:
    """Owe the alert's own message over each medium that its route names.

    Slack's and the mail wait until the owner can be reached. Under Slack's stand the files that
    go with the check's alerts; the mail carries them itself.
    """
    route = watch.route(alert)
    if route is None:
        return
    at = watch.reached_at(watch.owner(alert), alert)
    recipients = {Medium.SLACK: route.channel, Medium.MAIL: alert.owner}
    for medium in route.notify:
        message = about(alert, medium, recipients[medium], ALERT, watch.at, due=at)
        session.add(message)
        if medium == Medium.SLACK:
            session.add_all(_files(watch, alert, message))


def _files(watch: Watch, alert: Alert, message: Post) -> Iterator[Post]:
    """Yield the posts of the files that go with an alert; what cannot be told has none."""
    stanza = watch.stanza(alert)
    for kind in stanza.attach if stanza and not alert.blind else ():
        yield _file(watch, alert, message.recipient, {UNDER: message.id, FILE: kind}, message)


def owe_file(
    session: Session, watch: Watch, alert: Alert, kind: str, facts: dict[str, Any] | None = None
) -> None:
    """Owe a file under the alert's latest message in its channel; `kind` of bot/files makes it.

    Where the alert shares a message, its owner has the file as a direct message. `facts` are what
    that module makes it from, beside the alert.
    """
    told = dict(facts or {}) | {FILE: kind}
    message = None if alert.group_id else _latest_message(session, alert)
    if message is not None:
        told[UNDER] = message.id
    recipient = message.recipient if message else f"@{alert.owner}"
    session.add(_file(watch, alert, recipient, told, message))


def _latest_message(session: Session, alert: Alert) -> Post | None:
    query = select(Post).where(
        Post.alert_id == alert.id,
        Post.medium == Medium.SLACK,
        Post.template == ALERT,
        Post.state != PostState.FAILED,
        col(Post.recipient).not_like("@%"),
    )
    return session.exec(query.order_by(col(Post.created_at).desc()).limit(1)).first()


def _file(
    watch: Watch, alert: Alert, recipient: str, facts: dict[str, Any], message: Post | None
) -> Post:
    due = max(watch.at, message.next_attempt_at) if message and not message.place else watch.at
    post = about(alert, Medium.SLACK, recipient, FILE, watch.at, due=due)
    post.facts = facts
    post.created_at += A_MOMENT  # after the message that it stands under
    return post


def owe_reply(
    session: Session,
    watch: Watch,
    alert: Alert,
    template: str,
    facts: dict[str, Any] | None = None,
    due: datetime | None = None,
) -> None:
    """Owe a reply under the alert's message in its channel.

    Where it shares one there is nothing to reply to: its owner has it as a direct message.
    `facts` are what the template `alerts/_TEMPLATE` shows; `people` among them are mentioned,
    otherwise the owner is. `due`: not before then.
    """
    messages = select(Post.recipient).where(
        Post.alert_id == alert.id, Post.medium == Medium.SLACK, Post.template == ALERT
    )
    places = set(session.exec(messages).all())
    if alert.group_id is None:
        channels = sorted(place for place in places if not place.startswith("@"))
    else:
        channels = [f"@{alert.owner}"]
        template = template if channels[0] in places else ALERT
    for channel in channels:
        reply = about(alert, Medium.SLACK, channel, template, watch.at, due=due or watch.at)
        reply.facts = facts or {}
        session.add(reply)


def owe_new_owner(
    session: Session, watch: Watch, alert: Alert, before: str, *, by_hand: bool
) -> None:
    """Owe the word that an alert is somebody's now.

    A mail that waits for the owner `before` goes to them instead, otherwise one of their own. What
    shares a message is told when a person hands it over; the clock hands over many at once, and
    the chain's steps tell of them in one message.
    """
    route = watch.route(alert)
    if route is None or alert.told_at is None or (alert.group_id is not None and not by_hand):
        return
    due = watch.reached_at(watch.owner(alert), alert)
    if Medium.SLACK in route.notify:
        owe_reply(session, watch, alert, "handed_over", due=due)
    if Medium.MAIL in route.notify and not _readdressed(session, alert, before, due):
        session.add(about(alert, Medium.MAIL, alert.owner, ALERT, watch.at, due=due))


def _readdressed(session: Session, alert: Alert, before: str, due: datetime) -> bool:
    """Send the alert's mail that nobody has tried to send yet to its new owner, if there is one."""
    waiting = update(Post).where(
        col(Post.alert_id) == alert.id,
        col(Post.medium) == Medium.MAIL,
        col(Post.template) == ALERT,
        col(Post.recipient) == before,
        *_UNTRIED,
    )
    moved = waiting.values(recipient=alert.owner, owed_since=due, next_attempt_at=due)
    return session.exec(moved).rowcount > 0


def show_change(session: Session, alert: Alert, watch: Watch) -> None:
    """Raise the alert's revision and owe its Slack messages anew; many changes, one rewrite."""
    show_changes(session, [alert], watch)


def show_changes(session: Session, alerts: Sequence[Alert], watch: Watch) -> None:
    """Do so for many alerts at once; the message that they share is owed once."""
    for alert in alerts:
        alert.revision += 1
    session.add_all(alerts)
    session.flush()  # the posts take their revision from the rows
    for some in batches(alerts):
        numbers = [alert.id for alert in some]
        told = select(Alert.revision).where(Alert.id == Post.alert_id).scalar_subquery()
        _owe_anew(session, watch, told, Post.template == ALERT, col(Post.alert_id).in_(numbers))
    groups = {alert.group_id for alert in alerts if alert.group_id}
    if groups:
        changed = update(AlertGroup).where(col(AlertGroup.id).in_(groups))
        session.exec(changed.values(revision=AlertGroup.revision + 1))
        told = select(AlertGroup.revision).where(AlertGroup.id == Post.group_id).scalar_subquery()
        _owe_anew(session, watch, told, Post.template == GROUP, col(Post.group_id).in_(groups))
    over = {alert.silenced_by for alert in alerts if alert.state == AlertState.RESOLVED}
    show_explaining(session, watch, over)  # it holds back fewer now


def show_explaining(session: Session, watch: Watch, reasons: Iterable[str | None]) -> None:
    """Let live alerts that explain others say anew how many; `reasons` are `Alert.silenced_by`."""
    known = [why.split() for why in reasons if why]
    numbers = [int(number) for what, number in known if what == "alert"]
    if numbers:
        live = (col(Alert.gone_at).is_(None), Alert.state != AlertState.RESOLVED)
        told = col(Alert.told_at).is_not(None)
        query = select(Alert).where(col(Alert.id).in_(numbers), *live, told)
        # one that somebody else holds may wait for what is held here: it says so another time
        free = session.exec(query.with_for_update(skip_locked=True)).all()
        show_changes(session, free, watch)


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
        *_UNTRIED,
        col(Post.next_attempt_at) > due,
    )
    session.exec(waiting.values(owed_since=due, next_attempt_at=due))


def about(
    alert: Alert, medium: str, recipient: str, template: str, at: datetime, *, due: datetime
) -> Post:
    """Return a post about an alert that was caused at `at` and is not sent before `due`."""
    post = new_post(alert.store, medium, recipient, template, at, due=due)
    post.alert_id, post.revision = alert.id, alert.revision
    return post
