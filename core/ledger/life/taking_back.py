"""Messages still waiting when what they say becomes silent: taken back, and owed anew later."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.ledger.life.owing import batches
from core.ledger.posts import ALERT, GROUP
from core.ledger.tables import Alert, AlertState, Post, PostState


def take_back(session: Session, silent: Sequence[Alert]) -> None:
    """Let alerts that have become silent be untold again where no message about them has left.

    That is what waits for somebody's morning, or for its turn. When such an alert speaks again it
    is told like a new one. A message that many share goes out as long as one of them speaks.
    """
    alone = {alert.id: alert for alert in silent if alert.told_at and alert.group_id is None}
    for numbers in batches(list(alone)):
        query = select(Post).where(col(Post.alert_id).in_(numbers))
        posts: dict[int | None, list[Post]] = defaultdict(list)
        for post in session.exec(query.with_for_update()):
            posts[post.alert_id].append(post)
        for number, owed in posts.items():
            if _taken_back(session, ALERT, owed):
                alone[number].told_at = None
    for group in sorted({alert.group_id for alert in silent if alert.told_at and alert.group_id}):
        _take_back_shared(session, group)


def _take_back_shared(session: Session, group: int) -> None:
    query = select(Alert).where(Alert.group_id == group, Alert.state != AlertState.RESOLVED)
    members = session.exec(query).all()
    # one that somebody else holds may wait for what is held here: then the message goes out
    held = session.exec(query.with_for_update(skip_locked=True)).all()
    if len(held) < len(members) or any(alert.silenced_by is None for alert in members):
        return
    posts = session.exec(select(Post).where(Post.group_id == group).with_for_update()).all()
    if _taken_back(session, GROUP, posts):
        for alert in members:
            alert.told_at = alert.group_id = None


def _taken_back(session: Session, template: str, posts: Sequence[Post]) -> bool:
    """Delete what is owed about one thing and waits, unless a message of its own may have left."""
    messages = [post for post in posts if post.template == template]
    if not messages or not all(map(_waits, messages)):
        return False
    for post in filter(_waits, posts):
        session.delete(post)
    return True


def _waits(post: Post) -> bool:
    return post.state == PostState.OWED and post.sent_revision == 0 and not post.uncertain
