"""The arguments of a Web API call, however they came: query, form or JSON."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.slack.errors import SlackError


class Arguments:
    """One call's arguments, read by their type."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def has(self, name: str) -> bool:
        """Whether the argument was given and is not empty."""
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """The argument as text; empty if it was not given."""
        value = self._values.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """The argument as text.

        Raises:
            SlackError: `invalid_arguments`, it was not given.
        """
        if not self.has(name):
            raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
        return self.text(name)

    def flag(self, name: str) -> bool:
        """The argument as yes or no; no if it was not given."""
        return self.text(name).lower() in ("true", "1")

    def number(self, name: str, default: int, at_most: int) -> int:
        """The argument as a whole number from 1.

        Raises:
            SlackError: `invalid_arguments`, it is no such number.
        """
        text = self.text(name) or str(default)
        if not text.isdecimal() or int(text) == 0:
            raise SlackError("invalid_arguments", f"[ERROR] {name} must be a number from 1")
        return min(int(text), at_most)

    def structure(self, name: str, error: str) -> Any:
        """The argument as lists and objects; forms carry it as JSON text. None if not given.

        Raises:
            SlackError: `error`, the text is not JSON.
        """
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error, f"[ERROR] {name} is not JSON") from None

    def shown(self) -> dict[str, Any]:
        """The arguments without the token, for the list of calls."""
        return {name: value for name, value in self._values.items() if name != "token"}


async def read_arguments(request: web.Request) -> Arguments:
    """The arguments of `request`.

    Raises:
        SlackError: `invalid_json` or `json_not_object`.
    """
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= _json_object(await request.text())
    elif request.method == "POST":
        values |= dict(await request.post())
    return Arguments(values)


def _json_object(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
