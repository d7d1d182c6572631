"""Everything the clock can run, found by looking at the packages' files."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any

from sqlmodel import Session

from core.discovery import modules
from core.finding import Blind, Facts, Finding
from core.jobs import CheckSettings, JobSettings
from core.ledger.database import Database
from core.settings import Settings, Store, settings_model
from scrapers.api.outside import Outside, source_types

Outcomes = Iterator[Finding | Blind]
Find = Callable[[Session, datetime, Store, Any, Settings], Outcomes]
"""(ledger, as_of, store, the check's stanza, settings) → all that is wrong at that moment."""


@dataclass(frozen=True)
class Check:
    """A question put to the ledger."""

    name: str
    settings: type[CheckSettings]
    find: Find


Report = Callable[[int, int], Awaitable[None]]
"""(done, of how many): a job that takes long says how far it is."""


async def _tell_nobody(done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Work:
    """What a job works with: its store, its own stanza, the moment it runs at, the sources.

    `came` is what it has brought so far, for its run row: a job that fails half-way did bring it.
    `slot` is the fire time that it is run for; `report` takes how far it is.
    """

    database: Database
    settings: Settings
    store: Store
    stanza: Any
    now: datetime
    outside: Outside = field(default_factory=Outside)
    came: Facts = field(default_factory=dict)
    slot: datetime | None = None
    report: Report = _tell_nobody


@dataclass(frozen=True)
class Job:
    """Something the clock runs that is not a check. It returns a summary for its run row."""

    name: str
    settings: type[JobSettings]
    run: Callable[[Work], Awaitable[Facts]]


@cache
def checks() -> dict[str, Check]:
    """Return every check by name."""
    found = modules("jobs.checks")
    return {name: Check(name, module.Settings, _find(module)) for name, module in found.items()}


def _find(module: ModuleType) -> Find:
    """Return a check's question.

    A check of the store has `find`, and knows its own stanza only. One of Watchkeeper itself has
    `find_with_settings`, and knows the whole configuration.
    """
    if hasattr(module, "find_with_settings"):
        asking: Find = module.find_with_settings
        return asking

    def find(ledger: Session, as_of: datetime, store: Store, stanza: Any, _: Settings) -> Outcomes:
        outcomes: Outcomes = module.find(ledger, as_of, store, stanza)
        return outcomes

    return find


@cache
def jobs() -> dict[str, Job]:
    """Return every job that is neither a check nor a source's feed, by name."""
    found = modules("jobs.syncs") | modules("jobs.reminders") | modules("jobs.reports")
    return {name: Job(name, module.Settings, module.run) for name, module in found.items()}


@cache
def configuration() -> type[Settings]:
    """Return the type of a config.yaml with a stanza for every check, job and kind of source."""
    return settings_model(
        {name: check.settings for name, check in checks().items()},
        {name: job.settings for name, job in jobs().items()},
        source_types(),
    )
