"""Messages that are owed for long, or that failed (law 5): one finding a medium."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, case
from sqlmodel import Session, and_, col, func, or_, select

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger.tables import Post, PostState
from core.settings import Store
from core.stanza import Duration


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    owed_for: Duration = Field(description="a message owed for so long is told")
    tell_failed_for: Duration = Field(description="a message that failed is told for so long")


def find(ledger: Session, as_of: datetime, store: Store, stanza: Settings) -> Iterator[Finding]:
    """Yield a finding for every medium with messages that do not arrive.

    One that waits for somebody's morning is owed from then on only. What the outbox was like in
    the past is not kept: asked about a past moment, it tells what has not been settled since.
    """
    stuck = _stuck(as_of, store, stanza)
    failed = func.sum(case((_is(PostState.FAILED), 1), else_=0))
    counted = select(Post.medium, func.count(), failed, func.min(Post.owed_since)).where(stuck)
    for medium, count, failures, oldest in ledger.exec(counted.group_by(Post.medium)).all():
        told = {
            "medium": medium,
            "owed": count - failures,
            "failed": failures,
            "oldest": oldest,
            "error": _last_error(ledger, medium, stuck),
        }
        yield Finding(subject=medium, facts=facts(told), since=oldest)


def _stuck(as_of: datetime, store: Store, stanza: Settings) -> ColumnElement[bool]:
    owed = _is(PostState.OWED, PostState.SENDING)
    return and_(
        col(Post.store) == store.name,
        or_(
            and_(owed, col(Post.owed_since) <= as_of - stanza.owed_for),
            # when a failed post was tried last
            and_(_is(PostState.FAILED), col(Post.next_attempt_at) > as_of - stanza.tell_failed_for),
        ),
    )


def _is(*states: PostState) -> ColumnElement[bool]:
    return col(Post.state).in_(states)


def _last_error(ledger: Session, medium: str, stuck: ColumnElement[bool]) -> str | None:
    query: Any = select(Post.error).where(
        stuck, Post.medium == medium, col(Post.error).is_not(None)
    )
    error: str | None = ledger.exec(
        query.order_by(col(Post.next_attempt_at).desc()).limit(1)
    ).first()
    return error
