"""The moments that services write, in UTC; a local time without its zone is no moment."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo


def moment(text: object) -> datetime | None:
    """Return a moment in UTC; None for anything without an offset, or that is no moment at all."""
    read = _read(text)
    return None if read is None or read.tzinfo is None else _utc(read)


def deadline(text: object, zone: ZoneInfo) -> datetime | None:
    """Return until when something is promised, in UTC.

    A bare date, or a time of a place whose zone is not told, is good until the end of that day in
    `zone`: it reads as the same day there, and nothing is late before the day is over.
    """
    read = _read(text)
    if read is None or read.tzinfo is not None:
        return _utc(read)
    return _utc(datetime.combine(read, time(23, 59, 59), zone))


def _read(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _utc(read: datetime | None) -> datetime | None:
    try:
        return read.astimezone(UTC) if read else None
    except OverflowError:
        return None
