"""The outbox's rows: what is owed, what is on its way, what was sent, what failed (law 3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, not_, update
from sqlmodel import Session, col, func, select

from core.ledger.tables import Post, PostState
from core.values import Medium

ALERT = "alert"
"""The template name of posts that show an alert; the alert's check decides what they say."""
GROUP, GROUP_LIST = "group", "group_csv"
"""Those of a message that many alerts share, and of the list in its thread."""
FILE = "file"
"""That of a file; the fact of the same name says which of bot/files makes it."""
UNDER = "under"
"""The fact of a reply that names the post it stands under."""


def new_post(
    store: str,
    medium: str,
    recipient: str,
    template: str,
    at: datetime,
    *,
    due: datetime | None = None,
) -> Post:
    """Return a post that is caused at a moment; it is not sent before `due`, if that is given."""
    due = due or at
    return Post(
        store=store,
        medium=medium,
        recipient=recipient,
        template=template,
        created_at=at,
        owed_since=due,
        next_attempt_at=due,
    )


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
    post = new_post(store, medium, recipient, template, at)
    post.facts = facts
    session.add(post)


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


def came_back(session: Session, medium: Medium, message_id: str, error: str) -> Post | None:
    """Fail a post that was sent, and did not arrive, as its medium tells later; None: no such one.

    What failed, or is owed again, stays so: such news may come twice, and late.
    """
    query = select(Post).where(
        Post.state == PostState.SENT,
        Post.medium == medium,
        col(Post.place)["message_id"].as_string() == message_id,
    )
    post = session.exec(query.with_for_update()).first()
    if post is not None:
        post.state, post.error = PostState.FAILED, error
        post.sent_revision, post.sent_at = 0, None
        session.add(post)
    return post


def any_on_its_way(session: Session, medium: Medium) -> bool:
    """Tell whether a post is on its way over a medium: what it is called there is not known yet."""
    query = select(Post.id).where(Post.state == PostState.SENDING, Post.medium == medium)
    return session.exec(query.limit(1)).first() is not None


def recipients_at(session: Session, medium: Medium, address: str) -> Sequence[str]:
    """Return whom a medium has reached at an address that it calls otherwise than we do."""
    reached = col(Post.place)["wa_id"].as_string() == address
    query = select(Post.recipient).where(
        Post.state == PostState.SENT, Post.medium == medium, reached
    )
    return session.exec(query.distinct()).all()


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
