"""What a Web API method is, and how long lists are given out in pages."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sandbox.json_object import Json
from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import SlackError
from sandbox.slack.state import SlackState

Item = TypeVar("Item")

MAX_PAGE = 999


@dataclass(frozen=True)
class Method:
    """One method: what it does, any of which scopes it needs, who may call it."""

    run: Callable[[SlackState, Arguments], Json]
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app"] = "bot"


def page(items: Sequence[Item], arguments: Arguments) -> tuple[Sequence[Item], str]:
    """The items that `cursor` and `limit` ask for, and the cursor of those after them.

    Raises:
        SlackError: `invalid_cursor`.
    """
    start = _place(arguments.text("cursor"))
    end = start + arguments.number("limit", 100, at_most=MAX_PAGE)
    following = urlsafe_b64encode(f"from:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], following


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(urlsafe_b64decode(cursor).decode().removeprefix("from:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
