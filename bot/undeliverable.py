"""A message that failed for good: a person hears of it over the other medium (law 3)."""

from datetime import datetime

from sqlmodel import Session

from core.duty import on_duty
from core.ledger import posts
from core.ledger.tables import Alert, Post
from core.settings import Medium, Settings

TEMPLATE = "undeliverable"


def owe_notice(
    ledger: Session, settings: Settings, post: Post, alert: Alert | None, now: datetime
) -> None:
    """Owe the fallback role's person the news of a failed post.

    A notice that fails itself owes none: when both media are dead there is no end to it.
    `watchkeeper outbox --failed` still lists it.
    """
    if post.template == TEMPLATE:
        return
    store = settings.store_of(post.store)
    keeper = on_duty(settings, store, settings.duty.fallback, now).person
    by_mail = post.medium == Medium.SLACK
    posts.owe_text(
        ledger,
        store=post.store,
        medium=Medium.MAIL if by_mail else Medium.SLACK,
        recipient=keeper.email if by_mail else settings.slack.channel,
        template=TEMPLATE,
        facts={
            "person": keeper.email,
            "post_id": post.id,
            "medium": post.medium,
            "recipient": post.recipient,
            "error": post.error,
            "check": alert.check if alert else None,
            "subject": alert.subject if alert else None,
        },
        at=now,
    )
