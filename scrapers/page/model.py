"""The words of an offer: what a page says a product costs, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, computed_field

Kind = Literal["product", "captcha", "login", "consent", "not_found", "no_product"]
Availability = Literal["in_stock", "out_of_stock", "preorder", "unknown"]
Withheld = Literal["on_request", "login"]
Window = Literal["all_time", "180d", "30d"]


def _whole_letters(text: str) -> str:
    """The text without halves of letters: JSON can escape one alone, and nothing can store it."""
    return text.encode("utf-8", "replace").decode()


Text = Annotated[str, AfterValidator(_whole_letters)]
"""What a page says, in letters that can be written down."""


class Tier(BaseModel):
    """The price of one unit when at least `min_quantity` are bought."""

    model_config = ConfigDict(frozen=True)

    min_quantity: int
    price: Decimal


class Found(BaseModel):
    """One value, the place on the page that states it, and how often such places are right."""

    model_config = ConfigDict(frozen=True)

    field: str
    where: str
    value: Text
    certainty: float


class Offer(BaseModel):
    """What a page offers; its JSON is the contract of `watchkeeper offer --json`.

    `price` is the one price, or the low end of a range whose high end is `price_max`; it is for
    one `unit` of `pack_size` pieces. `list_price` is the crossed-out one; `promotion_price` and
    `sample_price` are prices that not every buyer of the ladder's quantities pays. `withheld`
    says why a product shows no price: on request, or to members only. `sold` units were sold over
    `sold_over` (None: the page does not say), or more where it says "1K+" (`sold_at_least`);
    `rating` is of five. None is unknown, 0 is a 0 that the page states.
    `certainty` (0..1) speaks of the price on a product page, of the kind elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    url: str
    kind: Kind
    title: Text | None = None
    price: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None
    availability: Availability = "unknown"
    tiers: tuple[Tier, ...] = ()
    moq: int | None = None
    unit: Text | None = None
    pack_size: int | None = None
    incoterm: str | None = None
    sku: Text | None = None
    gtin: str | None = None
    list_price: Decimal | None = None
    promotion_price: Decimal | None = None
    promotion_ends_at: datetime | None = None
    sample_price: Decimal | None = None
    withheld: Withheld | None = None
    sold: int | None = None
    sold_over: Window | None = None
    sold_at_least: bool = False
    reviews: int | None = None
    rating: Decimal | None = None
    visitors_30d: int | None = None
    certainty: float = 0.0
    found: tuple[Found, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def discount(self) -> Decimal | None:
        """How far the price is below the list price, in percent with one decimal."""
        if not self.price or not self.list_price or self.list_price <= self.price:
            return None
        return ((1 - self.price / self.list_price) * 100).quantize(Decimal("0.1"))

    def price_at(self, quantity: int) -> Decimal | None:
        """Price of one unit when `quantity` are bought (plan B1: same quantity tier).

        None when the page does not say: below the minimum order, or a range without a ladder.
        """
        if quantity < (self.moq or 1):
            return None
        if self.tiers:
            reached = [tier for tier in self.tiers if tier.min_quantity <= quantity]
            return max(reached, key=lambda tier: tier.min_quantity).price if reached else None
        return self.price if self.price_max is None else None

    def piece_price_at(self, quantity: int) -> Decimal | None:
        """Price of one piece when `quantity` units are bought; a pack of n counts as n pieces."""
        price = self.price_at(quantity)
        return price if price is None or not self.pack_size else price / self.pack_size


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
    pack_size: int | None = None
    incoterm: str | None = None
    sku: str | None = None
    gtin: str | None = None
    list_price: Decimal | None = None
    promotion_price: Decimal | None = None
    promotion_ends_at: datetime | None = None
    sample_price: Decimal | None = None
    withheld: Withheld | None = None
    sold: int | None = None
    sold_over: Window | None = None
    sold_at_least: bool = False
    reviews: int | None = None
    rating: Decimal | None = None
    visitors_30d: int | None = None
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
