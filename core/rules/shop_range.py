"""What became of a page of a competitor's range: new, sold out, gone (plan B1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self


class State(StrEnum):
    """What a page was seen to be. A page that could not be read was not seen at all."""

    IN_STOCK = "in_stock"
    SHOWN = "shown"
    """A product, but the page does not say whether it can be had at once."""
    SOLD_OUT = "sold_out"
    GONE = "gone"
    """No product any more."""


@dataclass(frozen=True)
class History:
    """A page's changes, oldest first: what it became, and when that was first seen.

    `last_at` is when it was last seen to be what it became last.
    """

    changes: Sequence[tuple[State, datetime]]
    last_at: datetime

    @property
    def state(self) -> State:
        """What it is, as far as is known."""
        return self.changes[-1][0]

    @property
    def since(self) -> datetime:
        """When that was first seen."""
        return self.changes[-1][1]

    @property
    def was_product(self) -> bool:
        """Whether it ever was one."""
        return any(state is not State.GONE for state, _ in self.changes)

    @property
    def ran_out(self) -> bool:
        """Whether it is sold out, and could be had before."""
        was_there = any(state is State.IN_STOCK for state, _ in self.changes)
        return self.state is State.SOLD_OUT and was_there


@dataclass(frozen=True)
class Named:
    """When a shop named a page among its own, first and last; `way` is what led to it."""

    way: str
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Way:
    """One way into a shop: when it first led to a page, and when it last did."""

    began: datetime
    last: datetime

    @classmethod
    def of(cls, pages: Collection[Named]) -> Self:
        """Return the way that led to some pages."""
        return cls(min(page.first for page in pages), max(page.last for page in pages))


def is_new(page: Named, way: Way, settle_for: timedelta) -> bool:
    """Tell whether a page came when its shop was known; its first discovery is no news."""
    return page.first - way.began >= settle_for


def dropped_at(
    page: Named, history: History, way: Way, vanished_after: timedelta
) -> datetime | None:
    """Return when a page counts as dropped: its shop names others and no more this one.

    None: it does not. A page that is still read as a product is not dropped, whatever is named.
    """
    at = max(page.last, history.last_at) + vanished_after
    return at if at <= way.last else None


def is_sold_out(pages: Collection[History]) -> bool:
    """Tell whether a competitor has none of what some pages offer.

    One page that may still sell it is enough; of what is gone altogether nobody says so.
    """
    states = {page.state for page in pages}
    return State.SOLD_OUT in states and states <= {State.SOLD_OUT, State.GONE}
