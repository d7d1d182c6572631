"""What Amazon says of one order, in our records."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from core.ledger.cells import read_email
from core.ledger.records.base import Records, Row
from core.ledger.records.column import LONGEST_KEY
from scrapers.api.lines import by_sku
from scrapers.api.moments import moment
from scrapers.api.values import known
from scrapers.api.words import Words
from scrapers.sources.amazon.calls import at, money, word

CHANNEL = "amazon"

ORDER = Words(
    {
        "PENDING_AVAILABILITY": "pending_availability",
        "PENDING": "pending",
        "UNSHIPPED": "unshipped",
        "PARTIALLY_SHIPPED": "partially_shipped",
        "SHIPPED": "shipped",
        "CANCELLED": "cancelled",
        "UNFULFILLABLE": "unfulfillable",
    }
)
PARCEL = Words(
    {
        "PENDING": "info_received",
        "IN_TRANSIT": "in_transit",
        "SHIPPED": "in_transit",
        "DELIVERED": "delivered",
        "CANCELLED": "cancelled",
        "UNDELIVERABLE": "exception",
    }
)
FINER = {
    "OUT_FOR_DELIVERY": "out_for_delivery",
    "LABEL_CANCELLED": "cancelled",
    "REJECTED_BY_BUYER": "exception",
    "UNDELIVERABLE": "exception",
    "RETURNING_TO_SELLER": "exception",
    "RETURNED_TO_SELLER": "exception",
    "LOST": "exception",
    "DAMAGED": "exception",
}
"""Finer words of a parcel that say more than its status does."""


def records(orders: Iterable[Any]) -> Records:
    """Return the records of a page of orders.

    An order that Amazon only sends out for another shop (multi-channel fulfilment) is left to the
    source of that shop.
    """
    sold_here = [
        order for order in orders if word(order, "salesChannel", "channelName") != "NON_AMAZON"
    ]
    return {
        "order": [_order(order) for order in sold_here],
        "order_line": [line for order in sold_here for line in _lines(order)],
        "shipment": [parcel for order in sold_here for parcel in _parcels(order)],
    }


def _order(order: Any) -> Row:
    """Return an order. What Amazon sends out itself has no promise of ours to ship."""
    fulfilment = at(order, "fulfillment")
    by_us = word(fulfilment, "fulfilledBy") != "AMAZON"
    told = {
        "status": ORDER.ours(word(fulfilment, "fulfillmentStatus")),
        "promised_ship_at": _time(fulfilment, "shipByWindow", "latestDateTime") if by_us else None,
        "promised_delivery_at": _time(fulfilment, "deliverByWindow", "latestDateTime"),
        "shipped_at": _shipped_at(order),
        "buyer_name": _printable(word(order, "buyer", "buyerName")),
        "buyer_email": _email(word(order, "buyer", "buyerEmail")),
        "buyer_country": word(order, "recipient", "deliveryAddress", "countryCode"),
    }
    return {
        "channel": CHANNEL,
        "order_no": word(order, "orderId"),
        "kind": "rts",
        "placed_at": _time(order, "createdTime"),
        **money(at(order, "proceeds", "grandTotal"), "amount"),
        **known(**told),
    }


def _time(thing: Any, *names: str) -> datetime | None:
    return moment(at(thing, *names))


def _printable(name: str | None) -> str | None:
    """Return a name without control characters, for which an order must not be refused."""
    return "".join(filter(str.isprintable, name)) if name else None


def _email(address: str | None) -> str | None:
    """Return the buyer's relay address; None for what is masked."""
    try:
        return read_email(address or "", LONGEST_KEY)
    except ValueError:
        return None


def _shipped_at(order: Any) -> datetime | None:
    """Return when the last parcel of an order that was shipped in full left."""
    if word(order, "fulfillment", "fulfillmentStatus") != "SHIPPED":
        return None
    times = [_time(parcel, "shipTime") for parcel in _of(order, "packages")]
    return max((time for time in times if time), default=None)


def _lines(order: Any) -> list[Row]:
    """Return an order's articles: what stands in it twice is added up."""
    return by_sku(
        {
            "channel": CHANNEL,
            "order_no": word(order, "orderId"),
            "sku": word(item, "product", "sellerSku"),
            "quantity": at(item, "quantityOrdered"),
            **money(at(item, "product", "price", "unitPrice"), "unit_price"),
        }
        for item in _of(order, "orderItems")
    )


def _parcels(order: Any) -> Iterator[Row]:
    """Yield the parcels that have a number to follow; Amazon tells of those that we send."""
    for parcel in _of(order, "packages"):
        carrier, number = word(parcel, "carrier"), word(parcel, "trackingNumber")
        if not carrier or not number:
            continue
        state, finer = (word(parcel, "packageStatus", n) for n in ("status", "detailedStatus"))
        told = {
            "status": FINER.get(finer or "") or PARCEL.ours(state),
            "sub_status": finer,
            "shipped_at": _time(parcel, "shipTime"),
            "promised_at": _time(order, "fulfillment", "deliverByWindow", "latestDateTime"),
        }
        yield {
            "carrier": carrier,
            "tracking_no": number,
            "order_no": word(order, "orderId"),
            "channel": CHANNEL,
            **known(**told),
        }


def _of(order: Any, name: str) -> list[Any]:
    found = at(order, name)
    return found if isinstance(found, list) else []
