"""What was run, and how the parts of the service are."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


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
    process: str | None = Field(
        default=None, description="the service that runs it; None: a command of the terminal"
    )
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    summary: dict[str, Any] = Field(default={}, sa_column=Column(JSON, nullable=False))
    error: str | None = None


class Watcher(SQLModel, table=True):
    """A process that runs the service, and since when it has looked at itself without a break."""

    __tablename__ = "watcher"

    process: str = Field(primary_key=True, description="where its pages are: host and port")
    watched_since: datetime = Field(sa_type=Moment)
    unwatched_from: datetime | None = Field(
        default=None,
        sa_type=Moment,
        description="when the watch before this one broke off; None: it did not, it was ended",
    )
    looked_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(
        default=None, sa_type=Moment, description="when it was told to end; None: it runs, or died"
    )


class VitalSign(SQLModel, table=True):
    """How a part of a service was when it was last looked at."""

    __tablename__ = "vital_sign"

    process: str = Field(foreign_key="watcher.process", primary_key=True)
    part: str = Field(primary_key=True)
    problem: str | None = Field(default=None, description="one line for people; None: it is well")
    well_at: datetime = Field(
        sa_type=Moment, description="when it was last well, or first looked at"
    )
