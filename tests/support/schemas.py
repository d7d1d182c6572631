"""Contracts that come as JSON Schema, or as Google's discovery documents, which are near to it."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from jsonschema import Draft7Validator, ValidationError  # type: ignore[import-untyped]

from tests.support.contracts import example

__all__ = ["Held", "ValidationError", "google", "json_schema"]

Check = Callable[[httpx.Request, Any], None]
"""Looks at a request and, in JSON, at its body or its answer. Raises ValidationError."""


def json_schema(name: str) -> Draft7Validator:
    """Return what holds JSON against a schema that lies beside the project."""
    return Draft7Validator(example(name))


def google(name: str, message: str) -> Draft7Validator:
    """Return what holds JSON against a message of a discovery document, unknown fields refused."""
    schemas = {key: _closed(schema) for key, schema in example(name)["schemas"].items()}
    return Draft7Validator({"$ref": f"#/definitions/{message}", "definitions": schemas})


def _closed(schema: Any) -> Any:
    """Return a schema of Google's as JSON Schema has it."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: _closed(part) for key, part in schema.items() if key != "id"}
    if "$ref" in schema:
        return {"$ref": f"#/definitions/{schema['$ref']}"}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed


class Held(httpx.AsyncBaseTransport):
    """Lets a request and its answer pass only when both checks do."""

    def __init__(
        self, request: Check, answer: Check, handle: Callable[[httpx.Request], httpx.Response]
    ) -> None:
        self._request, self._answer, self._handle = request, answer, handle
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self._request(request, _json(request.content))
        answer = self._handle(request)
        self._answer(request, _json(await answer.aread()))
        return answer


def _json(body: bytes) -> Any:
    return httpx.Response(200, content=body).json() if body else None
