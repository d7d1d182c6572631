"""What Shopify pushes: it only brings forward what the feeds read anyway.

The signature: shopify.dev, "Verify webhook deliveries". Deliveries overtake each other and come
again for four hours, so each says as of when it is, and an old one is left to the feeds. The body
has the shape of the former REST API.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from core.ledger.records.base import Records, Row
from scrapers.api.service import Pushed, Webhook, WrongSignature
from scrapers.api.values import known
from scrapers.sources.shopify.disputes import dispute_row
from scrapers.sources.shopify.order_records import DEAD, lines, shipments, status
from scrapers.sources.shopify.words import address, latest, line, moment

TIMELY = timedelta(minutes=10)
"""A change that is older has been read by the feeds, whatever became of it since."""

Payload = Mapping[str, Any]


def read(sent: Webhook) -> Pushed:
    """Return what a delivery says; nothing where it is late or of a topic that is not read.

    Raises WrongSignature; ValueError for another shop's or a torn one.
    """
    _verify(sent)
    shop = sent.headers.get("x-shopify-shop-domain", "")
    if shop != f"{sent.settings.shop}.myshopify.com":
        raise ValueError(f"this is of the shop {shop!r}, not of {sent.settings.shop}")
    delivery_id = sent.headers.get("x-shopify-webhook-id")
    take = TOPICS.get(sent.headers.get("x-shopify-topic", ""))
    payload = json.loads(sent.body, parse_float=Decimal)
    if take is None:
        return Pushed({}, delivery_id)
    try:
        as_of = _changed_at(sent, payload)
        if as_of is None or as_of < sent.now - TIMELY:
            return Pushed({}, delivery_id)
        return Pushed(take(sent.settings.channel, payload), delivery_id, min(as_of, sent.now))
    except (LookupError, TypeError, AttributeError) as error:
        told = f"the webhook's body lacks something: {type(error).__name__} {error}"
        raise ValueError(told) from None


def _verify(sent: Webhook) -> None:
    secret = sent.credentials["client_secret"].encode()
    ours = base64.b64encode(hmac.new(secret, sent.body, sha256).digest())
    theirs = sent.headers.get("x-shopify-hmac-sha256", "").encode()
    if not hmac.compare_digest(ours, theirs):
        raise WrongSignature


def _changed_at(sent: Webhook, payload: Payload) -> datetime | None:
    """Return the moment of the change; a dispute has none of its own, but its event has."""
    return moment(payload.get("updated_at") or sent.headers.get("x-shopify-triggered-at"))


def _order(channel: str, order: Payload) -> Records:
    if order["test"]:
        return {}
    order_no = order["name"]
    items = [
        (
            item["sku"],
            item["quantity"],
            {"amount": item["price"], "currencyCode": order["currency"]},
        )
        for item in order["line_items"]
    ]
    return {
        "order": [_order_row(channel, order)],
        "order_line": lines(channel, order_no, items),
        "shipment": [
            {**row, "order_no": order_no}
            for parcel in order["fulfillments"]
            for row in _fulfillment(channel, parcel)["shipment"]
        ],
    }


def _order_row(channel: str, order: Payload) -> Row:
    buyer = order.get("shipping_address") or {}
    sent = [parcel for parcel in order["fulfillments"] if parcel["status"].upper() not in DEAD]
    is_sent = order["fulfillment_status"] == "fulfilled"
    return {
        "channel": channel,
        "order_no": order["name"],
        "kind": "rts",
        "placed_at": moment(order["processed_at"]),
        "amount": order["total_price"],
        "currency": order["currency"],
        **known(
            # no status here says less than the feed knows: open, on hold, scheduled …
            status=status(
                order["cancelled_at"], order["financial_status"], order["fulfillment_status"]
            ),
            shipped_at=latest(parcel["created_at"] for parcel in sent) if is_sent else None,
            buyer_name=line(buyer.get("name")),
            buyer_country=buyer.get("country_code"),
            buyer_email=address(order.get("email")),
        ),
    }


def _fulfillment(channel: str, parcel: Payload) -> Records:
    theirs = _parcel_status(parcel)
    facts = known(channel=channel, shipped_at=moment(parcel["created_at"]))
    numbers = [(parcel["tracking_company"], number) for number in parcel["tracking_numbers"]]
    return {"shipment": list(shipments(numbers, theirs, facts))}


def _parcel_status(parcel: Payload) -> str:
    if parcel["status"].upper() in DEAD:
        return "cancelled"
    return parcel["shipment_status"] or "fulfilled"


def _dispute(channel: str, dispute: Payload) -> Records:
    row = dispute_row(
        channel,
        str(dispute["id"]),
        words=(dispute["status"], dispute["type"], dispute["reason"]),
        moments=(dispute["initiated_at"], dispute["evidence_due_by"], dispute["finalized_on"]),
        amount=(dispute["amount"], dispute["currency"]),
    )
    return {"dispute": [row]}


TOPICS: Mapping[str, Callable[[str, Payload], Records]] = {
    **dict.fromkeys(("orders/create", "orders/updated", "orders/paid"), _order),
    **dict.fromkeys(("orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled"), _order),
    **dict.fromkeys(("fulfillments/create", "fulfillments/update"), _fulfillment),
    **dict.fromkeys(("disputes/create", "disputes/update"), _dispute),
}
