"""What a person chose in an element: found in the element, put as Slack puts it."""

from typing import Any

from sandbox.control import BadInputError
from sandbox.json_object import Json

CHOSEN = {
    "button": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "file_input": "files",
}
"""The property that holds what was chosen, by the element's type."""


def chosen_value(element: Json, given: Any) -> Any:
    """What `given` says was chosen in `element`; options in full, also if given by value.

    Raises:
        BadInputError: it is an option that the element does not have.
    """
    name = CHOSEN[element["type"]]
    if element["type"] == "button":
        return element.get("value")
    value = given.get(name)
    if name == "selected_option" and value is not None:
        return _option(element, value)
    if name == "selected_options":
        return [_option(element, option) for option in value or []]
    return value


def initial_value(element: Json) -> Any:
    """What stands in an element before anybody has touched it."""
    name = CHOSEN[element["type"]]
    initial = element.get(name.replace("selected", "initial"))
    if name == "value":
        initial = element.get("initial_value")
    if name == "selected_options":
        return initial or []
    return initial


def _option(element: Json, given: Any) -> Json:
    value = given.get("value") if isinstance(given, dict) else given
    groups = element.get("option_groups") or []
    options = [*(element.get("options") or []), *(o for g in groups for o in g["options"])]
    for option in options:
        if option["value"] == value:
            return dict(option)
    if element["type"].endswith("external_select") and isinstance(given, dict):
        return given
    raise BadInputError(f"{element['action_id']} has no option with the value {value!r}")
