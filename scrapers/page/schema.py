"""schema.org's words for products and offers, shared by JSON-LD and microdata."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapers.page.counts import rating, tally
from scrapers.page.model import Availability, Tier

PRODUCT_TYPES = frozenset(
    {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts"}
)
GTIN_FIELDS = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8")

_AVAILABILITY: dict[str, Availability] = {
    "instock": "in_stock",
    "limitedavailability": "in_stock",
    "onlineonly": "in_stock",
    "available": "in_stock",
    "outofstock": "out_of_stock",
    "soldout": "out_of_stock",
    "discontinued": "out_of_stock",
    "oos": "out_of_stock",
    "preorder": "preorder",
    "presale": "preorder",
    "backorder": "preorder",
}


@dataclass(frozen=True, slots=True)
class Bid:
    """One schema.org Offer or AggregateOffer."""

    low: Decimal | None
    high: Decimal | None = None
    currency: str | None = None
    availability: Availability | None = None
    url: str = ""
    sku: str | None = None
    used: bool = False
    open_ended: bool = False
    tiers: tuple[Tier, ...] = ()
    listed: Decimal | None = None
    until: datetime | None = None


def local_name(value: object) -> str:
    """The last part of a schema.org address: "https://schema.org/InStock" → "InStock"."""
    return re.split(r"[/#:]", value.strip())[-1] if isinstance(value, str) else ""


def availability_of(value: object) -> Availability | None:
    """Availability in our words; None when the page says nothing known ("MadeToOrder")."""
    return _AVAILABILITY.get(re.sub(r"[\s_-]", "", local_name(value)).lower())


def is_used(value: object) -> bool:
    """Whether an itemCondition means anything but new."""
    return local_name(value) in {"UsedCondition", "RefurbishedCondition", "DamagedCondition"}


def gtin_of(field: Callable[[str], object]) -> str | None:
    """The first GTIN that has a GTIN's 8, 12, 13 or 14 digits."""
    for name in GTIN_FIELDS:
        digits = str(field(name) or "").strip()
        if digits.isdecimal() and len(digits) in {8, 12, 13, 14}:
            return digits
    return None


def rated(field: Callable[[str], object]) -> dict[str, Any]:
    """`reviews` (else how many rated) and `rating` of an AggregateRating."""
    counts = (tally(field(name)) for name in ("reviewCount", "ratingCount"))
    return {
        "reviews": next((count for count in counts if count is not None), None),
        "rating": rating(field("ratingValue"), field("bestRating")),
    }


def meant_by(bids: list[Bid], url: str) -> list[Bid]:
    """The offers the address asks for: new before used, and the variant it names, if any."""
    bids = [bid for bid in bids if not bid.used] or bids
    chosen = _selection(url)
    named = [bid for bid in bids if chosen and _selection(bid.url) == chosen]
    return named or bids


def common_availability(bids: list[Bid]) -> Availability | None:
    """In stock when any offer is; else what they agree on."""
    states = {bid.availability for bid in bids if bid.availability}
    if "in_stock" in states:
        return "in_stock"
    return states.pop() if len(states) == 1 else None


def _selection(url: str) -> str | None:
    """The variant an address selects with its query (`?variant=42`), None when it names none."""
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        return None
    return next((query[name][0] for name in ("variant", "sku", "variation") if name in query), None)
