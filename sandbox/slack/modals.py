"""A person submits or closes a modal."""

from typing import Any

from sandbox.json_object import Json
from sandbox.slack.app_link import AppLink, NoAckError
from sandbox.slack.block_kit import accept_view
from sandbox.slack.errors import SlackError
from sandbox.slack.form import missing_inputs, state_values
from sandbox.slack.payloads import interaction
from sandbox.slack.state import SlackState
from sandbox.slack.views import OpenView
from sandbox.slack.workspace import Member


async def submit(
    slack: SlackState, app: AppLink, member: Member, view: OpenView, given: Json
) -> Json:
    """Send the app what was filled in, and do what it answers.

    Raises:
        BadInputError: an option was given that its element does not have.
    """
    blocks = view.content["blocks"]
    values = state_values(blocks, given)
    missing = missing_inputs(blocks, values)
    if missing:
        return {"ok": True, "errors": missing}
    trigger_id = slack.triggers.give(member.id, view.id)
    payload = interaction("view_submission", member, trigger_id) | {
        "view": view.as_slack() | {"state": {"values": values}},
        "response_urls": [],
    }
    try:
        errors = _obey(slack, view, await app.interaction(payload) or {})
    except NoAckError as failure:
        return {"ok": False, "error": str(failure), "errors": None}
    except SlackError as refused:
        return {"ok": False, "error": "; ".join([refused.name, *refused.messages]), "errors": None}
    return {"ok": True, "errors": errors}


async def close(app: AppLink, slack: SlackState, member: Member, view: OpenView) -> None:
    """Close a modal; the app is told if it asked to be."""
    if view.content.get("clear_on_close"):
        slack.views.close_all(member.id)
    else:
        slack.views.close(view)
    if view.content.get("notify_on_close"):
        payload = interaction("view_closed", member, "") | {
            "view": view.as_slack(),
            "is_cleared": bool(view.content.get("clear_on_close")),
        }
        del payload["trigger_id"]
        await _tell(app, payload)


async def _tell(app: AppLink, payload: Json) -> None:
    try:
        await app.interaction(payload)
    except NoAckError:
        return  # nobody waits for the answer to a closed window


def _obey(slack: SlackState, view: OpenView, answer: Json) -> dict[str, str] | None:
    """Do what the app's answer to a submission says; its errors, by block id."""
    match answer.get("response_action"):
        case "errors":
            return _errors(view, answer.get("errors"))
        case "update":
            slack.views.update(view, accept_view(answer.get("view"), "modal"))
        case "push":
            slack.views.stack(view.user, accept_view(answer.get("view"), "modal"))
        case "clear":
            slack.views.close_all(view.user)
        case None:
            slack.views.close(view)
        case other:
            raise SlackError("invalid_response_action", f"[ERROR] unknown action: {other}")
    return None


def _errors(view: OpenView, errors: Any) -> dict[str, str]:
    """The errors, each of which must belong to an input of the view."""
    inputs = {b["block_id"] for b in view.content["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors", "[ERROR] errors must be given by an input's block_id")
    return errors
