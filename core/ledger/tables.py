"""The ledger's tables of Watchkeeper's own life: alerts, their steps, posts, runs, members.

The tables of facts stand in `core.ledger.records`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class AlertState(StrEnum):
    """Where an alert is in its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class PostState(StrEnum):
    """Where a post is on its way."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Alert(SQLModel, table=True):
    """The life of a finding.

    `gone_at` is when the check stopped finding it. Until then the row is the subject's one live
    alert, whatever people did with it; `resolved` by hand while the trouble is still there keeps
    the row live, so that the next run does not open it anew.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "one_live_alert_a_subject",
            "store",
            "check",
            "subject",
            "blind",
            unique=True,
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    store: str
    check: str
    subject: str
    blind: bool = Field(default=False, description="a blind spot of the check, not a finding")
    severity: str
    role: str
    owner: str = Field(description="e-mail of the person who must act")
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = AlertState.OPEN
    revision: int = Field(default=1, description="raised whenever the message must change")
    since: datetime = Field(sa_type=Moment, description="when the trouble began")
    opened_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment, description="when somebody must have acknowledged")
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = Field(default=None, sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    resolved_by: str | None = Field(default=None, description="None: the trouble went away")
    gone_at: datetime | None = Field(default=None, sa_type=Moment)


class AlertStep(SQLModel, table=True):
    """One step in an alert's life: who did what, when, from where. Rows are only added."""

    __tablename__ = "alert_step"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    at: datetime = Field(sa_type=Moment)
    who: str | None = Field(description="e-mail; None: Watchkeeper itself")
    what: str
    origin: str = Field(description="check, slack, terminal …")
    detail: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))


class Post(SQLModel, table=True):
    """One message owed to somebody.

    A post about an alert says what the alert says: when the alert's revision passes
    `sent_revision`, the message is owed again and is rewritten where it stands.
    """

    __tablename__ = "post"
    __table_args__ = (Index("posts_due", "state", "next_attempt_at"),)

    id: str = Field(default_factory=lambda: uuid4().hex, primary_key=True)
    store: str
    medium: str
    recipient: str = Field(description="a Slack channel's name or an e-mail address")
    template: str
    alert_id: int | None = Field(default=None, foreign_key="alert.id", index=True)
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
    next_attempt_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    place: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON), description="where it stands: channel and ts"
    )
    error: str | None = None


class Run(SQLModel, table=True):
    """One job at one fire time. The key is unique, so no slot runs twice."""

    __tablename__ = "run"

    job: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    slot: datetime = Field(sa_type=Moment, primary_key=True)
    state: str = RunState.RUNNING
    started_at: datetime = Field(sa_type=Moment)
    lease_until: datetime = Field(
        sa_type=Moment, description="a run still `running` later than this has died"
    )
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    summary: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))
    error: str | None = None


class Member(SQLModel, table=True):
    """A person's identity in Slack, learned by e-mail address."""

    __tablename__ = "member"

    email: str = Field(primary_key=True)
    slack_user_id: str = Field(index=True)
    learned_at: datetime = Field(sa_type=Moment)
