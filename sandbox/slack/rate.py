"""Slack's pace of about one message a second and channel, as a token bucket."""

import math
import time
from dataclasses import dataclass, field


@dataclass
class MessageRate:
    """Lets `rate` messages a second into each channel, `burst` of them at once; 0 is no limit."""

    rate: float = 1.0
    burst: int = 4
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    _stands_at: float | None = None

    def now(self) -> float:
        """Seconds of the clock that messages are counted by: this machine's, or a standing one."""
        return time.monotonic() if self._stands_at is None else self._stands_at

    def stand_at(self, seconds: float) -> None:
        """Let the clock stand there until it is told again, or another pace is set."""
        self._stands_at = seconds

    def wait(self, channel: str, now: float) -> int:
        """Whole seconds to wait (Slack's `Retry-After`); 0 lets the message through.

        `now` is a monotonic clock in seconds.
        """
        if self.rate <= 0:
            return 0
        tokens, since = self._tokens.get(channel, (float(self.burst), now))
        tokens = min(tokens + (now - since) * self.rate, float(self.burst))
        allowed = tokens >= 1
        self._tokens[channel] = (tokens - 1 if allowed else tokens, now)
        return 0 if allowed else math.ceil((1 - tokens) / self.rate)

    def change(self, rate: float, burst: int) -> None:
        """Go on with another pace, with full buckets, by this machine's clock."""
        self.rate, self.burst, self._stands_at = rate, burst, None
        self._tokens.clear()
