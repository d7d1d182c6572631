"""Asking Lingxing's open interface: its signature, its tokens, its codes.

The vendor wants the access token and the signature in the address; nothing of ours writes an
address with its parameters.
"""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from functools import partial
from hashlib import md5
from typing import Any
from zoneinfo import ZoneInfo

from core.sources import ProblemKind
from scrapers.api.access import with_access
from scrapers.api.answer import Answer
from scrapers.api.memory import Token
from scrapers.api.problems import SourceProblem, TokenRefused
from scrapers.api.service import Connection
from scrapers.api.values import whole

HOST = "https://openapi.lingxing.com"
BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone of the days and times that Lingxing is asked with."""
TOKEN = "/api/auth-server/oauth/access-token"  # noqa: S105  (a path)

AT_ONCE = 100
CALLS_A_SECOND = 1.0
"""Of one question: each has a bucket of its own, whose size Lingxing does not publish."""

_FINE = ("0", "200")
_ENDED = ("2001003", "2001005", "2001007")
"""The token is over, or wrong; or the signature is too old. A new one of both is the cure."""
_TODO = {
    "401": "look at what the app may use in Lingxing",
    "403": "look at what the app may use in Lingxing",
    "2001001": "look at the app's id",
    "2001002": "look at the app's secret",
    "2001004": "ask Lingxing to grant this interface to the app",
    "2001006": "look at the app's id: the signature is made with it",
    "3001002": "put this machine's address on the app's whitelist in Lingxing",
}
_KINDS = {
    **dict.fromkeys(_TODO, ProblemKind.REFUSED),
    **dict.fromkeys(("3001008", "103"), ProblemKind.THROTTLED),
    **dict.fromkeys(("100", "500"), ProblemKind.UNREACHABLE),
}

Item = Mapping[str, Any]


def sign(app_id: str, params: Item) -> str:
    """Return the signature of all parameters, those in the address and those in the body.

    AES of their MD5, under the app's id. Raises SourceProblem for an id that is no key.
    """
    from cryptography.hazmat.primitives.ciphers import (  # noqa: PLC0415  (heavy)
        Cipher,
        algorithms,
        modes,
    )
    from cryptography.hazmat.primitives.padding import PKCS7  # noqa: PLC0415  (heavy)

    told = {name: _text(value) for name, value in params.items()}
    line = "&".join(f"{name}={told[name]}" for name in sorted(told) if told[name])
    digest = md5(line.encode()).hexdigest().upper()  # noqa: S324  (the vendor's choice)
    padder = PKCS7(128).padder()
    padded = padder.update(digest.encode()) + padder.finalize()
    try:
        cipher = Cipher(algorithms.AES(app_id.encode()), modes.ECB())  # noqa: S305  (likewise)
    except ValueError:
        told_so = "Lingxing's app id is 16 characters; the one in the environment is not"
        raise SourceProblem(ProblemKind.REFUSED, told_so) from None
    encryptor = cipher.encryptor()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def ask(source: Connection, path: str, body: Item | None = None) -> tuple[Answer, Item]:
    """Return an answer, and its content; a token that ended is renewed once.

    Without a body it is a GET. Raises SourceProblem.
    """
    return await with_access(
        source.api, partial(_new_token, source), partial(_asked, source, path, body)
    )


async def every(
    source: Connection, path: str, body: Item, *, offset: int = 0
) -> AsyncIterator[tuple[list[Item], int, bool]]:
    """Yield the pages of a list: rows, where the next page begins, and whether there is one."""
    more = True
    while more:
        answer, told = await ask(source, path, {**body, "offset": offset, "length": AT_ONCE})
        rows, total = rows_of(answer, told), whole(told.get("total"))
        offset += len(rows)
        more = bool(rows) and (len(rows) == AT_ONCE if total is None else offset < total)
        yield rows, offset, more


def rows_of(answer: Answer, told: Item) -> list[Item]:
    """Return the list in an answer. Raises SourceProblem: a missing one is not empty."""
    found = told.get("data")
    if isinstance(found, dict):
        found = found.get("list", found.get("records"))
    if found is None and whole(told.get("total")) == 0:
        found = []
    if not isinstance(found, list):
        raise answer.puzzle("no list")
    return [row for row in found if isinstance(row, dict)]


async def _asked(
    source: Connection, path: str, body: Item | None, token: str
) -> tuple[Answer, Item]:
    app_id = source.credentials["app_id"]

    def signed() -> Item:
        now = str(int(source.api.now().timestamp()))
        query = {"app_key": app_id, "access_token": token, "timestamp": now}
        return {"params": {**query, "sign": sign(app_id, {**query, **(body or {})})}}

    answer = await source.api.ask(
        "GET" if body is None else "POST",
        HOST + path,
        signed=signed,
        content=None if body is None else _json(body).encode(),
        headers={"Content-Type": "application/json"},
        pace=source.api.memory.pace(path, source.api.now(), per_second=CALLS_A_SECOND, burst=1),
        judge=lambda answer: _problem(answer, path),
    )
    return answer, _content(answer)


def _content(answer: Answer) -> Item:
    told = answer.json()
    if not isinstance(told, dict) or "code" not in told:
        raise answer.puzzle("no code")
    return told


def _problem(answer: Answer, path: str) -> SourceProblem | None:
    """Return what Lingxing says is wrong, with HTTP 200."""
    try:
        told = answer.json()
    except SourceProblem:
        return None
    code = str(told.get("code")) if isinstance(told, dict) and "code" in told else "0"
    if code in _FINE:
        return None
    words = told.get("message") or told.get("msg") or "no reason given"
    line = " ".join(f"Lingxing does not answer {path}: {words} ({code})".split())
    if code in _ENDED:
        return TokenRefused(f"{line}; look at the app's id and secret, and at this machine's clock")
    told_so = f"{line}; {_TODO[code]}" if code in _TODO else line
    return SourceProblem(_KINDS.get(code, ProblemKind.BROKEN), told_so)


async def _new_token(source: Connection) -> Token:
    """Ask with a form: the secret stands in no address."""
    form = {
        "appId": source.credentials["app_id"],
        "appSecret": source.credentials["app_secret"],
    }
    answer = await source.api.ask(
        "POST", HOST + TOKEN, form=form, judge=lambda answer: _problem(answer, TOKEN), grants=True
    )
    told = _content(answer).get("data")
    value, seconds = (
        (told.get("access_token"), whole(told.get("expires_in")))
        if isinstance(told, dict)
        else (None, None)
    )
    if not isinstance(value, str) or not seconds:
        raise answer.puzzle("no token")
    return Token(value, source.api.now() + timedelta(seconds=seconds))
