"""robots.txt (RFC 9309): what a host lets us read, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from protego import Protego

LARGEST = 512_000
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least 500 KiB."""

_CLIENT_ERROR = 4


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's rules until they are asked again.

    `rules` None means the host did not answer, as `problem` says: nothing may be read for now.
    """

    rules: Protego | None
    expires_at: datetime
    problem: str

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` may read `url`."""
        return self.rules is not None and bool(self.rules.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds between requests that the host asks for, 0 when it asks for none."""
        asked = self.rules.crawl_delay(agent) if self.rules else None
        return float(asked or 0)


def rules_of(status: int, body: bytes) -> Protego | None:
    """The rules an answer for /robots.txt means.

    A file is obeyed; 4xx is no file and allows everything; anything else forbids for now
    (RFC 9309, 2.3.1), 429 too.
    """
    if status == HTTPStatus.OK:
        return Protego.parse(body[:LARGEST].decode("utf-8", "replace"))
    if status // 100 == _CLIENT_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
        return Protego.parse("")
    return None
