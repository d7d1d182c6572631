"""Every SKU's stock: what lies at each location, or what the shop offers."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.paging import Listing, Node, next_cursor, parts
from scrapers.sources.shopify.settings import Settings

FEW, MANY = 5, 100
"""Locations that are asked for with an item; of the few items that have more, with the rest."""

QUANTITIES = {
    "goods": ["on_hand", "committed", "incoming"],
    "listing": ["available", "committed"],
}

_ITEM = """
fragment Counted on InventoryItem {
  id legacyResourceId sku tracked
  inventoryLevels(first: $levels, after: $level) {
    nodes { location { name } quantities(names: $names) { name quantity } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_LEVELS = "$levels: Int!, $level: String, $names: [String!]!"

ITEMS = Query(
    "inventory items",
    f"query Stock($first: Int!, $after: String, $query: String, {_LEVELS}) {{"
    """
  inventoryItems(first: $first, after: $after, query: $query) {
    nodes { ...Counted }
    pageInfo { hasNextPage endCursor }
  }
}""" + _ITEM,
)
ITEM = Query(
    "inventory item",
    f"query Item($id: ID!, {_LEVELS}) {{ inventoryItem(id: $id) {{ ...Counted }} }}" + _ITEM,
)

LONGEST_COUNT = timedelta(hours=1)
"""A count that was cut off is gone on with for so long; then its beginning is no news any more."""

Counts = dict[str, dict[str, int]]
"""By location, pieces by Shopify's name for them."""


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the stock of all SKUs. Articles that Shopify does not count are left out."""
    graph, settings = Graph(asked), asked.settings
    names = QUANTITIES[settings.stock_is]
    listing = _by_id()
    seen: set[str] = set()
    shared: set[str] = set()
    began, start = _place(asked)
    async for part in parts(graph, listing, start, levels=FEW, level=None, names=names):
        rows: list[Row] = []
        for item in part.nodes:
            with understood("inventory items"):
                sku = item["sku"] if item["tracked"] else None
            if not sku:
                continue
            if sku in seen:
                shared.add(sku)
                continue
            seen.add(sku)
            counts = await _counts(graph, item, names)
            with understood("inventory levels"):
                rows += rows_of(settings, sku, counts)
        cursor = {"began": began.isoformat(), "after_id": part.place}
        yield Page({"stock": rows}, cursor if part.place else None)
    summed = [row async for row in _shared(graph, settings, shared, names)]
    yield Page({"stock": summed}, {}, graph.notes)


def _place(asked: Asked) -> tuple[datetime, str]:
    """Return when the count began and the item to go on after; an old beginning is no count."""
    if "after_id" in asked.cursor:
        began = datetime.fromisoformat(asked.cursor["began"])
        if asked.now - began < LONGEST_COUNT:
            return began, str(asked.cursor["after_id"])
    return asked.now, "0"


def _by_id() -> Listing:
    return Listing(
        ITEMS,
        "inventoryItems",
        search=lambda after: f"id:>{after}",
        key=lambda item: str(item["legacyResourceId"]),
    )


def _by_sku(sku: str) -> Listing:
    quoted = sku.replace("\\", "\\\\").replace("'", "\\'")
    return Listing(ITEMS, "inventoryItems", search=lambda _: f"sku:'{quoted}'", key=lambda _: "")


async def _shared(
    graph: Graph, settings: Settings, skus: Iterable[str], names: list[str]
) -> AsyncIterator[Row]:
    """Yield the stock of SKUs that several articles of the shop share: the sum of them."""
    for sku in sorted(skus):
        listing = _by_sku(sku)
        summed: Counts = {}
        async for part in parts(graph, listing, "", levels=FEW, level=None, names=names):
            for item in part.nodes:
                # the search may find more than was looked for
                if item["sku"] == sku and item["tracked"]:
                    _add(summed, await _counts(graph, item, names))
        for row in rows_of(settings, sku, summed):
            yield row


async def _counts(graph: Graph, item: Node, names: list[str]) -> Counts:
    """Return an item's pieces at all its locations."""
    counts: Counts = {}
    found: Node | None = item
    while found is not None:
        with understood("inventory levels"):
            levels = found["inventoryLevels"]
            for level in levels["nodes"]:
                pieces = {told["name"]: told["quantity"] for told in level["quantities"]}
                _add(counts, {level["location"]["name"]: pieces})
            ahead = next_cursor(levels["pageInfo"])
        if ahead is None:
            break
        more = await graph.ask(ITEM, id=item["id"], levels=MANY, level=ahead, names=names)
        found = more["inventoryItem"]
    return counts


def _add(counts: Counts, more: Mapping[str, Mapping[str, int]]) -> None:
    for location, pieces in more.items():
        known = counts.setdefault(location, {})
        for name, number in pieces.items():
            known[name] = known.get(name, 0) + number


def rows_of(settings: Settings, sku: str, counts: Counts) -> Iterator[Row]:
    """Yield the counts of one SKU, as goods or as the channel's listing."""
    if settings.stock_is == "listing":
        yield from _listing(settings.channel, sku, counts)
        return
    places: Counts = {}
    for location, pieces in counts.items():
        _add(places, {settings.locations.get(location, location): pieces})
    for place, pieces in places.items():
        yield {
            "sku": sku,
            "location": place,
            "on_hand": pieces["on_hand"],
            "committed": pieces["committed"],
            "inbound": pieces["incoming"],
        }


def _listing(channel: str, sku: str, counts: Counts) -> Iterator[Row]:
    if counts:
        total: Any = {}
        for pieces in counts.values():
            _add(total, {channel: pieces})
        yield {
            "sku": sku,
            "location": channel,
            "on_hand": 0,
            "listed": total[channel]["available"],
            "committed": total[channel]["committed"],
        }
