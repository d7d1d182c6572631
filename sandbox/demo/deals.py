"""A deal from its promise to its delivery, and the rows it has left in the books by a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.demo.records import USD, Buyer, Order, OrderLine, Product, Shipment

RTS, CUSTOM = "rts", "custom"
SHIP_WITHIN = {RTS: timedelta(hours=48), CUSTOM: timedelta(days=15)}  # plan A3
DELIVER_WITHIN = {
    RTS: timedelta(days=12),
    CUSTOM: timedelta(days=40),
}  # after the promised dispatch
_FIRST_SCAN = timedelta(hours=12)


@dataclass(frozen=True)
class Deal:
    """An order with its fate: when it ships after being placed, and how long it travels."""

    order_no: str
    channel: str
    kind: str
    placed_at: datetime
    buyer: Buyer
    lines: tuple[tuple[Product, int], ...]
    owner: str
    carrier: str
    ship_after: timedelta
    transit: timedelta
    trade_assurance: bool | None = None

    @property
    def promised_ship_at(self) -> datetime:
        """The moment until which the plan wants it shipped."""
        return self.placed_at + SHIP_WITHIN[self.kind]

    @property
    def promised_delivery_at(self) -> datetime:
        """The moment the buyer was told."""
        return self.promised_ship_at + DELIVER_WITHIN[self.kind]

    @property
    def ships_at(self) -> datetime:
        """The moment it leaves, which may lie ahead."""
        return self.placed_at + self.ship_after

    @property
    def arrives_at(self) -> datetime:
        """The moment it is delivered, which may lie ahead."""
        return self.ships_at + self.transit


def order_row(deal: Deal, now: datetime) -> Order:
    """The order as the books show it at `now`."""
    shipped, delivered = _past(deal.ships_at, now), _past(deal.arrives_at, now)
    return Order(
        order_no=deal.order_no,
        channel=deal.channel,
        kind=deal.kind,
        status="delivered" if delivered else "shipped" if shipped else "processing",
        placed_at=deal.placed_at,
        promised_ship_at=deal.promised_ship_at,
        shipped_at=shipped,
        promised_delivery_at=deal.promised_delivery_at,
        delivered_at=delivered,
        amount=sum((product.fob_usd * quantity for product, quantity in deal.lines), Decimal()),
        currency=USD,
        trade_assurance=deal.trade_assurance,
        buyer_name=deal.buyer.name,
        buyer_email=None if deal.channel == "amazon" else deal.buyer.email,  # it hides them
        buyer_country=deal.buyer.country,
        owner=deal.owner,
    )


def line_rows(deal: Deal) -> list[OrderLine]:
    """The order's lines at FOB prices."""
    return [
        OrderLine(deal.order_no, deal.channel, product.sku, quantity, product.fob_usd)
        for product, quantity in deal.lines
    ]


def shipment_row(deal: Deal, now: datetime, tracking_no: str, silent: timedelta) -> Shipment:
    """The parcel of a shipped deal at `now`; its last event is at most `silent` old."""
    delivered = _past(deal.arrives_at, now)
    status, event = "in_transit", "Departed from sorting centre"
    last = max(deal.ships_at, now - silent)
    if delivered:
        status, event, last = "delivered", "Delivered, signed for", delivered
    elif now - deal.ships_at < _FIRST_SCAN:
        status, event, last = "info_received", "Shipment information received", deal.ships_at
    return Shipment(
        tracking_no=tracking_no,
        carrier=deal.carrier,
        order_no=deal.order_no,
        channel=deal.channel,
        status=status,
        sub_status=None,
        shipped_at=deal.ships_at,
        last_event_at=last,
        last_event=event,
        eta=deal.arrives_at,
        promised_at=deal.promised_delivery_at,
        delivered_at=delivered,
    )


def _past(moment: datetime, now: datetime) -> datetime | None:
    return moment if moment <= now else None
