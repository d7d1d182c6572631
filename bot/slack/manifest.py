"""The Slack app manifest, made from the commands that exist."""

from typing import Any

from bot.slack.command import commands

SCOPES = (
    "channels:history",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "reactions:write",
    "users:read",
    "users:read.email",
)
"""What the bot token must be allowed to do."""

EVENTS = ("message.channels", "message.groups", "message.im")
"""What Slack tells: what people write, of which the threads of alerts are kept."""


def manifest(request_url: str | None) -> dict[str, Any]:
    """Return the manifest: for Socket Mode, or for HTTP when there is an address for requests."""
    socket_mode = request_url is None
    address = {} if socket_mode else {"url": request_url}
    reached = {} if socket_mode else {"request_url": request_url}
    interactivity = {"is_enabled": True} | reached
    return {
        "display_information": {
            "name": "Watchkeeper",
            "description": "The officer on watch for a cross-border store",
            "background_color": "#12324a",
        },
        "features": {
            "bot_user": {"display_name": "watchkeeper", "always_online": True},
            "slash_commands": [
                {
                    "command": command.name,
                    "description": command.summary,
                    "usage_hint": command.usage_hint,
                    "should_escape": False,
                }
                | address
                for command in commands().values()
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)} | reached,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
