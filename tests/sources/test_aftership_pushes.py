"""AfterShip's pushes: signed with a secret of their own."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from core.settings import Store
from scrapers.api.service import Pushed, Webhook, WrongSignature
from scrapers.sources.aftership import webhook
from tests.support.aftership import tracking
from tests.support.sources import NOW

SECRET = "wh_s3cret"


def push(store: Store, content: Any, secret: str = SECRET) -> Pushed:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    headers = {"aftership-hmac-sha256": signature}
    keys = {"webhook_secret": secret}
    return webhook(Webhook(headers, body, keys, settings=None, store=store, now=NOW))


def test_a_signed_push_tells_of_a_parcel(store: Store) -> None:
    told = push(store, {"event": "tracking_update", "event_id": "e-1", "msg": tracking("YT1001")})
    assert told.delivery_id == "e-1"
    assert told.records["shipment"][0]["status"] == "in_transit"
    assert "carrier" not in told.records["shipment"][0]


def test_a_push_without_its_own_number_is_known_by_its_body(store: Store) -> None:
    first, second = (push(store, {"msg": tracking("YT1001")}) for _ in range(2))
    other = push(store, {"msg": tracking("YT2")})
    assert first.delivery_id == second.delivery_id != other.delivery_id


def test_a_wrong_signature_is_refused(store: Store) -> None:
    with pytest.raises(WrongSignature):
        push(store, {"msg": tracking("YT1001")}, secret="another")
    with pytest.raises(WrongSignature):
        webhook(Webhook({}, b"{}", {"webhook_secret": SECRET}, None, store, NOW))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"msg":7}', b'{"msg":{}}', b"\xff"])
def test_a_push_that_is_no_push_is_refused(store: Store, body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        push(store, body)
