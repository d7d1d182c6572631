"""WhatsApp's Cloud API: templates always, free text within 24 h of the reader's last words."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.changes import Changes
from sandbox.faults import Faults
from sandbox.whatsapp import WhatsApp
from tests.support.sandbox_process import RunningSandbox

Json = dict[str, Any]

PATH = "/graph/v23.0/15550001111/messages"
HEADERS = {"Authorization": "Bearer sandbox-whatsapp"}
ENVELOPE = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "+1 (555) 123-4567",
}


def template(*values: str, **properties: Any) -> Json:
    parameters = [{"type": "text", "text": value} for value in values]
    content = {
        "name": "sample_feedback",
        "language": {"policy": "deterministic", "code": "en_US"},
        "components": [{"type": "body", "parameters": parameters}],
        **properties,
    }
    return {**ENVELOPE, "type": "template", "template": content}


TEXT = {**ENVELOPE, "type": "text", "text": {"body": "How is the sample?"}}


def send(sandbox: RunningSandbox, body: Json) -> tuple[int, Json]:
    answer = sandbox.http.post(PATH, json=body, headers=HEADERS)
    return answer.status_code, answer.json()


def test_a_template_arrives(sandbox: RunningSandbox) -> None:
    status, answer = send(sandbox, template("PS-0300"))

    (message,) = sandbox.get("/sandbox/whatsapp")["messages"]
    assert status == 200
    assert answer["contacts"] == [{"input": "+1 (555) 123-4567", "wa_id": "15551234567"}]
    assert answer["messages"] == [{"id": message["id"]}]
    assert message["id"].startswith("wamid.")
    assert (message["direction"], message["template"]["name"]) == ("out", "sample_feedback")


def test_free_text_needs_a_word_from_the_reader_first(sandbox: RunningSandbox) -> None:
    status, answer = send(sandbox, TEXT)
    assert (status, answer["error"]["code"]) == (400, 131047)

    sandbox.post("/sandbox/whatsapp", {"from": "15551234567", "text": "hello"})

    assert send(sandbox, TEXT)[0] == 200
    directions = [m["direction"] for m in sandbox.get("/sandbox/whatsapp")["messages"]]
    assert directions == ["in", "out"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({k: v for k, v in TEXT.items() if k != "messaging_product"}, 131008),
        ({k: v for k, v in TEXT.items() if k != "recipient_type"}, 131008),
        ({k: v for k, v in TEXT.items() if k != "to"}, 131008),
        ({k: v for k, v in TEXT.items() if k != "type"}, 131008),
        ({**TEXT, "type": "telegram"}, 131009),
        ({**TEXT, "to": "lin.yue"}, 131009),
        (template(language={"code": "en_US"}), 131008),
        (template(language={"policy": "deterministic", "code": "English"}), 131009),
        (template(name="Sample feedback!"), 131009),
        (template("two\nlines"), 132012),
        (template("a\ttab"), 132012),
        (template("five     spaces"), 132012),
        (template(""), 131009),
        ({**TEXT, "text": {"body": "x" * 4097}}, 131009),
    ],
)
def test_whatsapp_refuses_with_its_own_codes(
    sandbox: RunningSandbox, body: Json, code: int
) -> None:
    status, answer = send(sandbox, body)

    assert (status, answer["error"]["code"]) == (400, code)
    assert {"message", "type", "error_data", "fbtrace_id"} <= answer["error"].keys()


async def test_free_text_is_refused_a_day_after_the_last_word() -> None:
    now = 0.0
    service = WhatsApp(Faults(), Changes(), clock=lambda: now)
    application = web.Application()
    application.add_routes(service.routes())

    async with TestClient(TestServer(application)) as phone:
        await phone.post("/sandbox/whatsapp", json={"from": "15551234567", "text": "hello"})
        now = 24 * 3600 - 1
        within = await phone.post(PATH, json=TEXT, headers=HEADERS)
        now = 24 * 3600 + 1
        after = await phone.post(PATH, json=TEXT, headers=HEADERS)

    assert (within.status, after.status) == (200, 400)


def test_a_wrong_token_is_refused(sandbox: RunningSandbox) -> None:
    answer = sandbox.http.post(PATH, json=TEXT, headers={"Authorization": "Bearer other"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)


def test_another_phone_number_id_is_refused(sandbox: RunningSandbox) -> None:
    answer = sandbox.http.post("/graph/v23.0/7/messages", json=TEXT, headers=HEADERS)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_a_body_that_is_no_json_is_refused(sandbox: RunningSandbox) -> None:
    answer = sandbox.http.post(PATH, content="{", headers=HEADERS)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
