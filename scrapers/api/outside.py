"""The way to the outside: every service by name, a source's credentials, and its connection."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx

from core.discovery import modules
from core.settings import Store
from core.sources import ProblemKind, SourceSettings
from scrapers.api.client import Api, Sleep
from scrapers.api.memory import Clock, Memory
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Connection, Service


@cache
def services() -> dict[str, Service]:
    """Return every service by name: a new one is a new file in `scrapers/sources`."""
    return {name: module.SERVICE for name, module in modules("scrapers.sources").items()}


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Outside:
    """Opens sources. It lives as long as the process and remembers tokens and paces.

    `environment` holds the credentials; `transport`, `now` and `sleep` replace network and time.
    """

    environment: Mapping[str, str] = field(repr=False, default_factory=dict)
    transport: httpx.AsyncBaseTransport | None = None
    now: Clock = _utc_now
    sleep: Sleep = asyncio.sleep
    _memories: dict[str, Memory] = field(default_factory=lambda: defaultdict(Memory))

    @asynccontextmanager
    async def open(
        self, source: str, settings: SourceSettings, store: Store
    ) -> AsyncIterator[Connection]:
        """Yield a source that can be asked. Raises SourceProblem without its credentials.

        No SourceProblem that leaves it repeats a secret, whoever put it into words.
        """
        credentials = self.credentials(source, settings.service)
        api = Api(
            self._memories[source],
            set(credentials.values()),
            now=self.now,
            sleep=self.sleep,
            transport=self.transport,
        )
        async with api:
            try:
                yield Connection(source, settings, credentials, store, api)
            except SourceProblem as problem:
                raise api.without_secrets(problem) from None

    def credentials(self, source: str, service: str) -> dict[str, str]:
        """Return the first complete set of a source's credentials. Raises SourceProblem."""
        wanted = services()[service].credentials
        for names in wanted:
            found = self._found(source, names)
            if found is not None:
                return found
        if not wanted:
            return {}
        least = [names for names in wanted if not any(set(o) < set(names) for o in wanted)]
        told = ", or ".join(" and ".join(variable(source, name) for name in s) for s in least)
        raise SourceProblem(ProblemKind.NO_CREDENTIALS, f"{source} needs {told}, see .env.example")

    def webhook_credentials(self, source: str, service: Service) -> dict[str, str] | None:
        """Return what a source's webhooks are signed with; None where something is missing."""
        return self._found(source, service.webhook_credentials)

    def _found(self, source: str, names: tuple[str, ...]) -> dict[str, str] | None:
        found = {name: self.environment.get(variable(source, name)) or "" for name in names}
        return found if all(found.values()) else None


def variable(source: str, credential: str) -> str:
    """Return the environment's name of a source's credential: SHOPIFY_ACCESS_TOKEN."""
    return f"{source}_{credential}".upper()


def source_types() -> dict[str, Any]:
    """Return the form of every service's sources in config.yaml."""
    return {name: service.settings for name, service in services().items()}
