"""What one page of a competitor asks now, and what makes it comparable with our price (plan B1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from core.competitors import CompetitorSettings
from core.ledger.exchange import Exchange
from core.ledger.offers import Seen
from core.ledger.rates import Quote
from core.ledger.records import CompetitorOffer
from core.ledger.unpriced import GONE, NO_CURRENCY, NO_PRICE, OUT_OF_STOCK
from core.price_terms import PriceTerms, ToFob
from core.rules.comparable import INCOTERM, Conversion, incoterm_of, tick
from core.rules.ladder import Ladder, Tier

SOLD_OUT = "sold out"

ASKS_NOTHING = frozenset({*GONE, SOLD_OUT})
"""Why a page surely asks nothing: there is nothing to compare with."""

_UNCONFIGURED = CompetitorSettings()
_IS_FOB = ToFob()


@dataclass(frozen=True)
class Basis:
    """What pages are compared with: the moment, the terms, the rates."""

    as_of: datetime
    competitors: Mapping[str, CompetitorSettings]
    terms: PriceTerms
    rates: Exchange

    @cached_property
    def to_fob(self) -> Mapping[str, ToFob]:
        """What makes prices under other incoterms FOB."""
        return {str(name): costs for name, costs in self.terms.to_fob.items()}


@dataclass(frozen=True)
class Page:
    """One page of theirs, at a moment."""

    last: CompetitorOffer
    """What it said when it was last asked."""
    offer: CompetitorOffer | None
    """What it said when it last gave a price: its price, for as long as that is valid."""
    problem: str | None
    """Why it is not compared; None: it is."""
    printed: Ladder = ()
    """Its prices as they are printed; quantities in pieces."""
    incoterm: str = INCOTERM
    rate: Quote | None = None
    conversion: Conversion = field(default_factory=Conversion)
    corrected: tuple[str, ...] = ()
    """What is converted beside the currency: incoterm, tax, pack."""

    @property
    def is_gone(self) -> bool:
        """Whether it surely asks nothing now."""
        return self.problem in ASKS_NOTHING

    def tick_of(self, printed: Decimal) -> Decimal:
        """Return the step in which a printed price moves, in our currency."""
        assert self.offer  # noqa: S101  (a page with a price)
        return tick(printed, self.offer.currency or "") * self.conversion.factor


def page_of(seen: Seen, basis: Basis, missing: str | None) -> Page:
    """Return a page as of a moment; `missing` says why our own price cannot be compared."""
    problem = _problem(seen, basis) or missing
    if seen.priced is None:
        return Page(seen.last, None, problem)
    printed = _ladder(seen.priced)
    if problem:
        return Page(seen.last, seen.priced, problem, printed)
    return _comparable(seen.last, seen.priced, printed, basis)


def _problem(seen: Seen, basis: Basis) -> str | None:
    """Return why a page has no price now.

    One that could not be read keeps its last price for a while; one that was read and shows none
    does not. What is sold out often shows none.
    """
    last, offer = seen
    if last.problem in ASKS_NOTHING:
        return last.problem
    failed = (last.problem or NO_PRICE) if last is not offer else None
    said = last if last.availability == OUT_OF_STOCK else offer
    if said is None or (said is offer and failed == NO_PRICE):
        return failed or NO_PRICE
    if basis.as_of - said.observed_at > basis.terms.price_valid_for:
        return failed or "stale"
    if said.availability == OUT_OF_STOCK:
        return SOLD_OUT
    return None if said.currency else NO_CURRENCY


def _ladder(offer: CompetitorOffer) -> Ladder:
    """Return the prices of an offer, by quantities in pieces.

    What is sold in packs is also counted in packs. Of a bare range, the price at its smallest
    quantity is the high end.
    """
    pack = offer.pack_size or 1
    tiers = [(int(tier["min_quantity"]), Decimal(tier["price"])) for tier in offer.tiers or ()]
    price = offer.price_max or offer.price
    bare = [(offer.min_quantity or 1, price)] if price else []
    return [Tier(quantity * pack, price) for quantity, price in tiers or bare]


def _comparable(
    last: CompetitorOffer, offer: CompetitorOffer, printed: Ladder, basis: Basis
) -> Page:
    """Return a page with what makes its prices comparable, or with why they are not."""
    own = basis.competitors.get(offer.competitor, _UNCONFIGURED)
    incoterm = incoterm_of(offer.incoterm, own.incoterm)
    to_fob = _IS_FOB if incoterm == INCOTERM else basis.to_fob.get(incoterm)
    rate = basis.rates(offer.currency or "", offer.observed_at)
    if to_fob is None or rate is None:
        missing = "no rate" if to_fob else "other incoterm"
        return Page(last, offer, missing, printed, incoterm)
    pack_size = offer.pack_size or 1
    conversion = Conversion.of(
        pack_size=pack_size,
        tax_included=own.tax_included,
        rate=rate.rate,
        share=to_fob.share,
        per_piece=to_fob.per_piece,
    )
    is_price = all(conversion(tier.price) > 0 for tier in printed)
    changes = {"incoterm": to_fob is not _IS_FOB, "tax": own.tax_included, "pack": pack_size > 1}
    corrected = tuple(name for name, changed in changes.items() if changed)
    problem = None if is_price else "other incoterm"
    return Page(last, offer, problem, printed, incoterm, rate, conversion, corrected)
