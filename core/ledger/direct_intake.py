"""The account of records that no import brings: inside the transaction of what makes them."""

from datetime import datetime

from sqlmodel import Session

from core.ledger.records import Intake


def direct_intake(
    session: Session, *, store: str, kind: str, source: str, at: datetime, rows: int = 1
) -> int:
    """Return the number of a new intake: what stored so many rows of a kind, and when."""
    intake = Intake(
        store=store,
        kind=kind,
        source=source,
        started_at=at,
        finished_at=at,
        read=rows,
        stored=rows,
    )
    session.add(intake)
    session.flush()
    assert intake.id is not None  # noqa: S101  (the flush numbered it)
    return intake.id


def decided_by(who: str | None) -> str:
    """Return the source of what a person made with a click."""
    return f"decided:{who}"
