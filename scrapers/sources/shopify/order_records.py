"""An order of the Admin API as our records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.ledger.records.base import Records, Row
from scrapers.api.lines import by_sku
from scrapers.api.values import known
from scrapers.sources.shopify.words import (
    ENDED,
    FULFILLMENT,
    PARCEL,
    address,
    latest,
    line,
    moment,
)

Node = Mapping[str, Any]

CARRIER_UNKNOWN = "other"
DEAD = frozenset({"CANCELLED", "ERROR", "FAILURE"})
"""Fulfillments of which nothing was sent."""


def order_records(channel: str, orders: Sequence[Node]) -> Records:
    """Return orders, order lines and shipments; test orders are none."""
    real = [order for order in orders if not order["test"]]
    return {
        "order": [_order(channel, order) for order in real],
        "order_line": [
            row for order in real for row in lines(channel, order["name"], _bare(order))
        ],
        "shipment": [row for order in real for row in _shipments(channel, order)],
    }


def _order(channel: str, order: Node) -> Row:
    paid = order["totalPriceSet"]["shopMoney"]
    buyer = order["displayAddress"] or {}
    return {
        "channel": channel,
        "order_no": order["name"],
        "kind": "rts",
        "status": status(
            order["cancelledAt"],
            order["displayFinancialStatus"],
            order["displayFulfillmentStatus"],
        ),
        "placed_at": moment(order["processedAt"]),
        "amount": paid["amount"],
        "currency": paid["currencyCode"],
        **known(
            promised_ship_at=_promised(order),
            # what the app may not see, or the buyer did not say, is null: it stays as it is known
            buyer_name=line(buyer.get("name")),
            buyer_country=buyer.get("countryCodeV2"),
            buyer_email=address(order["email"]),
        ),
        **_progress(order),
    }


def status(cancelled_at: Any, payment: Any, fulfillment: Any) -> str | None:
    """Return the one word for an order: how it ended, else how far it is."""
    if cancelled_at:
        return "cancelled"
    return ENDED.get(str(payment).lower()) or FULFILLMENT.ours(fulfillment)


def _promised(order: Node) -> Any:
    """Return when the first of an order's parts must leave."""
    plans = (order.get("fulfillmentOrders") or {"nodes": []})["nodes"]
    due = [moment(plan["fulfillBy"]) for plan in plans if plan["status"] != "CANCELLED"]
    return min(filter(None, due), default=None)


def _progress(order: Node) -> Row:
    """Return when the whole order left and arrived. What a cancelled parcel had said is cleared."""
    parcels = order["fulfillments"]
    sent = [parcel for parcel in parcels if parcel["status"] not in DEAD]
    if order["displayFulfillmentStatus"] == "FULFILLED" and sent:
        shipped_at = latest(parcel["createdAt"] for parcel in sent)
        delivered_at = latest(parcel["deliveredAt"] for parcel in sent)
    else:
        shipped_at = delivered_at = None
    told = {"shipped_at": shipped_at, "delivered_at": delivered_at}
    return told if len(sent) < len(parcels) else known(**told)


def _bare(order: Node) -> Iterator[tuple[str | None, int, Node]]:
    for item in order["lineItems"]["nodes"]:
        yield item["sku"], item["quantity"], item["originalUnitPriceSet"]["shopMoney"]


def lines(channel: str, order_no: str, items: Iterable[tuple[str | None, int, Node]]) -> list[Row]:
    """Return one row a SKU. What has no SKU, as a tip, is no article."""
    return by_sku(
        {
            "channel": channel,
            "order_no": order_no,
            "sku": sku,
            "quantity": quantity,
            "unit_price": price["amount"],
            "currency": price["currencyCode"],
        }
        for sku, quantity, price in items
        if sku
    )


def _shipments(channel: str, order: Node) -> Iterator[Row]:
    for parcel in order["fulfillments"]:
        facts = known(
            channel=channel,
            order_no=order["name"],
            shipped_at=moment(parcel["inTransitAt"] or parcel["createdAt"]),
            eta=moment(parcel["estimatedDeliveryAt"]),
            delivered_at=moment(parcel["deliveredAt"]),
        )
        numbers = [(one["company"], one["number"]) for one in parcel["trackingInfo"]]
        yield from shipments(numbers, parcel["displayStatus"] or parcel["status"], facts)


def shipments(
    numbers: Iterable[tuple[str | None, str | None]], theirs: str, facts: Row
) -> Iterator[Row]:
    """Yield a row for every tracking number of a parcel; without one nobody can follow it."""
    for company, number in numbers:
        if number:
            yield {
                "carrier": line(company) or CARRIER_UNKNOWN,
                "tracking_no": number,
                "status": PARCEL.ours(theirs),
                "sub_status": theirs.lower(),
                **facts,
            }
