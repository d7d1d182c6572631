"""What a competitor's page sold in 30 days, from what it printed at several moments (plan F3).

Hardly any shop publishes it. What can be known, the surest first: the page's own figure of 30 days;
how far a count of all sales rose between two readings; a share of the page's 180 days; how far its
count of reviews rose. Each result says which it is and over which time. Unknown is None, never 0.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

WINDOW = timedelta(days=30)
"""What pages and exports count over; other lengths of time would not be the same figure."""
_HALF_YEAR = timedelta(days=180)


class Reading(NamedTuple):
    """What a page printed at a moment."""

    at: datetime
    sold: int | None = None
    over: str | None = None
    """Over which time it was sold: all_time, 180d, 30d; None: the page does not say."""
    at_least: bool | None = None
    """Whether the page says so many or more (1K+)."""
    reviews: int | None = None


class Method(StrEnum):
    """How pieces sold were learned, the surest first."""

    SHOWN = "shown"
    """The page's own figure of 30 days."""
    COUNTED = "counted"
    """How far its count of all sales rose."""
    SHARE = "share"
    """30 of its 180 days; an estimate."""
    REVIEWS = "reviews"
    """How far its reviews rose, times what was ordered for each; an estimate."""


@dataclass(frozen=True)
class Sold:
    """Pieces sold from `first` to `last`; at least so many where the page says "1K+"."""

    pieces: int
    method: Method
    first: datetime
    last: datetime
    at_least: bool = False

    @property
    def is_estimate(self) -> bool:
        """Whether it was not counted as sales."""
        return self.method in (Method.SHARE, Method.REVIEWS)


def sold_in_window(
    readings: Iterable[Reading], as_of: datetime, *, cover: Decimal, orders_per_review: Decimal
) -> Sold | None:
    """Return what a page sold in the 30 days before a moment; None: it cannot be told.

    `cover` is the share of the 30 days that two readings must lie apart; what they span is said,
    not stretched. A count that fell was begun anew, and says nothing.
    """
    known = sorted((each for each in readings if each.at <= as_of), key=lambda each: each.at)
    fresh = [reading for reading in known if as_of - reading.at <= WINDOW * float(1 - cover)]

    def rise(value: Callable[[Reading], int | None]) -> tuple[int, Reading, Reading] | None:
        return _rise(known, fresh, value, as_of, WINDOW * float(cover))

    for reading in reversed(fresh):
        if reading.over == "30d" and reading.sold is not None:
            first = reading.at - WINDOW
            return Sold(reading.sold, Method.SHOWN, first, reading.at, bool(reading.at_least))
    if risen := rise(_all_time):
        return Sold(risen[0], Method.COUNTED, risen[1].at, risen[2].at)
    for reading in reversed(fresh):
        if reading.over == "180d" and reading.sold is not None:
            pieces = _whole(Decimal(reading.sold) * (WINDOW // timedelta(days=1)) / 180)
            first = reading.at - _HALF_YEAR
            return Sold(pieces, Method.SHARE, first, reading.at, bool(reading.at_least))
    if any(_all_time(reading) is not None for reading in fresh):
        return None  # it counts sales, only not for long enough or without a break: no guess
    if risen := rise(lambda reading: reading.reviews):
        pieces = _whole(risen[0] * orders_per_review)
        return Sold(pieces, Method.REVIEWS, risen[1].at, risen[2].at)
    return None


def _all_time(reading: Reading) -> int | None:
    """Return a count of all sales; "1K+" is none that could rise by a piece."""
    return reading.sold if reading.over == "all_time" and not reading.at_least else None


def _rise(
    known: Sequence[Reading],
    fresh: Sequence[Reading],
    value: Callable[[Reading], int | None],
    as_of: datetime,
    least: timedelta,
) -> tuple[int, Reading, Reading] | None:
    """Return how far a count rose, and between which readings: those nearest to the 30 days."""
    last = next((reading for reading in reversed(fresh) if value(reading) is not None), None)
    if last is None:
        return None
    counted = [reading for reading in known if value(reading) is not None]
    spans = [each for each in counted if least <= last.at - each.at <= 2 * WINDOW - least]
    if not spans:
        return None
    first = min(spans, key=lambda reading: abs(as_of - WINDOW - reading.at))
    values = [value(each) or 0 for each in counted if first.at <= each.at <= last.at]
    if any(after < before for before, after in pairwise(values)):
        return None
    return values[-1] - values[0], first, last


def _whole(pieces: Decimal) -> int:
    return int(pieces.quantize(Decimal(1), ROUND_HALF_UP))
