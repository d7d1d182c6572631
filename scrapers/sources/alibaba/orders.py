"""Orders that changed, and the refunds of theirs.

The list tells an order's number, status and moments only; all else is asked for order by order.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from core.ledger.records.base import Records, Row
from scrapers.api.lines import by_sku
from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import Item, is_item, known, whole
from scrapers.api.window import window
from scrapers.api.words import Words
from scrapers.sources.alibaba.fields import (
    CHANNEL,
    ORDERED,
    asked_from,
    items,
    moment,
    money,
    named,
    sku_of,
    trade_id,
)
from scrapers.sources.alibaba.gateway import Reply, Unanswerable, ask

LIST = "/alibaba/order/list"
DETAIL = "/alibaba/order/get"
FUNDS = "alibaba.seller.order.fund.get"

AT_ONCE = 20
"""Orders that a run which is cut off reads again, at most."""

STATUS = Words(
    {
        word: word
        for word in (
            *("unpay", "paying", "paid", "relating", "captured", "undeliver", "delivering"),
            *("wait_confirm_receipt", "intention_processing", "trade_close", "trade_success"),
            *("wait_confirm_modify", "trade_unavailable", "charge_back", "frozen"),
        )
    }
)
"""Alibaba's words for where an order stands (document 41047); we use them as they are."""

Read = Callable[[Connection, Item], Awaitable[Records]]


async def listed(source: Connection, page: int, size: int, **wanted: object) -> list[Item]:
    """Return a page of the store's orders, the first of which is 0."""
    reply = await list_reply(source, page, size, **wanted)
    return reply.rows("order_list")


async def list_reply(source: Connection, page: int, size: int, **wanted: object) -> Reply:
    """Return a page of the store's orders with how many there are. Raises SourceProblem."""
    params = {"role": "seller", "start_page": str(page), "page_size": str(size), **wanted}
    return await ask(source, LIST, params)


async def orders(asked: Asked) -> AsyncIterator[Page]:
    """Yield the orders that changed, with their lines."""
    async for page in _changed(asked, _order):
        yield page


async def refunds(asked: Asked) -> AsyncIterator[Page]:
    """Yield the refunds of orders that changed: the only trace of a dispute that has an API."""
    async for page in _changed(asked, _refunds):
        yield page


async def _changed(asked: Asked, read: Read) -> AsyncIterator[Page]:
    """Yield what `read` says of each order that changed, some at a time.

    The span has no end: with one, orders that change meanwhile would leave the list, and those
    behind them would be skipped.
    """
    span = window(asked)
    since, page = asked_from(span.since), span.place or 0
    more = True
    while more:
        found = await listed(asked, page, AT_ONCE, modified_date_start=since)
        more, page = len(found) == AT_ONCE, page + 1
        records, notes = await _read_each(asked, found, read)
        yield Page(records, span.at(page) if more else span.done(), notes)


async def _read_each(
    source: Connection, found: list[Item], read: Read
) -> tuple[Records, list[str]]:
    """Return what is known of each order; of one that Alibaba will not tell of, what the list says.

    A second list has one line for each of those.
    """
    records: defaultdict[str, list[Row]] = defaultdict(list)
    notes = []
    for item in found:
        number = trade_id(item)
        try:
            part = await read(source, item)
        except Unanswerable as refused:
            part = {"order": [_thin(item)]}
            notes.append(f"order {number}: {refused}")
        for kind, rows in part.items():
            records[kind] += rows
    return records, notes


def _thin(item: Item) -> Row:
    return known(
        channel=CHANNEL,
        order_no=trade_id(item),
        status=STATUS.ours(item.get("trade_status")),
        placed_at=moment(item.get("create_date")),
    )


async def detail(source: Connection, number: str) -> Reply:
    """Return all that is known of an order. Raises SourceProblem; Unanswerable: no such order."""
    params = {"e_trade_id": number, "data_select": "statusAction,draft_role,snapshot_product"}
    return await ask(source, DETAIL, params)


async def _order(source: Connection, item: Item) -> Records:
    reply = await detail(source, trade_id(item))
    told = reply.value
    amount, currency = money(told.get("total_amount"))
    buyer, address = (part if is_item(part) else {} for part in _parts(told))
    order = {
        **_thin({**item, **known(trade_status=told.get("trade_status"))}),
        **known(
            amount=amount,
            currency=currency,
            buyer_name=named(buyer.get("full_name")),
            buyer_country=named(address.get("country")),
        ),
    }
    return {"order": [order], "order_line": _lines(trade_id(item), told)}


def _parts(told: Item) -> tuple[Any, Any]:
    return told.get("buyer"), told.get("shipping_address")


def _lines(number: str, told: Item) -> list[Row]:
    """Return one line for each article: one in two variants is one article to us."""
    return by_sku(
        _line(number, sku, product)
        for product in items(told.get("order_products"))
        if (sku := sku_of(product, ORDERED))
    )


def _line(number: str, sku: str, product: Item) -> Row:
    price, currency = money(product.get("unit_price"))
    quantity = whole(product.get("quantity"))
    return {
        "channel": CHANNEL,
        "order_no": number,
        "sku": sku,
        # 12.5 square metres are no pieces: the row is refused and told
        "quantity": product.get("quantity") if quantity is None else quantity,
        **known(unit_price=price, currency=currency),
    }


async def _refunds(source: Connection, item: Item) -> Records:
    if item.get("trade_status") == "unpay":
        return {}
    params = {"e_trade_id": trade_id(item), "data_select": "fund_refund"}
    reply = await ask(source, FUNDS, params)
    return {"dispute": [_refund(item, told) for told in items(reply.value.get("refund_list"))]}


def _refund(item: Item, told: Mapping[str, Any]) -> Row:
    amount, currency = money(told.get("amount"))
    at = moment(told.get("refund_time"))
    return known(
        channel=CHANNEL,
        dispute_id=f"refund-{told.get('id')}",
        order_no=trade_id(dict(item)),
        kind="refund",
        status="refunded",
        opened_at=at,
        closed_at=at,
        amount=amount,
        currency=currency,
    )
