"""What Mabang's answers are made of: fields under several names, numbers as texts, Beijing's time.

Names differ between versions, so they are looked for without regard to case and underscores.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone of every date that Mabang is asked with and answers."""

Item = Mapping[str, Any]


def listed(value: Any) -> list[Item]:
    """Return the objects of a list; None: no objects."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def pick(item: Item, *names: str) -> Any:
    """Return the first of some fields that says something, however it is written; else None."""
    plain = {str(name).replace("_", "").lower(): value for name, value in item.items()}
    found = (plain.get(name.lower()) for name in names)
    return next((value for value in found if value not in (None, "")), None)


def moment(text: object) -> datetime | None:
    """Return a moment that Mabang writes in Beijing's time; `0000-00-00 00:00:00` is none."""
    try:
        told = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=BEIJING)).astimezone(UTC)


def text(moment: datetime) -> str:
    """Return a moment as Mabang is asked with it."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def day_of(moment: datetime) -> date:
    """Return the day in Beijing."""
    return moment.astimezone(BEIJING).date()
