"""robots.txt (RFC 9309): what a host lets us read, and how fast."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from protego import Protego

LARGEST = 512_000
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least 500 KiB."""

_CLIENT_ERROR = 4


_LARGE = 32_000
_LONGEST_DELAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's rules until they are asked again.

    `rules` None means the host did not answer, as `problem` says: nothing may be read for now.
    """

    rules: Protego | None
    expires_at: datetime
    problem: str
    is_large: bool = False

    async def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` may read `url`; half a megabyte of rules is looked at in a thread."""
        if self.rules is None:
            return False
        if self.is_large:
            return bool(await asyncio.to_thread(self.rules.can_fetch, url, agent))
        return bool(self.rules.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds between requests that the host asks for, 0 when it asks for none."""
        asked = float((self.rules.crawl_delay(agent) if self.rules else None) or 0)
        return min(asked, _LONGEST_DELAY) if asked > 0 else 0.0  # not for nan either


def read_rules(status: int, body: bytes, known_until: datetime, asked_again: datetime) -> Robots:
    """What an answer for /robots.txt means.

    A file is obeyed; 4xx is no file and allows everything; anything else forbids for now
    (RFC 9309, 2.3.1).
    """
    if status == HTTPStatus.OK:
        text = body[:LARGEST].decode("utf-8", "replace")
        return Robots(Protego.parse(text), known_until, "", is_large=len(text) > _LARGE)
    if status // 100 == _CLIENT_ERROR:
        return Robots(Protego.parse(""), known_until, "")
    return Robots(None, asked_again, "does not answer properly")
