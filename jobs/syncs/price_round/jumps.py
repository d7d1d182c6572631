"""Prices that are too far from the last one to be believed at once (plan B1)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.ledger.records import CompetitorOffer

_PRICE = ("price", "price_max", "currency")


def jumps(last: CompetitorOffer | None, said: Mapping[str, Any], share: Decimal) -> bool:
    """Tell whether a price is further than a share from the last one, or in another currency.

    Of a range, both ends count.
    """
    if last is None or last.price is None or said["price"] is None:
        return False
    if last.currency != said["currency"]:
        return True
    ends = [
        (last.price, said["price"]),
        (last.price_max or last.price, said.get("price_max") or said["price"]),
    ]
    return any(abs(now - before) > share * before for before, now in ends)


def same_price(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Tell whether two readings of a page agree."""
    return all(first.get(name) == second.get(name) for name in _PRICE)
