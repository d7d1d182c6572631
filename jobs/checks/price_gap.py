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
from core.ledger.rates import Quote, rate_on
from core.ledger.records import CompetitorOffer, Product
from core.rules.price_gap import Gap, Tier, gap
from core.settings import Store
from core.stanza import Duration
from core.values import Severity

CURRENCY, INCOTERM = "USD", "FOB"
"""What our own price, `fob_usd`, is in; only the like is compared with it."""

SHOWN_TO = Decimal("0.0001")
"""What is left of a converted price for people; the gap is reckoned with all of it."""

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    limit: Decimal = Field(gt=0, lt=1, description="a gap over this share of their price is told")
    critical_limit: Decimal = Field(gt=0, lt=10, description="cheaper by more than this: critical")
    price_valid_for: Duration = Field(description="an older price of theirs is no price")
    rate_valid_for: Duration = Field(
        description="a rate of exchange older than this is none; banks give none on holidays"
    )


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
        rate = None if problem else _rate(ledger, store, offer, stanza)
        if rate is None:
            untold[offer.competitor, problem or "no rate"].append(offer)
            continue
        compared = gap(_ours(product), _theirs(offer, rate.rate))
        if compared and compared.exceeds(stanza.limit):
            yield _finding(product, offer, compared, rate, stanza)
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
    if not offer.currency:
        return "no currency"
    if (offer.incoterm or INCOTERM).upper() != INCOTERM:
        return "other incoterm"
    return None


def _rate(ledger: Session, store: Store, offer: CompetitorOffer, stanza: Settings) -> Quote | None:
    """Return what their currency cost in ours on the day their price was seen (plan B5)."""
    day = offer.observed_at.astimezone(store.zone).date()
    theirs, valid = offer.currency or "", stanza.rate_valid_for
    return rate_on(ledger, store.name, theirs, CURRENCY, day, valid)


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


def _theirs(offer: CompetitorOffer, rate: Decimal) -> Sequence[Tier]:
    """Return their ladder in our currency.

    Of a bare range, the price at its smallest quantity is the high end.
    """
    if offer.tiers:
        return [Tier(int(t["min_quantity"]), Decimal(t["price"]) * rate) for t in offer.tiers]
    price = offer.price_max or offer.price
    return [Tier(offer.min_quantity or 1, price * rate)] if price else []


def _finding(
    product: Product, offer: CompetitorOffer, compared: Gap, rate: Quote, stanza: Settings
) -> Finding:
    cheaper, converted = compared.ratio > 0, offer.currency != CURRENCY
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
        "theirs": compared.theirs.quantize(SHOWN_TO) if converted else compared.theirs,
        "currency": CURRENCY,
        "their_currency": offer.currency,
        "rate": rate.rate if converted else None,
        "rate_day": rate.day if converted else None,
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
