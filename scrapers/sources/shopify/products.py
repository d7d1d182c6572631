"""Names, status and pictures of what the shop sells."""

from collections.abc import AsyncIterator, Iterator

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.api.values import known
from scrapers.api.window import window
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.paging import Listing, Node, next_cursor, parts
from scrapers.sources.shopify.words import PRODUCT, line, told

FEW, MANY = 10, 100
"""Variants that are asked for with a product; of the few that have more, with the rest."""

_PRODUCT = """
fragment Sold on Product {
  id title status productType updatedAt
  featuredMedia { preview { image { url } } }
  variants(first: $variants, after: $variant) {
    nodes { sku title }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_VARIANTS = "$variants: Int!, $variant: String"

PRODUCTS = Query(
    "products",
    f"query Products($first: Int!, $after: String, $query: String!, {_VARIANTS}) {{"
    """
  products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...Sold }
    pageInfo { hasNextPage endCursor }
  }
}""" + _PRODUCT,
)
VARIANTS = Query(
    "variants of a product",
    f"query Product($id: ID!, {_VARIANTS}) {{ product(id: $id) {{ ...Sold }} }}" + _PRODUCT,
)
ONLY_VARIANT = "Default Title"
"""What Shopify calls the variant of a product that has none."""


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the articles of the products that changed, by the moment of their last change."""
    graph, span = Graph(asked), window(asked)
    until = told(span.until)
    listing = Listing(
        PRODUCTS,
        "products",
        search=lambda since: f"updated_at:>='{since}' AND updated_at:<='{until}'",
        key=lambda product: str(product["updatedAt"]),
    )
    start = span.place or told(span.since)
    async for part in parts(graph, listing, start, variants=FEW, variant=None):
        rows: list[Row] = []
        for product in part.nodes:
            variants = await _variants(graph, product)
            with understood("products"):
                rows += _rows(product, variants)
        cursor = span.at(part.place) if part.place else span.done()
        yield Page({"product": rows}, cursor, graph.notes)


async def _variants(graph: Graph, product: Node) -> list[Node]:
    variants: list[Node] = []
    found: Node | None = product
    while found is not None:
        with understood("variants"):
            variants += found["variants"]["nodes"]
            ahead = next_cursor(found["variants"]["pageInfo"])
        if ahead is None:
            break
        more = await graph.ask(VARIANTS, id=product["id"], variants=MANY, variant=ahead)
        found = more["product"]
    return variants


def _rows(product: Node, variants: list[Node]) -> Iterator[Row]:
    image = ((product["featuredMedia"] or {}).get("preview") or {}).get("image") or {}
    shared = known(
        status=PRODUCT.ours(product["status"]),
        category=line(product["productType"]),
        image_url=image.get("url"),
    )
    for variant in variants:
        if variant["sku"]:
            titles = [product["title"], variant["title"]]
            name = " – ".join(title for title in titles if title != ONLY_VARIANT)
            yield {"sku": variant["sku"], **known(name=line(name)), **shared}
