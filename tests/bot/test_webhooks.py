"""`POST /webhooks/SOURCE`: signed, stored once, answered fast. The service is this test's own."""

import hmac
import json
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Intake, Order, Shipment, Stock
from core.ledger.tables import UnknownValue, WebhookDelivery
from core.settings import Settings
from scrapers.api.service import Pushed, Service, Webhook, WrongSignature
from tests.support.intake import facts, stored
from tests.support.pushing import LIMITS, NOW, Doors, open_doors

SECRET = "whsec-very-secret"
HOUR = timedelta(hours=1)
PARCEL = {"carrier": "dhl", "tracking_no": "1Z", "status": "in_transit"}


def read(webhook: Webhook) -> Pushed:
    """Read what the test's service sends: records by kind, its signature over the raw body."""
    expected = hmac.new(webhook.credentials["secret"].encode(), webhook.body, sha256).hexdigest()
    if not hmac.compare_digest(webhook.headers.get("x-signed", ""), expected):
        raise WrongSignature
    as_of = webhook.headers.get("x-as-of")
    moment = datetime.fromisoformat(as_of) if as_of else None
    return Pushed(json.loads(webhook.body), webhook.headers.get("x-id"), moment)


def service(**more: Any) -> Service:
    nothing: Any = None
    return Service(nothing, {}, nothing, **more)


