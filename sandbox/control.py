"""What the control API's handlers share: reading a JSON body, refusing bad input in one line."""

import json

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.json_object import Json


class BadInputError(Exception):
    """A control request that makes no sense; its text is the one line the caller reads."""


async def read_json(request: web.Request) -> Json:
    """The request's JSON object; an empty body is an empty object.

    Raises:
        BadInputError: the body is not a JSON object.
    """
    body = await request.text()
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError as problem:
        raise BadInputError(f"the body is not JSON: {problem}") from None
    if not isinstance(value, dict):
        raise BadInputError("the body must be a JSON object")
    return value


def required(body: Json, name: str) -> str:
    """The text named `name`.

    Raises:
        BadInputError: it is missing or empty.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadInputError(f"{name} is missing: give it as text")
    return value


@web.middleware
async def refuse_bad_input(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer `BadInputError` with HTTP 400 and its line."""
    try:
        return await handler(request)
    except BadInputError as problem:
        return web.json_response({"ok": False, "error": str(problem)}, status=400)
