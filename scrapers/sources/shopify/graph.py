"""Questions to the Admin GraphQL API of one shop.

Sources: shopify.dev on the client credentials grant and on rate limits; the schema of API 2026-10.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from core.sources import ProblemKind
from scrapers.api.answer import SHOWN, Answer
from scrapers.api.memory import Token
from scrapers.api.problems import SourceProblem, TokenRefused
from scrapers.api.service import Connection
from scrapers.sources.shopify.judge import Judge

log = logging.getLogger(__name__)

VERSION = "2026-10"
STANDARD_RATE, STANDARD_BUCKET = 100, 2_000
"""Points a second and points at most on the standard plan, until the first answer says more."""

TOKEN_SECONDS = 86_399
ACCESS = "access"


class Query(NamedTuple):
    """A GraphQL query; what it costs is remembered under its name."""

    name: str
    text: str


class Graph:
    """The way to one shop, for one run."""

    def __init__(self, source: Connection) -> None:
        self._source, self._api = source, source.api
        self._home = f"https://{source.settings.shop}.myshopify.com/admin"
        self.version = VERSION

    @property
    def learned(self) -> dict[str, float]:
        """What was learned of the shop since the process started: costs, sizes of pages."""
        return self._api.memory.learned

    async def ask(self, query: Query, /, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer that is whole. A refused token is renewed, where it can be.

        Raises SourceProblem, of which TooCostly and LostPlace can be helped.
        """
        token = await self._token()
        try:
            return await self._ask(query, variables, token)
        except TokenRefused:
            if "client_id" not in self._source.credentials:
                raise
            self._forget(token)
        return await self._ask(query, variables, await self._token())

    async def _ask(self, query: Query, variables: dict[str, Any], token: str) -> dict[str, Any]:
        pace = self._api.memory.pace(
            "graphql", self._api.now(), per_second=STANDARD_RATE, burst=STANDARD_BUCKET
        )
        judge = Judge(pace, self._api.now)
        answer = await self._api.ask(
            "POST",
            f"{self._home}/api/{VERSION}/graphql.json",
            json={"query": query.text, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
            pace=pace,
            cost=self.learned.get(f"cost of {query.name}", 0),
            judge=judge,
        )
        self._look_at_version(answer)
        if judge.cost is not None:
            self.learned[f"cost of {query.name}"] = judge.cost
        data: dict[str, Any] = judge.content["data"]
        return data

    def _look_at_version(self, answer: Answer) -> None:
        """Notice when Shopify answers with a later version, because ours has run out."""
        told = answer.headers.get("x-shopify-api-version") or VERSION
        if told != self.version:
            log.warning("%s answers as API %s, not %s", self._source.source, told, VERSION)
        self.version = told

    @property
    def notes(self) -> list[str]:
        """What a run's summary should say of the shop."""
        if self.version == VERSION:
            return []
        return [f"Shopify answers as API {self.version}: {VERSION}, known here, has run out"]

    async def _token(self) -> str:
        """Return the access token; one of the client credentials grant is held for its 24 hours."""
        given = self._source.credentials.get("access_token")
        if given:
            return given
        memory = self._api.memory
        async with memory.renewing:
            held = memory.token(ACCESS, self._api.now())
            token = held.value if held else await self._granted()
        self._api.keep_secret(token)
        return token

    def _forget(self, token: str) -> None:
        held = self._api.memory.tokens.get(ACCESS)
        if held and held.value == token:
            del self._api.memory.tokens[ACCESS]

    async def _granted(self) -> str:
        credentials = self._source.credentials
        answer = await self._api.ask(
            "POST",
            f"{self._home}/oauth/access_token",
            form={
                "grant_type": "client_credentials",
                "client_id": credentials["client_id"],
                "client_secret": credentials["client_secret"],
            },
            judge=_ungranted,
        )
        content = answer.json()
        if not isinstance(content, dict) or not isinstance(content.get("access_token"), str):
            # not quoted: it may hold a token
            told = f"{answer.place} answered without an access token"
            raise SourceProblem(ProblemKind.BROKEN, told)
        token: str = content["access_token"]
        lasts = content.get("expires_in")
        seconds = lasts if isinstance(lasts, int) and lasts > 0 else TOKEN_SECONDS
        ends_at = self._api.now() + timedelta(seconds=seconds)
        self._api.memory.tokens[ACCESS] = Token(token, ends_at)
        return token


def _ungranted(answer: Answer) -> SourceProblem | None:
    """Return why no token was granted."""
    status = answer.status
    passes = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if answer.is_success or passes:
        return None
    quoted = " ".join(answer.text(SHOWN).split())
    told = (
        f"{answer.place} gives no access token (HTTP {status}: {quoted}): look at the client id "
        "and secret, and that the app is installed in this shop and of the same organisation"
    )
    return SourceProblem(ProblemKind.REFUSED, told)


@contextmanager
def understood(what: str) -> Iterator[None]:
    """Tell an answer of another shape than the schema's as a problem of the source."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        told = f"Shopify's {what} do not look as in API {VERSION}: {type(error).__name__} {error}"
        raise SourceProblem(ProblemKind.BROKEN, told[: 2 * SHOWN]) from None
