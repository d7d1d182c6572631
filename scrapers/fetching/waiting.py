"""When a host is asked: its pace, how long it is left alone, how long it is waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapers.fetching.answers import LeftAlone

BACKOFF = timedelta(minutes=5)
"""How long a host is left alone when it blocks us, or named no time itself."""

JITTER = 0.3
"""Up to this share is added to every pause, so that requests do not come like clockwork."""

_LONGEST_WAIT = timedelta(days=1)
_LONGEST_TURN = timedelta(minutes=10)

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]
"""A number from 0 up to 1, as `random.random` gives."""


def wait_asked(retry_after: str | None, now: datetime) -> timedelta:
    """How long Retry-After (seconds or a date, RFC 9110 10.2.3) asks us to wait.

    Five minutes when it is missing or unreadable; never more than a day.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        longest = int(_LONGEST_WAIT.total_seconds())
        return timedelta(seconds=longest if len(text) > len(str(longest)) else int(text))
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return BACKOFF
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return min(max(asked - now, timedelta(0)), _LONGEST_WAIT)


class Waiting:
    """One host's pace, rest and our patience with it.

    Patience begins with the first failure that passes: until it is over, what failed is asked
    again, and a short rest is waited for instead of told.
    """

    def __init__(self, patience: timedelta, clock: Clock, sleep: Sleep, chance: Chance) -> None:
        self._now = clock
        self._sleep = sleep
        self._chance = chance
        self._patience = patience
        self._patient_until: datetime | None = None
        self._next_at = clock()
        self._rest_until: datetime | None = None
        self._why = ""
        self._blocked = False

    async def turn(self, name: str, delay: float) -> None:
        """Wait for the host's next free moment, and take it.

        Raises LeftAlone where that is too far away: some hosts ask for an hour between requests.
        """
        now = self._now()
        mine = max(now, self._next_at)
        if mine - now > _LONGEST_TURN:
            raise LeftAlone(f"{name} is not asked now: it wants {delay:.0f} s between two", mine)
        self._next_at = mine + timedelta(seconds=delay * (1 + JITTER * self._chance()))
        if mine > now:
            await self._sleep((mine - now).total_seconds())

    def rest(self, until: datetime, why: str, *, blocked: bool = False) -> None:
        """Ask nothing before a moment. A host that blocks us is not waited for."""
        self._rest_until, self._why, self._blocked = until, why, blocked

    async def until_rested(self, name: str) -> None:
        """Wait for the end of a short rest. Raises LeftAlone where that is too long."""
        while (until := self._rest_until) and until > self._now():
            if self._blocked or not await self.again((until - self._now()).total_seconds()):
                raise LeftAlone(
                    f"{name} is left alone until {until:%Y-%m-%d %H:%M:%S} UTC: {self._why}", until
                )

    async def again(self, seconds: float) -> bool:
        """Wait before something is asked again; False, at once, when patience does not last."""
        now = self._now()
        if self._patient_until is None:
            self._patient_until = now + self._patience
        if now + timedelta(seconds=seconds) > self._patient_until:
            return False
        await self._sleep(seconds * (1 + JITTER * self._chance()))
        return True
