"""What the store sells: products, stock, sales."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlmodel import Index

from core.ledger.records import column
from core.ledger.records.base import Record

SKU = (
    "商品编码",
    "SKU编码",
    "产品编码",
    "货号",
    "商家编码",
    "seller sku",
    "article number",
    "item sku",
)


CLUSTERED = {"sqlite_with_rowid": False}
"""Rows stand in the order of their key: one SKU's days lie together, and the key needs no index."""


class Product(Record, table=True):
    """An article that the store sells."""

    __tablename__ = "product"
    kind_name: ClassVar[str] = "product"

    sku: str = column.text("Our article number", *SKU, required=True, key=True)
    name: str | None = column.text("Name in English", "英文名称", "product name", "title")
    name_zh: str | None = column.text("Name in Chinese", "商品名称", "产品名称", "中文名称", "品名")
    category: str | None = column.text("Category", "类目", "品类", "分类", "product type")
    status: str | None = column.choice(
        "Whether it is sold",
        *("状态", "商品状态"),
        values=("active", "paused", "ended"),
        closed=True,
    )
    fob_usd: Decimal | None = column.money(
        "Our FOB base price", "FOB", "FOB价", "离岸价", "fob price", currency="USD"
    )
    moq: int | None = column.count(
        "Minimum order quantity", "起订量", "最小起订量", "minimum order quantity", unit="pieces"
    )
    unit_cost_usd: Decimal | None = column.money(
        "What one piece costs us", "成本", "单位成本", "成本价", "unit cost", "cost", currency="USD"
    )
    purchase_lead_days: int | None = column.count(
        "From our order to the supplier's delivery",
        *("采购周期", "采购提前期", "purchase lead", "purchase lead time"),
        unit="days",
        low=0,
    )
    transport_lead_days: int | None = column.count(
        "From the supplier's delivery to our warehouse",
        *("物流周期", "运输周期", "头程时效", "transport lead", "transport lead time"),
        unit="days",
        low=0,
    )
    hs_code: str | None = column.text(
        "Customs tariff number", "HS编码", "海关编码", "hs", "tariff code"
    )
    image_url: str | None = column.text(
        "Main picture", "主图", "图片链接", "image", "main image url"
    )
    gtin: str | None = column.text(
        "Bar code number: EAN, UPC, GTIN", "条码", "商品条码", "ean", "upc", "barcode"
    )
    specification: str | None = column.text(
        "What sets it apart: 2048 Wh, 230 V, EU plug", "规格", "规格型号", "spec", "specifications"
    )


class Stock(Record, table=True):
    """A stock level at one place and one moment; levels keep their history.

    A row with `listed` is a channel's listing: what it offers and has promised, not goods.
    """

    __tablename__ = "stock"
    __table_args__ = (CLUSTERED,)
    kind_name: ClassVar[str] = "stock"

    sku: str = column.text("Our article number", *SKU, required=True, key=True)
    location: str = column.text(
        "Warehouse or channel", "仓库", "库位", "仓库名称", "warehouse", "bin", key=True
    )
    observed_at: datetime = column.moment(
        "When it was counted; empty: the moment of the import",
        *("盘点时间", "更新时间", "库存时间", "counted at", "updated at", "as of"),
        key=True,
    )
    on_hand: int = column.count(
        "In the warehouse, sold or not",
        *("库存", "现有库存", "在库", "库存数量", "qty on hand", "quantity on hand"),
        unit="pieces",
        required=True,
    )
    committed: int | None = column.count(
        "Sold and not shipped yet",
        "锁定库存",
        "占用",
        "占用库存",
        "reserved",
        "allocated",
        unit="pieces",
    )
    inbound: int | None = column.count(
        "On its way to us", "在途", "在途库存", "incoming", "in transit", "on order", unit="pieces"
    )
    listed: int | None = column.count(
        "Offered by a channel's listing; such a row is no goods, its on_hand is 0",
        *("上架数量", "可售数量", "平台库存", "listing quantity", "available to sell"),
        unit="pieces",
    )


class Sale(Record, table=True):
    """What one article sold on one day over one channel."""

    __tablename__ = "sales"
    __table_args__ = (Index("sales_by_day", "store", "day"), CLUSTERED)
    kind_name: ClassVar[str] = "sales"

    sku: str = column.text("Our article number", *SKU, required=True, key=True)
    day: date = column.day(
        "The day in the store's zone", "日期", "销售日期", "date", required=True, key=True
    )
    channel: str = column.channel(key=True)
    units: int = column.count(
        "Pieces sold; negative when more came back",
        *("销量", "数量", "销售数量", "units sold", "quantity", "qty", "units ordered"),
        unit="pieces",
        required=True,
    )
    revenue: Decimal | None = column.money(
        "What buyers paid for them",
        "销售额",
        "成交金额",
        "营业额",
        "net sales",
        "total sales",
    )
    currency: str | None = column.currency()
