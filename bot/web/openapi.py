"""`GET /openapi.json`: what may be pushed, as OpenAPI 3.1, from the record kinds' declarations.

It names our own columns only. More is taken than it says: other headers that mean a column, moments
and numbers as people write them (docs/records.md), as long as they are clear.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.problems import PROBLEM, json_answer
from core.ledger.records import KINDS, Record, columns_of
from core.ledger.records.column import Form, Spec
from core.sections import PushSettings

Json = dict[str, Any]

_AMOUNT = {"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$"}
_FORMS: Mapping[Form, Json] = {
    Form.TEXT: {"type": "string"},
    Form.EMAIL: {"type": "string", "format": "email"},
    Form.CURRENCY: {"type": "string", "pattern": "^[A-Z]{3}$"},
    Form.CHOICE: {"type": "string"},
    Form.COUNT: {"type": "integer"},
    Form.MONEY: _AMOUNT,
    Form.NUMBER: _AMOUNT,
    Form.MOMENT: {"type": "string", "format": "date-time"},
    Form.DAY: {"type": "string", "format": "date"},
    Form.BOOLEAN: {"type": "boolean"},
}
_PROBLEMS = {
    "400": "The body is not what its Content-Type says; nothing was stored",
    "401": "No token, or one that is unknown or revoked",
    "403": "The token may not push this kind",
    "408": "The body did not come in time",
    "409": "The first push with this Idempotency-Key is still under way",
    "413": "The body is too large",
    "415": "The Content-Type or Content-Encoding is not taken",
    "429": "Too many pushes in a minute; see Retry-After",
    "503": "Others are sending just now, or the ledger refuses; see Retry-After",
}


def document(limits: PushSettings) -> Json:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Watchkeeper",
            "version": version("watchkeeper"),
            "description": "Records pushed by tools of the store's own. Rows that cannot be "
            "stored are named in the answer; the others are stored.",
        },
        "paths": {f"/ingest/{name}": {"post": _operation(name)} for name in KINDS},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `watchkeeper token create NAME`",
                }
            },
            "parameters": {"IdempotencyKey": _idempotency_key(limits)},
            "responses": {_named(status): _problem(text) for status, text in _PROBLEMS.items()},
            "schemas": {name: _record(kind) for name, kind in KINDS.items()} | _answers(),
        },
        "security": [{"token": []}],
    }


def openapi_route(limits: PushSettings) -> Route:
    """Return where the document is."""
    made = document(limits)

    async def page(_: Request) -> Response:
        return json_answer(200, made)

    return Route("/openapi.json", page)


def _operation(name: str) -> Json:
    return {
        "operationId": f"push_{name}",
        "summary": f"Push records of the kind {name}",
        "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
        "requestBody": {"required": True, "content": _content(name)},
        "responses": {
            "200": _answer("What was stored, and which rows were not", "Report"),
            "422": _answer("Nothing of it can be stored", "Refusal", PROBLEM),
            **{s: {"$ref": f"#/components/responses/{_named(s)}"} for s in _PROBLEMS},
        },
    }


def _content(name: str) -> Json:
    records = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    wrapped = {
        "type": "object",
        "properties": {"records": records},
        "required": ["records"],
        "additionalProperties": False,
    }
    text = {"schema": {"type": "string"}}
    return {
        "application/json": {"schema": {"oneOf": [records, wrapped]}},
        "application/x-ndjson": text,
        "text/csv": text,
        "text/tab-separated-values": text,
    }


def _record(kind: type[Record]) -> Json:
    columns = {c.name: spec for c, spec in columns_of(kind) if spec.in_files}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").partition("\n")[0],
        "properties": {name: _column(spec) for name, spec in columns.items()},
        "required": [name for name, spec in columns.items() if spec.required],
    }


def _column(spec: Spec) -> Json:
    return {**_FORMS[spec.form], **dict(_limits(spec)), "description": _meaning(spec)}


def _limits(spec: Spec) -> Iterator[tuple[str, Any]]:
    """Yield what a column's values are held to; null, where it may be sent, clears what is known.

    A key's `longest` counts bytes: so many characters are too many in any case.
    """
    if not (spec.required or spec.key):
        types = _FORMS[spec.form]["type"]
        yield "type", [*(types if isinstance(types, list) else [types]), "null"]
    if spec.closed:
        yield "enum", [*spec.values, *([] if spec.required or spec.key else [None])]
    elif spec.values:
        yield "examples", list(spec.values)
    if spec.form is Form.COUNT:
        yield from (("minimum", spec.low), ("maximum", spec.high))
    if spec.form in (Form.TEXT, Form.EMAIL) and not spec.prose:
        yield "maxLength", spec.longest


def _meaning(spec: Spec) -> str:
    return f"{spec.meaning} ({spec.unit})" if spec.unit else spec.meaning


def _answers() -> Json:
    counts = {name: {"type": "integer", "minimum": 0} for name in ("read", "stored", "unchanged")}
    row = {
        "row": {
            "type": "integer",
            "minimum": 1,
            "description": "as people count; in CSV the first row is the header",
        },
        "column": {"type": "string", "description": "ours; empty: the row as a whole"},
        "problem": {"type": "string"},
    }
    report = {
        "kind": {"enum": list(KINDS)},
        **counts,
        "rejected": {"type": "array", "maxItems": 1000, "items": _object(row)},
        "unknown_columns": {"type": "array", "items": {"type": "string"}},
    }
    problem = {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    }
    refusal = {"type": "object", "properties": problem | report, "required": [*problem]}
    return {"Report": _object(report), "Problem": _object(problem), "Refusal": refusal}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": [*properties]}


def _answer(description: str, schema: str, media_type: str = "application/json") -> Json:
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _problem(description: str) -> Json:
    return _answer(description, "Problem", PROBLEM)


def _named(status: str) -> str:
    return f"Status{status}"


def _idempotency_key(limits: PushSettings) -> Json:
    hours = limits.keep_answers_for.total_seconds() / 3600
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "A push sent again with the same key and body is answered as the first "
        f"time, for {hours:g} hours",
    }
