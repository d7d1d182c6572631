"""Products, and what their listings say is in stock."""

from collections import Counter
from collections.abc import AsyncIterator

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import Item, known, whole
from scrapers.sources.alibaba.fields import CHANNEL, OFFERED, items, sku_of
from scrapers.sources.alibaba.gateway import ask

PRODUCTS = "alibaba.icbu.product.list"
INVENTORY = "alibaba.icbu.product.inventory.get"

AT_ONCE = 30
"""Products in one answer, Alibaba's most."""

SHOWN = {"y": "active", "n": "paused"}


async def products(asked: Asked) -> AsyncIterator[Page]:
    """Yield all products."""
    page, more = asked.cursor.get("page", 1), True
    while more:
        found = await _listed(asked, page)
        more, page = len(found) == AT_ONCE, page + 1
        yield Page(
            {"product": [row for item in found if (row := _product(item))]},
            {"page": page} if more else {},
        )


async def stock(asked: Asked) -> AsyncIterator[Page]:
    """Yield what each listing offers. Raises SourceProblem when Alibaba keeps no stock at all.

    An empty list means that Alibaba does not keep the product's stock; it never means zero. Such a
    product gets no row and is noted.
    """
    page, kept = asked.cursor.get("page", 1), asked.cursor.get("kept", 0)
    seen, more = asked.cursor.get("seen", 0), True
    while more:
        found = await _listed(asked, page)
        more, page, seen = len(found) == AT_ONCE, page + 1, seen + len(found)
        rows: list[Row] = []
        notes = []
        for item in found:
            levels = await _levels(asked, item)
            rows += levels
            if not levels:
                notes.append(f"{sku_of(item, OFFERED)}: Alibaba keeps no stock of it (not zero)")
        kept += len(rows)
        rest = {"page": page, "kept": kept, "seen": seen} if more else {}
        yield Page({"stock": rows}, rest, notes)
    if seen and not kept:
        told = (
            f"Alibaba keeps no stock of any of the {seen} products (which is not zero); take this "
            "feed out of config.yaml and bring stock from the ERP or a file"
        )
        raise SourceProblem(ProblemKind.REFUSED, told)


async def _listed(source: Connection, page: int) -> list[Item]:
    params = {"language": "ENGLISH", "current_page": str(page), "page_size": str(AT_ONCE)}
    return (await ask(source, PRODUCTS, params)).rows("products")


def _product(item: Item) -> Row | None:
    sku = sku_of(item, OFFERED)
    if sku is None:
        return None
    status = SHOWN.get(str(item.get("display")).lower())
    return known(sku=sku, name=item.get("subject"), status=status)


async def _levels(source: Connection, item: Item) -> list[Row]:
    """Return a row for each article of a product, over all of the listing's warehouses.

    The other list of stock, by variant, has the same pieces: the two are never added up.
    """
    product = item.get("id") or item.get("product_id")
    reply = await ask(source, INVENTORY, {"product_id": str(product)})
    levels: Counter[str] = Counter()
    for told in items(reply.value.get("data_list")):
        pieces = whole(told.get("inventory"))
        sku = str(told.get("sku_outer_id") or sku_of(item, OFFERED))
        if pieces is not None:
            levels[sku] += pieces
    return [
        {"sku": sku, "location": CHANNEL, "on_hand": 0, "listed": pieces}
        for sku, pieces in levels.items()
    ]
