"""What is new in competitors' shops, what vanished, what is sold out (plan B1)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field
from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger.life.provenance import came_from
from core.ledger.offers import last_price
from core.ledger.page_histories import Page, histories
from core.ledger.pages import article_of, known_by_name
from core.ledger.records import CompetitorPage
from core.rules.shop_range import History, Named, State, Way, dropped_at, is_new
from core.settings import Store
from core.stanza import Duration


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    tell_for: Duration = Field(description="what changed is told for so long")
    settle_for: Duration = Field(
        description="what is found so soon after a shop's first page was found is not new"
    )
    vanished_after: Duration = Field(
        description="a page that its shop does not name for so long, while it names others"
    )
    look_back: Duration = Field(description="how far back earlier readings are looked at")


def find(ledger: Session, as_of: datetime, store: Store, stanza: Settings) -> Iterator[Finding]:
    """Yield a finding for every page that is new, vanished or sold out since a short time.

    A page that could not be read is as it was last seen.
    """
    pages = known_by_name(ledger, store.name)
    named = {key: its for key, page in pages.items() if (its := _named(page, as_of))}
    ways = _ways(named)
    known = histories(ledger, store.name, as_of, as_of - stanza.look_back)
    for key, history in known.items():
        page = named.get(key)
        changed = _change(history, page, ways[key[0], page.way] if page else None, stanza)
        if changed and as_of - stanza.tell_for < changed.at <= as_of:
            yield _finding(ledger, as_of, store, key, pages.get(key), changed)


@dataclass(frozen=True)
class _Change:
    what: str
    at: datetime


def _named(page: CompetitorPage, as_of: datetime) -> Named | None:
    """Return when a shop named a page; None for one that people named, or not known by then.

    The ledger keeps the last moment only: what was named later counts as named now.
    """
    first, last, way = page.first_seen_at, page.last_seen_at, page.found_by
    if first is None or last is None or way is None or first > as_of:
        return None
    return Named(way, first, min(last, as_of))


def _ways(named: Mapping[Page, Named]) -> Mapping[tuple[str, str], Way]:
    """Return the ways into each competitor's shop."""
    led: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for (competitor, _), page in named.items():
        led[competitor, page.way].append(page)
    return {way: Way.of(pages) for way, pages in led.items()}


def _change(
    history: History, page: Named | None, way: Way | None, stanza: Settings
) -> _Change | None:
    """Return the latest that a page's readings and its shop's own list say of it."""
    if history.state is State.GONE:
        return _Change("vanished", history.since) if history.was_product else None
    if page and way:
        dropped = dropped_at(page, history, way, stanza.vanished_after)
        if dropped:
            return _Change("vanished", dropped)
    if history.ran_out:
        return _Change("sold_out", history.since)
    if page and way and is_new(page, way, stanza.settle_for):
        return _Change("new", page.first)
    return None


def _finding(
    ledger: Session,
    as_of: datetime,
    store: Store,
    key: Page,
    page: CompetitorPage | None,
    changed: _Change,
) -> Finding:
    competitor, url = key
    offer = last_price(ledger, store.name, competitor, url, as_of)
    told = {
        "what": changed.what,
        "competitor": competitor,
        "url": url,
        "title": (page and page.title) or (offer and offer.title),
        "sku": article_of(page, offer.sku if offer else None),
        "price": offer and offer.price,
        "currency": offer and offer.currency,
        "price_at": offer and offer.observed_at,
        "at": changed.at,
    }
    return Finding(
        subject=f"{changed.what} {url}",
        facts=facts(told),
        since=changed.at,
        provenance=[came_from(record) for record in (offer, page) if record],
    )
