"""What is known of an article's price: ours, theirs, the gaps, how they moved, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from core.finding import Facts
from core.ledger.competing import Compared, Pair, competing
from core.ledger.competing_pages import Page
from core.ledger.our_listings import Shown, listings_of
from core.ledger.pages import PageKey
from core.ledger.price_decisions import latest_decisions
from core.ledger.price_list import fob_ladders, price_list
from core.ledger.price_moves import Move, moves
from core.ledger.records import PriceListEntry, Product
from core.ledger.tables import PriceDecision
from core.price_terms import PriceTerms
from core.rules.comparable import CURRENCY, shown, shown_share
from core.rules.ladder import Ladder
from core.rules.price_gap import margin
from core.settings import Settings, Store

MOVES = 6
"""Changes of prices that are told, the newest ones."""


@dataclass(frozen=True)
class Sheet:
    """All that is known of one article's price at a moment."""

    product: Product
    ours: Ladder
    listed: Sequence[PriceListEntry]
    pairs: Sequence[Pair]
    moves: Sequence[Move]
    decision: PriceDecision | None
    listings: Sequence[Shown]


def price_sheet(
    ledger: Session,
    as_of: datetime,
    store: Store,
    settings: Settings,
    terms: PriceTerms,
    product: Product,
) -> Sheet:
    """Return what is known of one article, compared as the check `price_gap` does it."""
    name, sku = store.name, product.sku
    pairs = competing(ledger, as_of, store, settings, terms, [sku])
    pages = {PageKey(pair.competitor, page.last.url) for pair in pairs for page in pair.pages}
    decided = latest_decisions(ledger, name, as_of, [sku]).values()
    ours = pairs[0].ours if pairs else fob_ladders(ledger, name, as_of, [sku]).get(sku, ())
    return Sheet(
        product=product,
        ours=ours,
        listed=price_list(ledger, name, as_of, [sku]).get(sku, ()),
        pairs=pairs,
        moves=moves(ledger, name, sku, pages, as_of, MOVES),
        decision=max(decided, key=lambda each: (each.at, each.id or 0), default=None),
        listings=listings_of(ledger, name, sku, as_of),
    )


def sheet_facts(sheet: Sheet, *, with_costs: bool) -> Facts:
    """Return a sheet as names and values; what the article costs us only for who may know."""
    product = sheet.product
    cost = (product.unit_cost_usd or None) if with_costs else None
    since = {entry.min_quantity: entry for entry in sheet.listed}
    told: Facts = {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "currency": CURRENCY,
        "ours": [
            {
                "quantity": tier.min_quantity,
                "price": shown(tier.price),
                "margin": _margin(tier.price, cost),
            }
            | _listed(since.get(tier.min_quantity))
            for tier in sorted(sheet.ours, key=lambda tier: tier.min_quantity)
        ],
        "competitors": [_pair(pair, cost) for pair in sheet.pairs],
        "moves": [move._asdict() for move in sheet.moves],
        "decision": _decision(sheet.decision),
        "listings": [_listing(listing) for listing in sheet.listings],
    }
    return told | ({"unit_cost": cost} if with_costs else {})


def gap_facts(pair: Pair, compared: Compared) -> Facts:
    """Return one gap, with whose it is."""
    product = pair.product
    about = {"sku": product.sku, "name": product.name, "name_zh": product.name_zh}
    return about | {"competitor": pair.competitor, "currency": CURRENCY} | _gap(compared, None)


def _pair(pair: Pair, cost: Decimal | None) -> Facts:
    return {
        "competitor": pair.competitor,
        "gaps": [_gap(compared, cost) for compared in pair.compared],
        "pages": [_page(page) for page in pair.pages],
    }


def _gap(compared: Compared, cost: Decimal | None) -> Facts:
    gap, converted = compared.gap, compared.page.conversion.changes
    return {
        "quantity": gap.quantity,
        "ours": shown(gap.ours),
        "theirs": shown(gap.theirs, converted=converted),
        "gap": shown_share(gap.ratio),
        "they_are": gap.they_are,
        "url": compared.page.last.url,
        "margin_after": _margin(gap.theirs, cost),
    }


def _page(page: Page) -> Facts:
    offer, last = page.offer, page.last
    rate = page.rate if offer and offer.currency != CURRENCY else None
    return {
        "url": last.url,
        "title": (offer and offer.title) or last.title,
        "printed": [
            {"quantity": tier.min_quantity, "price": tier.price}
            for tier in sorted(page.printed, key=lambda tier: tier.min_quantity)
        ],
        "currency": offer and offer.currency,
        "pack_size": offer and offer.pack_size,
        "incoterm": page.incoterm,
        "corrected": [*page.corrected],
        "rate": rate and rate.rate,
        "rate_day": rate and rate.day,
        "availability": offer and offer.availability,
        "observed_at": offer and offer.observed_at,
        "asked_at": last.observed_at,
        "last_problem": last.problem,
        "problem": page.problem,
    }


def _listed(entry: PriceListEntry | None) -> dict[str, Any]:
    return {
        "since": entry and entry.valid_from,
        "by": entry and entry.decided_by,
        "reason": entry and entry.reason,
    }


def _decision(decision: PriceDecision | None) -> Facts | None:
    if decision is None:
        return None
    told = {"choice", "who", "at", "until", "note", "competitor", "quantity", "new_price"}
    return decision.model_dump(include=told | {"ours", "theirs", "currency"})


def _listing(listing: Shown) -> Facts:
    return {
        "channel": listing.channel,
        "quantity": listing.min_quantity,
        "price": listing.price,
        "currency": listing.currency,
        "observed_at": listing.observed_at,
        "url": listing.url,
    }


def _margin(price: Decimal, cost: Decimal | None) -> Decimal | None:
    share = margin(price, cost)
    return None if share is None else shown_share(share)
