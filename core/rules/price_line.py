"""A price over time, as far as it is known: what a chart draws (plan B1)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple


class Span(NamedTuple):
    """A time over which a price held."""

    first: datetime
    last: datetime
    price: Decimal


Known = tuple[datetime, Decimal | None]
"""What was known from a moment on; None: nothing."""


def spans(readings: Sequence[Known], until: datetime, valid_for: timedelta | None) -> list[Span]:
    """Return where a price is known, of readings in order; equal ones that touch are one.

    A reading holds until the next, but no longer than `valid_for` (None: until it changes).
    Between two spans that do not touch nothing is known.
    """
    found: list[Span] = []
    ends = [moment for moment, _ in readings[1:]] + [until]
    for (first, price), next_one in zip(readings, ends, strict=False):
        last = min(next_one, until, until if valid_for is None else first + valid_for)
        if price is None or last < first:
            continue
        before = found[-1] if found else None
        if before and before.last == first and before.price == price:
            found[-1] = before._replace(last=last)
        else:
            found.append(Span(first, last, price))
    return found


def lowest(readings: Iterable[tuple[datetime, str, Decimal | None]]) -> list[Known]:
    """Return what a seller asked at least, of readings of several pages in order of time."""
    now: dict[str, Decimal | None] = {}
    found: list[Known] = []
    for at, page, price in readings:
        now[page] = price
        known = [each for each in now.values() if each is not None]
        found.append((at, min(known, default=None)))
    return found


def since(spans: Iterable[Span], first: datetime) -> list[Span]:
    """Return what of spans lies after a moment."""
    return [span._replace(first=max(span.first, first)) for span in spans if span.last >= first]
