"""Reads the competitors' pages that `competitor_offer` records name (plan B1)."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field

from core.finding import Facts
from core.jobs import JobSettings
from core.ledger import fetches
from core.ledger.intake import Rejected, store_records
from core.ledger.offers import latest_offers
from core.ledger.records import CompetitorOffer
from core.ledger.tables import FetchOutcome, KnownPage
from jobs.offer_rows import Row, again, of_page, priced, problem_of, unpriced
from jobs.registry import Work
from scrapers.fetch import Fetched, Fetcher, FetchFailed, FetchRefused, Page, Validators
from scrapers.fetching.copies import Copies
from scrapers.offer import read_offer

log = logging.getLogger(__name__)

KEPT_TOGETHER = 200
"""Pages after which the round stores what it has: a round that breaks off keeps it."""


class Settings(JobSettings):
    """The stanza of config.yaml."""

    min_certainty: float = Field(
        ge=0, le=1, description="a price less sure is none: a wrong price is worse than none"
    )
    pages_at_once: int = Field(ge=1, le=32, description="requests under way at all hosts together")


@dataclass
class _Round:
    """What a round works with, and what it has not stored yet."""

    work: Work
    known: Mapping[tuple[str, str], tuple[KnownPage, CompetitorOffer]]
    copies: Copies | None
    reader: Executor
    """One thread: reading is computing, and more would keep the loop waiting for longer."""
    rows: list[Row] = field(default_factory=list)
    read: list[KnownPage] = field(default_factory=list)
    notes: list[Fetched] = field(default_factory=list)
    saved: dict[str, Path | None] = field(default_factory=dict)
    """Per address that was read whole, its copy."""
    counts: Facts = field(default_factory=lambda: {"pages": 0, "without_price": 0, "unchanged": 0})
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)


async def run(work: Work) -> Facts:
    """Read every watched page once; store its offer, or why it gave none. Returns the counts."""
    with ThreadPoolExecutor(1, "reader") as reader:
        return await _run(work, reader)


async def _run(work: Work, reader: Executor) -> Facts:
    by_host, resting, this = await asyncio.to_thread(_begin, work, reader)
    fetcher = Fetcher(
        work.settings.fetch,
        environment=work.outside.environment,
        note=this.notes.append,
        at_once=work.stanza.pages_at_once,
        clock=work.outside.now,
        sleep=work.outside.sleep,
    )
    fetcher.leave_alone(resting)
    async with fetcher:
        await asyncio.gather(*(_read_host(this, fetcher, pages) for pages in by_host.values()))
    await _store(this, everything=True)
    await asyncio.to_thread(_tidy, this)
    return this.counts


def _begin(
    work: Work, reader: Executor
) -> tuple[dict[str, list[CompetitorOffer]], dict[str, tuple[datetime, str, bool]], _Round]:
    """Return the watched pages of each host, the hosts to leave alone, and the round."""
    settings, store = work.settings.fetch, work.store.name
    by_host: dict[str, list[CompetitorOffer]] = defaultdict(list)
    with work.database.read() as ledger:
        for page in latest_offers(ledger, store, work.now, priced=False):
            if page.competitor in work.settings.competitors:
                by_host[page.url.partition("//")[2].partition("/")[0]].append(page)
        known = fetches.known_pages(ledger, store, work.now - settings.read_whole_every)
        resting = fetches.resting(ledger, store, work.now)
    kept = settings.copies
    copies = Copies(Path(kept.folder), kept.max_bytes) if kept else None
    return by_host, resting, _Round(work, known, copies, reader)


async def _read_host(this: _Round, fetcher: Fetcher, pages: Sequence[CompetitorOffer]) -> None:
    """Read one host's pages, as many at once as it is asked for."""
    left = iter(pages)

    async def read() -> None:
        for page in left:
            said = await _read(this, fetcher, page)
            this.rows.append(of_page(page, this.work.now) | said)
            if len(this.rows) >= KEPT_TOGETHER:
                await _store(this)

    readers = this.work.settings.fetch.connections_per_host
    await asyncio.gather(*(read() for _ in range(readers)))


