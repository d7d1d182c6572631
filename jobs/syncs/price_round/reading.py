"""Asking for one page, and reading what it says."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import responses
from pathlib import Path
from urllib.parse import urlsplit

from core.ledger.records import CompetitorOffer
from core.ledger.tables import KnownPage
from core.ledger.watched import Watched
from jobs.offer_rows import Row, about, again, priced, problem_of, unpriced, without_price
from jobs.syncs.price_round.round import Round
from scrapers.fetch import FetchFailed, FetchRefused, Page, Validators
from scrapers.fetching.copies import Copies
from scrapers.offer import Offer
from scrapers.reading import ReadingFailed

log = logging.getLogger(__name__)

Doubt = Callable[[Row], bool]
"""Whether what a page says is not to be believed as it stands."""

_WALLS = frozenset({"captcha", "login", "consent"})
_TELLING = _WALLS | {"not_found"}
_ERRORS = 400
"""From this HTTP status on an answer is no page."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a page: columns of its offer, and of the page itself."""

    row: Row
    about: Row = field(default_factory=dict)
    known: KnownPage | None = None
    """What the page said of itself, if it gave a price."""
    is_doubted: bool = False
    is_shown: bool = True
    """Not when the shop refused it, or showed something else in its place."""
    is_unchanged: bool = False


async def read_page(
    this: Round,
    page: Watched,
    doubt: Doubt,
    known: tuple[KnownPage, CompetitorOffer] | None = None,
) -> Reading:
    """Ask for a page and read it; one that is `known` is asked whether it has changed."""
    asked = Validators(known[0].etag, known[0].last_modified) if known else None
    try:
        answer = await this.fetcher.get(page.url, asked)
    except (FetchFailed, FetchRefused) as error:
        return Reading(unpriced(_words(error, page.url)), is_shown=False)
    if answer.not_modified and known:
        return Reading(again(known[1]), is_unchanged=True)
    reading = await _learned(this, page, answer, doubt)
    is_good = reading.row["problem"] is None and not reading.is_doubted
    copy = await asyncio.to_thread(_saved, this.copies, page.url, answer.body, is_good=is_good)
    this.shelf.copied(answer.final_url, copy)
    return reading


async def _learned(this: Round, page: Watched, answer: Page, doubt: Doubt) -> Reading:
    """Return what a page says."""
    fetch, sure_enough = this.work.settings.fetch, this.work.stanza.min_certainty
    try:
        offer = await this.reader.read(
            answer.body,
            answer.final_url,
            content_type=answer.content_type,
            status=answer.status,
            selectors=fetch.host(urlsplit(page.url).hostname or "").selectors,
        )
    except ReadingFailed as error:
        return Reading(unpriced(str(error)))
    if answer.status >= _ERRORS and offer.kind not in _TELLING:
        return Reading(unpriced(_refusal(answer.status)), is_shown=False)
    row = offer_row(offer, sure_enough)
    is_doubted = doubt(row)
    is_good = row["problem"] is None and not is_doubted
    return Reading(
        row,
        about(offer),
        known=_known(this, page, answer.validators) if is_good else None,
        is_doubted=is_doubted,
        is_shown=offer.kind not in _WALLS,
    )


def offer_row(offer: Offer, sure_enough: float) -> Row:
    """Return what a page offers, without its price if that is none to compare with."""
    problem = problem_of(offer, sure_enough)
    return without_price(offer, problem) if problem else priced(offer)


def _refusal(status: int) -> str:
    """Return the words that the fetcher has for a host that refuses all its pages."""
    return f"it answered {status} ({responses.get(status, 'error').lower()})"


def _known(this: Round, page: Watched, stated: Validators) -> KnownPage | None:
    if not stated.headers:
        return None
    return KnownPage(
        store=this.work.store.name,
        competitor=page.competitor,
        url=page.url,
        etag=stated.etag,
        last_modified=stated.last_modified,
        read_at=this.work.now,
    )


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
