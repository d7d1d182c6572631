"""Stock levels that are news: a count that says what is known is not stored again."""

from collections.abc import Sequence

from sqlmodel import Session

from core.ledger.catalogue import last_levels
from core.ledger.records.base import Row

LEVELS = ("on_hand", "committed", "inbound", "listed")


def news(ledger: Session, store: str, rows: Sequence[Row]) -> list[Row]:
    """Return the counts that differ from the last known ones of their SKU and location.

    A stock sync brings every SKU each quarter of an hour; levels keep their history, and only
    changes are history.
    """
    known = last_levels(ledger, store, {str(row.get("sku", "")) for row in rows})
    return [row for row in rows if _is_news(known.get(_place(row)), row)]


def _place(row: Row) -> tuple[str, str]:
    return str(row.get("sku", "")), str(row.get("location", ""))


def _is_news(known: tuple[int | None, ...] | None, row: Row) -> bool:
    """Tell whether a row says another level; what it leaves out stays as it is known."""
    if known is None:
        return True
    given = zip(LEVELS, known, strict=True)
    return any(name in row and row[name] != level for name, level in given)
