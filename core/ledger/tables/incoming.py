"""What is remembered of the ways that facts come in: how far each was read, who may push."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class FeedCursor(SQLModel, table=True):
    """How far a feed was read; what it holds is the connector's own."""

    __tablename__ = "feed_cursor"

    source: str = Field(primary_key=True)
    feed: str = Field(primary_key=True)
    cursor: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))
    kept_at: datetime = Field(sa_type=Moment)


class UnknownValue(SQLModel, table=True):
    """A word of a service that we do not know, kept in its records as `unknown:<raw>`."""

    __tablename__ = "unknown_value"

    source: str = Field(primary_key=True)
    kind: str = Field(primary_key=True, description="the kind of record it stands in")
    column: str = Field(primary_key=True)
    value: str = Field(primary_key=True, description="as the service gave it")
    store: str
    first_seen_at: datetime = Field(sa_type=Moment)


class PushToken(SQLModel, table=True):
    """Somebody who may push records; only a hash of the token is kept."""

    __tablename__ = "push_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, description="who pushes, for instance mango_rpa")
    store: str
    token_hash: str = Field(unique=True, description="SHA-256 of the token, in hex")
    kinds: list[str] = Field(
        default=[],
        sa_column=Column(JSON, nullable=False),
        description="the kinds of record it may push; none: all of them",
    )
    created_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)


class PushAnswer(SQLModel, table=True):
    """What a push with an idempotency key was answered: the same push gets the same answer."""

    __tablename__ = "push_answer"

    token_id: int = Field(primary_key=True, foreign_key="push_token.id")
    key: str = Field(primary_key=True)
    body_hash: str = Field(description="SHA-256 of the kind and the body, in hex")
    status: int | None = Field(default=None, description="None: it is still being taken")
    answer: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=Moment, index=True)


class WebhookDelivery(SQLModel, table=True):
    """One delivery of a webhook that was taken: a service sends it again when it is in doubt."""

    __tablename__ = "webhook_delivery"

    source: str = Field(primary_key=True)
    delivery_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment, index=True)


class UnmatchedMail(SQLModel, table=True):
    """A notification that the rules of its mailbox did not understand, or not wholly."""

    __tablename__ = "unmatched_mail"

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    store: str
    sender: str
    subject: str
    problem: str | None = Field(
        default=None, description="what the rule that matched could not read; None: none matched"
    )
    received_at: datetime = Field(sa_type=Moment)