SERVICES = {
    "parcels": service(webhook=read, webhook_credentials=("secret",)),
    "silent": service(),
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a source that sends webhooks, one that has no secret, and one that sends none."""
    sources = {
        name: SimpleNamespace(service=kind, store=None)
        for name, kind in (("dhl", "parcels"), ("ups", "parcels"), ("rates", "silent"))
    }
    return settings.model_copy(update={"sources": sources})


@pytest.fixture
async def doors(sqlite_database: Database, settings: Settings) -> AsyncIterator[Doors]:
    environment = {"DHL_SECRET": SECRET}
    opened = open_doors(sqlite_database, settings, known=SERVICES, environment=environment)
    async with opened as doors:
        yield doors


async def send(
    doors: Doors,
    records: Any,
    delivery: str | None = None,
    secret: str = SECRET,
    **more: str,
) -> httpx.Response:
    body = records if isinstance(records, bytes) else json.dumps(records).encode()
    headers = {"X-Signed": hmac.new(secret.encode(), body, sha256).hexdigest()}
    headers |= {"X-Id": delivery} if delivery else {}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return await doors.post("/webhooks/dhl", body, headers)


async def test_records_are_stored_and_what_is_new_is_told(doors: Doors) -> None:
    answer = await send(doors, {"shipment": [PARCEL]})
    assert (answer.status_code, answer.json()["stored"]) == (200, {"shipment": 1})
    (parcel,) = stored(doors.database, Shipment)
    assert facts(parcel, "store", "tracking_no", "status") == ("harborlane", "1Z", "in_transit")
    (intake,) = stored(doors.database, Intake)
    assert intake.source == "webhook:dhl"
    assert doors.news == [(["shipment"], "harborlane")]


async def test_a_delivery_that_comes_again_is_known(doors: Doors) -> None:
    assert (await send(doors, {"shipment": [PARCEL]}, "d-1")).json()["outcome"] == "taken"
    changed = PARCEL | {"status": "delivered"}
    again = await send(doors, {"shipment": [changed]}, "d-1")
    assert (again.status_code, again.json()) == (200, {"outcome": "known", "stored": {}})
    (parcel,) = stored(doors.database, Shipment)
    assert parcel.status == "in_transit"
    assert len(doors.news) == 1


async def test_what_was_stored_before_a_crash_is_stored_again_unchanged(doors: Doors) -> None:
    await send(doors, {"shipment": [PARCEL]}, "d-1")
    with doors.database.write() as ledger:  # as a crash before it was remembered
        ledger.delete(ledger.get_one(WebhookDelivery, ("dhl", "d-1")))
    again = await send(doors, {"shipment": [PARCEL]}, "d-1")
    assert again.json() == {"outcome": "taken", "stored": {"shipment": 0}}
    assert len(doors.news) == 1


async def test_a_delivery_that_was_overtaken_changes_nothing(doors: Doors) -> None:
    order = {"channel": "shopify", "order_no": "1", "placed_at": NOW.isoformat()}
    later, sooner = (NOW - timedelta(minutes=1)).isoformat(), (NOW - HOUR).isoformat()
    await send(doors, {"order": [order | {"status": "paid"}]}, X_As_Of=later)
    late = await send(doors, {"order": [order | {"status": "open"}]}, X_As_Of=sooner)
    assert late.json()["stored"] == {"order": 0}
    assert [kept.status for kept in stored(doors.database, Order)] == ["paid"]


async def test_deliveries_are_forgotten_in_time(doors: Doors) -> None:
    await send(doors, {}, "old")
    doors.now += LIMITS.keep_deliveries_for
    await send(doors, {}, "young")
    doors.now += LIMITS.keep_deliveries_for / 2
    await send(doors, {}, "new")
    known = [delivery.delivery_id for delivery in stored(doors.database, WebhookDelivery)]
    assert known == ["new", "young"]


async def test_a_count_that_is_known_is_no_news(doors: Doors) -> None:
    stock = [{"sku": "PS-1000", "location": "LA", "on_hand": 5, "observed_at": NOW.isoformat()}]
    await send(doors, {"stock": stock})
    later = [stock[0] | {"observed_at": "2026-03-05T03:00:00Z"}]
    assert (await send(doors, {"stock": later})).json()["stored"] == {"stock": 0}
    assert len(stored(doors.database, Stock)) == 1


async def test_words_that_nobody_knows_are_kept_once(doors: Doors) -> None:
    strange = [PARCEL | {"status": "unknown:Teleported"}]
    for _ in range(2):
        await send(doors, {"shipment": strange})
    with doors.database.read() as ledger:
        word = ledger.get_one(UnknownValue, ("dhl", "shipment", "status", "Teleported"))
    assert word.first_seen_at == NOW


async def test_bad_rows_are_counted_and_logged(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    bad = PARCEL | {"tracking_no": "2Z", "eta": "soon"}
    answer = await send(doors, {"shipment": [PARCEL, bad]})
    assert answer.json()["stored"] == {"shipment": 1}
    (intake,) = stored(doors.database, Intake)
    assert intake.rejected == 1
    assert "webhook:dhl: 1 rows of shipment refused: eta: 'soon'" in caplog.text


@pytest.mark.parametrize("secret", ["another", SECRET[:-1], SECRET + "x"])
async def test_a_wrong_signature_is_401_and_nothing_is_stored(doors: Doors, secret: str) -> None:
    answer = await send(doors, {"shipment": [PARCEL]}, secret=secret)
    assert answer.status_code == 401
    assert stored(doors.database, Intake) == []


async def test_one_changed_byte_is_a_wrong_signature(doors: Doors) -> None:
    body = json.dumps({"shipment": [PARCEL]}).encode()
    signed = hmac.new(SECRET.encode(), body, sha256).hexdigest()
    answer = await doors.post("/webhooks/dhl", body + b" ", {"X-Signed": signed})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"", b"[" * 15_000, b'{"parcel": []}'], ids=range(5)
)
async def test_what_is_not_understood_is_400(doors: Doors, body: bytes) -> None:
    assert (await send(doors, body)).status_code == 400


async def test_a_delivery_id_without_end_is_refused(doors: Doors) -> None:
    assert (await send(doors, {"shipment": [PARCEL]}, "d" * 256)).status_code == 400
    assert stored(doors.database, Shipment) == []


async def test_an_unknown_source_is_404(doors: Doors) -> None:
    answer = await doors.post("/webhooks/nobody", b"{}")
    assert answer.status_code == 404
    assert "config.yaml has no source 'nobody'" in answer.json()["detail"]


async def test_a_service_that_sends_none_is_404(doors: Doors) -> None:
    assert (await doors.post("/webhooks/rates", b"{}")).status_code == 404


async def test_without_its_secret_it_is_503_and_the_log_names_the_variable(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await doors.post("/webhooks/ups", b"{}")
    assert answer.status_code == 503
    assert "set UPS_SECRET" in caplog.text


async def test_a_body_beyond_the_limit_is_413_before_it_is_verified(doors: Doors) -> None:
    assert (await doors.post("/webhooks/dhl", b"x" * 20_001)).status_code == 413


async def test_the_secret_is_written_nowhere(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        await send(doors, {"shipment": [PARCEL]}, "d-1"),
        await send(doors, b"{"),
        await send(doors, {}, secret="wrong"),
    ]
    with doors.database.engine.connect() as connection:
        dump = "".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert SECRET not in caplog.text + dump + "".join(answer.text for answer in answers)
