"""Our own prices: the price list with its history, else a product's FOB price (plan B1)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, and_, col, func, select

from core.ledger.catalogue import products, sold_products
from core.ledger.exchange import Exchange
from core.ledger.records import PriceListEntry, Product
from core.rules.comparable import CURRENCY
from core.rules.ladder import Ladder, Tier

FOB_LIST = ""
"""The channel of the FOB price list."""


def fob_ladders(
    ledger: Session,
    store: str,
    as_of: datetime,
    skus: Collection[str] | None = None,
    exchange: Exchange | None = None,
) -> Mapping[str, Ladder]:
    """Return our FOB price ladder in USD of each SKU that is sold, or of `skus`, at a moment.

    A SKU that stands on the price list has only the tiers there, else its `fob_usd` from its MOQ
    on. Left out are those without a price, and those with a price in a currency that `exchange`
    has no rate of (without it: in any other currency); half a ladder would be a wrong one.
    """
    found = (
        sold_products(ledger, store) if skus is None else products(ledger, store, [*skus]).values()
    )
    listed = price_list(ledger, store, as_of, skus)
    ladders = {one.sku: ladder_of(one, listed.get(one.sku), as_of, exchange) for one in found}
    return {sku: ladder for sku, ladder in ladders.items() if ladder}


def ladder_of(
    product: Product,
    listed: Sequence[PriceListEntry] | None,
    as_of: datetime,
    exchange: Exchange | None,
) -> Ladder:
    """Return one product's ladder, see `fob_ladders`; empty where it is not known."""
    if listed is not None:
        return _converted(listed, as_of, exchange)
    return [Tier(product.moq or 1, product.fob_usd)] if product.fob_usd else []


def price_list(
    ledger: Session,
    store: str,
    as_of: datetime,
    skus: Collection[str] | None = None,
    channel: str = FOB_LIST,
) -> Mapping[str, Sequence[PriceListEntry]]:
    """Return the price list as it was at a moment: per SKU its tiers, the smallest first.

    One without a price is a tier that has ended.
    """
    entry = PriceListEntry
    known: list[Any] = [entry.store == store, entry.channel == channel, entry.valid_from <= as_of]
    if skus is not None:
        known.append(col(entry.sku).in_(skus))
    tier = (col(entry.sku), col(entry.min_quantity))
    valid_from = func.max(entry.valid_from).label("valid_from")
    last = select(*tier, valid_from).where(*known).group_by(*tier).subquery()
    same = and_(
        col(entry.sku) == last.c.sku,
        col(entry.min_quantity) == last.c.min_quantity,
        col(entry.valid_from) == last.c.valid_from,
    )
    query = select(entry).join(last, same).where(*known)
    listed = defaultdict(list)
    for found in ledger.exec(query.order_by(col(entry.sku), col(entry.min_quantity))):
        listed[found.sku].append(found)
    return listed


def _converted(
    entries: Sequence[PriceListEntry], as_of: datetime, exchange: Exchange | None
) -> Ladder:
    """Return the tiers that have a price, in our currency; none where one cannot be converted."""
    tiers = []
    for entry in entries:
        if not entry.price:
            continue
        rate = _rate(entry.currency, as_of, exchange)
        if rate is None:
            return []
        tiers.append(Tier(entry.min_quantity, entry.price * rate))
    return tiers


def _rate(currency: str | None, as_of: datetime, exchange: Exchange | None) -> Decimal | None:
    if currency == CURRENCY:
        return Decimal(1)
    quote = exchange(currency, as_of) if exchange and currency else None
    return quote.rate if quote else None
