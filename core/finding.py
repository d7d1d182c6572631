"""What a check answers: findings (wrong now) and blind spots (cannot be told now)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.values import Severity

Facts = dict[str, Any]
"""Names and values as JSON has them: amounts as strings, moments as ISO 8601 with offset."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong now. `subject` is its identity within the check and the store."""

    subject: str
    facts: Facts
    since: datetime
    severity: Severity | None = None
    """None: as the check's stanza says."""
    owner: str | None = None
    """E-mail of the person the facts name; otherwise whoever is on duty for the check's role."""
    provenance: Sequence[Facts] = ()
    """Where the facts came from, see `core.ledger.life.provenance`."""


@dataclass(frozen=True)
class Blind:
    """Something a check cannot tell, because its facts are stale, missing or refused.

    An open alert that it covers stays open: nothing resolves because data stopped coming.
    """

    what: str
    problem: str
    """stale, missing, or what a page answered: captcha, login, not_found …"""
    last_known: datetime | None = None
    hides: frozenset[str] | None = None
    """The subjects that cannot be told; None: none of the check's subjects can."""
    facts: Facts = field(default_factory=dict)


def facts(values: Mapping[str, Any]) -> Facts:
    """Return values as JSON has them; TypeError for what has no such form.

    A moment without a time zone has none: nobody could tell when it was.
    """
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case datetime() if value.tzinfo is None:
            raise TypeError(f"a fact cannot be a moment without a time zone: {value}")
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return facts(value)
    raise TypeError(f"a fact cannot be a {type(value).__name__}")
