"""Asking a check: the facts' freshness first (law 5), then the question itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.errors import UserError
from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger import runs
from core.ledger.database import Database
from core.ledger.freshness import last_heard
from core.ledger.life.alerts import Difference, absorb
from core.ledger.life.watch import watch
from core.settings import Settings, Store
from jobs.registry import Check


def ask(
    ledger: Session, check: Check, settings: Settings, store: Store, as_of: datetime
) -> list[Finding | Blind]:
    """Return all that is wrong at a moment. Where needed facts are stale, only that is told.

    Where one of several sources is silent, that is told beside what the others show: both hide
    what is not found, so nothing is resolved by absence. For a check that has a stanza: the others
    are switched off.
    """
    stanza = settings.check(check.name)
    assert stanza is not None  # noqa: S101
    needed = [
        _heard(ledger, settings, store, kind, as_of, as_of - limit)
        for kind, limit in stanza.stale_after.items()
    ]
    if any(heard.is_unheard_of and heard.kind in stanza.optional for heard in needed):
        return []
    silent = [*_silent(needed)]
    if not all(heard.can_tell for heard in needed):
        return [*silent]
    return [*silent, *check.find(ledger, as_of, store, stanza, settings)]


@dataclass(frozen=True)
class _Heard:
    """When facts of a kind last came: by each feed that brings them, and at all."""

    kind: str
    since: datetime
    """What came before is too old."""
    at_all: datetime | None
    by_feed: Mapping[str, datetime | None]

    @property
    def can_tell(self) -> bool:
        """Whether there are facts that are young enough, whatever brought them."""
        return any(map(self.is_fresh, [self.at_all, *self.by_feed.values()]))

    @property
    def is_unheard_of(self) -> bool:
        """Whether none ever came, and no feed brings them."""
        return self.at_all is None and not self.by_feed

    def is_fresh(self, at: datetime | None) -> bool:
        """Tell whether a moment is young enough."""
        return at is not None and at >= self.since


def _heard(
    ledger: Session,
    settings: Settings,
    store: Store,
    kind: str,
    as_of: datetime,
    since: datetime,
) -> _Heard:
    feeds = [feed.job for feed in settings.feeds(store.name) if kind in feed.brings]
    by_feed = {job: runs.last_done(ledger, job, store.name, as_of) for job in feeds}
    return _Heard(kind, since, last_heard(ledger, kind, store, as_of), by_feed)


def _silent(needed: Iterable[_Heard]) -> Iterator[Blind]:
    """Yield what brings nothing: all silent feeds as one; a kind itself where no feed brings it."""
    kinds: dict[str, list[str]] = defaultdict(list)
    last: dict[str, datetime | None] = {}
    for heard in needed:
        if not heard.by_feed and not heard.can_tell:
            yield Blind(heard.kind, _problem(heard.at_all), heard.at_all)
        for job, at in heard.by_feed.items():
            if not heard.is_fresh(at):
                kinds[job].append(heard.kind)
                last[job] = at
    if last:
        feeds = [{"job": job, "kinds": kinds[job], "last_known": at} for job, at in last.items()]
        yield Blind("sources", "silent", facts=facts({"feeds": feeds}))


def _problem(last_known: datetime | None) -> str:
    return "stale" if last_known else "missing"


def ask_and_absorb(
    database: Database, check: Check, settings: Settings, store: Store, now: datetime
) -> Difference:
    """Ask a check and turn the answer into alerts and the posts they owe, in one transaction.

    Raises UserError when a later run has answered already: what was wrong then is not what is
    wrong now, and alerts are about now.
    """
    with database.read() as ledger:
        outcomes = ask(ledger, check, settings, store, now)
    with database.write() as ledger:
        later = runs.later_start(ledger, check.name, store.name, now)
        if later:
            raise UserError(_too_late(check, store, now, later))
        return absorb(ledger, watch(ledger, settings, now), store, check.name, outcomes)


def _too_late(check: Check, store: Store, asked: datetime, later: datetime) -> str:
    then, since = (at.astimezone(store.zone).isoformat(" ", "minutes") for at in (asked, later))
    return (
        f"{check.name} was run for {since}, and cannot make alerts of what was wrong at {then};"
        f" to see that, use `watchkeeper check {check.name} --as-of {asked.isoformat()}`"
    )


def finding_json(check: Check, stanza: CheckSettings, store: Store, finding: Finding) -> Any:
    """Return a finding as `check --json` gives it, but for its title."""
    return {
        "check": check.name,
        "store": store.name,
        "subject": finding.subject,
        "severity": finding.severity or stanza.severity,
        "role": stanza.role,
        "facts": finding.facts,
        "since": finding.since.isoformat(),
    }
