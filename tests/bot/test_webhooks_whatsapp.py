"""`/webhooks/whatsapp`: what did not arrive is told, and who says STOP gets no more."""

import hmac
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.undeliverable import TEMPLATE
from bot.web.whatsapp import failures, inbound
from core.finding import Finding
from core.ledger import opt_ins, posts
from core.ledger.database import Database
from core.ledger.life import owing
from core.ledger.life.alerts import absorb
from core.ledger.life.watch import watch
from core.ledger.tables import Alert, OptIn, Post, PostState
from core.secrets import Secrets
from core.settings import Settings
from core.values import Medium
from tests.support.intake import stored
from tests.support.post_office import review
from tests.support.pushing import NOW, Doors, open_doors

SECRETS = Secrets(whatsapp_app_secret="app-secret", whatsapp_verify_token="verify-me")
PHONE, EMMA = "8613800138000", "emma.clarke@harborlane.example"
LIN = "lin.yue@harborlane.example"


@pytest.fixture
async def doors(sqlite_database: Database, settings: Settings) -> AsyncIterator[Doors]:
    """An alert is open, and Emma got it by WhatsApp: the message is called wamid.1."""
    async with open_doors(sqlite_database, settings, secrets=SECRETS) as doors:
        with sqlite_database.write() as ledger:
            found: Finding = review("R1", NOW)
            store = settings.stores[0]
            absorb(ledger, watch(ledger, settings, NOW), store, "bad_reviews", [found])
            opt_ins.record(ledger, EMMA, PHONE, NOW, "test")
        sent(doors, "wamid.1")
        yield doors


def sent(doors: Doors, message_id: str, **place: str) -> None:
    with doors.database.write() as ledger:
        alert = ledger.get_one(Alert, 1)
        post = owing.about(alert, Medium.WHATSAPP, EMMA, "nudge", NOW, due=NOW)
        post.state, post.sent_revision, post.sent_at = PostState.SENT, 1, NOW
        post.place = {"message_id": message_id, **place}
        ledger.add(post)


def whatsapp_posts(doors: Doors) -> list[Post]:
    return [post for post in all_posts(doors) if post.medium == Medium.WHATSAPP]


def all_posts(doors: Doors) -> list[Post]:
    return stored(doors.database, Post)


def notices(doors: Doors) -> list[Post]:
    return [post for post in all_posts(doors) if post.template == TEMPLATE]


def status(message_id: str = "wamid.1", state: str = "failed", **more: Any) -> dict[str, Any]:
    error = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "…"}}
    return {
        "id": message_id, "status": state, "timestamp": "1772678000", "recipient_id": PHONE,
        **({"errors": [error]} if state == "failed" else {}), **more,
    }  # fmt: skip


def payload(**value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "15550001111", "phone_number_id": "1"}
    told = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    change = {"field": "messages", "value": told}
    return {"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": [change]}]}


async def tell(doors: Doors, told: Any, secret: str = "app-secret") -> httpx.Response:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signature = hmac.new(secret.encode(), body, sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    return await doors.post("/webhooks/whatsapp", body, headers)


def said(text: str, phone: str = PHONE) -> dict[str, Any]:
    message = {"from": phone, "id": "wamid.in", "type": "text", "text": {"body": text}}
    return payload(messages=[message])


# Meta asks whether the address is ours.


async def ask(doors: Doors, token: str, mode: str = "subscribe") -> httpx.Response:
    query = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "1158201444"}
    return await doors.get("/webhooks/whatsapp", **query)


async def test_the_challenge_is_given_back(doors: Doors) -> None:
    answer = await ask(doors, "verify-me")
    assert (answer.status_code, answer.text) == (200, "1158201444")


@pytest.mark.parametrize(
    ("token", "mode"),
    [("verify-you", "subscribe"), ("", "subscribe"), ("verify-me", "unsubscribe"), ("vérify", "")],
)
async def test_with_another_token_it_is_not(doors: Doors, token: str, mode: str) -> None:
    answer = await ask(doors, token, mode)
    assert answer.status_code == 403
    assert "1158201444" not in answer.text
    assert (await doors.get("/webhooks/whatsapp")).status_code == 403


@pytest.mark.parametrize("missing", ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"])
async def test_without_its_secrets_it_is_503_and_logged(
    sqlite_database: Database, settings: Settings, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_doors(sqlite_database, settings) as doors:
        asks = missing.endswith("TOKEN")
        answer = await (ask(doors, "") if asks else tell(doors, payload(), secret=""))
    assert answer.status_code == 503
    assert missing in caplog.text


# What became of our messages.


async def test_a_message_that_failed_is_told(doors: Doors) -> None:
    assert (await tell(doors, payload(statuses=[status()]))).status_code == 200
    (post,) = whatsapp_posts(doors)
    assert (post.state, post.error) == ("failed", "WhatsApp said 131026: Message undeliverable")
    (notice,) = notices(doors)
    assert (notice.medium, notice.recipient) == ("slack", "watch")
    assert notice.facts["failed"][0]["recipient"] == EMMA
    assert doors.owed == 1


async def test_an_alert_that_stands_nowhere_else_reaches_its_owner_in_slack(doors: Doors) -> None:
    with doors.database.write() as ledger:
        for post in ledger.exec(select(Post).where(Post.medium == Medium.SLACK)):
            ledger.delete(post)
    await tell(doors, payload(statuses=[status()]))
    (direct,) = [post for post in all_posts(doors) if post.template == posts.ALERT]
    assert (direct.medium, direct.recipient) == ("slack", f"@{EMMA}")


async def test_the_same_news_again_and_again_is_told_once(doors: Doors) -> None:
    for _ in range(3):
        await tell(doors, payload(statuses=[status(), status()]))
    assert [notice.facts["count"] for notice in notices(doors)] == [1]


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "warning", "teleported"])
async def test_other_news_changes_nothing(doors: Doors, state: str) -> None:
    assert (await tell(doors, payload(statuses=[status(state=state)]))).status_code == 200
    assert [post.state for post in whatsapp_posts(doors)] == ["sent"]


