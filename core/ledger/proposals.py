"""Pairs that are proposed: which pages nobody has paired yet, what may fit, and what waits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from sqlmodel import Session, select

from core.competitors import PairSettings
from core.ledger.catalogue import sold_products
from core.ledger.direct_intake import direct_intake
from core.ledger.exchange import Exchange, exchange
from core.ledger.offers import latest_offers
from core.ledger.pages import PageKey, article_of, known_by_name, wrong_articles
from core.ledger.records import CompetitorOffer, CompetitorPage, Product
from core.price_terms import terms_of
from core.rules.likeness import Item, Weighing
from core.rules.matching import Match, matches
from core.settings import Settings, Store

PROPOSED = "proposed"
MATCHING = "match"
"""The source of a pair that nobody has looked at yet."""

_SCORE = Decimal("0.0001")
_NAME = 32


@dataclass(frozen=True)
class Loose:
    """A page that no article of ours is compared with; `never` are those it is known not to be."""

    title: str | None
    item: Item
    never: Collection[str]


@dataclass(frozen=True)
class Matching:
    """What came of comparing pages with articles."""

    found: Sequence[Match[PageKey]]
    pages: Mapping[PageKey, Loose]
    articles: Mapping[str, Product]

    @property
    def sure(self) -> list[Match[PageKey]]:
        """The pairs to propose: no other article is as like the page. Best first."""
        alone = (match for match in self.found if match.rival is None)
        return sorted(alone, key=lambda match: (-match.likeness.score, match.page))


def match_pages(
    ledger: Session, settings: Settings, store: Store, now: datetime, competitor: str | None
) -> Matching:
    """Compare the pages of every competitor, or of one, that have no article with all of ours."""
    articles = {product.sku: product for product in sold_products(ledger, store.name)}
    pages = {
        key: page
        for key, page in _loose_pages(ledger, settings, store, now)
        if competitor in (None, key.competitor)
    }
    found = matches(
        {sku: item_of(product) for sku, product in articles.items()},
        {key: page.item for key, page in pages.items()},
        weighing(settings.pairs),
        least=settings.pairs.least_score,
        lead=settings.pairs.sure_lead,
        never={key: page.never for key, page in pages.items() if page.never},
    )
    return Matching(list(found), pages, articles)


def propose(ledger: Session, store: str, found: Sequence[Match[PageKey]], at: datetime) -> int:
    """Keep pairs for a person to look at; return how many were not waiting already.

    What a person has said meanwhile stays.
    """
    known = known_by_name(ledger, store)
    offers = latest_offers(ledger, store, at, priced=False)
    titles = {(offer.competitor, offer.url): offer.title for offer in offers}
    kind = CompetitorPage.kind_name
    account = direct_intake(ledger, store=store, kind=kind, source=MATCHING, at=at, rows=len(found))
    new = 0
    for row, match in enumerate(found, start=1):
        page = known.get(match.page) or CompetitorPage(
            store=store,
            competitor=match.page.competitor,
            url=match.page.url,
            intake_id=account,
            intake_row=row,
        )
        if article_of(page) or match.sku in wrong_articles(page):
            continue
        if (page.sku, page.status) != (match.sku, PROPOSED):
            page.decided_by = page.decided_at = None
            page.intake_id, page.intake_row = account, row
            new += 1
        page.sku, page.status, page.score = match.sku, PROPOSED, score_of(match)
        page.title = page.title or titles.get(match.page)  # who confirms reads what was matched
        ledger.add(page)
    return new


def waiting(ledger: Session, store: str) -> list[CompetitorPage]:
    """Return the proposed pairs, the best first; those that somebody left for later come last."""
    query = select(CompetitorPage).where(
        CompetitorPage.store == store, CompetitorPage.status == PROPOSED
    )
    return sorted(ledger.exec(query), key=_turn)


def find_waiting(ledger: Session, store: str, name: str) -> CompetitorPage | None:
    """Return a proposed pair by `name_of` it, kept from other clicks; None: it waits no more."""
    page = next((each for each in waiting(ledger, store) if name_of(each) == name), None)
    if page is not None:
        ledger.refresh(page, with_for_update=True)
    return page if page and name_of(page) == name and page.status == PROPOSED else None


def find_decided(ledger: Session, store: str, name: str) -> CompetitorPage | None:
    """Return a pair by `name_of` it that somebody has decided on; None: nobody has."""
    known = known_by_name(ledger, store).values()
    return next((page for page in known if page.decided_at and name_of(page) == name), None)


def name_of(page: CompetitorPage) -> str:
    """Return what a button calls a pair: addresses are longer than it may carry."""
    words = "\n".join((page.competitor, page.url, page.sku or ""))
    return sha256(words.encode()).hexdigest()[:_NAME]


def put_off(page: CompetitorPage, who: str, at: datetime) -> None:
    """Keep that somebody looked at a proposed pair and left it: the others come first."""
    page.decided_by, page.decided_at = who, at


def item_of(product: Product) -> Item:
    """Return what is compared of an article."""
    names = tuple(name for name in (product.name, product.name_zh) if name)
    return Item(names, product.gtin, product.specification, product.fob_usd)


def page_item(page: CompetitorPage) -> Item:
    """Return what is compared of a page, without its price."""
    return Item((page.title,) if page.title else (), page.gtin)


def weighing(pairs: PairSettings) -> Weighing:
    """Return the configuration's numbers as the rule takes them."""
    return Weighing(
        **pairs.weights.model_dump(),
        tolerance=pairs.tolerance,
        decisive=pairs.decisive,
        contradicted=pairs.contradicted_score,
        plausible=pairs.plausible_price,
    )


def score_of(match: Match[PageKey]) -> Decimal:
    """Return a match's score as it is kept."""
    return Decimal(match.likeness.score).quantize(_SCORE)


def _loose_pages(
    ledger: Session, settings: Settings, store: Store, now: datetime
) -> Iterator[tuple[PageKey, Loose]]:
    """Yield the pages that are known by discovery, or by an offer, and have no article."""
    pages = known_by_name(ledger, store.name)
    offers = {
        (offer.competitor, offer.url): offer
        for offer in latest_offers(ledger, store.name, now, priced=False)
    }
    named = {
        (competitor, url)
        for competitor, stanza in settings.competitors.items()
        for url in stanza.pages()
    }
    terms = terms_of(settings)
    rates = exchange(ledger, store, terms.rate_valid_for if terms else timedelta(0))
    for key in sorted({*pages, *offers} - named):
        page, offer = pages.get(key), offers.get(key)
        if article_of(page, offer.sku if offer else None) is None:
            yield PageKey(*key), _loose(page, offer, rates)


def _loose(page: CompetitorPage | None, offer: CompetitorOffer | None, rates: Exchange) -> Loose:
    title = (page and page.title) or (offer and offer.title) or None
    item = Item(
        names=(title,) if title else (),
        gtin=page.gtin if page else None,
        price=_in_usd(offer, rates),
    )
    return Loose(title, item, wrong_articles(page))


def _in_usd(offer: CompetitorOffer | None, rates: Exchange) -> Decimal | None:
    if offer is None or not offer.price or not offer.currency:
        return None
    quote = rates(offer.currency, offer.observed_at)
    return offer.price / (offer.pack_size or 1) * quote.rate if quote else None


def _turn(page: CompetitorPage) -> tuple[bool, Decimal, str, str]:
    return page.decided_at is not None, -(page.score or Decimal(0)), page.competitor, page.url
