"""The views.* methods."""

from typing import Any

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.block_kit import accept_view
from sandbox.slack.methods.method import Method
from sandbox.slack.state import SlackState


def _open(slack: SlackState, arguments: Arguments) -> Json:
    view = slack.views.open(arguments.required("trigger_id"), _view(arguments))
    return {"view": view.as_slack()}


def _push(slack: SlackState, arguments: Arguments) -> Json:
    view = slack.views.push(arguments.required("trigger_id"), _view(arguments))
    return {"view": view.as_slack()}


def _update(slack: SlackState, arguments: Arguments) -> Json:
    view = slack.views.find(arguments.text("view_id"), arguments.text("external_id"))
    content = accept_view(_view(arguments), view.content["type"])
    return {"view": slack.views.update(view, content, arguments.text("hash")).as_slack()}


def _publish(slack: SlackState, arguments: Arguments) -> Json:
    user = slack.workspace.user(arguments.required("user_id"))
    view = slack.views.publish(user.id, _view(arguments), arguments.text("hash"))
    return {"view": view.as_slack()}


def _view(arguments: Arguments) -> Any:
    arguments.required("view")
    return arguments.structure("view", "invalid_arguments")


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
