"""What a connector is: one file or package in `scrapers/sources`, with a `SERVICE`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.ledger.database import Database
from core.ledger.feeds import Cursor
from core.ledger.intake import Taken
from core.ledger.records.base import Records
from core.settings import Store
from core.sources import SourceSettings
from scrapers.api.client import Api


@dataclass(frozen=True)
class Stored:
    """Rows of one kind that a feed has put into the ledger itself: files come batch by batch."""

    kind: str
    taken: Taken
    refused: Sequence[str] = ()
    """The first rejected rows, one line each."""


@dataclass(frozen=True)
class Page:
    """A part of what a feed brought. It is stored, then `cursor` is kept, then the next is asked.

    `cursor` is where a run that is cut off after this page goes on; None: as before. `notes` are
    what the service leaves out or refuses of it, one line each, for the run's summary. `stored` is
    in the ledger already, and only counted.
    """

    records: Records
    cursor: Cursor | None = None
    notes: Sequence[str] = ()
    stored: Sequence[Stored] = ()


@dataclass(frozen=True)
class Connection:
    """A source that can be asked."""

    source: str
    settings: Any
    """The service's own settings."""
    credentials: Mapping[str, str] = field(repr=False)
    store: Store
    api: Api


@dataclass(frozen=True)
class Asked(Connection):
    """A source, and what one of its feeds is asked for."""

    feed: str
    stanza: Any
    """The feed's own settings."""
    database: Database
    now: datetime
    cursor: Cursor
    """What the last page left; empty at first."""


Read = Callable[[Asked], AsyncIterator[Page]]
"""Reads a feed from where it was left. Raises SourceProblem; what came before it is kept."""


@dataclass(frozen=True)
class Webhook:
    """What a service sent to us. `headers` by their names in lower case."""

    headers: Mapping[str, str]
    body: bytes
    credentials: Mapping[str, str] = field(repr=False)
    settings: Any
    store: Store
    now: datetime


@dataclass(frozen=True)
class Pushed:
    """What a webhook says. `delivery_id` is the same when it is sent again; None: it has none.

    `as_of` is the moment that the records are of, for a service whose webhooks overtake each
    other: what was learned of a later moment stays (`core.ledger.lateness`). None: now.
    """

    records: Records
    delivery_id: str | None = None
    as_of: datetime | None = None


class WrongSignature(Exception):
    """A webhook that was not signed with our secret."""


@dataclass(frozen=True)
class Service:
    """A kind of source.

    `credentials` are sets of names, each of which suffices: `("client_id", "client_secret")` are
    read from SOURCE_CLIENT_ID and SOURCE_CLIENT_SECRET. Of several sets the first complete one is
    used. No set: the service asks for none.

    `probe` asks something that costs nothing and returns what it saw, in one line, for
    `watchkeeper doctor`. `webhook` reads what the service pushes; WrongSignature when it is not
    the service's, ValueError when it is not understood.
    """

    settings: type[SourceSettings]
    feeds: Mapping[str, Read]
    probe: Callable[[Connection], Awaitable[str]]
    credentials: Sequence[tuple[str, ...]] = ()
    webhook: Callable[[Webhook], Pushed] | None = None
    webhook_credentials: tuple[str, ...] = ()
