"""Changes to the shop from outside: checked, then applied to give a new product."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from sandbox.shop.catalogue import Availability, Mode, Product, Tier

Price = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class EditError(ValueError):
    """The change can't be made; the message says why in one line."""


class TierEdit(TypedDict):
    """One step of a new ladder."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    min_quantity: Annotated[int, Field(ge=1)]
    price: Price


class ProductEdit(TypedDict, total=False):
    """What may be changed on a product; what is absent stays."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    price: Price
    currency: Currency
    availability: Availability
    mode: Mode
    tiers: Annotated[list[TierEdit], Field(min_length=1, max_length=10)]


class ShopEdit(TypedDict):
    """What may be changed on the whole shop."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    mode: Mode


_PRODUCT_EDIT = TypeAdapter(ProductEdit)
_SHOP_EDIT = TypeAdapter(ShopEdit)


def edited(product: Product, body: bytes) -> Product:
    """Apply a JSON change to a product.

    A new price moves every tier in proportion; new tiers bring their own price and minimum order.

    Raises:
        EditError: The body is no JSON, names an unknown field or holds an impossible value.
    """
    change = _parsed(_PRODUCT_EDIT, body)
    tiers = change.pop("tiers", None)
    if tiers is not None:
        ladder = _ladder(tiers, price=change.get("price"))
        change |= {"ladder": ladder, "price": ladder[0].price}
    return replace(product, **change)


def edited_mode(body: bytes) -> Mode:
    """Read the mode for the whole shop; raises EditError as `edited` does."""
    mode: Mode = _parsed(_SHOP_EDIT, body)["mode"]
    return mode


def _ladder(tiers: list[TierEdit], *, price: Decimal | None) -> tuple[Tier, ...]:
    quantities = [tier["min_quantity"] for tier in tiers]
    if quantities != sorted(set(quantities)):
        raise EditError("tiers: min_quantity must rise from tier to tier")
    if price is not None and price != tiers[0]["price"]:
        raise EditError("price: must equal the first tier's price when both are given")
    return tuple(Tier(tier["min_quantity"], tier["price"]) for tier in tiers)


def _parsed(adapter: TypeAdapter[Any], body: bytes) -> dict[str, Any]:
    try:
        return dict(adapter.validate_json(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise EditError(f"{place}: {first['msg']}") from None
