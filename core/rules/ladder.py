"""Price ladders: a unit price from each quantity on, and two ladders side by side (plan B1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter


@dataclass(frozen=True)
class Tier:
    """A unit price from a quantity on."""

    min_quantity: int
    price: Decimal


Ladder = Sequence[Tier]
"""Tiers in any order."""

_START = attrgetter("min_quantity")


def price_at(tiers: Ladder, quantity: int) -> Decimal | None:
    """Return the unit price at a quantity; None below the smallest tier."""
    reached = [tier for tier in tiers if tier.min_quantity <= quantity]
    return max(reached, key=_START).price if reached else None


def common_quantities(ours: Ladder, theirs: Sequence[Ladder]) -> list[int]:
    """Return where our ladder is compared with one or several of theirs, the smallest first.

    At every quantity of ours that one of them sells too; where they all begin above our last
    tier, at the smallest quantity that both sell. The low end of a range stands for a quantity
    nobody compares with: only the same quantity tells who is cheaper.
    """
    starts = [min(map(_START, tiers)) for tiers in theirs if tiers]
    if not ours or not starts:
        return []
    first = min(starts)
    sold = sorted({tier.min_quantity for tier in ours if tier.min_quantity >= first})
    return sold or [first]
