"""Competitors whose price is too far from ours, in either direction (plan B1).

How two prices are made comparable: docs/price-gap.md.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from core.finding import Blind, Finding
from core.ledger.competing import Compared, Pair, competing
from core.ledger.price_decisions import Tie, latest_decisions
from core.settings import Settings as Configuration
from core.settings import Store
from jobs.checks.price_gap.decided import last_words, lets_be
from jobs.checks.price_gap.stanza import Settings
from jobs.checks.price_gap.told import Untold, blind, finding

__all__ = ["Settings", "find_with_settings"]


def find_with_settings(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings, settings: Configuration
) -> Iterator[Finding | Blind]:
    """Yield a finding for every SKU, competitor and tier over the limit, and what is not known."""
    decisions = latest_decisions(ledger, store.name, as_of)
    last_word = last_words(decisions.values())
    untold: dict[tuple[str, str], Untold] = defaultdict(list)
    for pair in competing(ledger, as_of, store, settings, stanza):
        for page in pair.untold:
            untold[pair.competitor, page.problem or ""].append((pair, page))
        for one in pair.compared:
            decision = decisions.get(Tie(pair.product.sku, pair.competitor, one.gap.quantity))
            if _is_wrong(pair, one, stanza) and not lets_be(
                decision, one.gap, as_of, stanza.further
            ):
                said = last_word.get((pair.product.sku, pair.competitor))
                yield finding(pair, one, said, stanza)
    yield from (blind(*why, pages) for why, pages in untold.items())


def _is_wrong(pair: Pair, one: Compared, stanza: Settings) -> bool:
    """Tell whether a gap is over its limit, and sure.

    While one of their pages is not known, another may be dearer than what they really ask.
    """
    is_sure = one.gap.ratio > 0 or not pair.untold
    return is_sure and one.gap.exceeds(stanza.limit_of(pair, one.gap))
