"""Running a feed: page by page into the ledger, so that a run that is cut off goes on there."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from core.finding import Facts
from core.ledger import feeds
from core.ledger.intake import Rejected, TakingRecords
from core.ledger.news import news
from core.ledger.records.base import Row
from core.ledger.source_states import NOTED, NOTES, READ, REJECTED, SAMPLES
from core.sources import Feed
from jobs.registry import Work
from scrapers.api.outside import services
from scrapers.api.service import Asked, Page

log = logging.getLogger(__name__)

NAMED = 3
"""Rejected rows and notes that a run's summary names."""


async def sync(work: Work, feed: Feed) -> Facts:
    """Read a feed to its end. Returns how many rows came, and per kind how many were news.

    Raises SourceProblem; the pages that came before it are kept, and counted in `work.came`.
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
            try:
                async for page in read(asked):
                    notes = [source.api.hide(note) for note in page.notes]
                    await asyncio.to_thread(shelf.put, replace(page, notes=notes))
            finally:
                work.came.update(shelf.summary())
    return work.came


class _Shelf(ExitStack):
    """Puts the pages of one run into the ledger and counts them."""

    def __init__(self, work: Work, feed: Feed) -> None:
        super().__init__()
        self._work, self._feed = work, feed
        self._takings: dict[str, TakingRecords] = {}
        self._stored: Counter[str] = Counter()
        self._read = 0
        self._rejected = 0
        self._refused: list[str] = []
        self._notes: dict[str, None] = {}

    def put(self, page: Page) -> None:
        """Store a page and then how far the feed was read: a crash between reads it again."""
        for kind, rows in page.records.items():
            self._read += len(rows)
            fresh = self._news(kind, rows)
            if fresh:
                rejected = self._taking(kind).add(fresh)
                self._count_refused(len(rejected), [_told(kind, bad) for bad in rejected[:NAMED]])
        for done in page.stored:
            self._read += done.taken.read
            self._stored[done.kind] += done.taken.stored
            self._count_refused(done.taken.rejected, done.refused)
        self._notes.update(dict.fromkeys(page.notes))
        with self._work.database.write() as ledger:
            words = feeds.strange(page.records)
            feeds.keep_unknown(
                ledger, self._feed.source, self._work.store.name, words, self._work.now
            )
            if page.cursor is not None:
                feeds.keep_cursor(
                    ledger, self._feed.source, self._feed.name, page.cursor, self._work.now
                )

    def _count_refused(self, number: int, told: Sequence[str]) -> None:
        self._rejected += number
        self._refused += told[: NAMED - len(self._refused)]

    def _news(self, kind: str, rows: Sequence[Row]) -> Sequence[Row]:
        with self._work.database.read() as ledger:
            return news(ledger, self._work.store.name, kind, rows)

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
        named: Facts = {}
        taken = {kind: taking.taken.stored for kind, taking in self._takings.items()}
        stored = self._stored + Counter(taken)
        if self._rejected:
            log.warning("%s: %s rows refused", self._feed.job, self._rejected)
            named |= {REJECTED: self._rejected, SAMPLES: self._refused}
        if self._notes:
            named |= {NOTED: len(self._notes), NOTES: list(self._notes)[:NAMED]}
        return {READ: self._read, **stored, **named}


def _told(kind: str, bad: Rejected) -> str:
    return f"{kind} {bad.column}: {bad.problem}"
