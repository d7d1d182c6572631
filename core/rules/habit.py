"""How many rows a source usually brings, and when so few came that a person should know (law 5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median_low

DAY = timedelta(days=1)

Count = tuple[datetime, int]
"""When a complete run ended, and how many rows it read."""


def missed_habit(
    count: int, before: Sequence[int], *, share: Decimal, needs: int, least: int
) -> int | None:
    """Return the habit that a count lies far below; None: it does not, or there is no habit.

    The habit is the median of the earlier counts: one day without sales, or one flood, does not
    move it. Fewer than `needs` earlier counts are no habit, and a habit of fewer than `least` rows
    says nothing: of two reviews a day, none is as usual. Far below is under `share` of it.
    """
    if len(before) < needs:
        return None
    usual = median_low(before)
    return usual if usual >= least and count < share * usual else None


def by_day(counts: Iterable[Count], as_of: datetime, days: int) -> list[int]:
    """Return the rows of so many spans of 24 hours back from a moment, the latest first.

    Spans in which no run ended are left out: nobody looked. None at all when the latest is one.
    """
    sums: dict[int, int] = {}
    for ended, rows in counts:
        back = (as_of - ended) // DAY
        if 0 <= back < days:
            sums[back] = sums.get(back, 0) + rows
    return [sums[back] for back in sorted(sums)] if 0 in sums else []
