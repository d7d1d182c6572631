"""A decided price goes to the price list, and what is told of it to the back office (plan B1)."""

from collections.abc import Sequence

from sqlmodel import Session, select

from core.finding import Facts, facts
from core.ledger.direct_intake import decided_by, direct_intake
from core.ledger.price_list import FOB_LIST, fob_ladders, price_list
from core.ledger.records import PriceListEntry, Product
from core.ledger.tables import PriceDecision
from core.rules.ladder import Ladder
from core.rules.repricing import NewTier


def lock_ladder(session: Session, store: str, sku: str) -> None:
    """Let one person at a time change an article's ladder, whatever alert they come from."""
    mine = (Product.store == store, Product.sku == sku)
    session.exec(select(Product.sku).where(*mine).with_for_update()).all()


def ladder_of(session: Session, decision: PriceDecision) -> Ladder:
    """Return our ladder at the moment of a decision; nothing for one in another currency."""
    found = fob_ladders(session, decision.store, decision.at, [decision.sku])
    return found.get(decision.sku, ())


def to_price_list(
    session: Session, decision: PriceDecision, tiers: Sequence[NewTier]
) -> list[Facts]:
    """Store what changes of a ladder; return the whole of it, each row with its `old_price`.

    An article whose price stood with its product only gets all its tiers: from now on the price
    list is what counts.
    """
    listed = price_list(session, decision.store, decision.at, [decision.sku])
    ladder = [_entry(decision, tier) for tier in tiers]
    stored = [e for e, t in zip(ladder, tiers, strict=True) if t.changed or not listed]
    intake_id = direct_intake(
        session,
        store=decision.store,
        kind=PriceListEntry.kind_name,
        source=decided_by(decision.who),
        at=decision.at,
        rows=len(stored),
    )
    for number, entry in enumerate(stored, 1):
        entry.intake_id, entry.intake_row = intake_id, number
        session.merge(entry)
    return [_told(entry, tier) for entry, tier in zip(ladder, tiers, strict=True)]


def _entry(decision: PriceDecision, tier: NewTier) -> PriceListEntry:
    return PriceListEntry(
        store=decision.store,
        intake_id=0,
        intake_row=0,
        sku=decision.sku,
        channel=FOB_LIST,
        min_quantity=tier.min_quantity,
        valid_from=decision.at,
        price=tier.price,
        currency=decision.currency,
        reason=decision.note or f"{decision.choice}: {decision.competitor}",
        decided_by=decision.who,
    )


def _told(entry: PriceListEntry, tier: NewTier) -> Facts:
    known = entry.model_dump(exclude={"store", "intake_id", "intake_row"})
    return facts(known | {"old_price": tier.old_price})
