"""What a round has learned, stored bit by bit: one that breaks off keeps it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from core.finding import Facts
from core.ledger import fetches
from core.ledger.intake import Rejected, TakingRecords
from core.ledger.tables import FetchOutcome, KnownPage
from jobs.offer_rows import Row, unpriced
from jobs.registry import Work
from scrapers.fetch import Fetched

KEPT_TOGETHER = 200
"""Pages after which the round stores what it has …"""

KEPT_FOR = 15.0
"""… or seconds, whichever comes first."""

_KEY = ("competitor", "url")
_WITH_PAGE = frozenset({FetchOutcome.READ, FetchOutcome.BLOCKED})


class Shelf:
    """Takes what was read, and the notes of every request; `counts` are those of the run."""

    def __init__(self, work: Work) -> None:
        self.notes: list[Fetched] = []
        self.counts: Facts = {"pages": 0, "without_price": 0, "unchanged": 0}
        self._work = work
        self._offers: list[Row] = []
        self._pages: list[Row] = []
        self._known: list[KnownPage] = []
        self._copies: dict[str, list[Path | None]] = defaultdict(list)
        self._writing = Lock()
        self._open = ExitStack()
        self._takings: dict[str, TakingRecords] = {}

    def copied(self, url: str, copy: Path | None) -> None:
        """Take where a page is kept that was read; None: nowhere."""
        self._copies[url].append(copy)

    async def put(self, offer: Row, page: Row, known: KnownPage | None) -> None:
        """Take what a page offers and says of itself; store when there is enough."""
        self._offers.append(offer)
        if page.keys() > set(_KEY):
            self._pages.append(page)
        if known:
            self._known.append(known)
        if len(self._offers) >= KEPT_TOGETHER:
            await self.store()

    async def store_until(self, is_over: asyncio.Event) -> None:
        """Store what there is from time to time: what was read does not wait for a slow shop."""
        while not is_over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(KEPT_FOR):
                    await is_over.wait()
            await self.store()

    async def store(self, *, everything: bool = False) -> None:
        """Store what was read so far; the note of a page that is being read waits for its copy.

        What is being stored is stored, also when the round is told to end.
        """
        offers, self._offers = self._offers, []
        pages, self._pages = self._pages, []
        known, self._known = self._known, []
        notes = self._settled(everything=everything)
        await asyncio.shield(asyncio.to_thread(self._write, offers, pages, notes, known))

    async def keep_pages(self, pages: Sequence[Row]) -> None:
        """Store columns of pages alone: a shop has named them."""
        await asyncio.shield(asyncio.to_thread(self._write, [], pages, [], []))

    def close(self) -> None:
        """Say that nothing more will come."""
        self._open.close()

    def _settled(self, *, everything: bool) -> list[Facts]:
        """Take the notes whose page, where one was read, has been put here."""
        held: list[Fetched] = []
        settled: list[Fetched] = []
        for note in self.notes:
            is_read = note.outcome == FetchOutcome.READ and note.url not in self._copies
            (held if is_read and not everything else settled).append(note)
        self.notes[:] = held
        return [asdict(note) | {"saved_as": self._copy_of(note)} for note in settled]

    def _copy_of(self, note: Fetched) -> str | None:
        """Take the copy of a page; one that was read twice has two, in their order."""
        if note.outcome not in _WITH_PAGE or note.url not in self._copies:
            return None
        copies = self._copies[note.url]
        copy = copies.pop(0)
        if not copies:
            del self._copies[note.url]
        return str(copy) if copy else None

    def _write(
        self,
        offers: Sequence[Row],
        pages: Sequence[Row],
        notes: Sequence[Facts],
        known: Sequence[KnownPage],
    ) -> None:
        with self._writing:
            self._keep(offers)
            self._taken("competitor_page", pages)
            with self._work.database.write() as ledger:
                fetches.record(ledger, self._work.store.name, notes)
                fetches.keep_known(ledger, known)

    def _keep(self, offers: Sequence[Row]) -> None:
        """Store what the pages said.

        One that said what the ledger does not take gave no price, and the ledger keeps why.
        """
        refused = {
            bad.row: _page(offers[bad.row]) | unpriced(f"{bad.column}: {bad.problem}")
            for bad in self._taken("competitor_offer", offers)
        }
        if refused:
            self._taken("competitor_offer", list(refused.values()))
        kept = [refused.get(index, row) for index, row in enumerate(offers)]
        self.counts["pages"] += len(kept)
        self.counts["without_price"] += sum(row["price"] is None for row in kept)

    def _taken(self, kind: str, rows: Sequence[Row]) -> list[Rejected]:
        """Store rows; return the bad ones, numbered from 0."""
        if not rows:
            return []
        if kind not in self._takings:
            work = self._work
            taking = TakingRecords(
                work.database, store=work.store, kind=kind, source="price_round", now=work.now
            )
            self._takings[kind] = self._open.enter_context(taking)
        taking = self._takings[kind]
        first = taking.taken.read + 1
        return [bad._replace(row=bad.row - first) for bad in taking.add(rows)]


def _page(row: Row) -> Row:
    return {name: row[name] for name in (*_KEY, "observed_at", "sku")}
