"""The words of an offer: what a page says a product costs, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["product", "captcha", "login", "consent", "not_found", "no_product"]
Availability = Literal["in_stock", "out_of_stock", "preorder", "unknown"]


class Tier(BaseModel):
    """The price of one piece when at least `min_quantity` are bought."""

    model_config = ConfigDict(frozen=True)

    min_quantity: int
    price: Decimal


class Found(BaseModel):
    """One value and the place on the page that states it."""

    model_config = ConfigDict(frozen=True)

    field: str
    where: str
    value: str


class Offer(BaseModel):
    """What a page offers; its JSON is the contract of `watchkeeper offer --json`.

    `price` is the one price, or the low end of a range whose high end is `price_max`. None is
    unknown. `certainty` (0..1) speaks of the price on a product page, of the kind elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    url: str
    kind: Kind
    title: str | None = None
    price: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None
    availability: Availability = "unknown"
    tiers: tuple[Tier, ...] = ()
    moq: int | None = None
    unit: str | None = None
    incoterm: str | None = None
    sku: str | None = None
    gtin: str | None = None
    certainty: float = 0.0
    found: tuple[Found, ...] = ()

    def price_at(self, quantity: int) -> Decimal | None:
        """Price of one piece when `quantity` are bought (plan B1: same quantity tier).

        None when the page does not say: below the minimum order, or a range without a ladder.
        """
        if quantity < (self.moq or 1):
            return None
        if self.tiers:
            reached = [tier for tier in self.tiers if tier.min_quantity <= quantity]
            return max(reached, key=lambda tier: tier.min_quantity).price if reached else None
        return self.price if self.price_max is None else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source on a page says; None is unknown.

    Args of note: `trust` (0..1) is how often a price of this source is right; `where` names a
    finer place for a field than `source`; `kind` is set by a source that knows the page is not
    a product; `rivals` are prices between which the source cannot tell, so that `price` is None.
    """

    source: str
    trust: float
    title: str | None = None
    price: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None
    availability: Availability | None = None
    tiers: tuple[Tier, ...] = ()
    moq: int | None = None
    unit: str | None = None
    incoterm: str | None = None
    sku: str | None = None
    gtin: str | None = None
    kind: Kind | None = None
    rivals: tuple[Decimal, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)


def ladder(tiers: list[Tier]) -> tuple[Tier, ...]:
    """Tiers by rising quantity; the last statement of a quantity wins."""
    by_quantity = {tier.min_quantity: tier for tier in tiers if tier.min_quantity > 0}
    return tuple(by_quantity[quantity] for quantity in sorted(by_quantity))


def span(amounts: list[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    """`price` and `price_max` of several amounts: (low, high), high None when they are one."""
    if not amounts:
        return None, None
    low, high = min(amounts), max(amounts)
    return low, (high if high != low else None)
