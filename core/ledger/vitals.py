"""What each service noted of its own parts: how they are, and since when it has watched (law 5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from core.ledger.tables import VitalSign, Watcher


class Part(StrEnum):
    """What a service consists of."""

    DATABASE = "database"
    CLOCK = "clock"
    OUTBOX = "outbox"
    SLACK = "slack"
    HEARTBEAT = "heartbeat"


LOOK_EVERY = timedelta(seconds=30)
"""How often a service looks at its parts."""
BREAK = 3 * LOOK_EVERY
"""A service that has not looked for longer was not watching: it died, slept, or had no ledger."""


def note(session: Session, process: str, problems: Mapping[str, str | None], at: datetime) -> None:
    """Write down how the parts of a service are: what is wrong with each, None for a well one."""
    watches_anew = _watch(session, process, at)
    known = {sign.part: sign for sign in signs(session, process)}
    for part, problem in problems.items():
        sign = known.pop(part, None) or VitalSign(process=process, part=part, well_at=at)
        was_well = sign.problem is None
        if problem is None or (was_well and watches_anew):
            sign.well_at = at
        sign.problem = problem
        session.add(sign)
    for gone in known.values():
        session.delete(gone)


def _watch(session: Session, process: str, at: datetime) -> bool:
    """Note that a service looks; tell whether it begins to, or does so again after a break."""
    watcher = session.get(Watcher, process)
    if watcher is None:
        watcher = Watcher(process=process, watched_since=at, looked_at=at)
    elif watcher.ended_at:
        watcher.watched_since, watcher.unwatched_from = at, None
    elif at - watcher.looked_at > BREAK:
        watcher.watched_since, watcher.unwatched_from = at, watcher.looked_at
    watcher.looked_at, watcher.ended_at = at, None
    session.add(watcher)
    session.flush()  # its signs refer to it
    return watcher.watched_since == at


def end(session: Session, process: str, at: datetime) -> None:
    """Write down that a service was told to end: its silence from now on means nothing."""
    watcher = session.get(Watcher, process)
    if watcher:
        watcher.ended_at = at
        session.add(watcher)


def watchers(session: Session) -> Sequence[Watcher]:
    """Return every service that ever watched over this ledger."""
    return session.exec(select(Watcher).order_by(col(Watcher.process))).all()


def signs(session: Session, process: str | None = None) -> Sequence[VitalSign]:
    """Return how the parts of every service are that was not told to end, or those of one."""
    query = (
        select(VitalSign)
        .join(Watcher, col(Watcher.process) == VitalSign.process)
        .where(col(Watcher.ended_at).is_(None))
        .order_by(col(VitalSign.part), col(VitalSign.process))
    )
    if process is not None:
        query = query.where(VitalSign.process == process)
    return session.exec(query).all()


def watched_since(session: Session, as_of: datetime) -> datetime | None:
    """Return since when a service has run the clock without a break; None: none does."""
    running = [
        watcher.watched_since
        for watcher in watchers(session)
        if watcher.ended_at is None and as_of - watcher.looked_at <= BREAK
    ]
    return min(running, default=None)
