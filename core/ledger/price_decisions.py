"""Questions about what people decided on competitors' prices."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from core.ledger.tables import PriceDecision


class Tie(NamedTuple):
    """What one decision is about: our article, whose price, from how many pieces on."""

    sku: str
    competitor: str
    quantity: int


def latest_decisions(
    ledger: Session, store: str, as_of: datetime, skus: Collection[str] | None = None
) -> dict[Tie, PriceDecision]:
    """Return the decision that holds for each SKU, competitor and quantity at a moment."""
    query = select(PriceDecision).where(PriceDecision.store == store, PriceDecision.at <= as_of)
    if skus is not None:
        query = query.where(col(PriceDecision.sku).in_(skus))
    in_order = ledger.exec(query.order_by(col(PriceDecision.at), col(PriceDecision.id)))
    return {Tie(each.sku, each.competitor, each.quantity): each for each in in_order}
