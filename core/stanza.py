"""The common ground of everything that stands in config.yaml."""

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_TIME_OF_DAY = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"


class Stanza(BaseModel):
    """A part of config.yaml: unknown keys are refused, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Misfit(ValueError):
    """A value that does not fit another one; `where` is the path of its key."""

    def __init__(self, where: tuple[str | int, ...], problem: str) -> None:
        super().__init__(problem)
        self.where = where


def _duration(value: object) -> object:
    match = re.fullmatch(r"([0-9]+)\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, timedelta):
            return value
        raise ValueError("a duration is a number and a unit: 30s, 15m, 48h or 7d")
    try:
        length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        raise ValueError("a duration is shorter than that") from None
    if not length:
        raise ValueError("a duration is longer than 0")
    return length


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(_TIME_OF_DAY, value):
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):
        return value
    raise ValueError("a time of day is written 09:00, between 00:00 and 23:59")


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+\s*[smhd]$"}),
]
"""A length of time written as 30s, 15m, 48h or 7d."""

TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day),
    WithJsonSchema({"type": "string", "pattern": _TIME_OF_DAY}),
]
"""A time of day written as 09:00. A bare number, which could mean anything, is refused."""
