"""Orders that changed, with their lines and parcels."""

from collections.abc import AsyncIterator

from scrapers.api.service import Asked, Page
from scrapers.api.window import window
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.order_records import order_records
from scrapers.sources.shopify.paging import Listing, Node, next_cursor, parts
from scrapers.sources.shopify.words import told

SMALL = {"lines": 10, "parcels": 5, "plans": 3}
"""What most orders have no more of; each counts into the cost of a page, had or not."""
LARGE = {"lines": 100, "parcels": 50, "plans": 20}

_ORDER = """
fragment Whole on Order {
  id name test processedAt updatedAt cancelledAt email
  displayFinancialStatus displayFulfillmentStatus
  totalPriceSet { shopMoney { amount currencyCode } }
  displayAddress { name countryCodeV2 }
  lineItems(first: $lines, after: $line) {
    nodes { sku quantity originalUnitPriceSet { shopMoney { amount currencyCode } } }
    pageInfo { hasNextPage endCursor }
  }
  fulfillments(first: $parcels) {
    status displayStatus createdAt inTransitAt deliveredAt estimatedDeliveryAt
    trackingInfo { company number }
  }
  fulfillmentOrders(first: $plans) @include(if: $shipBy) {
    nodes { status fulfillBy }
    pageInfo { hasNextPage }
  }
}
"""
_SIZES = "$lines: Int!, $line: String, $parcels: Int!, $plans: Int!, $shipBy: Boolean!"

ORDERS = Query(
    "orders",
    f"query Orders($first: Int!, $after: String, $query: String!, {_SIZES}) {{"
    """
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...Whole }
    pageInfo { hasNextPage endCursor }
  }
}""" + _ORDER,
)
ORDER = Query(
    "order", f"query Order($id: ID!, {_SIZES}) {{ order(id: $id) {{ ...Whole }} }}" + _ORDER
)


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the orders that changed, by the moment of their last change."""
    graph, span = Graph(asked), window(asked)
    until = told(span.until)
    listing = Listing(
        ORDERS,
        "orders",
        search=lambda since: f"updated_at:>='{since}' AND updated_at:<='{until}'",
        key=lambda order: str(order["updatedAt"]),
    )
    ship_by = asked.stanza.ship_by
    start = span.place or told(span.since)
    async for part in parts(graph, listing, start, **SMALL, line=None, shipBy=ship_by):
        nodes = [await _whole(graph, node, ship_by=ship_by) for node in part.nodes]
        with understood("orders"):
            records = order_records(asked.settings.channel, nodes)
        yield Page(records, span.at(part.place) if part.place else span.done(), graph.notes)


async def _whole(graph: Graph, order: Node, *, ship_by: bool) -> Node:
    """Return an order with all its lines and parcels; most orders are whole already."""
    if not _is_cut(order):
        return order
    lines: list[Node] = []
    line: str | None = None
    while True:
        sizes = {**LARGE, "line": line, "shipBy": ship_by}
        found = (await graph.ask(ORDER, id=order["id"], **sizes))["order"]
        if found is None:  # deleted meanwhile
            return order
        with understood("order lines"):
            lines += found["lineItems"]["nodes"]
            line = next_cursor(found["lineItems"]["pageInfo"])
        if line is None:
            return {**found, "lineItems": {"nodes": lines}}


def _is_cut(order: Node) -> bool:
    with understood("orders"):
        plans = order.get("fulfillmentOrders") or {"pageInfo": {"hasNextPage": False}}
        return (
            order["lineItems"]["pageInfo"]["hasNextPage"]
            or plans["pageInfo"]["hasNextPage"]
            or len(order["fulfillments"]) >= SMALL["parcels"]
        )
