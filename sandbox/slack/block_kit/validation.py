"""Blocks and views as an app sends them: refused with Slack's messages, or given their ids."""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sandbox.json_object import Json
from sandbox.slack.block_kit.blocks import MessageBlocks
from sandbox.slack.block_kit.views import Home, Modal
from sandbox.slack.errors import SlackError

MESSAGE_BLOCKS: TypeAdapter[Any] = TypeAdapter(MessageBlocks)
VIEWS: dict[str, TypeAdapter[Any]] = {"modal": TypeAdapter(Modal), "home": TypeAdapter(Home)}

WORDS = {
    "string_too_long": "must be less than {below} characters",
    "text_object_too_long": "must be less than {below} characters",
    "string_too_short": "must be more than {above} characters",
    "too_long": "no more than {max_length} items allowed",
    "too_short": "no fewer than {min_length} items allowed",
    "missing": "missing required field: {name}",
    "extra_forbidden": "invalid additional property: {name}",
    "union_tag_invalid": "unsupported type: {tag}",
    "union_tag_not_found": "missing required field: type",
}
"""What Slack says, by the kind of error."""


def accept_blocks(blocks: Any, root: str = "/blocks") -> list[Json]:
    """A message's blocks, with the ids that Slack adds.

    Raises:
        SlackError: `invalid_blocks` (or `invalid_blocks_format`), with messages that say where.
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = _problems(MESSAGE_BLOCKS, blocks, root) or _repeated_ids(blocks, root)
    if problems:
        raise SlackError("invalid_blocks", *problems)
    return _with_ids(blocks)


def accept_view(view: Any, kind: Literal["modal", "home"]) -> Json:
    """A view of this kind, with the ids that Slack adds to its blocks.

    Raises:
        SlackError: `invalid_arguments`, with messages that say where.
    """
    problems = _problems(VIEWS[kind], view, "/view")
    problems = problems or _repeated_ids(view["blocks"], "/view/blocks")
    if problems:
        raise SlackError("invalid_arguments", *problems)
    return {**view, "blocks": _with_ids(view["blocks"])}


def elements_of(block: Json) -> list[Json]:
    """The elements of a block that can be acted on."""
    if block["type"] == "rich_text":
        return []
    found = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
    return [e for e in found if e and e["type"] not in ("image", "plain_text", "mrkdwn")]


def _problems(model: TypeAdapter[Any], value: Any, root: str) -> list[str]:
    try:
        model.validate_python(value)
    except ValidationError as refused:
        return [_message(error, value, root) for error in refused.errors(include_url=False)]
    return []


def _message(error: ErrorDetails, value: Any, root: str) -> str:
    context = error.get("ctx", {})
    path = "".join(f"/{step}" for step in _path(error["loc"], value))
    if "within" in context:
        path += f"/{context['within']}"
    return f"[ERROR] {_words(error, context)} [json-pointer:{root}{path}]"


def _words(error: ErrorDetails, context: Json) -> str:
    if error["type"] not in WORDS:
        return error["msg"][:1].lower() + error["msg"][1:]
    bounds = {
        "below": context.get("max_length", 0) + 1,
        "above": context.get("min_length", 0) - 1,
    }
    name = error["loc"][-1] if error["loc"] else ""
    return WORDS[error["type"]].format_map(context | bounds | {"name": name})


def _path(location: tuple[int | str, ...], value: Any) -> Iterator[int | str]:
    """The steps of `location` that lead through `value`; the others name a type, not a place."""
    for step in location:
        leads_on = (
            step in value
            if isinstance(value, dict)
            else isinstance(value, list) and isinstance(step, int) and step < len(value)
        )
        if leads_on:
            value = value[step]
            yield step


def _repeated_ids(blocks: list[Json], root: str) -> list[str]:
    block_ids = _repeated(block.get("block_id") for block in blocks)
    problems = [
        f"[ERROR] `block_id` {x!r} already exists for another block [json-pointer:{root}]"
        for x in block_ids
    ]
    for place, block in enumerate(blocks):
        problems += [
            f"[ERROR] `action_id` {x!r} already exists for another element "
            f"[json-pointer:{root}/{place}]"
            for x in _repeated(element.get("action_id") for element in elements_of(block))
        ]
    return problems


def _repeated(ids: Iterator[str | None]) -> list[str]:
    return [x for x, count in Counter(ids).items() if x is not None and count > 1]


def _with_ids(blocks: list[Json]) -> list[Json]:
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block.setdefault("block_id", uuid4().hex[:5])
        for element in elements_of(block):
            element.setdefault("action_id", uuid4().hex[:5])
    return blocks
