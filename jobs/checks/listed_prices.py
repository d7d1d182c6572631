"""Our own listings whose price is far from our price list (plan B1): a slipped decimal sells."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import NamedTuple

from pydantic import Field
from sqlmodel import Session

from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger.catalogue import products
from core.ledger.life.provenance import came_from
from core.ledger.our_listings import Shown, shown_prices
from core.ledger.price_list import FOB_LIST, price_list
from core.ledger.rates import Quote, rate_on
from core.ledger.records import Listing, PriceListEntry, Product
from core.rules.comparable import CURRENCY, shown_share, tick
from core.rules.comparable import shown as shown_price
from core.rules.price_gap import Gap
from core.settings import Store
from core.stanza import Duration
from core.values import Severity

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    limit: Decimal = Field(
        gt=0, lt=1, description="a listing further from the price list than this share is told"
    )
    critical_limit: Decimal = Field(gt=0, description="further than this: critical")
    fob_channels: list[str] = Field(
        default=[],
        description="channels where the FOB price list holds for what their own list leaves out",
    )
    rate_valid_for: Duration = Field(
        description="a rate of exchange older than this is none; banks give none on holidays"
    )


class _Asked(NamedTuple):
    """What our price list asks for a piece, and the record that says so."""

    price: Decimal
    currency: str | None
    record: PriceListEntry | Product


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every listing far from the price list, and what cannot be compared.

    What no list names a price for, or nobody sells any more, is not compared.
    """
    rate = _rates(ledger, as_of, store, stanza)
    untold: dict[str, str] = {}
    for some in shown_prices(ledger, store.name, as_of):
        ours = _Ours(ledger, as_of, store, stanza, sorted({shown.sku for shown in some}))
        for shown in some:
            asked = ours.asked(shown)
            if asked is None:
                continue
            quote = rate(asked.currency, shown.currency)
            if quote is None:
                untold[_subject(shown)] = shown.sku
                continue
            gap = _gap(shown, asked, quote.rate)
            if gap.exceeds(stanza.limit):
                yield _finding(ledger, ours.sold[shown.sku], shown, asked, gap, quote, stanza)
    if untold:
        named = {"skus": sorted(set(untold.values()))[:SHOWN], "count": len(untold)}
        yield Blind("listing", "no rate", hides=frozenset(untold), facts=named)


def _rates(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Callable[[str | None, str | None], Quote | None]:
    """Return a question for what one currency costs in another on the day that is asked about."""
    day = as_of.astimezone(store.zone).date()

    @cache
    def rate(base: str | None, quote: str | None) -> Quote | None:
        if base is None or quote is None:
            return None
        return rate_on(ledger, store.name, base, quote, day, stanza.rate_valid_for)

    return rate


class _Ours:
    """What we ask for some articles at a moment; each price list is read once."""

    def __init__(
        self, ledger: Session, as_of: datetime, store: Store, stanza: Settings, skus: Sequence[str]
    ) -> None:
        known = products(ledger, store.name, skus)
        self.sold = {sku: product for sku, product in known.items() if product.status != "ended"}
        self._fob_channels = stanza.fob_channels
        self._list = cache(partial(price_list, ledger, store.name, as_of, skus))

    def asked(self, shown: Shown) -> _Asked | None:
        """Return what our price list asks for what a listing shows; None: nothing."""
        product = self.sold.get(shown.sku)
        if product is None:
            return None
        own = self._list(shown.channel).get(shown.sku)
        if own or shown.channel not in self._fob_channels:
            return _tier(own or (), shown.min_quantity)
        fob = self._list(FOB_LIST).get(shown.sku)
        if fob:
            return _tier(fob, shown.min_quantity)
        if product.fob_usd and (product.moq or 1) <= shown.min_quantity:
            return _Asked(product.fob_usd, CURRENCY, product)
        return None


def _tier(entries: Sequence[PriceListEntry], quantity: int) -> _Asked | None:
    reached = [entry for entry in entries if entry.price and entry.min_quantity <= quantity]
    tier = max(reached, key=lambda entry: entry.min_quantity, default=None)
    return _Asked(tier.price, tier.currency, tier) if tier and tier.price else None


def _gap(shown: Shown, asked: _Asked, rate: Decimal) -> Gap:
    """Return how far a listing is from the list, in the listing's currency.

    Either may be off by the step in which its price moves: that is rounding.
    """
    steps = (
        tick(shown.price, shown.currency or ""),
        tick(asked.price, asked.currency or "") * rate,
    )
    return Gap(shown.min_quantity, shown.price, asked.price * rate, max(steps))


def _subject(shown: Shown) -> str:
    return f"{shown.channel} {shown.listing_id} {shown.min_quantity}"


def _finding(
    ledger: Session,
    product: Product,
    shown: Shown,
    asked: _Asked,
    gap: Gap,
    rate: Quote,
    stanza: Settings,
) -> Finding:
    converted = asked.currency != shown.currency
    told = {
        "sku": shown.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "channel": shown.channel,
        "listing_id": shown.listing_id,
        "url": shown.url,
        "quantity": gap.quantity,
        "listed": gap.ours,
        "on_list": shown_price(gap.theirs, converted=converted),
        "currency": shown.currency,
        "list_price": asked.price,
        "list_currency": asked.currency,
        "rate": rate.rate if converted else None,
        "rate_day": rate.day if converted else None,
        "off": shown_share(gap.ratio),
        "limit": stanza.limit,
        "observed_at": shown.observed_at,
    }
    listing = ledger.get_one(Listing, (product.store, *shown[:4]))
    return Finding(
        subject=_subject(shown),
        facts=facts(told),
        since=shown.observed_at,
        severity=Severity.CRITICAL if gap.exceeds(stanza.critical_limit) else None,
        provenance=[came_from(listing), came_from(asked.record)],
    )
