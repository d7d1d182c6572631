"""What asks about new records runs soon after they were pushed, and once for many pushes."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable

from core.errors import one_line
from core.settings import Store

log = logging.getLogger(__name__)

REST = 1.0
"""Seconds between one round and the next: what comes meanwhile is asked about together."""


class Follower:
    """Gathers news of records. The first is followed at once, more together after a rest.

    Nothing is lost for good when the process ends in between: each check has its schedule, too.
    """

    def __init__(
        self, follow: Callable[[Collection[str], Store], Awaitable[None]], rest: float = REST
    ) -> None:
        self._follow, self._rest = follow, rest
        self._news: defaultdict[str, set[str]] = defaultdict(set)
        self._stores: dict[str, Store] = {}
        self._told = asyncio.Event()

    def tell(self, kinds: Iterable[str], store: Store) -> None:
        """Say that records of these kinds are new."""
        self._stores[store.name] = store
        self._news[store.name].update(kinds)
        self._told.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            news, self._news = self._news, defaultdict(set)
            for store, kinds in news.items():
                await self._try(kinds, self._stores[store])
            await asyncio.sleep(self._rest)

    async def _try(self, kinds: Collection[str], store: Store) -> None:
        try:
            await self._follow(kinds, store)
        except Exception as error:
            log.exception("what asks about new %s could not run: %s", kinds, one_line(error))
