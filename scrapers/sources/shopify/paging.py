"""Reading a list of any length: by pages, in pieces, and on where a run was cut off.

Shopify shows 250 of a list at a time and none beyond the 25,000th (shopify.dev, API limits), and a
cursor does not live for ever. So a place is kept as the key that the list is sorted by, never as a
cursor, and a long list is asked for anew from such a key now and then.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.sources.shopify.graph import Graph, Query, understood
from scrapers.sources.shopify.judge import LostPlace, TooCostly

FIRST_SIZE = 100
DEEPEST = 20_000

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list to read. `query` takes `$first`, `$after` and `$query`; `field` is the list in it.

    `search` gives the search text for all from a key on; `key` is what the list is sorted by.
    """

    query: Query
    field: str
    search: Callable[[str], str]
    key: Callable[[Node], str]


@dataclass(frozen=True)
class Part:
    """One page of a list. `place` is the key to go on from, None when it was the last page."""

    nodes: list[Node]
    place: str | None


async def parts(graph: Graph, listing: Listing, start: str, **more: Any) -> AsyncIterator[Part]:
    """Yield a list page by page from a key on; `more` are the query's other variables."""
    key = last = start
    after: str | None = None
    count = 0
    while True:
        variables = {"query": listing.search(key), "after": after, **more}
        try:
            nodes, ahead = await _page(graph, listing, variables)
        except LostPlace:
            if last == key:
                raise
            key, after, count = last, None, 0
            continue
        with understood(listing.field):
            last = listing.key(nodes[-1]) if nodes else last
        yield Part(nodes, last if ahead else None)
        if ahead is None:
            return
        after, count = ahead, count + len(nodes)
        if count >= DEEPEST and last != key:
            key, after, count = last, None, 0


async def _page(
    graph: Graph, listing: Listing, variables: Mapping[str, Any]
) -> tuple[list[Node], str | None]:
    """Return the nodes of a page, and the cursor of the next one."""
    found = (await _fitting(graph, listing, variables))[listing.field]
    with understood(listing.field):
        nodes: list[Node] = found["nodes"]
        ahead = next_cursor(found["pageInfo"])
    if ahead is not None and ahead == variables["after"]:
        told = f"Shopify gives the same page of {listing.field} again and again"
        raise SourceProblem(ProblemKind.BROKEN, told)
    return nodes, ahead


async def _fitting(graph: Graph, listing: Listing, variables: Mapping[str, Any]) -> Node:
    """Ask for a page, for smaller ones from the moment that Shopify finds one too costly."""
    name = f"page of {listing.query.name}"
    while True:
        size = int(graph.learned.get(name, FIRST_SIZE))
        try:
            return await graph.ask(listing.query, first=size, **variables)
        except TooCostly:
            if size == 1:
                raise
            graph.learned[name] = size // 2


def next_cursor(page_info: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page; None after the last one. ValueError without it."""
    if not page_info["hasNextPage"]:
        return None
    if not page_info["endCursor"]:
        raise ValueError("a next page without a cursor")
    return str(page_info["endCursor"])
