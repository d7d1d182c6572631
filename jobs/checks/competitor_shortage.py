"""Competitors who are sold out of what we have (plan B1): a chance to sell."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger.catalogue import Level, products, stock_levels
from core.ledger.life.provenance import came_from
from core.ledger.offers import last_price, latest_offers
from core.ledger.page_histories import Page, histories
from core.ledger.pages import article_of, known_by_name
from core.ledger.records import Product
from core.rules.shop_range import History, is_sold_out
from core.settings import Store
from core.stanza import Duration

Rivals = Mapping[Page, History]
"""The pages of one competitor that compete with one article of ours."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    at_least: int = Field(ge=1, description="available pieces of ours from which it is told")
    look_back: Duration = Field(description="a page that was not read for so long says nothing")


def find(ledger: Session, as_of: datetime, store: Store, stanza: Settings) -> Iterator[Finding]:
    """Yield a finding for every SKU of ours that a competitor has none of, and we have some."""
    paired = _paired(ledger, as_of, store, stanza)
    sold_out = {pair: pages for pair, pages in paired.items() if is_sold_out(pages.values())}
    skus = sorted({sku for sku, _ in sold_out})
    levels = stock_levels(ledger, store.name, as_of, skus)
    known = products(ledger, store.name, skus)
    for (sku, _), pages in sorted(sold_out.items()):
        product, level = known.get(sku), levels.get(sku)
        if product is None or product.status == "ended" or level is None:
            continue
        if level.available >= stanza.at_least:
            yield _finding(ledger, as_of, product, level, pages)


def _paired(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Mapping[tuple[str, str], Rivals]:
    """Return the pages that compete with each SKU, by SKU and competitor."""
    seen = histories(ledger, store.name, as_of, as_of - stanza.look_back)
    pages = known_by_name(ledger, store.name)
    found: dict[tuple[str, str], dict[Page, History]] = defaultdict(dict)
    for offer in latest_offers(ledger, store.name, as_of, priced=False):
        page = (offer.competitor, offer.url)
        sku = article_of(pages.get(page), offer.sku)
        if sku and page in seen:
            found[sku, offer.competitor][page] = seen[page]
    return found


def _finding(
    ledger: Session, as_of: datetime, product: Product, level: Level, pages: Rivals
) -> Finding:
    """Return the chance, with the page that ran out last."""
    page, its = max(pages.items(), key=lambda known: known[1].since)
    offer = last_price(ledger, product.store, *page, as_of)
    told: dict[str, Any] = {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "competitor": page[0],
        "url": page[1],
        "their_title": offer and offer.title,
        "their_price": offer and offer.price,
        "their_currency": offer and offer.currency,
        "available": level.available,
        "counted_at": level.observed_at,
        "sold_out_at": its.since,
        "seen_at": its.last_at,
    }
    return Finding(
        subject=f"{product.sku} {page[0]}",
        facts=facts(told),
        since=its.since,
        provenance=[came_from(record) for record in (product, offer) if record],
    )
