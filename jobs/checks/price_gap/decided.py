"""What people decided about gaps, and which gaps that lets be."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from core.ledger.tables import Choice, PriceDecision
from core.rules.price_gap import Gap


def lets_be(decision: PriceDecision | None, gap: Gap, as_of: datetime, further: Decimal) -> bool:
    """Tell whether people want to hear nothing of a gap.

    Of one that they ignore, until then; of one they keep, until it turns round or has grown by
    more than `further`. The other choices change a price or a pair, and the gap with it.
    """
    if decision is None:
        return False
    if decision.choice == Choice.IGNORE:
        return decision.until is not None and as_of < decision.until
    if decision.choice == Choice.KEEP and decision.theirs:
        kept = Gap(gap.quantity, decision.ours, decision.theirs)
        return not gap.is_further_than(kept, further)
    return False


def last_words(decisions: Iterable[PriceDecision]) -> Mapping[tuple[str, str], PriceDecision]:
    """Return the last decision on each SKU and competitor, whatever the quantity."""
    in_order = sorted(decisions, key=lambda decision: (decision.at, decision.id or 0))
    return {(decision.sku, decision.competitor): decision for decision in in_order}
