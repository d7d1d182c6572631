"""When a file came that people bring again and again."""

from datetime import datetime
from fnmatch import fnmatchcase

from sqlmodel import Session, col, select

from core.ledger.records import Intake
from core.sources import Expected

FILE = "file:"
"""What the source of an intake begins with that was a file; its name follows."""

LOOKED_AT = 1_000
"""The latest files of a kind among which the expected one is looked for."""


def last_arrival(ledger: Session, store: str, wanted: Expected, by: datetime) -> datetime | None:
    """Return when an expected file was last imported, in whatever way; None: never."""
    query = select(Intake).where(
        Intake.store == store,
        Intake.kind == wanted.kind,
        col(Intake.source).startswith(FILE, autoescape=True),
        col(Intake.finished_at) <= by,
    )
    latest = ledger.exec(query.order_by(col(Intake.finished_at).desc()).limit(LOOKED_AT))
    pattern = wanted.name.casefold()
    for intake in latest:
        if fnmatchcase(intake.source.removeprefix(FILE).casefold(), pattern):
            return intake.finished_at
    return None
