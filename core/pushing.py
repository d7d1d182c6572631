"""The door between the web pages and `scrapers`: what others send us, unseen by each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from core.errors import UserError
from core.ledger.intake import Rejected, Taken
from core.settings import Store


class Form(Enum):
    """What a pushed body is written in."""

    JSON = "JSON"
    """A list of objects, or one object whose `records` is that list."""
    JSON_LINES = "JSON lines"
    CSV = "CSV"
    """Delimited text: with commas, semicolons, tabs or bars."""


@dataclass(frozen=True)
class Push:
    """Records of one kind that somebody sent; `source` says who. `charset` is as they named it."""

    store: Store
    kind: str
    source: str
    form: Form
    charset: str | None
    body: bytes = field(repr=False)
    now: datetime


@dataclass(frozen=True)
class PushReport:
    """What became of a push. `rejected` holds the first rows that were."""

    kind: str
    taken: Taken
    rejected: Sequence[Rejected] = ()
    unknown_columns: Sequence[str] = ()

    @property
    def nothing_usable(self) -> bool:
        """Whether there were rows, and all were bad."""
        return 0 < self.taken.read == self.taken.rejected

    def as_json(self) -> dict[str, Any]:
        """Return the report as `import --json` prints it, but for the file."""
        return {
            "kind": self.kind,
            "read": self.taken.read,
            "stored": self.taken.stored,
            "unchanged": self.taken.unchanged,
            "rejected": [row._asdict() for row in self.rejected],
            "unknown_columns": list(self.unknown_columns),
        }


class Malformed(UserError):
    """A body that is not what it says it is; nothing of it was stored."""


class Unfit(UserError):
    """A body that can be read, but holds no such records; nothing of it was stored."""


class NoSuchSource(UserError):
    """A webhook for a source that there is not, or whose service sends none."""


class NotSetUp(UserError):
    """A webhook that cannot be verified: our side lacks the secret."""


class WronglySigned(UserError):
    """A webhook that was not signed with our secret."""


class Delivery(NamedTuple):
    """What a webhook brought: per kind, how many records were news. `known`: it came before."""

    store: Store
    news: Mapping[str, int]
    known: bool = False


TakePush = Callable[[Push], PushReport]
"""Stores what was pushed. Raises Malformed or Unfit, then nothing is stored."""

TakeWebhook = Callable[[str, Mapping[str, str], bytes, datetime], Delivery]
"""Verifies and stores what a service sent: source, headers by their names in lower case, body, now.

Raises NoSuchSource, NotSetUp, WronglySigned or Malformed.
"""

Tell = Callable[[Sequence[str], Store], None]
"""Says that records of these kinds are new: what asks about them is run soon."""
