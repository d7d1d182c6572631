"""Run rows: one job at one fire time, claimed once (law 4)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.ledger.tables import Run, RunState

LEASE = timedelta(minutes=30)
"""A run that is still marked running after this long died with its process."""


def claim(session: Session, job: str, store: str, slot: datetime, now: datetime) -> bool:
    """Claim a fire time; False when it was run, or is running elsewhere."""
    run = session.get(Run, (job, store, slot), with_for_update=True)
    if run is None:
        fresh = Run(job=job, store=store, slot=slot, started_at=now, lease_until=now + LEASE)
        try:
            with session.begin_nested():
                session.add(fresh)
        except IntegrityError:
            return False  # another process was first
        return True
    if run.state == RunState.RUNNING and run.lease_until <= now:
        run.started_at, run.lease_until = now, now + LEASE
        session.add(run)
        return True
    return False


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
    """Record how a claimed run ended."""
    run = session.get_one(Run, (job, store, slot))
    run.state = RunState.FAILED if error else RunState.DONE
    run.finished_at, run.summary, run.error = now, summary or {}, error
    session.add(run)


def release_dead(session: Session, now: datetime) -> int:
    """Let the runs of a process that died be claimed again; return how many.

    For the one process that runs jobs, before it runs any: whatever is marked running is dead.
    """
    running = session.exec(select(Run).where(Run.state == RunState.RUNNING)).all()
    for run in running:
        run.lease_until = now
        session.add(run)
    return len(running)


def latest(session: Session, job: str, store: str) -> Run | None:
    """Return the job's run with the latest fire time."""
    query = select(Run).where(Run.job == job, Run.store == store)
    return session.exec(query.order_by(col(Run.slot).desc()).limit(1)).first()
