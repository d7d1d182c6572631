"""The control API: what the page and the tests see and do."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.sandbox_process import PLAIN, RunningSandbox

Json = dict[str, Any]

LIN = "U0LINYUE"
WHERE = {"as": LIN, "channel": "C0STOCK"}


def test_the_workspace_has_the_team_and_its_channels(sandbox: RunningSandbox) -> None:
    workspace = sandbox.get("/sandbox/workspace")

    assert workspace["team"]["name"] == "Harbor Lane"
    assert len(workspace["members"]) == 14
    lin = workspace["members"][0]
    assert (lin["id"], lin["email"], lin["locale"]) == (LIN, "lin.yue@harborlane.example", "zh-CN")
    names = [channel["name"] for channel in workspace["channels"] if not channel["is_im"]]
    assert names[:8] == [
        "general",
        "watch",
        "stock",
        "reviews",
        "prices",
        "logistics",
        "disputes",
        "monday",
    ]
    partners = {channel["user"] for channel in workspace["channels"] if channel["is_im"]}
    assert partners == {member["id"] for member in workspace["members"]}


def test_people_write_and_answer_in_threads(sandbox: RunningSandbox) -> None:
    parent = sandbox.post("/sandbox/messages", {**WHERE, "text": "who has it?"})["ts"]
    sandbox.post("/sandbox/messages", {**WHERE, "text": "I do", "thread_ts": parent})

    first, second = sandbox.get("/sandbox/messages", **WHERE)["messages"]

    assert (first["text"], first["reply_count"], first["bot"]) == ("who has it?", 1, False)
    assert (second["thread_ts"], second["reply_count"]) == (parent, 0)


async def take(lines: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    for _ in range(count):
        yield await anext(lines)


async def test_every_change_is_told_to_who_listens(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    async with (
        httpx.AsyncClient(base_url=sandbox.ready["page"], verify=PLAIN) as client,
        client.stream("GET", "/sandbox/stream") as stream,
        asyncio.timeout(5),
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == ": listening"
        await anext(lines)
        await slack.chat_postMessage(channel="C0STOCK", text="a")
        await slack.views_publish(user_id=LIN, view={"type": "home", "blocks": []})
        await client.post("/sandbox/whatsapp", json={"from": "15551234567", "text": "hi"})
        await client.post("/sandbox/reset")
        told = [line async for line in take(lines, 8) if line]

    assert [json.loads(line.removeprefix("data: ")) for line in told] == [
        {"type": "message", "channel": "C0STOCK"},
        {"type": "home", "channel": None},
        {"type": "whatsapp", "channel": None},
        {"type": "reset", "channel": None},
    ]


def test_a_reset_forgets_what_happened_and_keeps_the_workspace(sandbox: RunningSandbox) -> None:
    sandbox.post("/sandbox/messages", {**WHERE, "text": "a"})
    sandbox.post("/sandbox/whatsapp", {"from": "15551234567", "text": "hi"})
    sandbox.fault("slack", "500")

    sandbox.post("/sandbox/reset")

    assert sandbox.get("/sandbox/messages", **WHERE) == {"messages": []}
    assert sandbox.get("/sandbox/whatsapp") == {"messages": []}
    assert sandbox.get("/sandbox/faults") == {"faults": []}
    assert len(sandbox.get("/sandbox/workspace")["members"]) == 14


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("messages", {}, "as: there is no member None"),
        ("messages", {"as": "U0NOBODY"}, "as: there is no member 'U0NOBODY'"),
        ("messages", {"as": LIN, "channel": "C0X"}, "channel: there is no channel 'C0X'"),
        ("messages", WHERE, "text is missing"),
        ("messages", {**WHERE, "channel": "C0OLDARCHIVE", "text": "a"}, "archived"),
        (
            "messages",
            {**WHERE, "text": "a", "thread_ts": "1.000001"},
            "thread_ts: thread_not_found",
        ),
        ("commands", {**WHERE, "text": "stock"}, "starts with a slash"),
        ("actions", WHERE, "action is missing"),
        ("actions", {**WHERE, "action": {}}, "message_ts is missing"),
        ("actions", {**WHERE, "action": {}, "message_ts": "1.0"}, "message_not_found"),
        ("actions", {**WHERE, "action": {}, "view_id": "V0"}, "no open view 'V0'"),
        ("views/V0/submit", {"as": LIN}, "no open view 'V0'"),
        ("views/V0/close", {"as": LIN}, "no open view 'V0'"),
        ("manifest", {"oauth_config": {"scopes": "all"}}, "oauth_config.scopes"),
        ("manifest", {"features": {"slash_commands": [{}]}}, "slash_commands.0.command"),
        ("home", {"as": "nobody"}, "no member"),
        ("whatsapp", {"from": "lin", "text": "a"}, "phone number"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_one_line(
    sandbox: RunningSandbox, path: str, body: Json, problem: str
) -> None:
    answer = sandbox.http.post(f"/sandbox/{path}", json=body)

    assert answer.status_code == 400
    assert problem in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("body", ["{", "[]", "7"])
def test_a_body_that_is_no_json_object_is_refused(sandbox: RunningSandbox, body: str) -> None:
    answer = sandbox.http.post("/sandbox/messages", content=body)

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


async def test_what_was_not_there_to_press_or_pick_is_refused(
    sandbox: RunningSandbox, slack: AsyncWebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": "S"}, "value": "S"}]
    select = {"type": "static_select", "action_id": "size", "options": options}
    posted = await slack.chat_postMessage(
        channel="C0STOCK", text="a", blocks=[{"type": "actions", "elements": [select]}]
    )
    act = {**WHERE, "message_ts": posted["ts"]}

    unknown = sandbox.http.post("/sandbox/actions", json={**act, "action": {"action_id": "x"}})
    other = {"action_id": "size", "selected_option": "XL"}
    not_offered = sandbox.http.post("/sandbox/actions", json={**act, "action": other})

    assert "no element with the action_id 'x'" in unknown.json()["error"]
    assert "size has no option with the value 'XL'" in not_offered.json()["error"]


def test_the_front_page_is_served(sandbox: RunningSandbox) -> None:
    page = sandbox.http.get("/")

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
