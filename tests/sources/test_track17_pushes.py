"""17TRACK's pushes: signed with the account's key, in any order, about our parcels only."""

import hashlib
import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.news import news
from core.ledger.records import Shipment
from core.settings import Store
from scrapers.api.service import Pushed, Webhook, WrongSignature
from scrapers.sources.track17 import webhook
from tests.support.contracts import example
from tests.support.intake import facts, stored, take
from tests.support.sources import NOW
from tests.support.track17 import KEY, info
from tests.support.trackers import known


def push(store: Store, content: Any, key: str = KEY, sign: str | None = None) -> Pushed:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signature = hashlib.sha256(body + f"/{KEY}".encode()).hexdigest() if sign is None else sign
    return webhook(
        Webhook({"sign": signature}, body, {"api_key": key}, settings=None, store=store, now=NOW)
    )


UPDATED = {"event": "TRACKING_UPDATED", "data": info("YT1001", at="2026-03-04T10:00:00Z")}


def take_push(database: Database, store: Store, at: str, status: str = "InTransit") -> None:
    """Store what a push says as the web server does."""
    told = push(store, {"event": "TRACKING_UPDATED", "data": info("YT1001", status, at)})
    for kind, rows in told.records.items():
        with database.read() as ledger:
            fresh = news(ledger, store.name, kind, rows)
        take(database, kind, *fresh, store=store)


def test_a_signed_push_tells_of_a_parcel(store: Store) -> None:
    told = push(store, UPDATED)
    (row,) = told.records["shipment"]
    assert (row["tracking_no"], row["status"]) == ("YT1001", "in_transit")
    assert told.delivery_id == push(store, UPDATED).delivery_id  # sent twice, taken once


def test_a_signature_by_hand(store: Store) -> None:
    """Printf '%s' '{"event":"TRACKING_STOPPED","data":{"number":"YT1001"}}/KEY' | sha256sum."""
    body = b'{"event":"TRACKING_STOPPED","data":{"number":"YT1001"}}'
    sign = "d9b6fd3cfeced6e05acb857acf6f6cc17b23e93fc4ac4071eba7a16ea4d2e75e"
    told = webhook(Webhook({"sign": sign}, body, {"api_key": KEY}, None, store, NOW))
    assert told.records == {}


def test_the_end_of_tracking_is_no_news_of_the_parcel(store: Store) -> None:
    assert push(store, example("17track/fixture_webhook_tracking_stopped.json")).records == {}


@pytest.mark.parametrize("sign", ["", "0" * 64, "ü", "a" * 5000])
def test_a_wrong_signature_is_refused(store: Store, sign: str) -> None:
    with pytest.raises(WrongSignature):
        push(store, UPDATED, sign=sign)
    with pytest.raises(WrongSignature):
        push(store, UPDATED, key="another key")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"data":7}', b'{"data":{}}', b"\xff"])
def test_a_push_that_is_no_push_is_refused(store: Store, body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        push(store, body)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_pushes_in_any_order_leave_the_latest(
    sqlite_database: Database, store: Store, order: tuple[int, ...]
) -> None:
    known(sqlite_database, store, "YT1001")
    pushes = [
        ("2026-03-03T10:00:00Z", "InTransit"),
        ("2026-03-04T10:00:00Z", "OutForDelivery"),
        ("2026-03-04T12:00:00Z", "Delivered"),
    ]
    for place in order:
        take_push(sqlite_database, store, *pushes[place])
    (parcel,) = stored(sqlite_database, Shipment)
    assert facts(parcel, "status", "sub_status") == ("delivered", "Delivered_Other")
    assert parcel.last_event_at == datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_a_push_about_a_strange_parcel_is_left_out(sqlite_database: Database, store: Store) -> None:
    take_push(sqlite_database, store, "2026-03-04T10:00:00Z")
    assert stored(sqlite_database, Shipment) == []
