"""What every variant costs in the online store, in the shop's own currency.

Prices for other markets and customers are left out, and so is the crossed-out one beside the price.
"""

from collections.abc import AsyncIterator, Iterator

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.api.values import known
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.paging import Listing, Node, parts

CURRENCY = Query("currency", "query Currency { shop { currencyCode } }")
VARIANTS = Query(
    "variants",
    """
query Prices($first: Int!, $after: String, $query: String) {
  productVariants(first: $first, after: $after, query: $query) {
    nodes { legacyResourceId sku price product { status onlineStoreUrl } }
    pageInfo { hasNextPage endCursor }
  }
}""",
)
ON_SALE = ("ACTIVE", "UNLISTED")


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the price of every variant that has a SKU; none of one that is not on sale."""
    graph, channel = Graph(asked), asked.settings.channel
    shop = (await graph.ask(CURRENCY))["shop"]
    with understood("shops"):
        currency = shop["currencyCode"]
    listing = Listing(
        VARIANTS,
        "productVariants",
        search=lambda after: f"id:>{after}",
        key=lambda variant: str(variant["legacyResourceId"]),
    )
    async for part in parts(graph, listing, str(asked.cursor.get("after_id", "0"))):
        with understood("variants"):
            rows = list(_rows(channel, currency, part.nodes))
        cursor = {"after_id": part.place} if part.place else {}
        yield Page({"listing": rows}, cursor, graph.notes)


def _rows(channel: str, currency: str, variants: list[Node]) -> Iterator[Row]:
    for variant in variants:
        if not variant["sku"]:
            continue
        product = variant["product"]
        yield {
            "channel": channel,
            "listing_id": str(variant["legacyResourceId"]),
            "min_quantity": 1,
            "sku": variant["sku"],
            "price": variant["price"] if product["status"] in ON_SALE else None,
            "currency": currency,
            **known(url=product["onlineStoreUrl"]),
        }
