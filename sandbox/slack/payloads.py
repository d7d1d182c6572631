"""What Slack tells the app of people and places, inside commands and interactions."""

from sandbox.json_object import Json
from sandbox.slack.workspace import APP_ID, TEAM_DOMAIN, TEAM_ID, Channel, Member


def channel_name(channel: Channel) -> str:
    """The channel's name as apps see it."""
    return "directmessage" if channel.is_im else channel.name


def interaction(kind: str, member: Member, trigger_id: str) -> Json:
    """What every interaction's payload has."""
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {
            "id": member.id,
            "username": member.name,
            "name": member.name,
            "team_id": TEAM_ID,
        },
        "api_app_id": APP_ID,
        "token": "sandbox-verification-token",
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }
