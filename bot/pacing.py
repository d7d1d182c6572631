"""When the next message may go: the rest of a lane, and the pace of all lanes of a kind."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LONG_AGO = datetime.fromtimestamp(0, UTC)
AT_ONCE = 5
"""Calls that may follow each other without a pause after a quiet time; Slack bears a few."""


@dataclass
class Traffic:
    """What one lane is doing. A lane that failed rests before the next post is tried on it."""

    busy: bool = False
    free_at: datetime = LONG_AGO
    failures: int = 0
    turn: int = 0
    """When it was last served, counted in turns of all lanes: who waits longest is next."""

    def rest_until(self, moment: datetime) -> None:
        """Send nothing before a moment."""
        self.free_at = max(moment, self.free_at)


@dataclass
class Pace:
    """Calls no faster than one an interval, but for a few after a quiet time (GCRA)."""

    interval: timedelta = timedelta()
    _next: datetime = field(default=LONG_AGO, init=False)
    """When the next call would come if all kept exactly to the interval."""

    @property
    def free_at(self) -> datetime:
        """From when on a call may be made."""
        return self._next - (AT_ONCE - 1) * self.interval

    def take(self, now: datetime) -> None:
        """Count a call that is made now."""
        self._next = max(self._next, now) + self.interval

    def rest_until(self, moment: datetime) -> None:
        """Make no call before a moment, and none too many right after it."""
        self._next = max(self._next, moment + (AT_ONCE - 1) * self.interval)


def a_minute(calls: int) -> Pace:
    """Return the pace of so many calls a minute."""
    return Pace(timedelta(minutes=1) / calls)
