"""What lies in Amazon's own warehouses (FBA Inventory API v1).

On hand is what can be sent now and what is reserved for buyers' orders; committed is the latter.
Inbound is what is on its way to be on hand: shipped to Amazon or being received there, moved
between its warehouses, or held for processing. A shipment that is only planned still lies where
it was counted before; goods that are damaged, or looked for, are none.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.sources.amazon.calls import Amazon, at, listed
from scrapers.sources.amazon.operations import GET_SUMMARIES

TOKEN_LIVES = timedelta(seconds=30)
STARTS = 3
"""How often a marketplace is read from its start when a page's token died."""

LOCATION = "amazon_fba"


async def stock(asked: Asked) -> AsyncIterator[Page]:
    """Yield the stock of each marketplace that has its own."""
    amazon = Amazon(asked)
    for marketplace in asked.settings.fba_marketplaces or asked.settings.marketplaces[:1]:
        location = asked.settings.named(LOCATION, marketplace)
        async for found in _summaries(amazon, marketplace):
            yield Page({"stock": [_level(one, location) for one in found]})


async def _summaries(amazon: Amazon, marketplace: str) -> AsyncIterator[list[Any]]:
    """Yield pages. A token lives 30 seconds: the listing is begun again when it has died."""
    params = {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace,
        "marketplaceIds": marketplace,
    }
    token: str | None = None
    given_at, starts = amazon.api.now(), 1
    while True:
        more: dict[str, str] = {"nextToken": token} if token else {}
        try:
            answer = await amazon.ask(GET_SUMMARIES, params=params | more)
        except SourceProblem as problem:
            if starts == STARTS or not _died(problem, token, given_at, amazon.api.now()):
                raise
            token, starts = None, starts + 1
            continue
        yield listed(answer, "payload", "inventorySummaries")
        token, given_at = at(answer.json(), "pagination", "nextToken"), amazon.api.now()
        if not token:
            return


def _died(problem: SourceProblem, token: str | None, given_at: datetime, now: datetime) -> bool:
    return problem.kind is ProblemKind.BROKEN and bool(token) and now - given_at >= TOKEN_LIVES


def _level(summary: Any, location: str) -> Row:
    """Return a level; what Amazon leaves out is unknown, never 0."""
    details = at(summary, "inventoryDetails")
    reserved = at(details, "reservedQuantity")
    committed = at(reserved, "pendingCustomerOrderQuantity")
    coming = [
        at(details, "inboundShippedQuantity"),
        at(details, "inboundReceivingQuantity"),
        at(reserved, "pendingTransshipmentQuantity"),
        at(reserved, "fcProcessingQuantity"),
    ]
    return {
        "sku": at(summary, "sellerSku"),
        "location": location,
        "on_hand": _sum(at(details, "fulfillableQuantity"), committed),
        "committed": committed,
        "inbound": _sum(*coming),
    }


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if isinstance(count, int)]
    return sum(known) if len(known) == len(counts) else None
