"""What fetching takes and gives: settings, pages, and its two kinds of failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How politely we fetch; the values of `scrapers.fetch` in config.yaml.

    `contact` is an address or page a host can complain to; it stands in the User-Agent. Hosts in
    `allowed_private_hosts` ("127.0.0.1", "shop.lan:8080") may be on a private network.
    """

    contact: str
    delay_seconds: float = 1.0
    connections_per_host: int = 2
    timeout_seconds: float = 20.0
    total_seconds: float = 60.0
    max_bytes: int = 5_000_000
    max_redirects: int = 5
    robots_hours: float = 24.0
    allowed_private_hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said of itself, sent back to ask "has it changed?"."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `body` is empty when `not_modified`: the earlier body still holds."""

    url: str
    final_url: str
    status: int
    content_type: str | None
    body: bytes
    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    not_modified: bool = False

    @property
    def validators(self) -> Validators:
        """What to pass to the next `get` of this address."""
        return Validators(self.etag, self.last_modified)
