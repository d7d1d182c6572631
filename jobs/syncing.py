"""Running a feed: page by page into the ledger, so that a run that is cut off goes on there."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from core.finding import Facts
from core.ledger import feeds, levels
from core.ledger.intake import Rejected, TakingRecords
from core.ledger.records import Stock
from core.sources import Feed
from jobs.registry import Work
from scrapers.api.outside import services
from scrapers.api.service import Asked, Page, Row

log = logging.getLogger(__name__)

NAMED = 3
"""Rejected rows that a run's summary names."""


async def sync(work: Work, feed: Feed) -> Facts:
    """Read a feed to its end. Returns how many rows came, and per kind how many were news.

    Raises SourceProblem; the pages that came before it are kept.
    """
    read = services()[feed.settings.service].feeds[feed.name]
    async with work.outside.open(feed.source, feed.settings, work.store) as source:
        with work.database.read() as ledger:
            cursor = feeds.cursor_of(ledger, feed.source, feed.name)
        asked = Asked(
            **vars(source),
            feed=feed.name,
            stanza=feed.stanza,
            database=work.database,
            now=work.now,
            cursor=cursor,
        )
        with _Shelf(work, feed) as shelf:
            async for page in read(asked):
                await asyncio.to_thread(shelf.put, page)
    return shelf.summary()


class _Shelf(ExitStack):
    """Puts the pages of one run into the ledger and counts them."""

    def __init__(self, work: Work, feed: Feed) -> None:
        super().__init__()
        self._work, self._feed = work, feed
        self._takings: dict[str, TakingRecords] = {}
        self._read = 0
        self._rejected: list[str] = []

    def put(self, page: Page) -> None:
        """Store a page and then how far the feed was read: a crash between reads it again."""
        for kind, rows in page.records.items():
            self._read += len(rows)
            news = self._news(kind, rows)
            if news:
                self._rejected += [_told(kind, bad) for bad in self._taking(kind).add(news)]
        with self._work.database.write() as ledger:
            words = {word for kind, rows in page.records.items() for word in _strange(kind, rows)}
            feeds.keep_unknown(
                ledger, self._feed.source, self._work.store.name, sorted(words), self._work.now
            )
            if page.cursor is not None:
                feeds.keep_cursor(
                    ledger, self._feed.source, self._feed.name, page.cursor, self._work.now
                )

    def _news(self, kind: str, rows: Sequence[Row]) -> Sequence[Row]:
        if kind != Stock.kind_name:
            return rows
        with self._work.database.read() as ledger:
            return levels.news(ledger, self._work.store.name, rows)

    def _taking(self, kind: str) -> TakingRecords:
        if kind not in self._takings:
            taking = TakingRecords(
                self._work.database,
                store=self._work.store,
                kind=kind,
                source=self._feed.job,
                now=self._work.now,
            )
            self._takings[kind] = self.enter_context(taking)
        return self._takings[kind]

    def summary(self) -> Facts:
        """Return the counts of the run."""
        news = {kind: taking.taken.stored for kind, taking in self._takings.items()}
        if self._rejected:
            log.warning("%s: %s rows refused", self._feed.job, len(self._rejected))
            named = {"rejected": len(self._rejected), "refused": self._rejected[:NAMED]}
        else:
            named = {}
        return {"read": self._read, **{k: n for k, n in news.items() if n}, **named}


def _told(kind: str, bad: Rejected) -> str:
    return f"{kind} {bad.column}: {bad.problem}"


def _strange(kind: str, rows: Sequence[Row]) -> Iterator[feeds.Strange]:
    """Yield the words that the connector does not know."""
    for row in rows:
        for column, value in row.items():
            if isinstance(value, str) and value.startswith(feeds.UNKNOWN):
                yield feeds.Strange(kind, column, value.removeprefix(feeds.UNKNOWN))
