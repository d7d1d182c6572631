"""What we and a competitor asked for an article over a time, made comparable (plan B1)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from core.ledger.competing import competing
from core.ledger.competing_pages import Basis, page_of
from core.ledger.exchange import Exchange, exchange
from core.ledger.offers import Seen
from core.ledger.pages import PageKey, is_one_of
from core.ledger.price_list import FOB_LIST, fob_ladders
from core.ledger.records import CompetitorOffer, PriceListEntry
from core.price_terms import PriceTerms
from core.rules.ladder import price_at
from core.rules.price_line import Known, Span, lowest, since, spans
from core.settings import Settings, Store


@dataclass(frozen=True)
class Prices:
    """Prices of a piece at one quantity, FOB in USD."""

    ours: Sequence[Span]
    is_dated: bool
    """Whether our price has a history: without a price list only today's is known."""
    theirs: Mapping[str, Sequence[Span]]
    """By competitor."""


def price_history(
    ledger: Session,
    settings: Settings,
    store: Store,
    terms: PriceTerms,
    *,
    sku: str,
    quantity: int,
    first: datetime,
    until: datetime,
) -> Prices:
    """Return what was asked for an article at a quantity; competitors without any price too."""
    rates = exchange(ledger, store, terms.rate_valid_for)
    pairs = competing(ledger, until, store, settings, terms, [sku])
    pages = {PageKey(pair.competitor, page.last.url) for pair in pairs for page in pair.pages}
    asked: dict[str, list[tuple[datetime, str, Decimal | None]]] = defaultdict(list)
    for offer in _offers(ledger, store.name, pages, first - terms.price_valid_for, until):
        basis = Basis(offer.observed_at, settings.competitors, terms, rates)
        price = _price(offer, basis, quantity)
        asked[offer.competitor].append((offer.observed_at, offer.url, price))
    theirs = {
        name: since(spans(lowest(readings), until, terms.price_valid_for), first)
        for name, readings in asked.items()
    }
    ours, is_dated = _ours(ledger, store, rates, sku, quantity, first, until)
    return Prices(ours, is_dated, theirs)


def _offers(
    ledger: Session,
    store: str,
    pages: Collection[PageKey],
    first: datetime,
    until: datetime,
) -> list[CompetitorOffer]:
    """Return every reading of some pages in a time, oldest first."""
    query = select(CompetitorOffer).where(
        CompetitorOffer.store == store,
        is_one_of(CompetitorOffer, pages),
        CompetitorOffer.observed_at >= first,
        CompetitorOffer.observed_at <= until,
    )
    return [*ledger.exec(query.order_by(col(CompetitorOffer.observed_at)))]


def _price(offer: CompetitorOffer, basis: Basis, quantity: int) -> Decimal | None:
    """Return what a reading says they ask, as the check compares it; None: it is not compared."""
    page = page_of(Seen(offer, offer if offer.price else None), basis, None)
    printed = None if page.problem else price_at(page.printed, quantity)
    return None if printed is None else page.conversion(printed)


def _ours(
    ledger: Session,
    store: Store,
    rates: Exchange,
    sku: str,
    quantity: int,
    first: datetime,
    until: datetime,
) -> tuple[Sequence[Span], bool]:
    entry = PriceListEntry
    query = select(entry.valid_from).where(
        entry.store == store.name, entry.channel == FOB_LIST, entry.sku == sku
    )
    changes = sorted(set(ledger.exec(query.where(entry.valid_from <= until))))
    moments = sorted({first, *(at for at in changes if at > first)})

    def at(moment: datetime) -> Known:
        ladder = fob_ladders(ledger, store.name, moment, [sku], rates).get(sku, ())
        on_the_list = not changes or moment >= changes[0]
        return moment, price_at(ladder, quantity) if on_the_list else None

    return spans([at(moment) for moment in moments], until, None), bool(changes)
