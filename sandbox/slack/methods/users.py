"""The users.* methods."""

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.methods.method import Method, page
from sandbox.slack.state import SlackState


def _info(slack: SlackState, arguments: Arguments) -> Json:
    user = slack.workspace.user(arguments.required("user"))
    return {"user": user.as_slack(include_locale=arguments.flag("include_locale"))}


def _list(slack: SlackState, arguments: Arguments) -> Json:
    some, following = page(slack.workspace.users, arguments)
    with_locale = arguments.flag("include_locale")
    return {
        "members": [user.as_slack(include_locale=with_locale) for user in some],
        "response_metadata": {"next_cursor": following},
    }


def _lookup_by_email(slack: SlackState, arguments: Arguments) -> Json:
    return {"user": slack.workspace.user_by_email(arguments.required("email")).as_slack()}


METHODS = {
    "users.info": Method(_info, ("users:read",)),
    "users.list": Method(_list, ("users:read",)),
    "users.lookupByEmail": Method(_lookup_by_email, ("users:read.email",)),
}
