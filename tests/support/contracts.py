"""Vendors' machine-readable contracts: every request and answer is held against them.

The files lie beside the project, never in it; where they are absent these tests are skipped.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.support.sandbox_process import ROOT

CONTRACTS = ROOT.parent / "shared/contracts"


def contract(name: str) -> Path:
    """Return a contract's file; the test is skipped where it is absent."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"needs the contract {name} beside the project")
    return path


@cache
def described(name: str) -> OpenAPI:
    """Return a service as its OpenAPI document describes it."""
    # some documents break their own rules in places that say nothing of requests
    return OpenAPI.from_file_path(str(contract(name)), Config(spec_validator_cls=None))


class HeldTo(httpx.AsyncBaseTransport):
    """Lets a request and its answer pass only as the contract has them. Raises OpenAPIError."""

    def __init__(self, service: OpenAPI, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.service, self.answer = service, answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        asked = _asked(request)
        self.service.validate_request(asked)
        answer = self.answer(request)
        body = await answer.aread()
        told = MockResponse(
            body, answer.status_code, content_type=answer.headers.get("content-type", "")
        )
        self.service.validate_response(asked, told)
        return answer


def _asked(request: httpx.Request) -> Any:
    url = request.url
    content_type = request.headers.get("content-type", "").partition(";")[0]
    return MockRequest(
        host_url=f"{url.scheme}://{url.host}",
        method=request.method.lower(),
        path=url.path,
        args=list(url.params.multi_items()),  # type: ignore[arg-type]
        headers=dict(request.headers),
        data=request.content,
        content_type=content_type or "application/json",
    )


def example(name: str) -> Any:
    """Return a JSON file that lies beside the contracts."""
    return json.loads(contract(name).read_text(encoding="utf-8"))
