"""What people type in commands: the number of something, a length of time."""

import re
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from core.stanza import Duration

MOST_DIGITS = 9
"""No row of the ledger has a number with more."""

_NUMBER = re.compile("#?([0-9]+)")
_LENGTH: TypeAdapter[timedelta] = TypeAdapter(Duration)


def number(typed: str) -> int | None:
    """Return the number of an alert, a silence, a change, with # or without; None: it is none.

    0, which no row has, for one that is too large.
    """
    found = _NUMBER.fullmatch(typed)
    if found is None:
        return None
    return int(found[1]) if len(found[1]) <= MOST_DIGITS else 0


def length(typed: str) -> timedelta | None:
    """Return a length of time, typed as config.yaml has it (2h, 3d); None: it is none."""
    try:
        return _LENGTH.validate_python(typed)
    except ValidationError:
        return None
