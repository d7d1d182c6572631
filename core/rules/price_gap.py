"""How far our price is from a competitor's at the same quantity (plan B1)."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Gap:
    """Two prices of a piece at one quantity, both FOB in one currency.

    `tick` is the coarser of the steps in which the two can move: a difference of one is the
    rounding of a price.
    """

    quantity: int
    ours: Decimal
    theirs: Decimal
    tick: Decimal = Decimal("0.01")

    @property
    def ratio(self) -> Decimal:
        """The gap as a share of their price; positive: they are cheaper."""
        return (self.ours - self.theirs) / self.theirs

    @property
    def they_are(self) -> str:
        """Return which way it goes: cheaper, or dearer."""
        return "cheaper" if self.ours > self.theirs else "dearer"

    def exceeds(self, limit: Decimal) -> bool:
        """Tell whether the gap is over `limit` in either direction, and no mere rounding.

        Compared as a product, so that a gap of exactly the limit is not over it by rounding.
        """
        difference = abs(self.ours - self.theirs)
        return difference > self.tick and difference > limit * self.theirs

    def is_further_than(self, kept: "Gap", further: Decimal) -> bool:
        """Tell whether the gap has turned round, or grown by more than `further`, a share."""
        if self.they_are != kept.they_are:
            return True
        now, then = (abs(gap.ours - gap.theirs) for gap in (self, kept))
        return now * kept.theirs - then * self.theirs > further * self.theirs * kept.theirs


def margin(price: Decimal, unit_cost: Decimal | None) -> Decimal | None:
    """Return what is left of a price, as a share of it; None where the cost is not known."""
    return (price - unit_cost) / price if unit_cost else None
