"""What is known of an article's price: ours, theirs, the gaps, how they moved, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from core.finding import Facts
from core.ledger.competing import Compared, Pair, competing
from core.ledger.competing_pages import Page
from core.ledger.price_decisions import latest_decisions
from core.ledger.price_list import fob_ladders, price_list
from core.ledger.price_moves import Move, moves
from core.ledger.records import Listing, PriceListEntry, Product
from core.ledger.tables import PriceDecision
from core.price_terms import PriceTerms
from core.rules.comparable import CURRENCY
from core.rules.ladder import Ladder
from core.rules.price_gap import margin
from core.settings import Settings, Store

MOVES = 6
"""Changes of prices that are told, the newest ones."""

_SHOWN_TO = Decimal("0.0001")
"""What is left of converted prices and of shares; they are reckoned with all of it."""


@dataclass(frozen=True)
class Sheet:
    """All that is known of one article's price at a moment."""

    product: Product
    ours: Ladder
    listed: Sequence[PriceListEntry]
    pairs: Sequence[Pair]
    moves: Sequence[Move]
    decision: PriceDecision | None
    listings: Sequence[Listing]


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
    urls = {page.last.url for pair in pairs for page in pair.pages}
    decided = latest_decisions(ledger, name, as_of, [sku]).values()
    ours = pairs[0].ours if pairs else fob_ladders(ledger, name, as_of, [sku]).get(sku, ())
    return Sheet(
        product=product,
        ours=ours,
        listed=price_list(ledger, name, as_of, [sku]).get(sku, ()),
        pairs=pairs,
        moves=moves(ledger, name, sku, urls, as_of, MOVES),
        decision=max(decided, key=lambda each: (each.at, each.id or 0), default=None),
        listings=_listings(ledger, name, sku, as_of),
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
                "price": tier.price,
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


def _listings(ledger: Session, store: str, sku: str, as_of: datetime) -> list[Listing]:
    """Return what the article's listings asked at a moment; those without a price have ended."""
    query = select(Listing).where(
        Listing.store == store, Listing.sku == sku, Listing.observed_at <= as_of
    )
    latest = {
        (each.channel, each.listing_id, each.min_quantity): each
        for each in ledger.exec(query.order_by(col(Listing.observed_at)))
    }
    return [latest[place] for place in sorted(latest) if latest[place].price is not None]


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
        "ours": gap.ours,
        "theirs": gap.theirs.quantize(_SHOWN_TO) if converted else gap.theirs,
        "gap": gap.ratio.quantize(_SHOWN_TO),
        "they_are": gap.they_are,
        "url": compared.page.last.url,
        "margin_after": _margin(gap.theirs, cost),
    }


def _page(page: Page) -> Facts:
    offer, last = page.offer, page.last
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
        "rate": page.rate.rate if page.rate and page.rate.origin else None,
        "rate_day": page.rate.day if page.rate and page.rate.origin else None,
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
    shown = {"choice", "who", "at", "until", "note", "competitor", "quantity", "new_price"}
    return decision.model_dump(include=shown | {"ours", "theirs", "currency"})


def _listing(listing: Listing) -> Facts:
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
    return None if share is None else share.quantize(_SHOWN_TO)
