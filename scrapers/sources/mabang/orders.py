"""Orders of all platforms that Mabang has, with their lines and parcels."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from core.ledger.records.base import Records, Row
from scrapers.api.lines import by_sku
from scrapers.api.service import Asked, Page
from scrapers.api.values import known, total_of
from scrapers.api.window import window
from scrapers.api.words import Words
from scrapers.sources.mabang.fields import Item, listed, moment, pick, text
from scrapers.sources.mabang.gateway import ask, rows_of

ORDERS = "order-get-order-list-new"

NOT_SENT, SENT = "6", "7"
"""Mabang's two halves of all orders: without one of them it lists some of them only."""

AT_ONCE = 200

CHANNELS = ("alibaba", "amazon", "shopify")
STATUS = Words(
    {"1": "pending", "2": "preparing", "3": "shipped", "4": "completed", "5": "cancelled"}
)


async def orders(asked: Asked) -> AsyncIterator[Page]:
    """Yield the orders that changed, unsent ones first."""
    span = window(asked)
    place = span.place or {"status": NOT_SENT, "cursor": ""}
    while place:
        answer, data = await ask(
            asked,
            ORDERS,
            {
                "status": place["status"],
                "canSend": "3",  # also those that wait for an approval
                "updateTimeStart": text(span.since),
                "updateTimeEnd": text(span.until),
                "maxRows": str(AT_ONCE),
                **({"cursor": place["cursor"]} if place["cursor"] else {}),
            },
        )
        rows = rows_of(answer, data)
        place = _next(place, data)
        yield Page(_records(rows), span.at(place) if place else span.done())


def _next(place: Item, data: Any) -> dict[str, str]:
    """Return where to go on; nothing when both halves are read."""
    cursor = str(pick(data, "nextCursor", "cursor") or "") if isinstance(data, dict) else ""
    more = isinstance(data, dict) and str(pick(data, "hasNext")).lower() in ("true", "1")
    if more and cursor and cursor != place["cursor"]:
        return {"status": place["status"], "cursor": cursor}
    return {"status": SENT, "cursor": ""} if place["status"] == NOT_SENT else {}


def _records(found: Sequence[Item]) -> Records:
    numbered = [item for item in found if pick(item, "platformOrderId", "orderId")]
    return {
        "order": [_order(item) for item in numbered],
        "order_line": [line for item in numbered for line in _lines(item)],
        "shipment": [parcel for item in numbered if (parcel := _parcel(item))],
    }


def _order(item: Item) -> Row:
    goods, freight = pick(item, "itemTotalOrigin"), pick(item, "shippingTotalOrigin")
    amount = None if goods is None else total_of(goods, freight or 0)
    return {
        **_number(item),
        **known(
            status=STATUS.ours(pick(item, "orderStatus", "status")),
            placed_at=moment(pick(item, "paidTime"))
            or moment(pick(item, "createDate", "orderCreateTime", "createTime")),
            shipped_at=moment(pick(item, "expressTime", "shipTime")),
            amount=amount,
            currency=pick(item, "currencyId", "currency") if amount is not None else None,
            buyer_name=pick(item, "buyerName"),
            buyer_country=pick(item, "countryCode", "countryNameEN"),
        ),
    }


def _number(item: Item) -> Row:
    platform = str(pick(item, "platformId", "platform") or "mabang").lower()
    channel = next((ours for ours in CHANNELS if ours in platform), platform)
    return {"channel": channel, "order_no": str(pick(item, "platformOrderId", "orderId"))}


def _lines(item: Item) -> list[Row]:
    currency = pick(item, "currencyId", "currency")
    return by_sku(
        {
            **_number(item),
            "sku": str(sku),
            "quantity": pick(told, "quantity"),
            **known(unit_price=pick(told, "sellPriceOrigin"), currency=currency),
        }
        for told in listed(pick(item, "orderItem", "orderItems", "items"))
        if (sku := pick(told, "stockSku", "platformSku", "sku")) is not None
    )


def _parcel(item: Item) -> Row | None:
    number = pick(item, "trackNumber", "trackingNumber", "trackNo")
    if number is None:
        return None
    carrier = pick(item, "myLogisticsName", "myLogisticsChannelName", "logisticsName")
    sent_at = moment(pick(item, "expressTime", "shipTime"))
    row = {**_number(item), "tracking_no": str(number), "carrier": str(carrier or "unknown")}
    return {**row, **known(shipped_at=sent_at)}
