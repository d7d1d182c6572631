"""A sign of life for a monitor outside, sent while all is well: its silence raises the alarm."""

import logging
from collections.abc import Callable
from datetime import datetime

import httpx

from core.configuration import ConfigurationError
from core.ledger.vitals import LOOK_EVERY
from core.sections import HeartbeatSettings

log = logging.getLogger(__name__)

ANSWER_WITHIN = 10.0
"""Seconds that the monitor has to answer."""


class Heartbeat:
    """Calls HEARTBEAT_URL. The address is a secret: who knows it can keep the monitor calm."""

    def __init__(
        self, url: str | None, settings: HeartbeatSettings, clock: Callable[[], datetime]
    ) -> None:
        self._url, self._clock = _address(url) if url else None, clock
        self._due_after = settings.every - LOOK_EVERY / 2  # the looks in between are not exact
        self._client: httpx.AsyncClient | None = None
        self._tried_at: datetime | None = None
        self.sent_at: datetime | None = None
        self.problem: str | None = None

    @property
    def tried(self) -> bool:
        """Whether the monitor was called."""
        return self._tried_at is not None

    async def beat(self) -> None:
        """Send a sign of life if one is due; what goes wrong is told once, without the address."""
        now = self._clock()
        if self._url is None or (self._tried_at and now - self._tried_at < self._due_after):
            return
        self._tried_at = now
        problem = await self._send(self._url)
        if problem is None:
            self.sent_at = now
        if problem != self.problem:
            log.warning("heartbeat: %s", problem or "the monitor takes it again")
        self.problem = problem

    async def close(self) -> None:
        """Close the connection."""
        if self._client:
            await self._client.aclose()

    async def _send(self, url: httpx.URL) -> str | None:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=ANSWER_WITHIN)
        try:
            answer = await self._client.get(url)
        except httpx.HTTPError as error:
            return f"the monitor cannot be reached ({type(error).__name__})"
        return None if answer.is_success else f"the monitor answered HTTP {answer.status_code}"


def _address(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(["HEARTBEAT_URL is not the address of a page: https://…"])
    return url
