"""What is said of a gap, and of what cannot be compared."""

from typing import Any

from core.finding import Blind, Facts, Finding, facts
from core.ledger.competing import Compared, Pair
from core.ledger.competing_pages import Page
from core.ledger.life.provenance import came_from
from core.ledger.tables import PriceDecision
from core.rules.comparable import CURRENCY, shown, shown_share
from core.rules.price_gap import Gap, margin
from core.values import Severity
from jobs.checks.price_gap.stanza import Settings

SHOWN = 10
"""SKUs that a blind spot names; the rest is counted."""

Untold = list[tuple[Pair, Page]]
"""Pages of one competitor with one problem."""


def subject(pair: Pair, quantity: int) -> str:
    """Return what a gap's alert lives by."""
    return f"{pair.product.sku} {pair.competitor} {quantity}"


def finding(
    pair: Pair, compared: Compared, last_word: PriceDecision | None, stanza: Settings
) -> Finding:
    """Return what is wrong at one quantity."""
    offer = compared.page.offer
    assert offer  # noqa: S101  (what is compared has a price)
    told = [
        _article(pair),
        _prices(compared),
        _margins(pair, compared.gap, stanza),
        {
            "limit": stanza.limit_of(pair, compared.gap),
            "ladder": [_tier(each) for each in pair.compared],
            "decision": _decision(last_word),
        },
    ]
    listed = pair.entry_at(compared.gap.quantity)
    sources = [pair.product, *([listed] if listed else []), offer]
    return Finding(
        subject=subject(pair, compared.gap.quantity),
        facts=facts({name: value for part in told for name, value in part.items()}),
        since=offer.observed_at,
        severity=_severity(pair, compared.gap, stanza),
        provenance=[came_from(record) for record in sources],
    )


def blind(competitor: str, problem: str, pages: Untold) -> Blind:
    """Return one blind spot for all pages of a competitor that have the same problem."""
    known = [page.offer.observed_at for _, page in pages if page.offer]
    skus = sorted({pair.product.sku for pair, _ in pages})
    return Blind(
        what=f"prices of {competitor}",
        problem=problem,
        last_known=min(known, default=None),
        hides=frozenset(subject(pair, at) for pair, _ in pages for at in pair.quantities),
        facts={
            "competitor": competitor,
            "skus": skus[:SHOWN],
            "url": pages[0][1].last.url,
            "count": len(pages),
        },
    )


def _article(pair: Pair) -> Facts:
    product = pair.product
    return {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "competitor": pair.competitor,
    }


def _prices(compared: Compared) -> dict[str, Any]:
    """Return both prices, and how theirs was made comparable."""
    gap, page = compared.gap, compared.page
    offer, rate = page.offer, page.rate
    assert offer  # noqa: S101  (what is compared has a price)
    assert rate  # noqa: S101  (and a rate)
    converted = offer.currency != CURRENCY
    return {
        "url": offer.url,
        "their_title": offer.title,
        "quantity": gap.quantity,
        "ours": shown(gap.ours),
        "theirs": shown(gap.theirs, converted=compared.page.conversion.changes),
        "currency": CURRENCY,
        "their_price": compared.printed,
        "their_currency": offer.currency,
        "rate": rate.rate if converted else None,
        "rate_day": rate.day if converted else None,
        "incoterm": page.incoterm,
        "corrected": page.corrected,
        "gap": shown_share(gap.ratio),
        "they_are": gap.they_are,
        "observed_at": offer.observed_at,
        "last_problem": None if page.last is offer else page.last.problem,
    }


def _margins(pair: Pair, gap: Gap, stanza: Settings) -> dict[str, Any]:
    """Return what our price leaves over the unit cost, and what theirs would."""
    cost = pair.product.unit_cost_usd or None
    now, after = margin(gap.ours, cost), margin(gap.theirs, cost)
    return {
        "unit_cost": cost,
        "margin_now": None if now is None else shown_share(now),
        "margin_after": None if after is None else shown_share(after),
        "least_margin": stanza.least_margin,
        "under_margin": None if after is None else after < stanza.least_margin,
    }


def _tier(compared: Compared) -> dict[str, Any]:
    gap = compared.gap
    return {
        "quantity": gap.quantity,
        "ours": shown(gap.ours),
        "theirs": shown(gap.theirs, converted=compared.page.conversion.changes),
        "gap": shown_share(gap.ratio),
    }


def _decision(last_word: PriceDecision | None) -> dict[str, Any] | None:
    if last_word is None:
        return None
    return {
        "choice": last_word.choice,
        "who": last_word.who,
        "at": last_word.at,
        "note": last_word.note,
    }


def _severity(pair: Pair, gap: Gap, stanza: Settings) -> Severity | None:
    if gap.ratio < 0:
        return Severity.NOTICE
    return Severity.CRITICAL if gap.ratio > stanza.critical_limit_of(pair, gap) else None
