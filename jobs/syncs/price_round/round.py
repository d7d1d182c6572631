"""A round as a whole: its shops, their pages, how far it is."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from core.finding import Facts
from core.ledger.watched import Watched, last_discovered, watched_pages
from core.schedule import last_slot
from jobs.registry import Work
from jobs.syncs.price_round.shelf import Shelf
from scrapers.fetch import Fetcher
from scrapers.fetching.copies import Copies
from scrapers.reading import Reader


@dataclass
class Round:
    """What a round works with, and how far it is."""

    work: Work
    fetcher: Fetcher
    reader: Reader
    copies: Copies | None
    shelf: Shelf
    done: int = 0
    total: int = 0
    discovered: int = 0
    confirmed: int = 0
    left: int = 0
    """Pages for which there was no time."""
    undiscovered: list[str] = field(default_factory=list)
    """Competitors whose shop did not name its products, and why."""

    @property
    def since(self) -> datetime | None:
        """The fire time, if the clock began the round: what was read since is not read again."""
        slot, work = self.work.slot, self.work
        by_clock = slot and last_slot(work.stanza.schedule, slot, work.store.zone) == slot
        return slot if by_clock else None

    def has_read(self, page: Watched) -> bool:
        """Tell whether this round read a page before it broke off."""
        return bool(self.since and page.asked_at and page.asked_at >= self.since)

    def window(self) -> timedelta:
        """Return the time that is left to spread pages over; none for a round asked for by hand."""
        if self.since is None:
            return timedelta(0)
        stanza = self.work.stanza
        ends: datetime = self.since + stanza.spread_over - stanza.ready_before
        return max(timedelta(0), ends - self.work.outside.now())

    @property
    def is_over(self) -> bool:
        """Whether the others' answer waits no longer for the pages of a slow host."""
        ends: datetime = self.work.now + self.work.stanza.spread_over
        return self.work.outside.now() >= ends

    def chance(self, competitor: str) -> random.Random:
        """Return the chance of a shop: the same for one fire time, another for the next."""
        return random.Random(f"{self.work.slot} {competitor}")  # noqa: S311  (no secret)

    async def wait_until(self, moment: datetime) -> None:
        """Sleep until a moment, unless it is over."""
        wait = (moment - self.work.outside.now()).total_seconds()
        if wait > 0:
            await self.work.outside.sleep(wait)

    async def step(self, pages: int = 1) -> None:
        """Count pages that are done, and say so."""
        self.done += pages
        await self.work.report(self.done, self.total)

    def told(self) -> Facts:
        """Return what the summary says besides the counts of pages, where there was any."""
        told: Facts = {"discovered": self.discovered, "jumps_confirmed": self.confirmed}
        told["left"] = self.left
        told["undiscovered"] = "; ".join(self.undiscovered)
        return {name: value for name, value in told.items() if value}


def host_of(url: str) -> str:
    """Return an address's host; for one that has none, which the fetcher refuses, nothing."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


async def together(tasks: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all at once; when one fails, end the others and raise its error."""
    try:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(task)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


@dataclass
class Shop:
    """A competitor's shop: its pages that are known, and whether to ask for new ones."""

    competitor: str
    pages: list[Watched]
    ask_for_products: bool


def shops(ledger: Session, work: Work) -> list[Shop]:
    """Return the configured competitors' shops."""
    competitors = work.settings.competitors
    named = {name: settings.pages() for name, settings in competitors.items()}
    pages: dict[str, list[Watched]] = defaultdict(list)
    for page in watched_pages(ledger, work.store.name, work.now, named):
        pages[page.competitor].append(page)
    last = last_discovered(ledger, work.store.name)
    before = work.now - work.stanza.discover_every
    return [
        Shop(name, pages[name], bool(settings.discover) and last.get(name, before) <= before)
        for name, settings in competitors.items()
    ]
