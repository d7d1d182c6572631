"""A person types a slash command."""

from sandbox.json_object import Json
from sandbox.slack.answers import post_answer
from sandbox.slack.app_link import AppLink, NoAckError
from sandbox.slack.errors import SlackError
from sandbox.slack.payloads import channel_name
from sandbox.slack.posting import Content
from sandbox.slack.state import SlackState
from sandbox.slack.triggers import ResponseRight
from sandbox.slack.workspace import (
    APP_ID,
    SLACKBOT_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Channel,
    Member,
)


async def run_command(
    slack: SlackState, app: AppLink, member: Member, channel: Channel, line: str
) -> Json:
    """Send `line` (such as "/stock low") to the app, and show the person what it answers."""
    command, _, text = line.strip().partition(" ")
    if not slack.manifest.has_command(command):
        return _failed(slack, member, channel, command, "unknown_command")
    right = ResponseRight(channel.id, member.id)
    payload = _payload(slack, member, channel, right) | {"command": command, "text": text.strip()}
    try:
        answer = await app.command(payload)
        if answer is not None:
            post_answer(slack, right, answer)
    except NoAckError as failure:
        return _failed(slack, member, channel, command, str(failure))
    except SlackError:
        return _failed(slack, member, channel, command, "invalid_command_response")
    return {"ok": True, "response": answer}


def _payload(slack: SlackState, member: Member, channel: Channel, right: ResponseRight) -> Json:
    return {
        "token": "sandbox-verification-token",
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": member.id,
        "user_name": member.name,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.give(right),
        "trigger_id": slack.triggers.give(member.id),
    }


def _failed(slack: SlackState, member: Member, channel: Channel, command: str, error: str) -> Json:
    """Tell the person, as Slackbot does, that the command did nothing."""
    if error == "unknown_command":
        text = f"{command} is not a valid command."
    else:
        text = f"{command} failed with the error “{error}”: the app didn't respond as it should."
    slack.poster.post(channel, SLACKBOT_ID, Content(text), ephemeral_to=member.id)
    return {"ok": False, "error": error}
