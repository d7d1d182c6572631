"""What a process remembers of a source between its runs: access tokens, how fast it may ask."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EARLY = timedelta(minutes=2)
"""A token is renewed so long before it ends."""


MOST_WORDS = 20


@dataclass(frozen=True)
class Token:
    """An access token; `refresh` renews it where the service works so."""

    value: str = field(repr=False)
    ends_at: datetime
    refresh: str | None = field(default=None, repr=False)


@dataclass
class Pace:
    """A bucket of `burst` calls, or points, that fills with `per_second`.

    The service may tell all three.
    """

    per_second: float
    burst: float
    left: float
    at: datetime

    def wait(self, now: datetime, cost: float = 1) -> float:
        """Take a call out of the bucket; return the seconds to wait before it is made."""
        filled = self.left + max((now - self.at).total_seconds(), 0) * self.per_second
        self.left, self.at = min(filled, self.burst) - cost, max(now, self.at)
        return max(-self.left / self.per_second, 0)

    def give_back(self, cost: float = 1) -> None:
        """Put a call back that was not made."""
        self.left += cost


@dataclass
class Memory:
    """What a process knows of one source, never stored: tokens are secrets."""

    access: Token | None = None
    paces: dict[str, Pace] = field(default_factory=dict)
    learned: dict[str, float] = field(default_factory=dict)
    """Figures that a connector found out, for instance how much the service gives at a time."""
    words: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WORDS), repr=False)
    """The secrets of the tokens kept lately, for no error to repeat them: a feed may still be
    asking with one that another has renewed."""
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a token is renewed: two feeds must not use up one refresh token."""

    def keep(self, token: Token) -> None:
        """Keep an access token that was granted."""
        self.access = token
        self.words += filter(None, (token.value, token.refresh))

    def token(self, now: datetime) -> Token | None:
        """Return the access token, if it holds for a while yet."""
        token = self.access
        return token if token and token.ends_at - EARLY > now else None

    def pace(self, name: str, now: datetime, *, per_second: float, burst: float) -> Pace:
        """Return a bucket, full when it is new."""
        return self.paces.setdefault(name, Pace(per_second, burst, burst, now))


Clock = Callable[[], datetime]
