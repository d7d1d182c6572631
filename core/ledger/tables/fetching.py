"""What is remembered of other people's pages: each request, and how to ask "has it changed?"."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Index, SQLModel

from core.ledger.types import Moment


class FetchOutcome(StrEnum):
    """What a request for a page came to."""

    READ = "read"
    """An answer, whatever its status."""
    UNCHANGED = "unchanged"
    """The page said that it is what it was (304)."""
    BLOCKED = "blocked"
    """A captcha, or refusals in a row: the host does not want us now."""
    FAILED = "failed"
    """The network, a busy or a broken server."""
    REFUSED = "refused"
    """Not asked for, or not taken: a private address, too big."""
    RULES = "rules"
    """It was robots.txt that was asked for."""


class Fetch(SQLModel, table=True):
    """One request."""

    __tablename__ = "fetch"
    __table_args__ = (Index("fetch_by_host", "store", "host", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    store: str
    host: str
    url: str
    at: datetime = Field(sa_type=Moment, index=True)
    outcome: str
    status: int | None = Field(default=None, description="None: no answer")
    bytes: int = Field(description="over the wire")
    seconds: float = Field(description="from its turn to the last byte")
    from_cache: bool = Field(description="the page had not changed")
    problem: str | None = Field(default=None, description="one line: why it failed")
    rest_until: datetime | None = Field(
        default=None, sa_type=Moment, description="the host is left alone until then"
    )
    saved_as: str | None = Field(default=None, description="the copy of the page, if one is kept")


class KnownPage(SQLModel, table=True):
    """A page that gave a price, and what it said of itself then."""

    __tablename__ = "known_page"

    store: str = Field(primary_key=True)
    competitor: str = Field(primary_key=True)
    url: str = Field(primary_key=True)
    etag: str | None = None
    last_modified: str | None = None
    read_at: datetime = Field(sa_type=Moment, description="when it was last read whole")
