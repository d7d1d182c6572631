"""The account of records that a person made with a click, inside the click's own transaction."""

from datetime import datetime

from sqlmodel import Session

from core.ledger.records import Intake


def intake_by_hand(
    session: Session, *, store: str, kind: str, who: str | None, at: datetime, rows: int = 1
) -> int:
    """Return the number of a new intake: who stored so many rows of a kind, and when."""
    intake = Intake(
        store=store,
        kind=kind,
        source=f"decided:{who}",
        started_at=at,
        finished_at=at,
        read=rows,
        stored=rows,
    )
    session.add(intake)
    session.flush()
    assert intake.id is not None  # noqa: S101  (the flush numbered it)
    return intake.id
