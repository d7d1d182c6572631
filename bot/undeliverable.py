"""What failed for good reaches a person over another medium (law 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.alert_text import alert_title
from core.ledger import posts
from core.ledger.life import owing
from core.ledger.life.watch import Watch, watch
from core.ledger.tables import Alert, AlertState, Post, PostState
from core.markup import to_plain
from core.settings import Person, Settings
from core.values import Medium

TEMPLATE = "undeliverable"
NAMED = 5
"""Failed messages that a notice names; `watchkeeper outbox --failed` lists them all."""


def owe_notice(
    ledger: Session, settings: Settings, post: Post, alert: Alert | None, now: datetime
) -> None:
    """Owe the fallback role's person the news of a failed post, and owners the alert itself.

    Many that fail over one medium for one reason are one notice, and such notices come no more
    often than `outbox.notice_every`: what fails meanwhile is gathered in the next. A notice that
    fails itself owes none: when both media are dead there is no end to it. `watchkeeper outbox
    --failed` still lists it.
    """
    if post.template == TEMPLATE:
        return
    today = watch(ledger, settings, now)
    if alert is not None and post.template != posts.FILE:
        _owe_alert_itself(ledger, today, post, alert)
    if post.group_id is not None and post.medium == Medium.SLACK:
        _owe_group_itself(ledger, today, post)
    store = settings.store_of(post.store)
    keeper = today.roster.on_duty(store, settings.duty.fallback, now).person
    failure = _failure(settings, post, alert, keeper)
    earlier = _same_reason(ledger, post)
    waiting = next((notice for notice in earlier if notice.state == PostState.OWED), None)
    if waiting is None:
        latest = max((notice.sent_at or notice.created_at for notice in earlier), default=None)
        due = max(now, latest + settings.outbox.notice_every) if latest else now
        waiting = _notice(settings, post, keeper, now, due)
    named = [*waiting.facts["failed"], failure][:NAMED]
    waiting.facts = waiting.facts | {"count": waiting.facts["count"] + 1, "failed": named}
    ledger.add(waiting)


def _owe_alert_itself(ledger: Session, today: Watch, post: Post, alert: Alert) -> None:
    """Owe the alert's owner the alert by the other medium, unless that one has it already.

    One that failed there counts too: when both media are dead, it ends.
    """
    if post.sent_revision or alert.state == AlertState.RESOLVED:
        return
    owner, medium = today.owner(alert), _other_medium(post)
    known = select(Post.id).where(
        Post.alert_id == alert.id, Post.medium == medium, Post.template == posts.ALERT
    )
    if medium == Medium.MAIL:
        known = known.where(Post.recipient == owner.email)
    if ledger.exec(known.limit(1)).first() is None:
        recipient = owner.email if medium == Medium.MAIL else f"@{owner.email}"
        due = today.reached_at(owner, alert)
        ledger.add(owing.about(alert, medium, recipient, posts.ALERT, today.at, due=due))


def _owe_group_itself(ledger: Session, today: Watch, post: Post) -> None:
    """Owe the owners of alerts that share a message theirs by mail, unless they have it already."""
    if post.sent_revision or post.template != posts.GROUP:
        return
    mailed = select(Post.recipient).where(
        Post.group_id == post.group_id, Post.medium == Medium.MAIL, Post.template == posts.GROUP
    )
    owners = select(Alert.owner).where(
        Alert.group_id == post.group_id,
        Alert.state != AlertState.RESOLVED,
        col(Alert.owner).not_in(mailed),
    )
    for owner in ledger.exec(owners.distinct()).all():
        mail = posts.new_post(post.store, Medium.MAIL, owner, posts.GROUP, today.at)
        mail.group_id, mail.facts = post.group_id, {"owner": owner}
        ledger.add(mail)


def _other_medium(post: Post) -> Medium:
    return Medium.MAIL if post.medium == Medium.SLACK else Medium.SLACK


def _failure(settings: Settings, post: Post, alert: Alert | None, keeper: Person) -> dict[str, Any]:
    """Return what a notice says of one failed message."""
    return {
        "post_id": post.id,
        "recipient": post.recipient,
        "alert": alert.id if alert else None,
        "title": _title(settings, alert, keeper) if alert else None,
    }


def _title(settings: Settings, alert: Alert, keeper: Person) -> str:
    """Return an alert's title; check and subject where it is the title that cannot be made."""
    try:
        return to_plain(alert_title(alert, settings, keeper.locale))
    except Exception:  # noqa: BLE001  (templates can fail in any way; this news must get through)
        return f"{alert.check}: {alert.subject}"


def _same_reason(ledger: Session, post: Post) -> Sequence[Post]:
    """Return the notices of what failed over the same medium with the same error, locked."""
    query = select(Post).where(Post.template == TEMPLATE, Post.store == post.store)
    notices = ledger.exec(query.order_by(col(Post.created_at)).with_for_update()).all()
    reason = post.medium, post.error
    return [n for n in notices if (n.facts.get("medium"), n.facts.get("error")) == reason]


def _notice(settings: Settings, post: Post, keeper: Person, now: datetime, due: datetime) -> Post:
    """Return a notice that names no failed message yet."""
    medium = _other_medium(post)
    recipient = keeper.email if medium == Medium.MAIL else settings.slack.channel
    notice = posts.new_post(post.store, medium, recipient, TEMPLATE, now, due=due)
    reason = {"person": keeper.email, "medium": post.medium, "error": post.error}
    notice.facts = reason | {"count": 0, "failed": []}
    return notice
