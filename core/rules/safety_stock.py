"""Safety stock and what to order (plan C1)."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal


@dataclass(frozen=True)
class Cover:
    """What the rule says of one SKU. Quantities are pieces; a day's sales may be a fraction."""

    daily_sales: Decimal
    lead_days: int
    factor: Decimal
    safety_stock: int
    available: int
    order_quantity: int
    """Pieces to order now; 0 when nothing is short."""


def is_short(units_sold: int, days: int, lead_days: int, factor: Decimal, available: int) -> bool:
    """Tell whether less is available than the safety stock, by the rule of `cover`.

    Exact and without its division, since a store asks it of every SKU it has: whole pieces are
    under the rounded-up safety stock when, and only when, they are under the exact one.
    """
    return max(units_sold, 0) * lead_days * factor > available * days


def cover(
    *,
    units_sold: int,
    days: int,
    purchase_lead_days: int,
    transport_lead_days: int,
    factor: Decimal,
    available: int,
    inbound: int,
    moq: int,
) -> Cover:
    """Return safety stock = average daily sales × (purchase + transport lead, days) × factor.

    The product is rounded up to whole pieces once, at the end. What is on its way already
    (`inbound`) is not ordered again; an order is at least the minimum order quantity. Where more
    came back than was sold, nothing was sold.
    """
    units = max(units_sold, 0)
    lead_days = purchase_lead_days + transport_lead_days
    exact = Decimal(units) * lead_days * factor / days
    safety_stock = int(exact.to_integral_value(ROUND_CEILING))
    missing = safety_stock - available - inbound
    return Cover(
        daily_sales=Decimal(units) / days,
        lead_days=lead_days,
        factor=factor,
        safety_stock=safety_stock,
        available=available,
        order_quantity=max(missing, moq) if missing > 0 else 0,
    )
