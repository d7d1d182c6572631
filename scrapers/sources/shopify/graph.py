"""Questions to the Admin GraphQL API of one shop.

Sources: shopify.dev on the client credentials grant and on rate limits; the schema of API 2026-10.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from core.sources import ProblemKind
from scrapers.api.access import with_access
from scrapers.api.answer import SHOWN, Answer
from scrapers.api.memory import Token
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Connection
from scrapers.sources.shopify.judge import Judge

log = logging.getLogger(__name__)

VERSION = "2026-10"
STANDARD_RATE, STANDARD_BUCKET = 100, 2_000
"""Points a second and points at most on the standard plan, until the first answer says more."""

TOKEN_SECONDS = 86_399


class Query(NamedTuple):
    """A GraphQL query; what it costs is remembered under its name."""

    name: str
    text: str


class Data(dict[str, Any]):
    """What an answer holds."""

    def __missing__(self, name: str) -> Any:
        """Raise the problem that an answer lacks what was asked for."""
        raise SourceProblem(ProblemKind.BROKEN, f"Shopify's answer lacks {name}")


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
        ask = partial(self._ask, query, variables)
        given = self._source.credentials.get("access_token")
        return await (ask(given) if given else with_access(self._api, self._granted, ask))

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
        return Data(judge.content["data"])

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

    async def _granted(self) -> Token:
        """Return a token of the client credentials grant; it holds for 24 hours."""
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
            grants=True,
        )
        content = answer.json()
        if not isinstance(content, dict) or not isinstance(content.get("access_token"), str):
            raise answer.puzzle("no access token")
        lasts = content.get("expires_in")
        seconds = lasts if isinstance(lasts, int) and lasts > 0 else TOKEN_SECONDS
        return Token(content["access_token"], self._api.now() + timedelta(seconds=seconds))


def _ungranted(answer: Answer) -> SourceProblem | None:
    """Return why no token was granted."""
    status = answer.status
    passes = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if answer.is_success or passes:
        return None
    told = (
        f"{answer.place} gives no access token (HTTP {status}: {answer.quote()}): look at the "
        "client id and secret, and that the app is installed in this shop and of the same "
        "organisation"
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
