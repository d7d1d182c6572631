"""Slash commands, answered by an app made with Slack's own framework."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from tests.support.slack_desk import LIN, Desk

Json = dict[str, Any]


async def test_a_command_reaches_the_app_and_its_answer_the_person(desk: Desk) -> None:
    @desk.app.command("/stock")
    async def stock(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack("3 are low")

    answer = await desk.command("/stock low")

    assert answer["ok"]
    (message,) = await desk.messages()
    assert (message["text"], message["ephemeral"]) == ("3 are low", True)
    body = desk.seen[0]
    assert (body["command"], body["text"]) == ("/stock", "low")
    assert (body["user_id"], body["channel_id"]) == (LIN, "C0STOCK")


async def test_an_answer_for_the_channel_is_seen_by_all(desk: Desk) -> None:
    @desk.app.command("/stock")
    async def stock(ack: AsyncAck) -> None:
        await ack(text="3 are low", response_type="in_channel")

    await desk.command("/stock")

    assert (await desk.messages())[0]["ephemeral"] is False


async def test_an_answer_with_bad_blocks_is_not_shown(desk: Desk) -> None:
    @desk.app.command("/stock")
    async def stock(ack: AsyncAck) -> None:
        await ack(text="a", blocks=[{"type": "banner"}])

    assert (await desk.command("/stock"))["error"] == "invalid_command_response"


async def test_a_response_url_can_be_used_five_times(desk: Desk) -> None:
    @desk.app.command("/stock")
    async def stock(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack()

    await desk.command("/stock")
    url = desk.seen[0]["response_url"]
    answers = [await desk.window.post(url, json={"text": "more"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert len(await desk.messages()) == 5
