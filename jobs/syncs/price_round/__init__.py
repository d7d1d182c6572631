"""Reads competitors' pages: those their shops name, those that records and config.yaml name (B1).

The clock's rounds take the half hour before the answer is due and spread each shop's pages over
it; one that a person asks for reads as fast as the fetcher's pace allows. A round that broke off
goes on where it was when its fire time is taken up again.
"""

import asyncio
from pathlib import Path

from core.finding import Facts
from core.ledger import fetches
from jobs.registry import Work
from jobs.syncs.price_round.round import Round, Shop, shops, together
from jobs.syncs.price_round.settings import Settings
from jobs.syncs.price_round.shelf import Shelf
from jobs.syncs.price_round.shop import read_shop
from scrapers.fetch import Fetcher
from scrapers.fetching.copies import Copies
from scrapers.reading import Reader

__all__ = ["Settings", "run"]


async def run(work: Work) -> Facts:
    """Read every page that is due once; store its offer, or why it gave none. Returns the counts.

    Reading is computing: a process of its own does it, so that nobody waits for a page meanwhile.
    """
    async with Reader() as reader:
        return await _run(work, reader)


async def _run(work: Work, reader: Reader) -> Facts:
    shelf = Shelf(work)
    fetcher = Fetcher(
        work.settings.fetch,
        environment=work.outside.environment,
        note=shelf.notes.append,
        at_once=work.stanza.pages_at_once,
        clock=work.outside.now,
        sleep=work.outside.sleep,
    )
    kept = work.settings.fetch.copies
    copies = Copies(Path(kept.folder), kept.max_bytes) if kept else None
    this = Round(work, fetcher, reader, copies, shelf)
    found, resting = await asyncio.to_thread(_begin, work)
    fetcher.leave_alone(resting)
    async with fetcher:
        try:
            await _read(this, found)
        finally:  # a round that is told to end keeps what it has, too
            await shelf.store(everything=True)
    await asyncio.to_thread(_tidy, this)
    return shelf.counts | this.told()


async def _read(this: Round, found: list[Shop]) -> None:
    """Read the shops, and store meanwhile what they gave."""
    is_over = asyncio.Event()

    async def read() -> None:
        await together(read_shop(this, shop) for shop in found)
        is_over.set()

    await together([read(), this.shelf.store_until(is_over)])


def _begin(work: Work) -> tuple[list[Shop], fetches.Resting]:
    """Return the shops, and the hosts to leave alone."""
    with work.database.read() as ledger:
        return shops(ledger, work), fetches.resting(ledger, work.store.name, work.now)


def _tidy(this: Round) -> None:
    """Forget what is too old, and the copies that are too many."""
    work, settings = this.work, this.work.settings.fetch
    this.shelf.close()
    with work.database.write() as ledger:
        fetches.prune(
            ledger,
            work.store.name,
            rows_before=work.now - settings.keep_rows_for,
            read_before=work.now - settings.read_whole_every,
        )
    if this.copies:
        this.copies.prune()
