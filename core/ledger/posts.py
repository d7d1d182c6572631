"""The outbox's rows: what is owed, what is on its way, what was sent, what failed (law 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, update
from sqlmodel import Session, col, func, select

from core.ledger.tables import Alert, Post, PostState
from core.settings import CheckSettings, Medium, Settings

ALERT = "alert"
"""The template name of posts that show an alert; the alert's check decides what they say."""


def owe(
    session: Session, alert: Alert, stanza: CheckSettings, settings: Settings, at: datetime
) -> None:
    """Owe the alert's message over each medium that its check notifies by."""
    recipients = {
        Medium.SLACK: stanza.channel or settings.slack.channel,
        Medium.MAIL: alert.owner,
    }
    for medium in stanza.notify:
        session.add(_about(alert, medium, recipients[medium], ALERT, at))


def owe_reply(session: Session, alert: Alert, template: str, at: datetime) -> None:
    """Owe a reply in every Slack channel that the alert's message stands in."""
    channels = select(Post.recipient).where(
        Post.alert_id == alert.id, Post.medium == Medium.SLACK, Post.template == ALERT
    )
    for channel in session.exec(channels.distinct()).all():
        session.add(_about(alert, Medium.SLACK, channel, template, at))


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


def show_change(session: Session, alert: Alert, at: datetime) -> None:
    """Raise the alert's revision and owe its Slack messages anew; many changes, one rewrite."""
    alert.revision += 1
    session.add(alert)
    messages = update(Post).where(
        col(Post.alert_id) == alert.id,
        col(Post.medium) == Medium.SLACK,
        col(Post.template) == ALERT,
        col(Post.state) != PostState.FAILED,
    )
    # a post on its way stays so: `sent` sees the newer revision and owes it again
    session.exec(
        messages.where(col(Post.state) == PostState.SENT).values(
            state=PostState.OWED, owed_since=at, next_attempt_at=at, attempts=0
        )
    )
    session.exec(messages.values(revision=alert.revision))


def _about(alert: Alert, medium: str, recipient: str, template: str, at: datetime) -> Post:
    return Post(
        store=alert.store,
        medium=medium,
        recipient=recipient,
        template=template,
        alert_id=alert.id,
        revision=alert.revision,
        created_at=at,
        owed_since=at,
        next_attempt_at=at,
    )


Lane = tuple[str, str]
"""A medium and a recipient: posts of one lane go one after the other."""


def lanes_due(session: Session, at: datetime) -> Sequence[Lane]:
    """Return the lanes that have a post whose next attempt is due."""
    query = select(Post.medium, Post.recipient).where(
        Post.state == PostState.OWED, col(Post.next_attempt_at) <= at
    )
    return session.exec(query.distinct()).all()


def claim_next(session: Session, lane: Lane, at: datetime) -> tuple[Post, bool] | None:
    """Mark the lane's longest owed post as on its way; None when nothing is due.

    It comes with whether an earlier attempt may have arrived. From here until an answer the post
    is uncertain: a crash in between leaves it so, and the sender asks the other side first.
    """
    medium, recipient = lane
    query = select(Post).where(
        Post.state == PostState.OWED,
        col(Post.next_attempt_at) <= at,
        Post.medium == medium,
        Post.recipient == recipient,
    )
    in_order = query.order_by(col(Post.created_at), col(Post.alert_id), col(Post.id)).limit(1)
    post = session.exec(in_order.with_for_update(skip_locked=True)).first()
    if post is None:
        return None
    was_uncertain = post.uncertain
    post.state, post.uncertain, post.attempts = PostState.SENDING, True, post.attempts + 1
    session.add(post)
    return post, was_uncertain


def sent(
    session: Session, post_id: str, revision: int, place: dict[str, Any] | None, at: datetime
) -> None:
    """Record that the message now says `revision` at `place`; owe it again if it is behind."""
    post = session.get_one(Post, post_id, with_for_update=True)
    post.sent_revision, post.place, post.sent_at = revision, place or post.place, post.sent_at or at
    post.uncertain, post.error, post.attempts = False, None, 0
    behind = post.revision > revision and post.medium == Medium.SLACK
    post.state = PostState.OWED if behind else PostState.SENT
    post.owed_since = post.next_attempt_at = at
    session.add(post)


def not_sent(
    session: Session, post_id: str, *, error: str, next_attempt_at: datetime, uncertain: bool
) -> None:
    """Owe the post again at a later moment."""
    post = session.get_one(Post, post_id, with_for_update=True)
    post.state, post.error = PostState.OWED, error
    post.next_attempt_at, post.uncertain = next_attempt_at, uncertain
    session.add(post)


def failed(session: Session, post_id: str, error: str) -> Post:
    """Stop a post for good; a person has to look (`watchkeeper outbox --failed`).

    It stays uncertain: should it be tried again, the other side is asked first.
    """
    post = session.get_one(Post, post_id, with_for_update=True)
    post.state, post.error = PostState.FAILED, error
    session.add(post)
    return post


def retry(session: Session, post_id: str, at: datetime) -> bool:
    """Owe a failed post again; False when there is no such failed post."""
    post = session.get(Post, post_id, with_for_update=True)
    if post is None or post.state != PostState.FAILED:
        return False
    post.state, post.attempts, post.next_attempt_at = PostState.OWED, 0, at
    post.owed_since = at
    session.add(post)
    return True


def recover(session: Session) -> int:
    """Owe again what was on its way when the process died; return how many."""
    dead = update(Post).where(col(Post.state) == PostState.SENDING)
    return session.exec(dead.values(state=PostState.OWED)).rowcount


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
