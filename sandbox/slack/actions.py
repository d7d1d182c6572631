"""A person presses or picks something in a message or a view."""

import time

from sandbox.control import BadInputError
from sandbox.json_object import Json
from sandbox.slack.app_link import AppLink, NoAckError
from sandbox.slack.block_kit.validation import elements_of
from sandbox.slack.chosen import CHOSEN, chosen_value
from sandbox.slack.form import state_values
from sandbox.slack.messages import Message
from sandbox.slack.payloads import channel_name, interaction
from sandbox.slack.state import SlackState
from sandbox.slack.triggers import ResponseRight
from sandbox.slack.views import OpenView
from sandbox.slack.workspace import Member


async def act_in_message(
    slack: SlackState, app: AppLink, member: Member, message: Message, action: Json
) -> Json:
    """Send the app what was pressed in a message.

    Raises:
        BadInputError: the message has no such element, or the element no such option.
    """
    blocks = [*message.blocks, *(b for a in message.attachments for b in a.get("blocks", []))]
    done = _action(blocks, action)
    channel = slack.workspace.channel(message.channel)
    right = ResponseRight(channel.id, member.id, message.ts, message.thread_ts)
    payload = interaction("block_actions", member, slack.triggers.give(member.id))
    payload |= {
        "container": _container(message),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": slack.response_urls.give(right),
        "state": {"values": state_values(blocks, _standing(action, done))},
        "actions": [done],
    }
    if message.ephemeral_to is None:
        payload["message"] = message.as_slack(with_metadata=True)
    return await _send(app, payload)


async def act_in_view(
    slack: SlackState, app: AppLink, member: Member, view: OpenView, action: Json
) -> Json:
    """Send the app what was pressed in a view; raises as `act_in_message` does."""
    blocks = view.content["blocks"]
    done = _action(blocks, action)
    modal = view.id if view.content["type"] == "modal" else None
    values = state_values(blocks, _standing(action, done))
    payload = interaction("block_actions", member, slack.triggers.give(member.id, modal))
    payload |= {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack() | {"state": {"values": values}},
        "actions": [done],
    }
    return await _send(app, payload)


async def _send(app: AppLink, payload: Json) -> Json:
    try:
        return {"ok": True, "response": await app.interaction(payload)}
    except NoAckError as failure:
        return {"ok": False, "error": str(failure)}


def _container(message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _standing(given: Json, done: Json) -> Json:
    """What stands in the elements beside the one that was acted on, as the page sent it."""
    values: Json = dict((given.get("state") or {}).get("values") or {})
    block = done["block_id"]
    return values | {block: {**(values.get(block) or {}), done["action_id"]: done}}


def _action(blocks: list[Json], given: Json) -> Json:
    """The action as Slack tells it, from the element that was acted on."""
    block, element = _find(blocks, given)
    action: Json = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": f"{time.time():.6f}",
    }
    chosen = chosen_value(element, given)
    if element["type"] == "button":
        action["text"] = element["text"]
    if chosen is not None or element["type"] != "button":
        action[CHOSEN[element["type"]]] = chosen
    return action


def _find(blocks: list[Json], given: Json) -> tuple[Json, Json]:
    for block in blocks:
        for element in elements_of(block):
            same_block = given.get("block_id") in (None, block["block_id"])
            if same_block and element["action_id"] == given.get("action_id"):
                return block, element
    raise BadInputError(f"there is no element with the action_id {given.get('action_id')!r} there")
