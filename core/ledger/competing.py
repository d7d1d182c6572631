"""Our articles against what competitors ask for the same, made comparable (plan B1).

One arithmetic for everybody who shows or judges a gap: see docs/price-gap.md.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter, itemgetter

from sqlmodel import Session

from core.ledger.catalogue import products, sold_products
from core.ledger.competing_pages import Page, Reading, page_of
from core.ledger.exchange import exchange
from core.ledger.offers import Seen, seen_pages
from core.ledger.pages import article_of, known_by_name
from core.ledger.price_list import ladder_of, price_list
from core.ledger.records import CompetitorPage, PriceListEntry, Product
from core.price_terms import PriceTerms
from core.rules.comparable import CURRENCY, tick
from core.rules.ladder import Ladder, common_quantities, price_at
from core.rules.price_gap import Gap
from core.settings import Settings, Store


@dataclass(frozen=True)
class Compared:
    """Our price against their lowest one at a quantity."""

    gap: Gap
    page: Page
    """Where the lowest one is asked."""
    printed: Decimal
    """Their price as it stands there."""


@dataclass(frozen=True)
class Pair:
    """An article of ours, and the pages of one competitor that sell the same."""

    product: Product
    competitor: str
    listed: Sequence[PriceListEntry]
    """What the price list says of the article; empty: it does not stand there."""
    ours: Ladder
    """Our prices, FOB in USD; empty: none is known."""
    pages: Sequence[Page]
    compared: Sequence[Compared]

    @property
    def untold(self) -> Sequence[Page]:
        """Return the pages of which it is not known what they ask now."""
        return [page for page in self.pages if page.problem and not page.is_gone]

    @property
    def quantities(self) -> set[int]:
        """Return every quantity at which the two are, or have just been, compared."""
        ours = {entry.min_quantity for entry in self.listed} or {self.product.moq or 1}
        return ours | {tier.min_quantity for page in self.pages for tier in page.printed}

    def entry_at(self, quantity: int) -> PriceListEntry | None:
        """Return the line of the price list that gives our price at a quantity."""
        reached = [e for e in self.listed if e.price and e.min_quantity <= quantity]
        return max(reached, key=attrgetter("min_quantity"), default=None)


def competing(
    ledger: Session,
    as_of: datetime,
    store: Store,
    settings: Settings,
    terms: PriceTerms,
    skus: Collection[str] | None = None,
) -> list[Pair]:
    """Return every article that is sold, or those of `skus`, beside each of its competitors."""
    rates = exchange(ledger, store, terms.rate_valid_for)
    sold = _products(ledger, store.name, skus)
    listed = price_list(ledger, store.name, as_of, skus)
    ours = {sku: ladder_of(sold[sku], listed.get(sku), as_of, rates) for sku in sold}
    reading = Reading(as_of, settings.competitors, terms, rates)
    pairs = _paired(ledger, as_of, store, settings, skus)
    return [
        _pair(sold[sku], competitor, listed.get(sku, ()), ours[sku], seen, reading)
        for (sku, competitor), seen in sorted(pairs.items())
        if sku in sold
    ]


def _products(ledger: Session, store: str, skus: Collection[str] | None) -> Mapping[str, Product]:
    if skus is not None:
        return products(ledger, store, [*skus])
    return {product.sku: product for product in sold_products(ledger, store)}


def _paired(
    ledger: Session,
    as_of: datetime,
    store: Store,
    settings: Settings,
    skus: Collection[str] | None,
) -> Mapping[tuple[str, str], Sequence[Seen]]:
    """Return what is seen of the pages, by our article and the competitor."""
    known = known_by_name(ledger, store.name)
    named = {name: one.pages() for name, one in settings.competitors.items()}
    urls = () if skus is None else _urls(skus, known.values(), named.values())
    pairs: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen in seen_pages(ledger, store.name, as_of, skus, urls):
        competitor, url = seen.last.competitor, seen.last.url
        page = known.get((competitor, url))
        sku = article_of(page, seen.last.sku, named.get(competitor, {}).get(url))
        if sku:
            pairs[sku, competitor].append(seen)
    return pairs


def _urls(
    skus: Collection[str],
    known: Collection[CompetitorPage],
    named: Collection[Mapping[str, str]],
) -> set[str]:
    """Return the addresses that the ledger or the configuration gives for some articles."""
    by_ledger = {page.url for page in known if page.sku in skus}
    return by_ledger | {url for pages in named for url, sku in pages.items() if sku in skus}


def _pair(
    product: Product,
    competitor: str,
    listed: Sequence[PriceListEntry],
    ours: Ladder,
    seen: Sequence[Seen],
    reading: Reading,
) -> Pair:
    missing = None if ours else _missing(listed)
    pages = [page_of(one, reading, missing) for one in seen]
    return Pair(product, competitor, listed, ours, pages, _compared(ours, pages))


def _missing(listed: Sequence[PriceListEntry]) -> str:
    """Return why our own price is not known."""
    return "no rate" if any(entry.price for entry in listed) else "no price of ours"


def _compared(ours: Ladder, pages: Sequence[Page]) -> list[Compared]:
    """Compare at each common quantity with the page that asks least: that is what buyers take."""
    told = [page for page in pages if not page.problem]
    found = []
    for quantity in common_quantities(ours, [page.printed for page in told]):
        asked = [
            (page.conversion(printed), printed, page)
            for page in told
            if (printed := price_at(page.printed, quantity)) is not None
        ]
        price, printed, page = min(asked, key=itemgetter(0))
        our_price = price_at(ours, quantity)
        assert our_price is not None  # noqa: S101  (a common quantity is one that we sell)
        step = max(tick(our_price, CURRENCY), page.tick_of(printed))
        found.append(Compared(Gap(quantity, our_price, price, step), page, printed))
    return found