async def _read(this: _Round, fetcher: Fetcher, watched: CompetitorOffer) -> Row:
    known = this.known.get((watched.competitor, watched.url))
    asked = Validators(known[0].etag, known[0].last_modified) if known else None
    try:
        page = await fetcher.get(watched.url, asked)
    except (FetchFailed, FetchRefused) as error:
        return unpriced(_words(error, watched.url))
    if page.not_modified and known:
        this.counts["unchanged"] += 1
        return again(known[1])
    loop = asyncio.get_running_loop()
    row, this.saved[page.final_url] = await loop.run_in_executor(
        this.reader, _learned, this, watched.url, page
    )
    stated = page.validators
    if row["price"] is not None and stated.headers:
        this.read.append(
            KnownPage(
                store=this.work.store.name,
                competitor=watched.competitor,
                url=watched.url,
                etag=stated.etag,
                last_modified=stated.last_modified,
                read_at=this.work.now,
            )
        )
    return row


def _learned(this: _Round, url: str, page: Page) -> tuple[Row, Path | None]:
    """Return what a page says, and where it is kept."""
    fetch = this.work.settings.fetch
    try:
        offer = read_offer(
            page.body,
            url,
            content_type=page.content_type,
            status=page.status,
            selectors=fetch.host(urlsplit(url).hostname or "").selectors,
        )
    except ValueError as error:  # a selector of the configuration is no CSS
        return unpriced(str(error)), None
    problem = problem_of(offer, this.work.stanza.min_certainty)
    row = unpriced(problem) if problem else priced(offer)
    return row, _saved(this.copies, url, page.body, is_good=not problem)


def _saved(copies: Copies | None, url: str, body: bytes, *, is_good: bool) -> Path | None:
    """Keep a page; its price is worth more than its copy, so a full disk is only told."""
    if copies is None or not body:
        return None
    try:
        return copies.keep_good(url, body) if is_good else copies.keep_bad(url, body)
    except OSError as error:
        log.warning("the copy of a page is not kept: %s", error.strerror or error)
        return None


def _words(error: FetchFailed | FetchRefused, url: str) -> str:
    """Return why a page was not read, in words that are the same for every page of its host.

    Without the address and the time, so that a shop's pages are told together and the same
    trouble of the next round is the same blind spot.
    """
    words = error.reason.replace(url, "").rpartition(": ")[2].strip()
    return "captcha" if "captcha" in words else words


async def _store(this: _Round, *, everything: bool = False) -> None:
    """Store what was read so far; the note of a page that is being read waits for its copy."""
    async with this.storing:
        rows, this.rows = this.rows, []
        read, this.read = this.read, []
        held: list[Fetched] = []
        done: list[Fetched] = []
        for note in this.notes:
            is_read = note.outcome == FetchOutcome.READ and note.url not in this.saved
            (held if is_read and not everything else done).append(note)
        this.notes[:] = held
        columns = [asdict(n) | {"saved_as": _text(this.saved.pop(n.url, None))} for n in done]
        kept = await asyncio.to_thread(_keep, this.work, rows)
        this.counts["pages"] += len(kept)
        this.counts["without_price"] += sum(row["price"] is None for row in kept)
        await asyncio.to_thread(_remember, this.work, columns, read)


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def _remember(work: Work, columns: Sequence[Facts], read: Sequence[KnownPage]) -> None:
    with work.database.write() as ledger:
        fetches.record(ledger, work.store.name, columns)
        fetches.keep_known(ledger, read)


def _keep(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Store what the pages said and return it as it is kept.

    A page that said what the ledger does not take gave no price, and the ledger keeps why.
    """
    refused = {
        bad.row - 1: _page(rows[bad.row - 1]) | unpriced(f"{bad.column}: {bad.problem}")
        for bad in _stored(work, rows)
    }
    if refused:
        _stored(work, list(refused.values()))
    return [refused.get(index, row) for index, row in enumerate(rows)]


def _page(row: Row) -> Row:
    return {name: row[name] for name in ("competitor", "url", "observed_at", "sku")}


def _stored(work: Work, rows: Sequence[Row]) -> list[Rejected]:
    _, rejected = store_records(
        work.database,
        store=work.store,
        kind="competitor_offer",
        source="price_round",
        now=work.now,
        rows=rows,
    )
    return rejected


def _tidy(this: _Round) -> None:
    """Forget what is too old, and the copies that are too many."""
    work, settings = this.work, this.work.settings.fetch
    with work.database.write() as ledger:
        fetches.prune(
            ledger,
            work.store.name,
            rows_before=work.now - settings.keep_rows_for,
            read_before=work.now - settings.read_whole_every,
        )
    if this.copies:
        this.copies.prune()
