"""What people said about who is here: leave and swaps, beside config.yaml."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from core.ledger.types import Moment


class DutyChange(SQLModel, table=True):
    """Days on which somebody is away, or answers for a role before all others."""

    __tablename__ = "duty_change"

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(description="e-mail of who is away, or covers")
    role: str | None = Field(default=None, description="what is covered; None for leave")
    first: date = Field(description="the first day")
    last: date = Field(description="the last day, included")
    said_by: str
    said_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
