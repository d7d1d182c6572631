"""Run rows: one job at one fire time, claimed once (law 4)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from core.ledger.cells import without_controls
from core.ledger.tables import Run, RunState

LEASE = timedelta(minutes=30)
"""A run that is still marked running after this long died with its process."""

DONE, TOTAL = "pages", "of"
"""How far a run is, in the summary of its row while it is under way."""


def claim(
    session: Session,
    job: str,
    store: str,
    slot: datetime,
    now: datetime,
    process: str | None = None,
) -> bool:
    """Claim a fire time for a process; False when it was run, or is running elsewhere."""
    run = session.get(Run, (job, store, slot), with_for_update=True)
    if run is None:
        fresh = Run(
            job=job,
            store=store,
            slot=slot,
            started_at=now,
            lease_until=now + LEASE,
            process=process,
        )
        try:
            with session.begin_nested():
                session.add(fresh)
        except IntegrityError:
            return False  # another process was first
        return True
    if run.state == RunState.RUNNING and run.lease_until <= now:
        run.started_at, run.lease_until, run.process = now, now + LEASE, process
        session.add(run)
        return True
    return False


def extend(session: Session, job: str, store: str, slot: datetime, now: datetime) -> None:
    """Let nobody take over a run that is still under way; one that has ended stays as it is."""
    run = session.get_one(Run, (job, store, slot), with_for_update=True)
    if run.state == RunState.RUNNING:
        run.lease_until = now + LEASE
        session.add(run)


def note_progress(
    session: Session, job: str, store: str, slot: datetime, done: int, total: int
) -> None:
    """Keep how far a run is, while it is under way: pages read, of how many."""
    run = session.get_one(Run, (job, store, slot), with_for_update=True)
    if run.state == RunState.RUNNING:
        run.summary = {DONE: done, TOTAL: total}
        session.add(run)


def progress(run: Run | None) -> tuple[int, int] | None:
    """Return how far a run is that is under way: pages read, of how many; None: it does not say."""
    if run is None or run.state != RunState.RUNNING or TOTAL not in run.summary:
        return None
    return run.summary[DONE], run.summary[TOTAL]


def finish(
    session: Session,
    job: str,
    store: str,
    slot: datetime,
    now: datetime,
    *,
    summary: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Record how a claimed run ended; the words of services in it as a database keeps them."""
    run = session.get_one(Run, (job, store, slot))
    run.state = RunState.FAILED if error else RunState.DONE
    run.finished_at, run.summary, run.error = now, _kept(summary or {}), _kept(error)
    session.add(run)


def _kept(told: Any) -> Any:
    match told:
        case str():
            return without_controls(told)
        case dict():
            return {name: _kept(value) for name, value in told.items()}
        case list():
            return [_kept(value) for value in told]
        case _:
            return told


RunKey = tuple[str, str, datetime]
"""A job, a store, a fire time."""


def release_dead(
    session: Session, now: datetime, process: str | None, alive: Collection[RunKey] = ()
) -> int:
    """Let a process's runs that are not alive be claimed again; return how many.

    It left them when it died, or could not write down how they ended. Those of other processes
    may live: their lease decides.
    """
    mine = select(Run).where(Run.state == RunState.RUNNING, Run.process == process)
    dead = [run for run in session.exec(mine) if (run.job, run.store, run.slot) not in alive]
    for run in dead:
        run.lease_until = now
        session.add(run)
    return len(dead)


def prune(session: Session, job: str, store: str, before: datetime) -> None:
    """Forget a job's runs of fire times before a moment."""
    old = delete(Run).where(col(Run.job) == job, col(Run.store) == store, col(Run.slot) < before)
    session.exec(old)


def latest_finished(
    session: Session, job: str, store: str, by: datetime | None = None
) -> Run | None:
    """Return the job's run with the latest fire time that has ended, or had by a moment."""
    ended = col(Run.finished_at) <= by if by else col(Run.finished_at).is_not(None)
    query = select(Run).where(Run.job == job, Run.store == store, ended)
    return session.exec(query.order_by(col(Run.slot).desc()).limit(1)).first()


def last_done(session: Session, job: str, store: str, by: datetime) -> datetime | None:
    """Return when the job last ended well, as far as was known at a moment."""
    query = select(func.max(Run.finished_at)).where(
        Run.job == job,
        Run.store == store,
        Run.state == RunState.DONE,
        col(Run.finished_at) <= by,
    )
    return session.exec(query).one()


def latest_done(session: Session, job: str, store: str, by: datetime) -> Run | None:
    """Return the run that last ended well, as far as was known at a moment."""
    query = select(Run).where(
        Run.job == job,
        Run.store == store,
        Run.state == RunState.DONE,
        col(Run.finished_at) <= by,
    )
    return session.exec(query.order_by(col(Run.finished_at).desc()).limit(1)).first()


def first_start(session: Session, job: str, store: str, by: datetime) -> datetime | None:
    """Return when the earliest run began that is still known, or was by a moment."""
    query = select(func.min(Run.started_at)).where(
        Run.job == job, Run.store == store, Run.started_at <= by
    )
    return session.exec(query).one()


def latest(session: Session, job: str, store: str) -> Run | None:
    """Return the job's run with the latest fire time."""
    query = select(Run).where(Run.job == job, Run.store == store)
    return session.exec(query.order_by(col(Run.slot).desc()).limit(1)).first()


def later_start(session: Session, job: str, store: str, at: datetime) -> datetime | None:
    """Return when the last run that began after a moment did, but for failed ones."""
    query = select(func.max(Run.started_at)).where(
        Run.job == job, Run.store == store, Run.started_at > at, Run.state != RunState.FAILED
    )
    return session.exec(query).one()


def failures_up_to(session: Session, run: Run) -> tuple[datetime, int]:
    """Return the first fire time of the failures in a row that a run ends, and their number."""
    mine = (Run.job == run.job, Run.store == run.store, Run.slot <= run.slot)
    done = select(Run.slot).where(*mine, Run.state == RunState.DONE)
    last_good = session.exec(done.order_by(col(Run.slot).desc()).limit(1)).first()
    failed = select(func.min(Run.slot), func.count()).where(*mine, Run.state == RunState.FAILED)
    if last_good:
        failed = failed.where(Run.slot > last_good)
    return session.exec(failed).one()
