"""What a request is answered that cannot be served: RFC 9457, `application/problem+json`."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.errors import one_line

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
COME_AGAIN = 30
"""Seconds after which a ledger that refused may be tried again."""


class Problem(Exception):
    """A request that is not served: its status, and one line that says why and what to do."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.headers = status, headers
        self.body = body_of(status, detail) | more


def body_of(status: int, detail: str) -> dict[str, Any]:
    """Return a problem's own members."""
    return {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def json_answer(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer; in ASCII, since what others sent may hold what UTF-8 cannot write."""
    problem = status >= HTTPStatus.BAD_REQUEST
    media_type = PROBLEM if problem else "application/json"
    return Response(json.dumps(body), status, headers, media_type)


async def told(_: Request, problem: Exception) -> Response:
    """Answer with a problem."""
    assert isinstance(problem, Problem)  # noqa: S101  (what Starlette was told to bring here)
    return json_answer(problem.status, problem.body, problem.headers)


async def told_by_starlette(_: Request, error: Exception) -> Response:
    """Answer with what the router says: no such page, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101  (as above)
    return json_answer(error.status_code, body_of(error.status_code, error.detail), error.headers)


async def ledger_refuses(request: Request, error: Exception) -> Response:
    """Answer that it may be tried again: nothing is wrong with the request."""
    log.error("%s %s: the ledger refuses: %s", request.method, request.url.path, one_line(error))
    again = {"Retry-After": str(COME_AGAIN)}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(status, body_of(status, "the ledger cannot be written to now"), again)


HANDLERS = {
    Problem: told,
    HTTPException: told_by_starlette,
    SQLAlchemyError: ledger_refuses,
}
"""For Starlette: what becomes of each kind of exception."""
