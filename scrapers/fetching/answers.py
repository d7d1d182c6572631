"""What fetching gives: answers, pages, a note of every request, and its two kinds of failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import httpx

from core.ledger.tables import FetchOutcome


class FetchRefused(Exception):
    """A fetch that may not be done; `reason` is one clear line. Trying again changes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):
    """A fetch that did not work this time.

    `reason` is one clear line; `retry_after` (UTC) is when the host may be asked again, None when
    it said nothing.
    """

    def __init__(self, reason: str, retry_after: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class LeftAlone(FetchFailed):
    """Not asked at all: the host blocks us, or wants to rest for longer than we wait."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said of itself, sent back to ask "has it changed?"."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The request's conditions (RFC 9110, 13.1)."""
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a host. `size` is what came over the wire, `body` is unpacked."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes
    size: int
    blocked: bool = False

    @property
    def leads_to(self) -> str | None:
        """Where a redirect leads; None for any other answer."""
        is_redirect = self.status in {301, 302, 303, 307, 308}
        return self.headers.get("location") if is_redirect else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `body` is empty when `not_modified`: the earlier body still holds.

    `blocked`: the host shows a wall instead of the page, and is left alone for some minutes.
    """

    url: str
    final_url: str
    status: int
    content_type: str | None
    body: bytes
    validators: Validators
    fetched_at: datetime
    not_modified: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A note of one request: the columns of `core.ledger.tables.Fetch`."""

    host: str
    url: str
    at: datetime
    outcome: FetchOutcome
    status: int | None = None
    bytes: int = 0
    seconds: float = 0.0
    problem: str | None = None
    rest_until: datetime | None = None
