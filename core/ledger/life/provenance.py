"""Where the facts of an alert came from: source, row and address, and when they were learned.

A check says of each finding which rows its facts were read from; only when somebody asks are
their sources looked up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.finding import Facts, facts
from core.ledger.records import Intake, Record, columns_of
from core.ledger.records.column import Form


@dataclass(frozen=True)
class Origin:
    """One row, or the many rows of a sum, and what brought the latest of them in."""

    kind: str
    key: str
    source: str | None
    """A file, a page, a service; None when the account of it is gone."""
    row: int | None
    url: str | None
    learned_at: datetime | None
    first: date | None = None
    last: date | None = None
    count: int | None = None


def came_from(record: Record) -> Facts:
    """Return where one record came from, for `Finding.provenance`."""
    return {
        "kind": record.kind_name,
        "key": _key(record),
        "intake_id": record.intake_id,
        "row": record.intake_row,
        "url": getattr(record, "url", None),
    }


def came_from_days(
    kind: str, key: str, *, first: date, last: date, rows: int, intake_id: int
) -> Facts:
    """Return where a sum over days came from; `intake_id` is the latest that brought a row in."""
    told = {"kind": kind, "key": key, "first": first, "last": last, "count": rows}
    return facts(told | {"intake_id": intake_id})


def origins(ledger: Session, provenance: Sequence[Facts]) -> list[Origin]:
    """Return what an alert's provenance says, with the names of the sources."""
    intakes = _intakes(ledger, {item["intake_id"] for item in provenance})
    return [_origin(item, intakes.get(item["intake_id"])) for item in provenance]


def _intakes(ledger: Session, ids: Iterable[int]) -> dict[int | None, Intake]:
    found = ledger.exec(select(Intake).where(col(Intake.id).in_(ids)))
    return {intake.id: intake for intake in found}


def _origin(item: Facts, intake: Intake | None) -> Origin:
    return Origin(
        kind=item["kind"],
        key=item["key"],
        source=intake.source if intake else None,
        row=item.get("row"),
        url=item.get("url"),
        learned_at=intake.started_at if intake else None,
        first=_day(item.get("first")),
        last=_day(item.get("last")),
        count=item.get("count"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _key(record: Record) -> str:
    """Return the words of a record's key; its address and its moments are told beside it."""
    parts = [
        str(getattr(record, column.name))
        for column, spec in columns_of(type(record))
        if spec.key and spec.form is not Form.MOMENT and column.name != "url"
    ]
    return " ".join(filter(None, parts))
