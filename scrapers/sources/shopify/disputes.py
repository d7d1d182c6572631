"""Chargebacks and inquiries, which Shopify knows of its own payment service only."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.api.values import known
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.paging import Listing, parts
from scrapers.sources.shopify.words import DISPUTE, moment

ACCOUNT = Query("payments account", "query Account { shopifyPaymentsAccount { activated } }")
DISPUTES = Query(
    "disputes",
    """
query Disputes($first: Int!, $after: String, $query: String!) {
  disputes(first: $first, after: $after, query: $query) {
    nodes {
      legacyResourceId type status initiatedAt evidenceDueBy finalizedOn
      amount { amount currencyCode }
      reasonDetails { reason }
      order { name }
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
)
OPEN = "needs_response"


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the disputes that were opened lately, whatever became of them."""
    graph = Graph(asked)
    await _require_account(graph, asked.settings.shop)
    first_day = (asked.now - asked.stanza.look_back).date().isoformat()
    listing = Listing(
        DISPUTES, "disputes", search=lambda _: f"initiated_at:>={first_day}", key=lambda _: ""
    )
    async for part in parts(graph, listing, ""):
        with understood("disputes"):
            rows = [_from_graph(asked.settings.channel, node) for node in part.nodes]
        yield Page({"dispute": rows}, notes=graph.notes)


async def _require_account(graph: Graph, shop: str) -> None:
    """Tell a shop that has no disputes from one whose disputes Shopify does not see."""
    account = (await graph.ask(ACCOUNT))["shopifyPaymentsAccount"]
    if account is None or not account.get("activated"):
        told = (
            f"the shop {shop} does not use Shopify Payments: Shopify knows nothing of its "
            "disputes. Take the feed out of config.yaml and bring them in by file or mail"
        )
        raise SourceProblem(ProblemKind.REFUSED, told)


def _from_graph(channel: str, node: Mapping[str, Any]) -> Row:
    return dispute_row(
        channel,
        str(node["legacyResourceId"]),
        words=(node["status"], node["type"], node["reasonDetails"]["reason"]),
        moments=(node["initiatedAt"], node["evidenceDueBy"], node["finalizedOn"]),
        amount=(node["amount"]["amount"], node["amount"]["currencyCode"]),
    ) | known(order_no=(node["order"] or {}).get("name"))


def dispute_row(
    channel: str,
    dispute_id: str,
    *,
    words: tuple[str, str, str],
    moments: tuple[Any, Any, Any],
    amount: tuple[Any, str],
) -> dict[str, object]:
    """Return a dispute of its status, type and reason, and when it began, is due and ended.

    Once our answer is in, or none is taken any more, none is due.
    """
    theirs, kind, reason = words
    opened, due, ended = map(moment, moments)
    status = DISPUTE.ours(theirs)
    row = {
        "channel": channel,
        "dispute_id": dispute_id,
        "status": status,
        "opened_at": opened,
        "kind": f"{kind} {reason}".lower(),
        "amount": amount[0],
        "currency": amount[1],
        **known(answer_due_at=due, closed_at=ended),
    }
    return row | {"answer_due_at": None} if status in DISPUTE.values() and status != OPEN else row
