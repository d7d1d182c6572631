"""auth.test and apps.connections.open."""

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.methods.method import Method
from sandbox.slack.state import SlackState
from sandbox.slack.workspace import BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_ID, TEAM_NAME


def _auth_test(slack: SlackState, _arguments: Arguments) -> Json:
    return {
        "url": f"{slack.base_url}/",
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _open_connection(slack: SlackState, _arguments: Arguments) -> Json:
    return {"url": slack.sockets.new_address()}


METHODS = {
    "auth.test": Method(_auth_test),
    "apps.connections.open": Method(_open_connection, caller="app"),
}
