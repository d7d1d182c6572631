"""When orders were promised and shipped, and their parcels."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

from sqlmodel import and_, col, func, or_, select

from core.ledger.records import Order, Shipment
from core.ledger.records.base import Row
from scrapers.api.service import Asked, Connection, Page
from scrapers.api.values import Item, is_item, known
from scrapers.api.words import Words
from scrapers.sources.alibaba.fields import CHANNEL, items, moment
from scrapers.sources.alibaba.gateway import Unanswerable, ask

LOGISTICS = "/order/logistics/query"
TRACKING = "/order/logistics/tracking/get"

AT_ONCE = 20
RECEIVED = "CONFIRM_RECEIPT"
"""The buyer has it. `DELIVERED` means handed over to the carrier (document 41142)."""

AT_REST = ("unpay", "paying", "intention_processing", "trade_close", "trade_success")
"""Orders that nothing travels for, unless a parcel of theirs is known to be on its way."""

DELIVERED = "delivered"
EVENT = Words(
    {
        word: word
        for word in ("info_received", "in_transit", "out_for_delivery", DELIVERED, "exception")
    }
)

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


async def logistics(asked: Asked) -> AsyncIterator[Page]:
    """Yield promises and parcels of the orders that are not at rest, some orders at a time."""
    remaining = await asyncio.to_thread(_travelling, asked, asked.cursor.get("after", ""))
    while remaining:
        part, remaining = remaining[:AT_ONCE], remaining[AT_ONCE:]
        placed: list[Row] = []
        sent: list[Row] = []
        moved: list[Row] = []
        notes: list[str] = []
        for order in part:
            try:
                told, parcels = await _logistics(asked, order)
                placed.append(told)
                sent += parcels
                moved += await _moves(asked, order, parcels) if asked.stanza.tracking else []
            except Unanswerable as refused:
                notes.append(f"order {order.order_no}: {refused}")
        yield Page({"order": placed, "shipment": sent}, notes=notes)
        # of these, nothing replaces the events that a tracker told
        yield Page({"shipment": moved}, {"after": part[-1].order_no})
    yield Page({}, {})


def _travelling(asked: Asked, after: str) -> Sequence[Order]:
    """Return the orders to ask for, by number."""
    on_its_way = (
        select(Shipment.tracking_no)
        .where(Shipment.store == Order.store, Shipment.channel == Order.channel)
        .where(Shipment.order_no == Order.order_no)
        .where(func.coalesce(Shipment.status, "") != DELIVERED)
        .exists()
    )
    moves = or_(func.coalesce(Order.status, "").not_in(AT_REST), on_its_way)
    query = select(Order).where(
        and_(Order.store == asked.store.name, Order.channel == CHANNEL, moves),
        Order.placed_at >= asked.now - asked.stanza.look_back,
        Order.order_no > after,
    )
    with asked.database.read() as ledger:
        return ledger.exec(query.order_by(col(Order.order_no))).all()


async def _logistics(source: Connection, order: Order) -> tuple[Row, list[Row]]:
    """Return what an order's promise is, and its parcels."""
    params = {"trade_id": order.order_no, "data_select": "logistic_order"}
    reply = await ask(source, LOGISTICS, params)
    sent_at = moment(reply.value.get("shipment_date"))
    told = known(
        channel=CHANNEL,
        order_no=order.order_no,
        placed_at=order.placed_at,
        promised_ship_at=moment(reply.value.get("agreed_shipment_date")),
        shipped_at=sent_at,
    )
    status = DELIVERED if reply.value.get("logistic_status") == RECEIVED else None
    vouchers = (item.get("voucher") for item in items(reply.value.get("shipping_order_list")))
    parcels: list[Row] = [
        known(
            carrier=voucher.get("service_provider") or "unknown",
            tracking_no=str(voucher["tracking_number"]),
            channel=CHANNEL,
            order_no=order.order_no,
            shipped_at=sent_at,
            status=status,
        )
        for voucher in vouchers
        if is_item(voucher) and voucher.get("tracking_number")
    ]
    return told, parcels


async def _moves(source: Connection, order: Order, parcels: Sequence[Row]) -> list[Row]:
    """Return where an order's parcels are; it is asked only for parcels that are on their way."""
    wanted = {parcel["tracking_no"] for parcel in parcels if "status" not in parcel}
    if not wanted:
        return []
    reply = await ask(source, TRACKING, {"trade_id": order.order_no})
    return [
        _move(told)
        for told in reply.rows("tracking_list")
        if str(told.get("tracking_number")) in wanted
    ]


def _move(told: Item) -> Row:
    """Return where a parcel is, but not since when: Alibaba tells no zone with an event's time.

    The time only says which event was the last.
    """
    events = [event for event in items(told.get("event_list")) if _TIME.fullmatch(_time(event))]
    last = max(events, key=_time, default={})
    words = (last.get("event_name"), last.get("event_location"))
    return known(
        tracking_no=str(told["tracking_number"]),
        status=EVENT.ours(told.get("current_event_code") or last.get("event_code")),
        last_event=", ".join(str(word) for word in words if word) or None,
    )


def _time(event: Item) -> str:
    return str(event.get("event_time") or "")
