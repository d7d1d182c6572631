"""`GET /openapi.json`: true to OpenAPI, and the app is true to it, both ways."""

import json
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_spec_validator import OpenAPIV31SpecValidator

from bot.web.openapi import document
from core.ledger.database import Database
from core.ledger.records import KINDS
from core.settings import Settings
from tests.support.pushing import LIMITS, Doors, open_doors

DOCUMENT = document(LIMITS)


@cache
def api() -> OpenAPI:
    """The document, checked: that takes a second, so not when the file is only looked at."""
    config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
    return OpenAPI.from_dict(DOCUMENT, config)


GOOD: dict[str, dict[str, Any]] = {
    "review": {"channel": "amazon", "review_id": "R1", "stars": 2, "title": None,
               "posted_at": "2026-03-04T10:00:00+08:00", "offer": "reship"},
    "sales": {"sku": "A", "day": "2026-03-04", "units": -1, "revenue": "12.34", "currency": "USD"},
    "stock": {"sku": "A", "on_hand": 3, "observed_at": "2026-03-04T10:00:00Z"},
    "order": {"channel": "shopify", "order_no": "1", "placed_at": "2026-03-04T10:00:00Z",
              "amount": 12.5, "trade_assurance": True, "buyer_email": "ann@example.com"},
    "rate": {"day": "2026-03-04", "base": "EUR", "quote": "USD", "rate": "1.1642"},
}  # fmt: skip

BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "a required column is missing": ("review", {"review_id": None}),
    "no such word": ("review", {"offer": "flowers"}),
    "stars beyond five": ("review", {"stars": 6}),
    "no moment": ("review", {"posted_at": "soon"}),
    "no day": ("sales", {"day": "2026-02-30"}),
    "half a piece": ("sales", {"units": 1.5}),
    "no amount": ("sales", {"revenue": "much"}),
    "too many decimals": ("rate", {"rate": "1.1234567"}),
    "no currency": ("sales", {"currency": "dollars"}),
    "a text of no end": ("stock", {"location": "x" * 401}),
    "a list in a cell": ("sales", {"sku": ["A"]}),
}


@pytest.fixture
async def doors(sqlite_database: Database, settings: Settings) -> AsyncIterator[Doors]:
    async with open_doors(sqlite_database, settings) as doors:
        yield doors


def asked(kind: str, body: Any, token: str | None) -> MockRequest:
    return MockRequest(
        "http://127.0.0.1",
        "post",
        f"/ingest/{kind}",
        headers={"Authorization": f"Bearer {token}"} if token else {},
        data=json.dumps(body).encode(),
        content_type="application/json",
    )


def held(answer: httpx.Response, request: MockRequest) -> None:
    """Hold an answer of the running app against the document."""
    told = MockResponse(
        answer.content, answer.status_code, content_type=answer.headers["content-type"]
    )
    api().validate_response(request, told)


async def test_the_running_app_serves_it(doors: Doors) -> None:
    answer = await doors.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(DOCUMENT))


def test_it_is_an_openapi_document() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_kind_of_record_is_in_it() -> None:
    assert DOCUMENT["paths"].keys() == {f"/ingest/{kind}" for kind in KINDS}


def test_a_column_says_what_it_holds() -> None:
    columns = DOCUMENT["components"]["schemas"]["review"]["properties"]
    stars = {"type": "integer", "minimum": 1, "maximum": 5, "description": "1 (worst) to 5 (stars)"}
    assert columns["stars"] == stars
    assert columns["offer"]["enum"] == ["reship", "discount", "warranty", None]
    assert columns["channel"]["examples"] == ["alibaba", "shopify", "amazon"]
    assert columns["posted_at"]["format"] == "date-time"


@pytest.mark.parametrize("kind", GOOD)
async def test_what_it_allows_the_app_stores(doors: Doors, kind: str) -> None:
    token = doors.token()
    for body in ([GOOD[kind]], {"records": [GOOD[kind]]}):
        request = asked(kind, body, token)
        api().validate_request(request)
        answer = await doors.push(kind, body, token)
        assert answer.json().get("rejected") == [], answer.text
        held(answer, request)


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
async def test_what_it_refuses_the_app_refuses(
    doors: Doors, case: tuple[str, dict[str, Any]]
) -> None:
    kind, changes = case
    body, token = [GOOD[kind] | changes], doors.token()
    with pytest.raises(OpenAPIError):
        api().validate_request(asked(kind, body, token))
    answer = await doors.push(kind, body, token)
    assert answer.status_code == 422
    held(answer, asked(kind, [GOOD[kind]], token))


async def test_refusals_are_as_it_says(doors: Doors) -> None:
    token, request = doors.token(), asked("sales", [GOOD["sales"]], "x")
    for answer, status in (
        (await doors.push("sales", [GOOD["sales"]]), 401),
        (await doors.push("sales", [GOOD["sales"]], doors.token("other", "review")), 403),
        (await doors.push("sales", b"[", token, Content_Type="application/json"), 400),
        (await doors.push("sales", b"x" * 20_001, token), 413),
        (await doors.push("sales", b"x", token, Content_Type="text/plain"), 415),
        (await doors.push("sales", [{"sku": "A"}], token), 422),
    ):
        assert answer.status_code == status
        held(answer, request)


def test_the_document_refuses_an_answer_that_the_app_does_not_give() -> None:
    answer = httpx.Response(200, json={"kind": "sales", "read": "two"})
    with pytest.raises(OpenAPIError):
        held(answer, asked("sales", [GOOD["sales"]], "x"))


def test_the_document_refuses_who_has_no_token() -> None:
    with pytest.raises(OpenAPIError):
        api().validate_request(asked("sales", [GOOD["sales"]], None))
