"""Orders that a card's bank charged back, or that Alibaba froze.

There is no list of disputes to ask for: the orders in these states are, and what is new or gone is
found by comparing with what the ledger knows.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from sqlmodel import col, select

from core.ledger.records import Dispute
from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.api.values import Item, known
from scrapers.sources.alibaba.fields import CHANNEL, moment, trade_id
from scrapers.sources.alibaba.gateway import Unanswerable
from scrapers.sources.alibaba.orders import STATUS, detail, listed

KINDS = {"charge_back": "chargeback", "frozen": "frozen"}
"""Alibaba's words for the states → ours for the dispute."""

AT_ONCE = 100


async def chargebacks(asked: Asked) -> AsyncIterator[Page]:
    """Yield the disputes that are new, and those that ended."""
    known_open = await asyncio.to_thread(_open, asked)
    rows: list[Row] = []
    standing: set[str] = set()
    for status, kind in KINDS.items():
        for item in await _all(asked, status):
            dispute = f"{trade_id(item)}-{kind}"
            if dispute not in known_open and dispute not in standing:
                rows.append(_new(asked, dispute, item, status))
            standing.add(dispute)
    for dispute in known_open.keys() - standing:
        rows += await _ended(asked, known_open[dispute])
    yield Page({"dispute": rows})


def _open(asked: Asked) -> Mapping[str, Dispute]:
    query = select(Dispute).where(
        Dispute.store == asked.store.name,
        Dispute.channel == CHANNEL,
        col(Dispute.kind).in_(KINDS.values()),
        col(Dispute.closed_at).is_(None),
    )
    with asked.database.read() as ledger:
        return {dispute.dispute_id: dispute for dispute in ledger.exec(query)}


async def _all(asked: Asked, status: str) -> Sequence[Item]:
    found: list[Item] = []
    page = 0
    while True:
        part = await listed(asked, page, AT_ONCE, status=status)
        found += part
        if len(part) < AT_ONCE:
            return found
        page += 1


def _new(asked: Asked, dispute: str, item: Item, status: str) -> Row:
    return {
        "channel": CHANNEL,
        "dispute_id": dispute,
        "order_no": trade_id(item),
        "kind": KINDS[status],
        "status": status,
        "opened_at": moment(item.get("modify_date")) or asked.now,
        "closed_at": None,
    }


async def _ended(asked: Asked, dispute: Dispute) -> list[Row]:
    """Return the end of a dispute that is not listed any more, when its order says so too."""
    try:
        reply = await detail(asked, dispute.order_no or "")
    except Unanswerable:
        return []
    status = STATUS.ours(reply.value.get("trade_status"))
    if status is None or KINDS.get(status) == dispute.kind:
        return []
    row = known(
        channel=CHANNEL,
        dispute_id=dispute.dispute_id,
        status=status,
        opened_at=dispute.opened_at,
        closed_at=asked.now,
    )
    return [row]
