"""The ledger's side of delivery: what is due, what is taken along, what became of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.senders.transport import Errand
from bot.undeliverable import owe_notice
from core.ledger import opt_ins, posts
from core.ledger.database import Database
from core.ledger.life.groups import view
from core.ledger.life.history import steps_of
from core.ledger.life.silences import silenced_count
from core.ledger.posts import ALERT, UNDER, Lane
from core.ledger.tables import Alert, Post, PostState
from core.settings import Settings
from core.values import Medium


class Errands:
    """Claims posts and settles them; each call is one transaction."""

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._settings, self._clock = database, settings, clock
        self._lease = 2 * settings.outbox.send_timeout  # an answer, and the time to write it down

    def take_over(self) -> None:
        """Owe again what was on its way when the last process died.

        From a SQLite ledger one process delivers (`watchkeeper run` sees to it), so whatever is
        on its way when it starts was left there. Elsewhere the leases tell.
        """
        if self._database.engine.dialect.name == "sqlite":
            with self._database.write() as ledger:
                posts.release(ledger, self._clock(), all_of_them=True)

    def due_lanes(self) -> list[Lane]:
        """Return the lanes that something is due on, also what another process has lost."""
        now = self._clock()
        with self._database.read() as ledger:
            if not posts.any_lost(ledger, now):
                return posts.lanes_due(ledger, now)
        with self._database.write() as ledger:
            posts.release(ledger, now)
            return posts.lanes_due(ledger, now)

    def claim(self, lane: Lane) -> Errand | None:
        """Take the next post of a lane along, with what it is about; None: nothing to do there."""
        with self._database.write() as ledger:
            now = self._clock()
            claimed = posts.claim_next(ledger, lane, now, self._lease)
            if claimed is None:
                return None
            post, may_have_arrived = claimed
            parent = _parent(ledger, post)
            if parent and _on_its_way(parent):
                soon = now + self._settings.outbox.first_retry
                until = max(parent.next_attempt_at, soon)
                posts.postpone(ledger, post, until, uncertain=may_have_arrived)
                return None
            alert = ledger.get(Alert, post.alert_id) if post.alert_id else None
            return Errand(
                post=post,
                alert=alert,
                parent=parent,
                may_have_arrived=may_have_arrived,
                steps=steps_of(ledger, alert) if alert else [],
                group=view(ledger, post, self._settings.alerts.worst_shown),
                silences=silenced_count(ledger, self._settings, alert) if alert else 0,
                phone=_phone(ledger, post),
            )

    def sent(self, errand: Errand, place: dict[str, Any] | None) -> None:
        """Write down that a post was sent."""
        rewrite_every = self._settings.alerts.rewrite_every
        with self._database.write() as ledger:
            posts.sent(
                ledger, errand.post.id, _revision(errand), place, self._clock(), rewrite_every
            )

    def owe_again(self, post_id: str, error: str, at: datetime, *, uncertain: bool) -> None:
        """Write down that a post is tried again at a later moment, and why."""
        with self._database.write() as ledger:
            posts.not_sent(ledger, post_id, error=error, next_attempt_at=at, uncertain=uncertain)

    def failed(self, errand: Errand, error: str) -> None:
        """Write down that a post failed for good; people hear of it."""
        with self._database.write() as ledger:
            post = posts.failed(ledger, errand.post.id, error)
            if post.state == PostState.FAILED and not _told_with_its_parent(errand):
                owe_notice(ledger, self._settings, post, errand.alert, self._clock())


def _revision(errand: Errand) -> int:
    """Return what a message says: the alert as it was taken along, or all there was to say."""
    post, alert = errand.post, errand.alert
    return alert.revision if alert and post.template == ALERT else post.revision


def _parent(ledger: Session, post: Post) -> Post | None:
    """Return the message that a Slack reply goes under, or that a mail follows; None: no other.

    A reply's is the one it names, or the alert's latest there. A mail's is the first about its
    alert to the same person, so that mail programs show them together.
    """
    if UNDER in post.facts:
        return ledger.get(Post, post.facts[UNDER])
    if post.alert_id is None:
        return None
    query = select(Post).where(
        Post.alert_id == post.alert_id,
        Post.medium == post.medium,
        Post.recipient == post.recipient,
        Post.id != post.id,
    )
    if post.medium == Medium.MAIL:
        earlier = query.where(col(Post.sent_at).is_not(None)).order_by(col(Post.sent_at))
        return ledger.exec(earlier).first()
    if post.template == ALERT:
        return None
    messages = query.where(Post.template == ALERT)
    return ledger.exec(messages.order_by(col(Post.created_at).desc())).first()


def _on_its_way(parent: Post) -> bool:
    """Tell whether the message that a reply goes under is owed, but not there yet."""
    return parent.place is None and parent.state != PostState.FAILED


def _told_with_its_parent(errand: Errand) -> bool:
    """Tell whether a reply only failed because the message that it goes under did."""
    return errand.parent is not None and errand.parent.state == PostState.FAILED


def _phone(ledger: Session, post: Post) -> str | None:
    if post.medium != Medium.WHATSAPP:
        return None
    opt_in = opt_ins.find(ledger, post.recipient)
    return opt_in.phone if opt_in else None
