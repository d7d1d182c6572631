"""Alibaba.com's gateways: signing a question, what their errors mean, renewing the access.

Names with a slash go to the REST gateway, dotted ones to the sync gateway; an app's key is good for
both (official SDK `iop-sdk-python`, 2025-09-10). Questions are posted as forms, so that no access
token stands in an address.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from core.sources import ProblemKind
from scrapers.api.access import access
from scrapers.api.answer import Answer
from scrapers.api.memory import Token
from scrapers.api.outside import variable
from scrapers.api.problems import SourceProblem, TokenRefused
from scrapers.api.service import Connection
from scrapers.api.values import Item, is_item, whole
from scrapers.sources.alibaba.fields import items

REST = "https://openapi-api.alibaba.com/rest"
SYNC = "https://open-api.alibaba.com/sync"
RENEW = "/auth/token/refresh"

SECONDS_APART = 0.35
"""Between two questions: Alibaba publishes no figure, apps that work keep this distance."""

_CODES = ("code", "sub_code", "error_code", "msg_code")
_WORDS = ("sub_msg", "msg", "message", "error_message", "biz_message")
_WRONG_KEYS = frozenset({"InvalidAppKey", "IncompleteSignature"})


class Unanswerable(SourceProblem):
    """A question that Alibaba understood and will not answer, for instance of an unknown order."""

    def __init__(self, message: str) -> None:
        super().__init__(ProblemKind.BROKEN, message)


@dataclass(frozen=True)
class Reply:
    """What a question was answered with, out of its wrappings."""

    name: str
    answer: Answer
    value: Item

    def rows(self, name: str) -> list[Item]:
        """Return a list that must be there. Raises SourceProblem: a missing one is not empty."""
        found = self.value.get(name)
        if found is None and whole(self.value.get("total_count")) != 0:
            raise self.puzzle(f"no {name}")
        return items(found)

    def puzzle(self, what: str) -> SourceProblem:
        """Return the problem that the answer is not what the contract says."""
        return self.answer.puzzle(f"{what} to {self.name}")


def sign(secret: str, name: str, params: Mapping[str, str]) -> str:
    """Return the signature of a question: values as they are, keys in the order of their bytes."""
    signed = "".join(key + params[key] for key in sorted(params, key=str.encode))
    path = name if "/" in name else ""
    return hmac.new(secret.encode(), (path + signed).encode(), sha256).hexdigest().upper()


async def ask(source: Connection, name: str, params: Mapping[str, Any]) -> Reply:
    """Return the answer to a question; access that ended is renewed once. Raises SourceProblem."""
    token = await _token(source)
    try:
        return await _asked(source, name, params, token)
    except TokenRefused as refused:
        renew = partial(_renew, source, str(refused))
        renewed = await access(source.api, renew, refused=token)
    try:
        return await _asked(source, name, params, renewed)
    except TokenRefused as refused:
        raise _shut_out(source, str(refused)) from None


async def _asked(
    source: Connection, name: str, params: Mapping[str, Any], token: str | None
) -> Reply:
    asked = {
        **params,
        "access_token": token,
        "app_key": source.credentials["app_key"],
        "method": None if "/" in name else name,
        "sign_method": "sha256",
    }

    def signed() -> Mapping[str, Any]:
        now = str(int(source.api.now().timestamp() * 1000))
        told = {key: _text(value) for key, value in {**asked, "timestamp": now}.items()}
        form = {key: text for key, text in told.items() if text}
        return {"data": {**form, "sign": sign(source.credentials["app_secret"], name, form)}}

    pace = source.api.memory.pace(
        "questions", source.api.now(), per_second=1 / SECONDS_APART, burst=1
    )
    answer = await source.api.ask(
        "POST",
        REST + name if "/" in name else SYNC,
        signed=signed,
        pace=pace,
        judge=lambda answer: _problem(answer, name),
        grants=name == RENEW,
    )
    content = answer.json()
    if not is_item(content):
        raise answer.puzzle(f"no object to {name}")
    return Reply(name, answer, list(_layers(content))[-1])


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _layers(content: Item) -> Iterator[Item]:
    """Yield an answer and what is wrapped in it: `NAME_response`, `result`, `value`."""
    layer: Item | None = content
    while layer is not None:
        yield layer
        wrapped = [
            inner
            for key, inner in layer.items()
            if is_item(inner) and (key in ("result", "value") or key.endswith("_response"))
        ]
        layer = wrapped[0] if wrapped else None


def _problem(answer: Answer, name: str) -> SourceProblem | None:
    """Return what Alibaba says is wrong, often with HTTP 200."""
    try:
        content = answer.json()
    except SourceProblem:
        return None
    error = _error(content) if is_item(content) else None
    return _told(error, name) if error else None


def _error(content: Item) -> Item | None:
    refused = content.get("error_response")
    if is_item(refused):
        return refused
    if str(content.get("code") or "0") != "0":
        return content
    failed = (layer for layer in _layers(content) if str(layer.get("success")).lower() == "false")
    return next(failed, None)


def _told(error: Item, name: str) -> SourceProblem:
    codes = [str(error[key]) for key in _CODES if error.get(key)]
    words = next((str(error[key]) for key in _WORDS if error.get(key)), "no reason given")
    told = " ".join(f"Alibaba does not answer {name}: {words} ({', '.join(codes)})".split())
    if any("accesstoken" in code.lower() for code in codes):
        return TokenRefused(told)
    if any(c == "InsufficientPermission" or c.startswith("isv.permission") for c in codes):
        return SourceProblem(ProblemKind.REFUSED, f"{told}; {_package(name)}")
    if _WRONG_KEYS.intersection(codes):
        return SourceProblem(ProblemKind.REFUSED, f"{told}; look at the app's key and secret")
    if "ApiCallLimit" in codes:
        return SourceProblem(ProblemKind.THROTTLED, told)
    if error.get("type") in ("SYSTEM", "ISP") and not any(c.startswith("isv.") for c in codes):
        return SourceProblem(ProblemKind.UNREACHABLE, told)
    return Unanswerable(told)


def _package(name: str) -> str:
    wanted = "the data package (mydata)" if ".mydata." in name else f"the package with {name}"
    return f"ask for {wanted} in the open platform's console, or take this feed out of config.yaml"


async def _token(source: Connection) -> str:
    """Return the access token to use; one that ends soon is renewed first."""
    if source.api.memory.access is None:
        return source.credentials["access_token"]
    return await access(source.api, partial(_renew, source, "the access token ends"))


async def _renew(source: Connection, why: str) -> Token:
    kept = source.api.memory.access
    refresh = kept.refresh if kept else source.credentials.get("refresh_token")
    if not refresh:
        raise _shut_out(source, why)
    try:
        reply = await _asked(source, RENEW, {"refresh_token": refresh}, None)
    except SourceProblem as problem:
        if problem.kind in (ProblemKind.REFUSED, ProblemKind.BROKEN):
            raise _shut_out(source, str(problem)) from None
        raise
    value, seconds = reply.value.get("access_token"), whole(reply.value.get("expires_in"))
    if not isinstance(value, str) or not seconds:
        raise reply.puzzle("no token")
    ends_at = source.api.now() + timedelta(seconds=seconds)
    return Token(value, ends_at, str(reply.value.get("refresh_token") or refresh))


def _shut_out(source: Connection, why: str) -> SourceProblem:
    names = (variable(source.source, f"{kind}_token") for kind in ("access", "refresh"))
    todo = f"authorise the app again and put its tokens into {' and '.join(names)}"
    return SourceProblem(ProblemKind.REFUSED, f"{why}; {todo}")
