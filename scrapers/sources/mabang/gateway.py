"""Asking Mabang's open interface V2: one address, the question signed byte by byte."""

import hmac
import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Connection
from scrapers.api.values import whole
from scrapers.sources.mabang.fields import Item, listed, pick

ADDRESS = "https://gwapi.mabangerp.com/api/v2"
CALLS_A_SECOND = 2.0


async def ask(source: Connection, api: str, data: Item) -> tuple[Answer, Any]:
    """Return an answer and its `data`. Raises SourceProblem.

    The signature is of the very bytes that are sent.
    """

    def signed() -> Item:
        question = {
            "api": api,
            "appkey": source.credentials["app_key"],
            "data": data,
            "timestamp": int(source.api.now().timestamp()),
        }
        body = json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
        signature = sign(source.credentials["app_secret"], body)
        headers = {"Authorization": signature, "Content-Type": "application/json"}
        return {"content": body, "headers": headers}

    answer = await source.api.ask(
        "POST",
        ADDRESS,
        signed=signed,
        pace=source.api.memory.pace(
            "questions", source.api.now(), per_second=CALLS_A_SECOND, burst=1
        ),
        judge=lambda answer: _problem(answer, api),
    )
    told = answer.json()
    if not isinstance(told, dict) or told.get("data") in (None, ""):
        raise answer.puzzle(f"no data to {api}")
    return answer, told["data"]


def sign(secret: str, body: bytes) -> str:
    """Return the signature of a question's bytes."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def _problem(answer: Answer, api: str) -> SourceProblem | None:
    """Return what Mabang says is wrong, with HTTP 200."""
    try:
        told = answer.json()
    except SourceProblem:
        return None
    if not isinstance(told, dict) or str(told.get("code")) in ("200", "0"):
        return None
    words = told.get("message") or told.get("msg") or "no reason given"
    line = " ".join(f"Mabang does not answer {api}: {words} ({told.get('code')})".split())
    if any(word in line for word in ("频繁", "限流")):
        return SourceProblem(ProblemKind.THROTTLED, line)
    if any(word in line.lower() for word in ("签名", "权限", "appkey", "authorization")):
        todo = "look at the key and secret, and at the interfaces the app may use"
        return SourceProblem(ProblemKind.REFUSED, f"{line}; {todo}")
    return SourceProblem(ProblemKind.BROKEN, line)


def rows_of(answer: Answer, data: Any) -> Sequence[Item]:
    """Return the list in an answer. Raises SourceProblem: a missing one is not empty."""
    found = data
    if isinstance(data, dict):
        found = pick(data, "data", "list", "rows")
        if found is None and whole(pick(data, "total")) == 0:
            found = []
    if not isinstance(found, list):
        raise answer.puzzle("no list")
    return listed(found)
