"""An alert, its steps, the message it shares with others, what is not yet one, and silences."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class AlertState(StrEnum):
    """Where an alert is in its life."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


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
        Index("alerts_ended", "store", "check", "gone_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    store: str
    check: str
    subject: str
    blind: bool = Field(default=False, description="a blind spot of the check, not a finding")
    severity: str
    role: str
    channel: str = Field(description="the Slack channel it is told in")
    owner: str = Field(description="e-mail of the person who must act")
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = AlertState.OPEN
    revision: int = Field(default=1, description="raised whenever the message must change")
    since: datetime = Field(sa_type=Moment, description="when the trouble began")
    opened_at: datetime = Field(sa_type=Moment)
    told_at: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="when its message was first owed; None: silent, or waits for the digest",
    )
    group_id: int | None = Field(
        default=None,
        foreign_key="alert_group.id",
        index=True,
        description="the message it shares with others; None: one of its own",
    )
    silenced_by: str | None = Field(
        default=None, description="silence ID, maintenance NAME or alert ID; None: not silent"
    )
    flapping: bool = Field(default=False, description="comes and goes: told as one alert")
    absent_since: datetime | None = Field(
        default=None, sa_type=Moment, description="of a flapping one: not found since"
    )
    provenance: list[dict[str, Any]] = Field(
        default=[], sa_column=Column(JSON, nullable=False), description="where its facts came from"
    )
    due_at: datetime = Field(sa_type=Moment, description="when somebody must have acknowledged")
    next_step: int = Field(default=0, description="of the escalation chain, counted from 0")
    next_step_at: datetime | None = Field(
        default=None, sa_type=Moment, index=True, description="None: nothing more to escalate"
    )
    acknowledged_at: datetime | None = Field(default=None, sa_type=Moment)
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = Field(default=None, sa_type=Moment)
    resolved_at: datetime | None = Field(default=None, sa_type=Moment)
    resolved_by: str | None = Field(default=None, description="None: the trouble went away")
    reason: str | None = Field(default=None, description="why a person resolved it")
    gone_at: datetime | None = Field(default=None, sa_type=Moment)


class AlertStep(SQLModel, table=True):
    """One step in an alert's life: who did what, when, from where.

    Rows are only added: the database refuses to change or delete one (migration 0002).
    """

    __tablename__ = "alert_step"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    at: datetime = Field(sa_type=Moment)
    who: str | None = Field(description="e-mail; None: Watchkeeper itself")
    what: str
    origin: str = Field(description="check, slack, terminal …")
    detail: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))


class GroupKind(StrEnum):
    """Why alerts share a message."""

    STORM = "storm"
    DIGEST = "digest"


class AlertGroup(SQLModel, table=True):
    """Alerts that are told in one message of a Slack channel; each keeps its own life."""

    __tablename__ = "alert_group"

    id: int | None = Field(default=None, primary_key=True)
    store: str
    kind: str
    check: str | None = Field(description="None: of several checks")
    channel: str = Field(description="the Slack channel it is told in")
    opened_at: datetime = Field(sa_type=Moment)
    revision: int = Field(default=1, description="raised whenever the message must change")


class Suspect(SQLModel, table=True):
    """What a check has found in some runs, but not yet in as many in a row as it asks for."""

    __tablename__ = "suspect"

    store: str = Field(primary_key=True)
    check: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    runs: int = Field(description="in a row that have found it")
    last_at: datetime = Field(sa_type=Moment, description="when the latest of these runs asked")


class Silence(SQLModel, table=True):
    """A person's word that what matches is not to be told until it ends."""

    __tablename__ = "silence"

    id: int | None = Field(default=None, primary_key=True)
    match: dict[str, Any] = Field(
        sa_column=Column(JSON, nullable=False), description="core.matching.Matcher"
    )
    reason: str
    who: str = Field(description="e-mail of who asked for it")
    created_at: datetime = Field(sa_type=Moment, description="from then on it holds")
    ends_at: datetime = Field(sa_type=Moment, description="brought forward when it is lifted")
