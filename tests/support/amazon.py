"""A stand-in for Amazon's Selling Partner API, held to Amazon's own models where they are there."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx
from openapi_core import Config, OpenAPI

from core.ledger.database import Database
from core.settings import Settings, Store
from tests.support.contracts import HeldTo, contract, described
from tests.support.sources import Bench, Handler, source_settings

US, CA, DE, JP = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1PA6795UKMFR9", "A1VC38T7YXB528"

SECRETS = {
    "AMAZON_CLIENT_ID": "amzn1.application-oa2-client.0f1e",
    "AMAZON_CLIENT_SECRET": "amzn1.oa2-cs.v1.5ec2e7",
    "AMAZON_REFRESH_TOKEN": "Atzr|refresh-5ec2e7",
}
TOKEN = "Atza|access-{}"

ORDERS = "/orders/2026-01-01/orders"
STOCK = "/fba/inventory/v1/summaries"
LISTINGS = "/listings/2021-08-01/items/"
REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents/"
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"

MODELS = {
    ORDERS: "orders_2026-01-01.oas3.json",
    STOCK: "fbaInventory.oas3.json",
    LISTINGS: "listingsItems_2021-08-01.json",
    REPORTS: "reports_2021-06-30.json",
    DOCUMENTS: "reports_2021-06-30.json",
    PARTICIPATIONS: "sellers.json",
}
EVERY = {"schedule": {"every": "1h"}, "stale_after": "4h"}
CHANGES = EVERY | {"overlap": "15m", "look_back": "60d"}
FEEDS = {
    "orders": CHANGES,
    "stock": EVERY,
    "listings": EVERY,
    "feedback": EVERY | {"look_back": "90d"},
    "performance": EVERY,
    "visits": EVERY | {"overlap": "1d", "look_back": "2d"},
}

Bencher = Callable[..., Bench]


class StandIn:
    """Answers the login itself and all else by the beginning of its path."""

    def __init__(self, answers: Mapping[str, Handler]) -> None:
        self.answers, self.logins = answers, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.amazon.com" and "/auth/o2/token" not in self.answers:
            self.logins += 1
            token = {"access_token": TOKEN.format(self.logins), "expires_in": 3600}
            return httpx.Response(200, json=token)
        for path, answer in self.answers.items():
            if request.url.path.startswith(path):
                return answer(request)
        raise AssertionError(f"nobody answers {request.method} {request.url}")


class ToTheModels(httpx.AsyncBaseTransport):
    """Lets questions to the Selling Partner API pass as Amazon's models have them."""

    def __init__(self, answer: Handler) -> None:
        self.answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        model = next((m for path, m in MODELS.items() if request.url.path.startswith(path)), None)
        if model is None:
            return self.answer(request)
        return await HeldTo(api(model), self.answer).handle_async_request(request)


@cache
def api(model: str) -> OpenAPI:
    """Return a part of the API as Amazon's model of it says."""
    if model.endswith(".oas3.json"):
        return described(f"amazon/{model}")
    swagger = json.loads(contract(f"amazon/{model}").read_text("utf-8"))
    return OpenAPI.from_dict(_openapi3(swagger), Config(spec_validator_cls=None))


def _openapi3(swagger: Any) -> Any:
    """Write a Swagger 2.0 document as OpenAPI 3, as far as requests and answers need it."""
    paths = {
        path: {m: _operation(one) for m, one in operations.items() if m in ("get", "post")}
        for path, operations in swagger["paths"].items()
    }
    written = {
        "openapi": "3.0.3",
        "info": swagger["info"],
        "servers": [{"url": f"https://{swagger['host']}"}],
        "paths": paths,
        "components": {"schemas": swagger["definitions"]},
    }
    return json.loads(json.dumps(written).replace("#/definitions/", "#/components/schemas/"))


def _operation(swagger: Any) -> Any:
    body = next((p for p in swagger.get("parameters", []) if p["in"] == "body"), None)
    content = {"requestBody": {"required": True, "content": _json(body)}} if body else {}
    return content | {
        "parameters": [_parameter(p) for p in swagger.get("parameters", []) if p is not body],
        "responses": {
            code: {"description": "", "content": _json(told)}
            for code, told in swagger["responses"].items()
        },
    }


def _parameter(swagger: Any) -> Any:
    place = {name: swagger[name] for name in ("name", "in", "required") if name in swagger}
    schema = {k: v for k, v in swagger.items() if k not in (*place, "description")}
    csv = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
    return place | csv | {"schema": schema}


def _json(told: Any) -> Any:
    return {"application/json": {"schema": told["schema"]}}


def amazon(
    database: Database,
    settings: Settings,
    store: Store,
    answers: Mapping[str, Handler],
    *,
    held: bool = True,
    **stanza: Any,
) -> Bench:
    """Return the source of an account in the US, or another one by its `stanza`."""
    given = {"region": "na", "marketplaces": [US], "seller_id": "A1SELLER", "feeds": FEEDS}
    source = source_settings(service="amazon", **(given | stanza))
    bench = Bench(database, settings, store, source, StandIn(answers), SECRETS, name="amazon")
    if held:
        transport = ToTheModels(bench._answer)
        bench.outside.transport = transport
    return bench


def told(*bodies: Any) -> Handler:
    """Answer with one body after the other; the last one again and again.

    A body is JSON, or a whole response.
    """
    left = list(bodies)

    def answer(_: httpx.Request) -> httpx.Response:
        body = left.pop(0) if len(left) > 1 else left[0]
        return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)

    return answer


def refusal(status: int, code: str, message: str = "No.", details: str = "") -> httpx.Response:
    """Return an error as Amazon tells it."""
    error = {"code": code, "message": message, "details": details}
    return httpx.Response(status, json={"errors": [error]})


def paths(bench: Bench) -> list[str]:
    """Return what was asked, without the logins."""
    return [r.url.path for r in bench.requests if r.url.host != "api.amazon.com"]
