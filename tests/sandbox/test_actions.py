"""Presses and picks in messages, as an app made with Slack's own framework sees them."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond

from tests.support.slack_desk import LIN, WHERE, Desk, button

Json = dict[str, Any]


async def test_a_press_reaches_the_app_with_all_that_slack_tells(desk: Desk) -> None:
    @desk.app.action("done")
    async def done(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack()

    posted = await desk.app.client.chat_postMessage(
        channel="C0STOCK",
        text="a",
        blocks=button(),
        metadata={"event_type": "a", "event_payload": {}},
    )
    body = {**WHERE, "message_ts": posted["ts"], "action": {"action_id": "done"}}
    assert (await desk.post("/sandbox/actions", body))["ok"]

    told = desk.seen[0]
    assert told["actions"][0]["value"] == "7"
    assert told["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": "C0STOCK",
        "is_ephemeral": False,
    }
    assert told["message"]["metadata"]["event_type"] == "a"
    assert told["user"]["id"] == LIN


async def test_a_pick_is_told_as_the_whole_option(desk: Desk) -> None:
    @desk.app.action("size")
    async def size(ack: AsyncAck, action: Json, body: Json) -> None:
        desk.note({"action": action, "state": body["state"]})
        await ack()

    options = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("S", "L")]
    element = {"type": "static_select", "action_id": "size", "options": options}
    posted = await desk.app.client.chat_postMessage(
        channel="C0STOCK",
        text="a",
        blocks=[{"type": "actions", "block_id": "b", "elements": [element]}],
    )
    act = {"action_id": "size", "block_id": "b", "selected_option": "L"}
    await desk.post("/sandbox/actions", {**WHERE, "message_ts": posted["ts"], "action": act})

    assert desk.seen[0]["action"]["selected_option"] == options[1]
    assert desk.seen[0]["state"]["values"]["b"]["size"]["selected_option"] == options[1]


async def test_a_press_tells_what_stands_in_the_elements_beside_it(desk: Desk) -> None:
    @desk.app.action("done")
    async def done(ack: AsyncAck, body: Json) -> None:
        desk.note(body["state"]["values"]["b"]["size"]["selected_option"])
        await ack()

    options = [{"text": {"type": "plain_text", "text": t}, "value": t} for t in ("S", "L")]
    select = {"type": "static_select", "action_id": "size", "options": options}
    elements = [select, *button()[0]["elements"]]
    posted = await desk.app.client.chat_postMessage(
        channel="C0STOCK",
        text="a",
        blocks=[{"type": "actions", "block_id": "b", "elements": elements}],
    )
    picked = {"b": {"size": {"type": "static_select", "selected_option": options[1]}}}
    body = {**WHERE, "message_ts": posted["ts"], "state": {"values": picked}}
    await desk.post("/sandbox/actions", {**body, "action": {"action_id": "done"}})

    assert desk.seen == [options[1]]


async def test_an_answer_can_replace_or_delete_what_was_pressed(desk: Desk) -> None:
    @desk.app.action("done")
    async def done(ack: AsyncAck, respond: AsyncRespond, action: Json) -> None:
        await ack()
        if action["value"] == "delete":
            await respond(delete_original=True)
        else:
            await respond("thanks", replace_original=True)
        desk.note(action)

    for value in ("replace", "delete"):
        posted = await desk.app.client.chat_postMessage(
            channel="C0STOCK", text="a", blocks=button(value=value)
        )
        body = {**WHERE, "message_ts": posted["ts"], "action": {"action_id": "done"}}
        await desk.post("/sandbox/actions", body)
    await desk.until_seen(2)

    (message,) = await desk.messages()
    assert (message["text"], message["blocks"], message["edited"]) == ("thanks", [], True)
