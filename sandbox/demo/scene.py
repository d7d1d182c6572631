"""The moment, the seed and the calendar that every part of the demo store follows from."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STORE_ZONE = ZoneInfo("Asia/Shanghai")
HISTORY_DAYS = 90
AVERAGE_DAYS = 30


@dataclass(frozen=True)
class Scene:
    """What the store's files are made from: an aware moment, a seed, the live shop's address."""

    today: datetime
    seed: int
    shop_url: str

    def rng(self, part: str) -> random.Random:
        """Give one part of the store its own stream, so that parts don't disturb each other."""
        return random.Random(f"{self.seed}:{part}")

    @property
    def day(self) -> date:
        """The running, incomplete day in the store's zone."""
        return self.today.astimezone(STORE_ZONE).date()

    def days(self, count: int = HISTORY_DAYS) -> list[date]:
        """The last complete days before today, oldest first."""
        return [self.day - timedelta(days=back) for back in range(count, 0, -1)]

    def ago(self, *, days: float = 0, hours: float = 0) -> datetime:
        """A moment before today, on the full minute."""
        moment = self.today - timedelta(days=days, hours=hours)
        return moment.replace(second=0, microsecond=0)

    def ahead(self, *, days: float = 0, hours: float = 0) -> datetime:
        """A moment after today, on the full minute."""
        return self.ago(days=-days, hours=-hours)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """The moment, in UTC, of an hour on the store's clock."""
    return datetime.combine(day, time(hour, minute), STORE_ZONE).astimezone(UTC)
