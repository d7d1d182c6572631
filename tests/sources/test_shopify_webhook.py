"""Shopify's webhooks: signed, of this shop, and never taking back what is known better."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.records import Dispute, Order, OrderLine, Shipment
from core.pushing import Malformed, NotSetUp, WronglySigned
from core.sections import PushSettings
from core.settings import Settings, Store
from scrapers.api.outside import Outside
from scrapers.webhooks import Webhooks
from tests.support.intake import facts, stored
from tests.support.shopify import ACCESS_TOKEN, CLIENT, Shop, order, shop_settings
from tests.support.sources import NOW, Bench

SECRET = CLIENT["SHOPIFY_CLIENT_SECRET"]
PARCEL: dict[str, Any] = {
    "id": 71,
    "order_id": 1,
    "status": "success",
    "created_at": "2026-03-05T09:00:00+08:00",
    "updated_at": "2026-03-05T10:29:00+08:00",
    "tracking_company": "DHL Express",
    "tracking_numbers": ["JD01"],
    "shipment_status": "out_for_delivery",
}
ORDER: dict[str, Any] = {
    "id": 1,
    "name": "#1001",
    "test": False,
    "processed_at": "2026-03-01T20:01:00+08:00",
    "updated_at": "2026-03-05T10:29:00+08:00",
    "cancelled_at": None,
    "currency": "USD",
    "total_price": "20.00",
    "financial_status": "paid",
    "fulfillment_status": None,
    "email": "",
    "line_items": [{"sku": "KET-1", "quantity": 2, "price": "10.00"}],
    "fulfillments": [],
    "shipping_address": {"name": "Ann", "country_code": "US"},
}
DISPUTE: dict[str, Any] = {
    "id": 90071,
    "order_id": 1,
    "type": "chargeback",
    "amount": "45.50",
    "currency": "USD",
    "reason": "fraudulent",
    "status": "needs_response",
    "evidence_due_by": "2026-03-09T18:00:00+08:00",
    "initiated_at": "2026-03-05T10:00:00+08:00",
    "finalized_on": None,
}

PUSH = PushSettings.model_validate(
    {
        "max_bytes": 1_000_000,
        "a_minute": 60,
        "at_once": 2,
        "receive_within": "30s",
        "keep_answers_for": "1d",
        "keep_deliveries_for": "1d",
    }
)

Send = Callable[..., Any]


@pytest.fixture
def hooks(sqlite_database: Database, settings: Settings) -> Webhooks:
    web = settings.web.model_copy(update={"push": PUSH})
    known = settings.model_copy(update={"sources": {"shopify": shop_settings()}, "web": web})
    return Webhooks(sqlite_database, known, Outside(CLIENT))


@pytest.fixture
def send(hooks: Webhooks) -> Send:
    def deliver(topic: str, payload: Any, *, now: datetime = NOW, **changes: str) -> Any:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return hooks.take("shopify", headers(topic, body) | changes, body, now)

    return deliver


def headers(topic: str, body: bytes, secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, sha256).digest()
    return {
        "x-shopify-topic": topic,
        "x-shopify-hmac-sha256": base64.b64encode(signature).decode(),
        "x-shopify-shop-domain": "harborlane.myshopify.com",
        "x-shopify-triggered-at": "2026-03-05T02:29:30.123456789Z",
    }


def test_an_order_that_is_pushed(send: Send, sqlite_database: Database) -> None:
    sent = ORDER | {"fulfillments": [PARCEL], "fulfillment_status": "fulfilled"}
    assert dict(send("orders/create", sent).news) == {"order": 1, "order_line": 1, "shipment": 1}
    (kept,) = stored(sqlite_database, Order)
    names = ("channel", "order_no", "status", "buyer_name", "buyer_email")
    assert facts(kept, *names) == ("shopify", "#1001", "fulfilled", "Ann", None)
    assert kept.shipped_at == datetime.fromisoformat("2026-03-05T01:00:00Z")
    assert stored(sqlite_database, OrderLine)[0].quantity == 2
    (parcel,) = stored(sqlite_database, Shipment)
    assert facts(parcel, "carrier", "tracking_no", "order_no", "status") == (
        *("DHL Express", "JD01", "#1001", "out_for_delivery"),
    )


def test_a_dispute_that_is_pushed(send: Send, sqlite_database: Database) -> None:
    send("disputes/create", DISPUTE)
    (kept,) = stored(sqlite_database, Dispute)
    assert facts(kept, "dispute_id", "status", "kind") == (
        *("90071", "needs_response", "chargeback fraudulent"),
    )
    assert kept.answer_due_at == datetime.fromisoformat("2026-03-09T10:00:00Z")


def test_the_signature_is_a_known_one() -> None:
    # RFC 4231, test case 2: HMAC-SHA-256 of this text under the key "Jefe"
    signed = headers("x", b"what do ya want for nothing?", secret="Jefe")["x-shopify-hmac-sha256"]
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert base64.b64decode(signed).hex() == expected


@pytest.mark.parametrize("signature", ["", "wrong", "ünicode", "A" * 44])
def test_what_is_not_signed_is_not_read(send: Send, signature: str) -> None:
    with pytest.raises(WronglySigned):
        send("orders/create", b"{torn", **{"x-shopify-hmac-sha256": signature})


def test_one_byte_more_is_not_what_was_signed(hooks: Webhooks) -> None:
    body = json.dumps(ORDER).encode()
    with pytest.raises(WronglySigned):
        hooks.take("shopify", headers("orders/create", body), body + b" ", NOW)


def test_without_the_secret_it_says_which(hooks: Webhooks) -> None:
    hooks.outside = Outside(ACCESS_TOKEN)
    with pytest.raises(NotSetUp, match="SHOPIFY_CLIENT_SECRET"):
        hooks.take("shopify", {}, b"{}", NOW)


def test_another_shop_with_the_same_app_is_refused(send: Send) -> None:
    with pytest.raises(Malformed, match="of the shop 'other"):
        send("orders/create", ORDER, **{"x-shopify-shop-domain": "other.myshopify.com"})


@pytest.mark.parametrize(
    "payload", [b"{torn", b"\xff", b"[]", b"7", b'{"updated_at": "2026-03-05T10:29:00+08:00"}']
)
def test_what_is_torn_is_refused_in_one_line(send: Send, payload: bytes) -> None:
    with pytest.raises(Malformed) as told:
        send("orders/create", payload)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("topic", ["inventory_levels/update", "orders/delete", "app/uninstalled"])
def test_what_is_not_read_is_taken_and_changes_nothing(send: Send, topic: str) -> None:
    assert send(topic, {"inventory_item_id": 7, "available": 3}).news == {}


def test_a_delivery_that_comes_again_is_known(send: Send) -> None:
    again = {"x-shopify-webhook-id": "b54557e4"}
    assert not send("orders/create", ORDER, **again).known
    assert send("orders/create", ORDER, **again).known


def test_deliveries_that_overtake_each_other(send: Send, sqlite_database: Database) -> None:
    later = ORDER | {"updated_at": "2026-03-05T10:29:30+08:00", "fulfillment_status": "fulfilled"}
    between = ORDER | {"updated_at": "2026-03-05T10:29:10+08:00", "fulfillment_status": "partial"}
    for payload in (between, later, between):
        send("orders/updated", payload)
    assert stored(sqlite_database, Order)[0].status == "fulfilled"


def test_one_right_after_the_other_both_count(send: Send, sqlite_database: Database) -> None:
    # both arrive at 10:30:00, the second is of a later moment than the first, but of one before it
    send("orders/create", ORDER | {"fulfillment_status": "partial"})
    paid = ORDER | {"updated_at": "2026-03-05T10:29:01+08:00", "fulfillment_status": "fulfilled"}
    send("orders/updated", paid)
    assert stored(sqlite_database, Order)[0].status == "fulfilled"


async def test_a_stale_webhook_takes_nothing_back_that_a_feed_has_read(
    send: Send, sqlite_database: Database, settings: Settings, store: Store
) -> None:
    cancelled = order(1, updatedAt="2026-03-05T02:29:50Z", cancelledAt="2026-03-05T02:29:50Z")
    shop = Bench(
        *(sqlite_database, settings, store, shop_settings(), Shop([cancelled]), ACCESS_TOKEN),
        name="shopify",
    )
    await shop.sync("orders")  # at 10:30:00
    stale = ORDER | {"fulfillment_status": "partial"}  # of 10:29:00
    assert dict(send("orders/updated", stale, now=NOW + timedelta(seconds=9)).news)["order"] == 0
    assert stored(sqlite_database, Order)[0].status == "cancelled"


def test_a_delivery_of_hours_ago_is_left_to_the_feeds(send: Send) -> None:
    assert send("orders/updated", ORDER, now=NOW + timedelta(hours=2)).news == {}


def test_a_test_order_is_none(send: Send) -> None:
    assert send("orders/create", ORDER | {"test": True}).news == {}


def test_an_open_order_says_less_than_the_feed_knows(send: Send, sqlite_database: Database) -> None:
    send("orders/create", ORDER)
    assert stored(sqlite_database, Order)[0].status is None
