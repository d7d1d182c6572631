"""Amazon orders, as Lingxing has them."""

from collections.abc import AsyncIterator
from datetime import timedelta

from core.ledger.records.base import Row
from scrapers.api.lines import by_sku
from scrapers.api.moments import moment
from scrapers.api.service import Asked, Page
from scrapers.api.values import is_item, known, whole
from scrapers.api.window import window
from scrapers.api.words import Words
from scrapers.sources.lingxing.gateway import BEIJING, Item, every

ORDERS = "/erp/sc/data/mws/orders"
CHANGED = 2
"""The kind of date that is asked for: when Lingxing changed the order, in Beijing's time."""
LATEST_FIRST = 1
A_DAY = timedelta(days=1)

STATUS = Words(
    {
        "Pending": "pending",
        "Unshipped": "unshipped",
        "PartiallyShipped": "partially_shipped",
        "Shipped": "shipped",
        "Canceled": "cancelled",
    }
)


async def orders(asked: Asked) -> AsyncIterator[Page]:
    """Yield the orders that changed, with their lines.

    The latest come first and the span's end is not reached: an order that changes meanwhile moves
    to the front, so that the others are at worst read twice, and none is skipped.
    """
    span = window(asked)
    body = {
        "start_date": f"{span.since.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
        "end_date": f"{span.until.astimezone(BEIJING) + A_DAY:%Y-%m-%d %H:%M:%S}",
        "date_type": CHANGED,
        "sort_desc_by_date_type": LATEST_FIRST,
    }
    async for rows, offset, more in every(asked, ORDERS, body, offset=span.place or 0):
        numbered = [row for row in rows if row.get("amazon_order_id")]
        records = {
            "order": [_order(row) for row in numbered],
            "order_line": [line for row in numbered for line in _lines(row)],
        }
        yield Page(records, span.at(offset) if more else span.done())


def _order(told: Item) -> Row:
    amount = told.get("order_total_amount")
    is_told = amount not in (None, "")
    return {
        **_number(told),
        **known(
            status=STATUS.ours(told.get("order_status")),
            placed_at=moment(told.get("purchase_date")),
            shipped_at=moment(told.get("shipment_date")),
            amount=amount if is_told else None,
            currency=(told.get("order_total_currency_code") or None) if is_told else None,
            buyer_name=told.get("buyer_name") or None,
        ),
    }


def _number(told: Item) -> Row:
    return {"channel": "amazon", "order_no": str(told["amazon_order_id"])}


def _lines(told: Item) -> list[Row]:
    """Return an order's lines; a number of pieces that is none is refused."""
    return by_sku(
        {**_number(told), "sku": str(sku), "quantity": whole(item.get("quantity_ordered"))}
        for item in filter(is_item, told.get("item_list") or ())
        if (sku := item.get("local_sku") or item.get("seller_sku"))
    )