async def test_news_in_any_order_and_in_one_batch(doors: Doors) -> None:
    sent(doors, "wamid.2")
    told = [status(state="delivered"), status("wamid.2"), status("wamid.2", "sent"), status("x")]
    assert (await tell(doors, payload(statuses=told))).status_code == 200
    states = {post.place["message_id"]: post.state for post in whatsapp_posts(doors) if post.place}
    assert states == {"wamid.1": "sent", "wamid.2": "failed"}


async def test_late_news_of_a_message_that_is_tried_again_changes_nothing(doors: Doors) -> None:
    await tell(doors, payload(statuses=[status()]))
    with doors.database.write() as ledger:
        posts.retry(ledger, NOW)
    await tell(doors, payload(statuses=[status()]))
    assert [post.state for post in whatsapp_posts(doors)] == ["owed"]


async def test_news_that_is_quicker_than_our_own_answer_is_asked_for_again(doors: Doors) -> None:
    with doors.database.write() as ledger:
        alert = ledger.get_one(Alert, 1)
        post = owing.about(alert, Medium.WHATSAPP, LIN, "nudge", NOW, due=NOW)
        post.state = PostState.SENDING
        ledger.add(post)
    told = payload(statuses=[status("wamid.new"), status("wamid.1")])
    answer = await tell(doors, told)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert len(notices(doors)) == 1  # what is known is written down all the same
    delivered = payload(statuses=[status("wamid.new", "delivered")])
    assert (await tell(doors, delivered)).status_code == 200


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([], "WhatsApp said that it did not arrive, and not why"),
        ("what", "WhatsApp said that it did not arrive, and not why"),
        ([{"code": 131047, "title": "Re-engagement\n\u0000\ud800message"}],
         "WhatsApp said 131047: Re-engagement message"),
        ([{"code": 1, "message": "x" * 9_000}], "WhatsApp said 1: " + "x" * 282 + "…"),
    ],
)  # fmt: skip
async def test_the_reason_is_one_short_line(doors: Doors, errors: Any, told: str) -> None:
    await tell(doors, payload(statuses=[status(errors=errors)]))
    (post,) = whatsapp_posts(doors)
    assert post.error == told


# Who wants no more.


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Unsubscribe", "退订", "退订。", "TD"])
async def test_who_says_stop_gets_no_more(doors: Doors, text: str) -> None:
    assert (await tell(doors, said(text))).status_code == 200
    assert stored(doors.database, OptIn) == []


@pytest.mark.parametrize("text", ["stop the shipment", "", "don't stop", "好的", "a" * 5_000])
async def test_other_words_end_nothing(doors: Doors, text: str) -> None:
    await tell(doors, said(text))
    assert len(stored(doors.database, OptIn)) == 1


async def test_a_strangers_stop_ends_nothing_of_ours(doors: Doors) -> None:
    await tell(doors, said("STOP", phone="15551234567"))
    assert len(stored(doors.database, OptIn)) == 1


async def test_a_pressed_button_counts_as_well(doors: Doors) -> None:
    button = {"from": PHONE, "type": "button", "button": {"text": "Stop", "payload": "stop"}}
    await tell(doors, payload(messages=[button]))
    assert stored(doors.database, OptIn) == []


async def test_a_phone_that_whatsapp_calls_otherwise_is_known(doors: Doors) -> None:
    sent(doors, "wamid.2", wa_id="5215512345678")  # in Mexico, a 1 after the country's code
    await tell(doors, said("STOP", phone="5215512345678"))
    assert stored(doors.database, OptIn) == []


# Who says so, and what cannot be read.


async def test_what_meta_did_not_sign_changes_nothing(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    told = payload(statuses=[status()])
    assert (await tell(doors, told, secret="other")).status_code == 401
    for signature in ("", "sha1=ü", "sha256="):
        raw = {b"X-Hub-Signature-256": signature.encode()}
        async with doors.client() as client:
            unsigned = await client.post("/webhooks/whatsapp", json=told, headers=raw)
        assert unsigned.status_code == 401
    assert [post.state for post in whatsapp_posts(doors)] == ["sent"]
    assert "app-secret" not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 19_000], ids=range(5))
async def test_what_is_no_json_object_is_400(doors: Doors, body: bytes) -> None:
    assert (await tell(doors, body)).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["entry", "changes", "value", "statuses", "messages", "id", "status", "errors", "from",
             "text", "body", "button"]
        ),
        inner, max_size=4,
    ),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["entry", "object"]), JSON))
def test_whatever_it_looks_like_it_can_be_looked_through(told: dict[str, Any]) -> None:
    assert all(isinstance(failure.message_id, str) for failure in failures(told))
    assert all(isinstance(words.text, str) for words in inbound(told))
