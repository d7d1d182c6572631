"""A new price on our ladder: what to propose, what it does to the other tiers, when it is refused.

Prices are of a piece, in the currency of the price list (plan B1).
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from core.rules.ladder import Ladder, Tier, price_at


@dataclass(frozen=True)
class NewTier:
    """A tier of the ladder as it is to be."""

    min_quantity: int
    price: Decimal
    old_price: Decimal | None
    """What was asked for so many pieces before; None: nothing, so few were not sold."""

    @property
    def changed(self) -> bool:
        """Whether so many pieces cost something else than before."""
        return self.price != self.old_price


class Refusal(StrEnum):
    """Why a price does not go on the list."""

    NO_LADDER = "no_ladder"
    """There is no price of ours in this currency that could be changed."""
    NOT_POSITIVE = "not_positive"
    SAME = "same"
    """It is our price already."""
    TOO_HIGH = "too_high"
    """So far over ours that it is a slip of the finger, or a matter for the price list itself."""
    TOO_LOW = "too_low"
    RISING = "rising"
    """Fewer pieces cost less a piece."""


def on_step(price: Decimal, step: Decimal) -> Decimal:
    """Return a price in whole steps, rounded down: what matches theirs is never above it."""
    return price.quantize(step, rounding=ROUND_DOWN)


def repriced(ladder: Ladder, quantity: int, price: Decimal) -> list[NewTier]:
    """Return our ladder with a price from a quantity on, smallest quantity first.

    A ladder never rises: what would cost more a piece at a larger quantity is brought down to it.
    """
    known = {tier.min_quantity: tier.price for tier in ladder}
    return [
        NewTier(each, _new_price(known.get(each), each - quantity, price), price_at(ladder, each))
        for each in sorted({*known, quantity})
    ]


def _new_price(known: Decimal | None, further: int, price: Decimal) -> Decimal:
    if known is None or further == 0:
        return price
    return known if further < 0 else min(known, price)


def refusal(
    price: Decimal, ours: Decimal, quantity: int, ladder: Ladder, slip_over: Decimal
) -> Refusal | None:
    """Return why a price from a quantity on is refused; `ours` is what it is there now."""
    if not ladder:
        return Refusal.NO_LADDER
    if price <= 0:
        return Refusal.NOT_POSITIVE
    if price == ours:
        return Refusal.SAME
    if price > ours * slip_over:
        return Refusal.TOO_HIGH
    if price * slip_over < ours:
        return Refusal.TOO_LOW
    fewer = fewer_pieces(ladder, quantity)
    return Refusal.RISING if fewer is not None and price > fewer.price else None


def fewer_pieces(ladder: Ladder, quantity: int) -> Tier | None:
    """Return the tier before the one of a quantity; None where that is the first."""
    before = [tier for tier in ladder if tier.min_quantity < quantity]
    return max(before, key=lambda tier: tier.min_quantity, default=None)


def floor_price(unit_cost: Decimal, least_margin: Decimal, step: Decimal) -> Decimal:
    """Return the lowest price, in whole steps, that leaves a margin: (p − c) ÷ p ≥ m."""
    lowest = unit_cost / (1 - least_margin)
    rounded = on_step(lowest, step)
    return rounded if rounded >= lowest else rounded + step
