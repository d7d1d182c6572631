"""The state of a form, as apps find it in a submission."""

from typing import Any

import pytest

from sandbox.control import BadInputError
from sandbox.slack.form import missing_inputs, state_values

Json = dict[str, Any]

SMALL = {"text": {"type": "plain_text", "text": "S"}, "value": "S"}
LARGE = {"text": {"type": "plain_text", "text": "L"}, "value": "L"}


def form(element: Json, **properties: Any) -> list[Json]:
    element = {"action_id": "a", **element}
    label = {"type": "plain_text", "text": "Label"}
    return [{"type": "input", "block_id": "b", "label": label, "element": element, **properties}]


@pytest.mark.parametrize(
    ("element", "given", "state"),
    [
        ({"type": "plain_text_input"}, {"value": "7"}, {"value": "7"}),
        ({"type": "plain_text_input", "initial_value": "5"}, None, {"value": "5"}),
        ({"type": "plain_text_input", "initial_value": "5"}, {"value": None}, {"value": None}),
        (
            {"type": "static_select", "options": [SMALL, LARGE]},
            {"selected_option": "L"},
            {"selected_option": LARGE},
        ),
        (
            {
                "type": "static_select",
                "option_groups": [{"options": [SMALL]}, {"options": [LARGE]}],
            },
            {"selected_option": LARGE},
            {"selected_option": LARGE},
        ),
        (
            {"type": "static_select", "options": [SMALL], "initial_option": SMALL},
            None,
            {"selected_option": SMALL},
        ),
        (
            {"type": "checkboxes", "options": [SMALL, LARGE]},
            {"selected_options": ["S", "L"]},
            {"selected_options": [SMALL, LARGE]},
        ),
        ({"type": "checkboxes", "options": [SMALL]}, None, {"selected_options": []}),
        (
            {"type": "datepicker", "initial_date": "2026-11-22"},
            None,
            {"selected_date": "2026-11-22"},
        ),
        (
            {"type": "users_select"},
            {"selected_user": "U0LINYUE"},
            {"selected_user": "U0LINYUE"},
        ),
    ],
)
def test_what_stands_in_an_element(element: Json, given: Json | None, state: Json) -> None:
    values = state_values(form(element), {} if given is None else {"b": {"a": given}})

    assert values == {"b": {"a": {"type": element["type"], **state}}}


def test_an_option_that_is_not_offered_is_refused() -> None:
    element = {"type": "static_select", "options": [SMALL]}

    with pytest.raises(BadInputError, match="'L'"):
        state_values(form(element), {"b": {"a": {"selected_option": "L"}}})


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_field_is_missing_unless_it_is_optional(empty: str | None) -> None:
    needed = form({"type": "plain_text_input"})
    optional = form({"type": "plain_text_input"}, optional=True)
    values = state_values(needed, {"b": {"a": {"value": empty}}})

    assert missing_inputs(needed, values) == {"b": "Please complete this required field."}
    assert missing_inputs(optional, values) == {}
