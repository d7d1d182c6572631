"""The state of a form: what stands in its elements, and what still has to be filled in."""

from sandbox.json_object import Json
from sandbox.slack.block_kit.validation import elements_of
from sandbox.slack.chosen import CHOSEN, chosen_value, initial_value

Values = dict[str, dict[str, Json]]

STATELESS = ("button", "overflow")


def state_values(blocks: list[Json], given: Json) -> Values:
    """Slack's `state.values`: by block and action id, what stands in each element.

    `given` has the same shape; elements that it does not name stand as they began.

    Raises:
        BadInputError: an option was given that its element does not have.
    """
    values: Values = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATELESS:
                continue
            chosen = (given.get(block["block_id"]) or {}).get(element["action_id"])
            value = initial_value(element) if chosen is None else chosen_value(element, chosen)
            state = {"type": element["type"], CHOSEN[element["type"]]: value}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def missing_inputs(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's own window says of inputs that must not stay empty, by block id."""
    return {
        block["block_id"]: "Please complete this required field."
        for block in blocks
        if block["type"] == "input"
        and not block.get("optional")
        and not _filled_in(values[block["block_id"]])
    }


def _filled_in(states: dict[str, Json]) -> bool:
    return all(state[CHOSEN[state["type"]]] not in (None, "", []) for state in states.values())
