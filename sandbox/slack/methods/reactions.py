"""The reactions.* methods."""

import re

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.method import Method
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_USER_ID

EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def _add(slack: SlackState, arguments: Arguments) -> Json:
    channel = slack.workspace.channel(arguments.required("channel"))
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    message = slack.messages.find(channel.id, arguments.required("timestamp"))
    name = arguments.required("name").strip(":")
    if not EMOJI.fullmatch(name):
        raise SlackError("invalid_name")
    people = message.reactions.setdefault(name, [])
    if BOT_USER_ID in people:
        raise SlackError("already_reacted")
    people.append(BOT_USER_ID)
    slack.changes.tell("message", channel.id)
    return {}


METHODS = {"reactions.add": Method(_add, ("reactions:write",))}
