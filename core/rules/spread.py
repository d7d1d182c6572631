"""Median and 90th percentile of waiting times (plan A5)."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from statistics import median


@dataclass(frozen=True)
class Spread:
    """How a set of waiting times lies. `p90` is the nearest rank: nine in ten were no longer."""

    count: int
    median: timedelta
    p90: timedelta


def spread(times: Collection[timedelta]) -> Spread | None:
    """Return how the times lie; None when there are none: no data is not zero."""
    if not times:
        return None
    ordered = sorted(times)
    nearest_rank = math.ceil(len(ordered) * 9 / 10) - 1
    middle = median(time.total_seconds() for time in ordered)
    return Spread(len(ordered), timedelta(seconds=middle), ordered[nearest_rank])
