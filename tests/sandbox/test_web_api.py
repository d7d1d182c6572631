"""The Web API's front door: tokens, ways to call, scopes, and answers in Slack's form."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.sandbox_process import RunningSandbox

BOT = {"Authorization": "Bearer xoxb-sandbox"}


async def test_the_bot_learns_who_it_is(slack: AsyncWebClient) -> None:
    answer = await slack.auth_test()

    assert (answer["team"], answer["user"]) == ("Harbor Lane", "watchkeeper")
    assert all(answer[name] for name in ("team_id", "user_id", "bot_id", "url"))


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "not_authed"),
        ({"Authorization": "Bearer xoxb-other"}, "invalid_auth"),
        ({"Authorization": "Bearer xapp-sandbox"}, "not_allowed_token_type"),
    ],
)
def test_a_call_without_the_right_token_is_refused(
    sandbox: RunningSandbox, headers: dict[str, str], error: str
) -> None:
    answer = sandbox.http.post("/api/auth.test", headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})


def test_connections_are_opened_with_the_app_token_only(sandbox: RunningSandbox) -> None:
    refused = sandbox.http.post("/api/apps.connections.open", headers=BOT).json()
    opened = sandbox.http.post("/api/apps.connections.open", data={"token": "xapp-sandbox"}).json()

    assert refused["error"] == "not_allowed_token_type"
    assert opened["url"].startswith("ws://127.0.0.1:")


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_an_unknown_method_is_refused(sandbox: RunningSandbox, verb: str) -> None:
    answer = sandbox.http.request(verb, "/api/chat.shout", headers=BOT).json()

    assert answer["error"] == "unknown_method"


def test_arguments_may_come_as_a_query_a_form_or_json(sandbox: RunningSandbox) -> None:
    post = sandbox.http.post
    body = {"channel": "C0STOCK", "text": "hello"}

    answers = [
        sandbox.http.get("/api/chat.postMessage", params=body, headers=BOT),
        post("/api/chat.postMessage", data=body, headers=BOT),
        post("/api/chat.postMessage", json=body, headers=BOT),
        post("/api/chat.postMessage", data={**body, "token": "xoxb-sandbox"}),
    ]

    assert [answer.json()["message"]["text"] for answer in answers] == ["hello"] * 4


def test_a_form_carries_blocks_as_json_text(sandbox: RunningSandbox) -> None:
    form = {"channel": "C0STOCK", "text": "a", "blocks": '[{"type":"divider"}]'}
    broken = {**form, "blocks": "[{"}

    accepted = sandbox.http.post("/api/chat.postMessage", data=form, headers=BOT).json()
    refused = sandbox.http.post("/api/chat.postMessage", data=broken, headers=BOT).json()

    assert accepted["message"]["blocks"][0]["type"] == "divider"
    assert refused["error"] == "invalid_blocks_format"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
def test_a_body_that_is_no_json_object_is_refused(
    sandbox: RunningSandbox, body: str, error: str
) -> None:
    headers = {**BOT, "Content-Type": "application/json"}

    answer = sandbox.http.post("/api/auth.test", content=body, headers=headers).json()

    assert answer["error"] == error


def test_a_missing_argument_is_named(sandbox: RunningSandbox) -> None:
    answer = sandbox.http.post("/api/chat.postMessage", json={"text": "a"}, headers=BOT).json()

    assert answer["error"] == "invalid_arguments"
    assert "missing required field: channel" in answer["response_metadata"]["messages"][0]


def test_a_scope_that_the_manifest_does_not_ask_for_is_missing(sandbox: RunningSandbox) -> None:
    sandbox.post("/sandbox/manifest", {"oauth_config": {"scopes": {"bot": ["commands"]}}})
    try:
        answer = sandbox.http.get("/api/users.list", headers=BOT).json()
        allowed = sandbox.http.get("/api/auth.test", headers=BOT)
    finally:
        sandbox.post("/sandbox/manifest", {})

    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("users:read", "commands")
    assert allowed.headers["X-OAuth-Scopes"] == "commands"


async def test_calls_are_listed_without_their_token(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    await slack.chat_postMessage(channel="C0STOCK", text="hello")
    with pytest.raises(SlackApiError):
        await slack.chat_postMessage(channel="C0NOWHERE", text="hello")

    first, second = sandbox.get("/sandbox/calls", method="chat.postMessage")["calls"]
    assert (first["ok"], first["status"], first["args"]["text"]) == (True, 200, "hello")
    assert (second["ok"], second["error"]) == (False, "channel_not_found")
    assert "token" not in first["args"]
