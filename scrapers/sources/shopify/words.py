"""Shopify's words in ours, and the small things that all its records are made of."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from core.ledger.cells import read_email
from core.ledger.records.column import LONGEST_KEY
from scrapers.api.words import Words

LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

FULFILLMENT = Words(
    {
        word: word.lower()
        for word in (
            "FULFILLED",
            "FULFILLMENT_NOT_REQUIRED",
            "IN_PROGRESS",
            "ON_HOLD",
            "OPEN",
            "PARTIALLY_FULFILLED",
            "PENDING_FULFILLMENT",
            "REQUEST_DECLINED",
            "RESTOCKED",
            "SCHEDULED",
            "UNFULFILLED",
        )
    }
    | {"PARTIAL": "partially_fulfilled"}  # as webhooks have it
)
"""How far an order is, OrderDisplayFulfillmentStatus."""

ENDED = Words({"REFUNDED": "refunded", "VOIDED": "voided", "EXPIRED": "expired"})
"""Payments after which nothing is owed to the buyer, of OrderDisplayFinancialStatus."""

PARCEL = Words(
    dict.fromkeys(("SUBMITTED", "CONFIRMED", "FULFILLED", "MARKED_AS_FULFILLED"), "info_received")
    | dict.fromkeys(("LABEL_PRINTED", "LABEL_PURCHASED"), "info_received")
    | dict.fromkeys(("CARRIER_PICKED_UP", "IN_TRANSIT", "DELAYED"), "in_transit")
    | dict.fromkeys(("DELIVERED", "PICKED_UP"), "delivered")
    | dict.fromkeys(("ATTEMPTED_DELIVERY", "FAILURE", "NOT_DELIVERED"), "exception")
    | dict.fromkeys(("CANCELED", "CANCELLED", "LABEL_VOIDED"), "cancelled")
    | {"OUT_FOR_DELIVERY": "out_for_delivery", "READY_FOR_PICKUP": "available_for_pickup"}
)
"""Where a parcel stands, FulfillmentDisplayStatus."""

DISPUTE = Words(
    {
        word: word.lower()
        for word in (
            "ACCEPTED",
            "CHARGE_REFUNDED",
            "LOST",
            "NEEDS_RESPONSE",
            "PREVENTED",
            "UNDER_REVIEW",
            "WON",
        )
    }
)

PRODUCT = Words({"ACTIVE": "active", "UNLISTED": "active", "DRAFT": "paused", "ARCHIVED": "ended"})
"""Whether a product is sold; an unlisted one is, by its address only."""


def moment(text: Any) -> datetime | None:
    """Return a moment; ValueError for one without an offset, which may be anywhere."""
    if text is None:
        return None
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return read


def told(moment: datetime) -> str:
    """Return a moment as Shopify's search takes it, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def latest(texts: Iterable[Any]) -> datetime | None:
    """Return the latest of some moments, None when one of them is unknown or there is none."""
    moments = [moment(one) for one in texts]
    known = [one for one in moments if one]
    return max(known) if known and len(known) == len(moments) else None


def line(text: Any) -> str | None:
    """Return people's words as one line; None for none. A name is no reason to lose an order."""
    words = " ".join(_CONTROL.sub(" ", str(text or "")).split())
    return words[:LONGEST_NAME] or None


def address(text: Any) -> str | None:
    """Return an e-mail address, None for what is not one."""
    try:
        return read_email(text, LONGEST_KEY) if isinstance(text, str) else None
    except ValueError:
        return None
