"""The common ground of everything that stands in config.yaml."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Stanza(BaseModel):
    """A part of config.yaml: unknown keys are refused, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _duration(value: object) -> object:
    match = re.fullmatch(r"(\d+)\s*([smhd])", value) if isinstance(value, str) else None
    if match is None:
        if isinstance(value, timedelta):
            return value
        raise ValueError("a duration is a number and a unit: 30s, 15m, 48h or 7d")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not length:
        raise ValueError("a duration is longer than 0")
    return length


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\s*[smhd]$"}),
]
"""A length of time written as 30s, 15m, 48h or 7d."""
