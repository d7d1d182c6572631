"""An access token for a service account of Google's (RFC 7523, OAuth 2.0 JWT bearer)."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.memory import Token
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Connection

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

LIVES = timedelta(hours=1)
"""How long a token lives, at most (Google)."""


async def granted(source: Connection) -> Token:
    """Return a new token. Raises SourceProblem."""
    api = source.api
    assertion = await asyncio.to_thread(_signed, source, api.now())
    api.keep_secret(assertion)
    form = {"grant_type": GRANT, "assertion": assertion}
    answer = await api.ask("POST", TOKEN_URL, form=form, judge=_refusal, grants=True)
    told = answer.json()
    value = told.get("access_token") if isinstance(told, dict) else None
    seconds = told.get("expires_in") if isinstance(told, dict) else None
    if not isinstance(value, str) or not isinstance(seconds, int):
        raise answer.puzzle("no token")
    return Token(value, api.now() + timedelta(seconds=seconds))


def _refusal(answer: Answer) -> SourceProblem | None:
    """Return the problem of a key that Google does not take; it says so with HTTP 400."""
    if answer.status not in (400, 401):
        return None
    told = str(answer.puzzle("that it does not take the key"))
    return SourceProblem(ProblemKind.REFUSED, told)


def _signed(source: Connection, now: datetime) -> str:
    """Return what the service account says of itself, signed with its key."""
    import jwt  # noqa: PLC0415  (heavy, with what it signs with)

    key = _key(source)
    claims = {
        "iss": key["client_email"],
        "scope": SCOPE,
        "aud": TOKEN_URL,
        "iat": int(now.timestamp()),
        "exp": int((now + LIVES).timestamp()),
    }
    try:
        return jwt.encode(claims, key["private_key"], algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise _bad_key(source, "holds no RSA key that can be read") from None


def _key(source: Connection) -> dict[str, str]:
    """Return the service account's key; what it holds is said nowhere."""
    try:
        content = json.loads(Path(source.credentials["key_file"]).read_bytes())
    except OSError as error:
        raise _bad_key(source, f"cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise _bad_key(source, "is no JSON") from None
    names = ("client_email", "private_key")
    if not isinstance(content, dict) or not all(isinstance(content.get(n), str) for n in names):
        raise _bad_key(source, "is not the key of a service account")
    return content


def _bad_key(source: Connection, why: str) -> SourceProblem:
    name = f"{source.source}_key_file".upper()
    return SourceProblem(ProblemKind.NO_CREDENTIALS, f"the file that {name} names {why}")
