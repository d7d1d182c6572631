"""When the pages of a round are asked for: evenly over the time there is, and in which order."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from core.ledger.watched import Watched

_NEVER = datetime.min.replace(tzinfo=UTC)


def plan(
    pages: int, window: float, pace: float, chance: Callable[[], float] = random.random
) -> list[float]:
    """Return when each page of a host is asked for, in seconds from now.

    Spread evenly over `window` seconds, each somewhere in its own part of it, and never two within
    `pace`. All at once where there is no such time: then the fetcher's own pace holds them apart.
    """
    step = window / pages if pages else 0.0
    free = step - pace
    if free <= 0:
        return [0.0] * pages
    return [number * step + free * chance() for number in range(pages)]


def choose(pages: Sequence[Watched], most: int, chance: random.Random) -> list[Watched]:
    """Return the pages of a competitor to read, in the order of this round.

    The pairs, then those that were not asked for the longest; equals by chance. Those behind
    `most`, or the time, are left to the next round.
    """
    drawn = chance.sample(pages, len(pages))
    drawn.sort(key=lambda page: (page.sku is None, page.asked_at or _NEVER))
    return drawn[: max(0, most)]
