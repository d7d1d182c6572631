"""What buyers ordered and how it travels."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlmodel import Index

from core.ledger.records import column
from core.ledger.records.base import Record
from core.ledger.records.goods import SKU

ORDER_NO = ("订单号", "订单编号", "订单ID", "order number", "order id", "order", "po number")
BUYER = ("买家", "买家名称", "买家姓名", "客户", "客户名称", "buyer", "customer", "customer name")
BUYER_EMAIL = ("买家邮箱", "客户邮箱", "邮箱", "email", "customer email")
BUYER_COUNTRY = ("国家", "买家国家", "收货国家", "country", "shipping country", "ship country")
TRACKING_NO = ("运单号", "物流单号", "快递单号", "tracking number", "tracking", "tracking id")
CARRIER = ("承运商", "物流商", "物流公司", "快递公司", "courier", "shipping carrier")


class Order(Record, table=True):
    """One order of one buyer."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_by_placed_at", "store", "placed_at"),
        Index("orders_by_promised_ship_at", "store", "promised_ship_at"),
    )
    kind_name: ClassVar[str] = "order"

    channel: str = column.channel(required=True, key=True)
    order_no: str = column.text("The channel's number", *ORDER_NO, required=True, key=True)
    kind: str | None = column.choice(
        "Ready to ship, or made to order",
        *("订单类型", "order type"),
        values=("rts", "custom"),
        closed=True,
    )
    status: str | None = column.text(
        "The channel's word for it", "订单状态", "状态", "order status"
    )
    placed_at: datetime = column.moment(
        "When the buyer ordered",
        "下单时间",
        "created at",
        "order date",
        "purchase date",
        required=True,
    )
    promised_ship_at: datetime | None = column.moment(
        "Latest moment to ship",
        "承诺发货时间",
        "最晚发货时间",
        "ship by",
        "latest ship date",
        "etd",
    )
    shipped_at: datetime | None = column.moment(
        "When it left", "发货时间", "实际发货时间", "fulfilled at", "ship date"
    )
    promised_delivery_at: datetime | None = column.moment(
        "Latest moment to arrive",
        "承诺送达时间",
        "最晚送达时间",
        "deliver by",
        "latest delivery date",
    )
    delivered_at: datetime | None = column.moment(
        "When it arrived", "送达时间", "签收时间", "妥投时间", "delivery date"
    )
    amount: Decimal | None = column.money(
        "What the buyer pays", "订单金额", "金额", "总金额", "total", "order total", "order amount"
    )
    currency: str | None = column.currency()
    trade_assurance: bool | None = column.boolean(
        "Whether it runs through Trade Assurance", "信保", "信保订单", "是否信保", "ta"
    )
    buyer_name: str | None = column.text("The buyer", *BUYER)
    buyer_email: str | None = column.email("The buyer's e-mail", *BUYER_EMAIL)
    buyer_country: str | None = column.text("Where the buyer is", *BUYER_COUNTRY)
    owner: str | None = column.owner()


class OrderLine(Record, table=True):
    """One article of an order."""

    __tablename__ = "order_line"
    kind_name: ClassVar[str] = "order_line"

    channel: str = column.channel(required=True, key=True)
    order_no: str = column.text("The channel's number", *ORDER_NO, required=True, key=True)
    sku: str = column.text("Our article number", *SKU, required=True, key=True)
    quantity: int = column.count(
        "Pieces ordered", "数量", "销量", "件数", "qty", "units", unit="pieces", required=True
    )
    unit_price: Decimal | None = column.money("Price of one piece", "单价", "price", "item price")
    currency: str | None = column.currency()


class Shipment(Record, table=True):
    """One parcel or container on its way."""

    __tablename__ = "shipment"
    __table_args__ = (Index("shipment_by_tracking_no", "store", "tracking_no"),)
    kind_name: ClassVar[str] = "shipment"

    carrier: str = column.text("Who carries it", *CARRIER, required=True, key=True)
    tracking_no: str = column.text("The carrier's number", *TRACKING_NO, required=True, key=True)
    order_no: str | None = column.text("The order it belongs to", *ORDER_NO)
    channel: str | None = column.channel()
    status: str | None = column.choice(
        "Where it stands",
        *("物流状态", "运单状态", "状态", "tracking status"),
        values=(
            "info_received",
            "in_transit",
            "out_for_delivery",
            "attempt_failed",
            "available_for_pickup",
            "delivered",
            "exception",
            "expired",
            "cancelled",
        ),
    )
    sub_status: str | None = column.text("The carrier's finer word", "子状态", "物流子状态")
    shipped_at: datetime | None = column.moment("When it left", "发货时间", "寄出时间", "ship date")
    last_event_at: datetime | None = column.moment(
        "When it last moved", "最新轨迹时间", "最后更新时间", "last update", "last scan at"
    )
    last_event: str | None = column.text(
        "What happened then", "最新轨迹", "物流轨迹", "last scan", prose=True
    )
    eta: datetime | None = column.moment(
        "When it should arrive", "预计到达", "预计到达时间", "预计送达", "estimated delivery"
    )
    promised_at: datetime | None = column.moment(
        "When we said it would arrive",
        "承诺到达",
        "承诺送达时间",
        "承诺到达时间",
        "promised delivery",
    )
    delivered_at: datetime | None = column.moment(
        "When it arrived", "送达时间", "签收时间", "妥投时间"
    )
