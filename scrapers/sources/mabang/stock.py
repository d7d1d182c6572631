"""Stock by warehouse."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta

from core.ledger.records.base import Row
from scrapers.api.service import Asked, Page
from scrapers.api.values import known, whole
from scrapers.api.window import window
from scrapers.sources.mabang.fields import Item, day_of, listed, pick
from scrapers.sources.mabang.gateway import ask, rows_of

STOCK = "stock-get-stock-quantity"


async def stock(asked: Asked) -> AsyncIterator[Page]:
    """Yield the stock of what changed, a day of changes at a time."""
    span = window(asked)
    day = day_of(span.since)
    page, seen = 1, 0
    if span.place:
        day, page = date.fromisoformat(span.place["day"]), span.place["page"]
        seen = span.place["seen"]
    before: Sequence[Item] = ()
    while day <= day_of(span.until):
        answer, data = await ask(asked, STOCK, {"updateTime": day.isoformat(), "page": page})
        rows = rows_of(answer, data)
        total = whole(pick(data, "total")) if isinstance(data, dict) else None
        seen += len(rows)
        # some versions say no total: then an empty page, or the same one again, is the end
        is_last = not rows or rows == before or (total is not None and seen >= total)
        before, page = rows, page + 1
        if is_last:
            day, page, seen, before = day + timedelta(days=1), 1, 0, ()
        place = {"day": day.isoformat(), "page": page, "seen": seen}
        yield Page({"stock": [row for item in rows for row in _levels(item)]}, span.at(place))
    yield Page({}, span.done())


def _levels(item: Item) -> list[Row]:
    """Return a row for each warehouse that tells how much it has; one that does not has no row."""
    sku = pick(item, "stockSku", "sku")
    rows: list[Row] = []
    for told in listed(pick(item, "warehouse", "warehouses", "warehouseList")):
        waiting = whole(pick(told, "waitingQuantity"))
        pieces = whole(pick(told, "stockQuantity", "quantity"))
        place = pick(told, "warehouseName", "warehouse", "warehouseId")
        on_way = [
            number
            for name in ("shippingQuantity", "allotShippingQuantity", "processingQuantity")
            if (number := whole(pick(told, name))) is not None
        ]
        if sku is not None and place is not None and pieces is not None:
            row = {"sku": str(sku), "location": str(place), "on_hand": pieces}
            inbound = sum(on_way) if on_way else None
            rows.append({**row, **known(committed=waiting, inbound=inbound)})
    return rows
