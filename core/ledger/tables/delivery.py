"""What is owed to whom, and who can be reached how."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class PostState(StrEnum):
    """Where a post is on its way."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Post(SQLModel, table=True):
    """One message owed to somebody.

    A post about an alert says what the alert says: when the alert's revision passes
    `sent_revision`, the message is owed again and is rewritten where it stands.
    """

    __tablename__ = "post"
    __table_args__ = (
        # a lane's posts in their order, and which lanes are due without a look at the rows
        Index(
            "posts_due",
            "state",
            "medium",
            "recipient",
            "created_at",
            "next_attempt_at",
            "sent_revision",
        ),
    )

    id: str = Field(default_factory=lambda: uuid4().hex, primary_key=True)
    store: str
    medium: str
    recipient: str = Field(
        description="a Slack channel's name, @ and an e-mail address for a direct message, or an "
        "e-mail address"
    )
    template: str
    alert_id: int | None = Field(default=None, foreign_key="alert.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="alert_group.id", index=True)
    facts: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))
    state: str = PostState.OWED
    revision: int = Field(default=1, description="what the message should say")
    sent_revision: int = Field(default=0, description="what it says; 0: never sent")
    uncertain: bool = Field(
        default=False, description="an attempt ended without an answer: it may have arrived"
    )
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)
    owed_since: datetime = Field(sa_type=Moment, description="when it last became owed")
    next_attempt_at: datetime = Field(
        sa_type=Moment,
        description="not before then: if owed, the next attempt; on its way, when it counts as "
        "lost; sent, a rewrite",
    )
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    place: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON), description="where it stands: channel and ts"
    )
    error: str | None = None


class Member(SQLModel, table=True):
    """A person's identity in Slack, learned by e-mail address."""

    __tablename__ = "member"

    email: str = Field(primary_key=True)
    slack_user_id: str = Field(index=True)
    learned_at: datetime = Field(sa_type=Moment)


class OptIn(SQLModel, table=True):
    """A person's own word that they want WhatsApp messages, as its policy asks for."""

    __tablename__ = "opt_in"

    email: str = Field(primary_key=True)
    phone: str = Field(description="digits with the country's code, no +")
    at: datetime = Field(sa_type=Moment)
    origin: str = Field(description="by which command they said so")
