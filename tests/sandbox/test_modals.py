"""Modals: opened, filled in, answered, stacked and closed."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.slack_desk import LIN, Desk, button, modal

Json = dict[str, Any]


async def test_a_modal_opens_once_for_a_trigger(desk: Desk) -> None:
    @desk.app.command("/order")
    async def order(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack()

    await desk.command("/order")
    trigger_id = desk.seen[0]["trigger_id"]
    await desk.app.client.views_open(trigger_id=trigger_id, view=modal())

    assert [view["callback_id"] for view in await desk.modals()] == ["order"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await desk.app.client.views_open(trigger_id=trigger_id, view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await desk.app.client.views_open(trigger_id="1.2.x", view=modal())


async def test_a_modal_that_slack_refuses_does_not_use_up_the_trigger(desk: Desk) -> None:
    @desk.app.command("/order")
    async def order(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack()

    await desk.command("/order")
    trigger_id = desk.seen[0]["trigger_id"]

    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await desk.app.client.views_open(trigger_id=trigger_id, view=modal(submit=None))
    await desk.app.client.views_open(trigger_id=trigger_id, view=modal())


async def test_a_submission_carries_what_was_filled_in_and_closes_the_modal(opened: Desk) -> None:
    @opened.app.view("order")
    async def order(ack: AsyncAck, view: Json) -> None:
        opened.note(view["state"]["values"])
        await ack()

    answer = await opened.submit("200")

    assert answer == {"ok": True, "errors": None}
    assert opened.seen == [{"quantity": {"number": {"type": "plain_text_input", "value": "200"}}}]
    assert await opened.modals() == []


async def test_a_required_field_is_asked_for_before_the_app_is(opened: Desk) -> None:
    answer = await opened.submit(None)

    assert "quantity" in answer["errors"]
    assert len(await opened.modals()) == 1


async def test_the_apps_errors_are_shown_and_the_modal_stays(opened: Desk) -> None:
    @opened.app.view("order")
    async def order(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"quantity": "at least 50"})

    assert (await opened.submit("1"))["errors"] == {"quantity": "at least 50"}
    assert len(await opened.modals()) == 1


async def test_errors_for_a_field_that_is_not_there_are_refused(opened: Desk) -> None:
    @opened.app.view("order")
    async def order(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"price": "too low"})

    answer = await opened.submit("1")

    assert answer["ok"] is False
    assert "invalid_errors" in answer["error"]


@pytest.mark.parametrize(
    ("action", "callbacks"), [("update", ["next"]), ("push", ["order", "next"]), ("clear", [])]
)
async def test_the_apps_answer_changes_the_stack_of_modals(
    opened: Desk, action: str, callbacks: list[str]
) -> None:
    @opened.app.view("order")
    async def order(ack: AsyncAck) -> None:
        view = None if action == "clear" else modal(callback_id="next")
        await ack(response_action=action, view=view)

    assert (await opened.submit("1"))["ok"]
    assert [view["callback_id"] for view in await opened.modals()] == callbacks


async def test_a_press_in_a_modal_can_push_up_to_three_modals(desk: Desk) -> None:
    refused: list[str] = []

    @desk.app.action("done")
    async def done(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=modal(blocks=button()))
        except SlackApiError as problem:
            refused.append(problem.response["error"])
        desk.note(body)

    await desk.open_modal(modal(blocks=button()))
    for count in (1, 2, 3):
        view_id = (await desk.modals())[-1]["id"]
        body = {"as": LIN, "view_id": view_id, "action": {"action_id": "done"}}
        await desk.post("/sandbox/actions", body)
        await desk.until_seen(count)

    assert len(await desk.modals()) == 3
    assert refused == ["push_limit_reached"]


async def test_an_open_modal_can_be_updated_unless_it_has_changed(opened: Desk) -> None:
    client = opened.app.client
    view = (await opened.modals())[0]

    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(callback_id="b"))

    assert (await opened.modals())[0]["callback_id"] == "b"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())


async def test_the_app_is_told_of_a_closed_modal_if_it_asked(desk: Desk) -> None:
    @desk.app.view_closed("order")
    async def closed(ack: AsyncAck, body: Json) -> None:
        desk.note(body)
        await ack()

    await desk.open_modal(modal(notify_on_close=True))
    view_id = (await desk.modals())[0]["id"]
    await desk.post(f"/sandbox/views/{view_id}/close", {"as": LIN})

    assert (await desk.until_seen())["view"]["id"] == view_id
    assert await desk.modals() == []
