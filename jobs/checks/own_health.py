"""Parts of Watchkeeper itself that are not well, and times when nobody watched (law 5).

What a database that refuses cannot keep is told by `bot.health.lifeline`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field
from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger import vitals
from core.ledger.tables import VitalSign, Watcher
from core.ledger.vitals import Part
from core.settings import Settings as Configuration
from core.settings import Store
from core.stanza import Duration
from core.values import Severity

PROCESS = "process"
WATCH = "watch"


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    ill_after: Duration = Field(description="what is not well for so long is told")
    forget_after: Duration = Field(
        description="a time without watch, or a process that is gone, is told for so long"
    )


def find_with_settings(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings, settings: Configuration
) -> Iterator[Finding]:
    """Yield a finding for every part that is ill, process that is silent, and time unwatched.

    The service is one for all stores: its troubles are told as the first store's.
    """
    if store.name != settings.stores[0].name:
        return
    watchers = [
        watcher
        for watcher in vitals.watchers(ledger)
        if as_of - watcher.looked_at < stanza.forget_after
    ]
    present = {watcher.process for watcher in watchers}
    signs = [sign for sign in vitals.signs(ledger) if sign.process in present]
    yield from _ill(signs, as_of, stanza)
    yield from _silent(watchers, as_of, stanza)
    yield from _unwatched(watchers, as_of, stanza)


def _ill(signs: Sequence[VitalSign], as_of: datetime, stanza: Settings) -> Iterator[Finding]:
    """Yield each part once: of several processes the one where it is ill for longest."""
    ill = [s for s in signs if s.problem and as_of - s.well_at >= stanza.ill_after]
    worst = {sign.part: sign for sign in sorted(ill, key=lambda s: s.well_at, reverse=True)}
    for part, sign in worst.items():
        # the monitor outside tells of it as well
        severity = Severity.WARNING if part == Part.HEARTBEAT else None
        yield _finding(part, part, sign.process, sign.problem, sign.well_at, severity=severity)


def _silent(watchers: Sequence[Watcher], as_of: datetime, stanza: Settings) -> Iterator[Finding]:
    """Yield the processes that were not told to end and say nothing: another one asks this."""
    for watcher in watchers:
        if not watcher.ended_at and as_of - watcher.looked_at >= stanza.ill_after:
            subject = f"{PROCESS} {watcher.process}"
            yield _finding(subject, PROCESS, watcher.process, None, watcher.looked_at)


def _unwatched(watchers: Sequence[Watcher], as_of: datetime, stanza: Settings) -> Iterator[Finding]:
    """Yield the latest time in which the service was down and no other watched."""
    for watcher in sorted(watchers, key=lambda w: w.watched_since, reverse=True):
        began, ended = watcher.unwatched_from, watcher.watched_since
        if began is None or ended - began < stanza.ill_after:
            continue
        covered = any(w.watched_since <= began and w.looked_at >= ended for w in watchers)
        if not covered and ended <= as_of < ended + stanza.forget_after:
            until = {"until": ended}
            yield _finding(WATCH, WATCH, watcher.process, None, began, Severity.NOTICE, **until)
            return


def _finding(
    subject: str,
    part: str,
    process: str,
    problem: str | None,
    since: datetime,
    severity: Severity | None = None,
    **more: datetime,
) -> Finding:
    told = {"part": part, "process": process, "problem": problem, "since": since} | more
    return Finding(subject=subject, facts=facts(told), since=since, severity=severity)
