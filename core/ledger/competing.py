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

from core.ledger.catalogue import products
from core.ledger.competing_pages import Basis, Page, page_of
from core.ledger.exchange import exchange
from core.ledger.offers import Seen, seen_pages
from core.ledger.pages import PageKey, article_of, known_by_name
from core.ledger.price_list import ladder_of, price_list
from core.ledger.records import PriceListEntry, Product
from core.price_terms import PriceTerms
from core.rules.comparable import CURRENCY, tick
from core.rules.ladder import Ladder, common_quantities, price_at
from core.rules.price_gap import Gap
from core.settings import Settings, Store

AT_ONCE = 1_000
"""Articles that are looked up together."""


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
    basis = Basis(as_of, settings.competitors, terms, rates)
    pairs = _paired(ledger, as_of, store, settings, skus)
    sold, listed = _ours(ledger, store.name, as_of, {sku for sku, _ in pairs}, skus)
    ours = {sku: ladder_of(sold[sku], listed.get(sku), as_of, rates) for sku in sold}
    return [
        _pair(sold[sku], competitor, listed.get(sku, ()), ours[sku], seen, basis)
        for (sku, competitor), seen in sorted(pairs.items())
        if sku in sold
    ]


def _ours(
    ledger: Session,
    store: str,
    as_of: datetime,
    paired: Collection[str],
    skus: Collection[str] | None,
) -> tuple[Mapping[str, Product], Mapping[str, Sequence[PriceListEntry]]]:
    """Return the paired articles that are sold, or are of `skus`, and their price list."""
    wanted = sorted(paired if skus is None else {*paired} & {*skus})
    sold: dict[str, Product] = {}
    listed: dict[str, Sequence[PriceListEntry]] = {}
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        sold |= products(ledger, store, some)
        listed |= price_list(ledger, store, as_of, some)
    if skus is None:
        sold = {sku: product for sku, product in sold.items() if product.status != "ended"}
    return sold, listed


def _paired(
    ledger: Session,
    as_of: datetime,
    store: Store,
    settings: Settings,
    skus: Collection[str] | None,
) -> Mapping[tuple[str, str], Sequence[Seen]]:
    """Return what is seen of the pages, by our article and the competitor."""
    named = {name: one.pages() for name, one in settings.competitors.items()}
    found = seen_pages(ledger, store.name, as_of, skus, _named(skus or (), named))
    pages = None if skus is None else [PageKey(one.last.competitor, one.last.url) for one in found]
    known = known_by_name(ledger, store.name, pages)
    pairs: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen in found:
        competitor, url = seen.last.competitor, seen.last.url
        page = known.get((competitor, url))
        sku = article_of(page, seen.last.sku, named.get(competitor, {}).get(url))
        if sku:
            pairs[sku, competitor].append(seen)
    return pairs


def _named(skus: Collection[str], named: Mapping[str, Mapping[str, str]]) -> list[PageKey]:
    """Return the pages that the configuration names for some articles."""
    found = [(PageKey(name, url), sku) for name, its in named.items() for url, sku in its.items()]
    return [page for page, sku in found if sku in skus]


def _pair(
    product: Product,
    competitor: str,
    listed: Sequence[PriceListEntry],
    ours: Ladder,
    seen: Sequence[Seen],
    basis: Basis,
) -> Pair:
    missing = None if ours else _missing(listed)
    pages = [page_of(one, basis, missing) for one in seen]
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
