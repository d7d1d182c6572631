"""Competitors whose price is too far from ours, in either direction (plan B1)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import Field
from sqlmodel import Session

from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger.catalogue import sold_products
from core.ledger.life.provenance import came_from
from core.ledger.offers import latest_offers
from core.ledger.records import CompetitorOffer, Product
from core.rules.price_gap import Gap, Tier, gap
from core.settings import Store
from core.stanza import Duration
from core.values import Severity

CURRENCY, INCOTERM = "USD", "FOB"
"""What our own price, `fob_usd`, is in; only the like is compared with it."""

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    limit: Decimal = Field(gt=0, lt=1, description="a gap over this share of their price is told")
    critical_limit: Decimal = Field(gt=0, lt=10, description="cheaper by more than this: critical")
    price_valid_for: Duration = Field(description="an older price of theirs is no price")


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every SKU and competitor over the limit, and what cannot be told."""
    products = {product.sku: product for product in sold_products(ledger, store.name)}
    untold: dict[tuple[str, str], list[CompetitorOffer]] = defaultdict(list)
    for offer in latest_offers(ledger, store.name, as_of, priced=False):
        product = products.get(offer.sku or "")
        if product is None:
            continue  # a page without a SKU of ours is watched for other reasons
        problem = _problem(product, offer, as_of, stanza)
        if problem:
            untold[offer.competitor, problem].append(offer)
            continue
        compared = gap(_ours(product), _theirs(offer))
        if compared and compared.exceeds(stanza.limit):
            yield _finding(product, offer, compared, stanza)
    if untold:
        priced = latest_offers(ledger, store.name, as_of, priced=True)
        last_price = {offer.url: offer.observed_at for offer in priced}
        yield from (_blind(*why, offers, last_price) for why, offers in untold.items())


def _problem(
    product: Product, offer: CompetitorOffer, as_of: datetime, stanza: Settings
) -> str | None:
    """Return why two prices cannot be compared. A page that names no incoterm counts as FOB."""
    if not product.fob_usd:
        return "no price of ours"
    if not offer.price:
        return offer.problem or "no price"
    if as_of - offer.observed_at > stanza.price_valid_for:
        return "stale"
    if offer.currency != CURRENCY:
        return "other currency"
    if (offer.incoterm or INCOTERM).upper() != INCOTERM:
        return "other incoterm"
    return None


def _subject(offer: CompetitorOffer) -> str:
    return f"{offer.sku} {offer.competitor} {offer.url}"


def _blind(
    competitor: str,
    problem: str,
    offers: Sequence[CompetitorOffer],
    last_price: Mapping[str, datetime],
) -> Blind:
    """Return one blind spot for all pages of a competitor that have the same problem."""
    known = [last_price[offer.url] for offer in offers if offer.url in last_price]
    return Blind(
        what=f"prices of {competitor}",
        problem=problem,
        last_known=min(known, default=None),
        hides=frozenset(map(_subject, offers)),
        facts={
            "competitor": competitor,
            "skus": sorted({offer.sku or "" for offer in offers})[:SHOWN],
            "url": offers[0].url,
            "count": len(offers),
        },
    )


def _ours(product: Product) -> Sequence[Tier]:
    return [Tier(product.moq or 1, product.fob_usd)] if product.fob_usd else []


def _theirs(offer: CompetitorOffer) -> Sequence[Tier]:
    """Return their ladder; of a bare range, the price at its smallest quantity is the high end."""
    if offer.tiers:
        return [Tier(int(t["min_quantity"]), Decimal(t["price"])) for t in offer.tiers]
    price = offer.price_max or offer.price
    return [Tier(offer.min_quantity or 1, price)] if price else []


def _finding(product: Product, offer: CompetitorOffer, compared: Gap, stanza: Settings) -> Finding:
    cheaper = compared.ratio > 0
    told = {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "competitor": offer.competitor,
        "url": offer.url,
        "their_title": offer.title,
        "quantity": compared.quantity,
        "ours": compared.ours,
        "theirs": compared.theirs,
        "currency": CURRENCY,
        "incoterm": INCOTERM,
        "gap": compared.ratio.quantize(Decimal("0.0001")),
        "limit": stanza.limit,
        "they_are": "cheaper" if cheaper else "dearer",
        "observed_at": offer.observed_at,
    }
    return Finding(
        subject=_subject(offer),
        facts=facts(told),
        since=offer.observed_at,
        severity=_severity(compared, stanza),
        provenance=[came_from(product), came_from(offer)],
    )


def _severity(compared: Gap, stanza: Settings) -> Severity | None:
    if compared.ratio < 0:
        return Severity.NOTICE
    return Severity.CRITICAL if compared.ratio > stanza.critical_limit else None
