"""Our price against a competitor's, at the same quantity (plan B1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Tier:
    """A unit price from a quantity on."""

    min_quantity: int
    price: Decimal


@dataclass(frozen=True)
class Gap:
    """Two prices at one quantity, both FOB in one currency; `ratio` is (ours − theirs) / theirs."""

    quantity: int
    ours: Decimal
    theirs: Decimal

    @property
    def ratio(self) -> Decimal:
        """The gap as a share of their price; positive: they are cheaper."""
        return (self.ours - self.theirs) / self.theirs

    def exceeds(self, limit: Decimal) -> bool:
        """Tell whether the gap is over `limit` in either direction.

        Compared as a product, so that a gap of exactly the limit is not over it by rounding. A
        gap of one cent or less is the rounding of a price, not a difference.
        """
        difference = abs(self.ours - self.theirs)
        return difference > Decimal("0.01") and difference > limit * self.theirs


def price_at(tiers: Sequence[Tier], quantity: int) -> Decimal | None:
    """Return the unit price at a quantity; None below the smallest tier."""
    reached = [tier for tier in tiers if tier.min_quantity <= quantity]
    return max(reached, key=lambda tier: tier.min_quantity).price if reached else None


def gap(ours: Sequence[Tier], theirs: Sequence[Tier]) -> Gap | None:
    """Compare at the smallest quantity that both sell; None when either side has no price.

    The low end of a range stands for a quantity nobody compares with: only the same quantity
    tells who is cheaper.
    """
    if not ours or not theirs:
        return None
    quantity = max(min(tier.min_quantity for tier in tiers) for tiers in (ours, theirs))
    our_price, their_price = price_at(ours, quantity), price_at(theirs, quantity)
    if our_price is None or not their_price:
        return None
    return Gap(quantity, our_price, their_price)
