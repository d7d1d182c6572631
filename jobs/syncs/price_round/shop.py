"""One competitor's shop in a round: its products found, its pages read, its jumps read twice."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core.ledger.fetches import known_page
from core.ledger.offers import last_price
from core.ledger.records import CompetitorOffer
from core.ledger.tables import KnownPage
from core.ledger.unpriced import JUMPS
from core.ledger.watched import Watched
from jobs.offer_rows import Row, no_longer_priced, of_page
from jobs.syncs.price_round.finding import find_pages
from jobs.syncs.price_round.jumps import jumps, same_price
from jobs.syncs.price_round.pace import choose, plan
from jobs.syncs.price_round.reading import Reading, read_page
from jobs.syncs.price_round.round import Round, Shop, host_of, together

Listed = Mapping[str, Row]
"""What a shop's own lists say of its pages, by address."""

Doubted = tuple[datetime, Watched, Reading]
"""When a page was read whose price jumped, and what it said."""


async def read_shop(this: Round, shop: Shop) -> None:
    """Read the pages of a competitor that are due; of the others keep what its lists say."""
    listed = await find_pages(this, shop) if shop.ask_for_products else {}
    most = this.work.settings.competitors[shop.competitor].most_pages
    left = [page for page in shop.pages if not this.has_read(page)]
    done = len(shop.pages) - len(left)
    room = (most or this.work.stanza.most_pages) - done
    pages = choose(left, room, this.chance(shop.competitor))
    this.total += done + len(pages)
    await this.step(done)
    by_host: dict[str, list[Watched]] = defaultdict(list)
    for page in pages:
        by_host[host_of(page.url)].append(page)
    await together(_read_host(this, host, pages, listed) for host, pages in by_host.items())
    chosen = {page.url for page in pages}
    for page in left:
        if page.url in listed and page.url not in chosen:
            await _keep(this, page, Reading(listed[page.url]))


async def _read_host(this: Round, host: str, pages: Sequence[Watched], listed: Listed) -> None:
    """Read one host's pages, as many at once as it is asked for, then again those that jumped.

    Each page has its own moment; what is late is read as fast as the fetcher's pace allows.
    """
    fetch = this.work.settings.fetch
    window, chance = this.window().total_seconds(), this.chance(pages[0].url)
    moments = plan(len(pages), window, fetch.pace(host), chance.random)
    begin = this.work.outside.now()
    left = iter(zip(pages, moments, strict=True))
    doubted: list[Doubted] = []

    async def read() -> None:
        for page, moment in left:
            await this.wait_until(begin + timedelta(seconds=moment))
            if this.is_over:
                await _leave(this, page, listed)
            else:
                await _read(this, page, listed, doubted)

    await together(read() for _ in range(fetch.connections_per_host))
    again = iter(doubted)

    async def confirm() -> None:
        for read_at, page, first in again:
            await this.wait_until(read_at + this.work.stanza.confirm_after)
            await _confirm(this, page, first)

    await together(confirm() for _ in range(fetch.connections_per_host))


async def _leave(this: Round, page: Watched, listed: Listed) -> None:
    """Leave a page to the next round; what a list says of it counts."""
    this.left += 1
    if page.url in listed:
        await _keep(this, page, Reading(listed[page.url]))


async def _read(this: Round, page: Watched, listed: Listed, doubted: list[Doubted]) -> None:
    share = this.work.stanza.jump
    known, last = await asyncio.to_thread(_remembered, this, page)
    reading = await read_page(this, page, lambda row: jumps(last, row, share), known)
    if reading.is_doubted:
        doubted.append((this.work.outside.now(), page, reading))
        return
    if not reading.is_shown and page.url in listed:
        reading = Reading(listed[page.url])
    await _keep(this, page, reading)
    await this.step()


async def _confirm(this: Round, page: Watched, first: Reading) -> None:
    """Read a page once more, whole, whose price jumped; where the two disagree it has none."""
    second = await read_page(this, page, lambda row: not same_price(first.row, row))
    if second.row["price"] is None or second.is_doubted:
        await _keep(this, page, Reading(no_longer_priced(first.row, JUMPS), first.about))
    else:
        this.confirmed += 1
        await _keep(this, page, second)
    await this.step()


async def _keep(this: Round, page: Watched, reading: Reading) -> None:
    said = of_page(page, this.work.now) | reading.row
    about = {"competitor": page.competitor, "url": page.url} | reading.about
    this.shelf.counts["unchanged"] += reading.is_unchanged
    await this.shelf.put(said, about, reading.known)


def _remembered(
    this: Round, page: Watched
) -> tuple[tuple[KnownPage, CompetitorOffer] | None, CompetitorOffer | None]:
    """Return what is known of a page: what it said of itself, and its last price."""
    work, store = this.work, this.work.store.name
    since = work.now - work.settings.fetch.read_whole_every
    with work.database.read() as ledger:
        known = known_page(ledger, store, page.competitor, page.url, since)
        return known, last_price(ledger, store, page.competitor, page.url, work.now)
