"""Prices: what competitors ask for the same, which pages say so, our price list, our listings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlmodel import Index

from core.ledger.records import column
from core.ledger.records.base import Record
from core.ledger.records.goods import SKU

COMPETITOR = ("竞品", "竞店", "竞争对手", "shop", "seller")
PAGE = ("链接", "竞品链接", "商品链接", "link", "product url")


class CompetitorOffer(Record, table=True):
    """What a competitor's page said at one moment, or that it said nothing."""

    __tablename__ = "competitor_offer"
    __table_args__ = (Index("competitor_offer_by_sku", "store", "sku", "observed_at"),)
    kind_name: ClassVar[str] = "competitor_offer"

    competitor: str = column.text("The other shop's name", *COMPETITOR, required=True, key=True)
    url: str = column.text("Address of the page", *PAGE, required=True, key=True, longest=1_500)
    observed_at: datetime = column.moment(
        "When the page was read; empty: the moment of the import",
        *("抓取时间", "采集时间", "seen at", "crawled at"),
        key=True,
    )
    sku: str | None = column.text("Our article that it competes with", *SKU, "our sku")
    title: str | None = column.text("The page's title", "标题", "竞品标题", "name")
    price: Decimal | None = column.money("Price, or the lowest", "价格", "竞品价格", "price min")
    price_max: Decimal | None = column.money("The highest of a range", "最高价", "max price")
    currency: str | None = column.currency()
    min_quantity: int | None = column.count(
        "From how many on the price holds; packs where `pack_size` is given",
        *("起订量", "moq", "minimum quantity"),
        unit="pieces",
    )
    incoterm: str | None = column.text("FOB, CIF, DDP …", "贸易术语", "价格条款", "trade term")
    availability: str | None = column.choice(
        "Whether it can be had",
        *("库存状态", "是否有货", "stock status"),
        values=("in_stock", "out_of_stock", "preorder", "unknown"),
    )
    tiers: list[dict[str, Any]] | None = column.json(
        "Price ladder, a list of min_quantity and price"
    )
    problem: str | None = column.text(
        "Why the page gave no price, for instance captcha", in_files=False
    )
    pack_size: int | None = column.count(
        "Pieces that one price is for; empty: one", "每包数量", "装箱数", "pieces a unit", low=1
    )
    sold: int | None = column.count(
        "Pieces sold, as the page says", "已售", "成交件数", "units sold"
    )
    sold_over: str | None = column.choice(
        "Over which time they were sold; empty: the page does not say",
        values=("all_time", "180d", "30d"),
    )
    sold_at_least: bool | None = column.boolean("Whether the page says so many or more (1K+)")
    reviews: int | None = column.count("Reviews of it on the page", "评价数", "review count")
    visitors_30d: int | None = column.count("People who saw it in 30 days", "近30天访客")
    certainty: Decimal | None = column.number(
        "How sure the reader is of the price, 0 to 1", in_files=False
    )


class CompetitorPage(Record, table=True):
    """A page of a competitor's shop, and which article of ours it competes with (plan B1).

    A page that a person named with a SKU is confirmed. `proposed` ones wait for a person's word;
    of a `rejected` pair the page is no longer compared with that article.
    """

    __tablename__ = "competitor_page"
    __table_args__ = (Index("competitor_page_by_sku", "store", "sku"),)
    kind_name: ClassVar[str] = "competitor_page"

    competitor: str = column.text("The other shop's name", *COMPETITOR, required=True, key=True)
    url: str = column.text("Address of the page", *PAGE, required=True, key=True, longest=1_500)
    sku: str | None = column.text("Our article that it competes with", *SKU, "our sku")
    status: str | None = column.choice(
        "What is known of the pair; empty: confirmed, where a SKU is named",
        *("状态", "匹配状态"),
        values=("confirmed", "proposed", "rejected"),
        closed=True,
    )
    title: str | None = column.text("The page's title", "标题", "竞品标题", "name")
    gtin: str | None = column.text("Bar code number on the page", "条码", "ean", "upc", "barcode")
    score: Decimal | None = column.number(
        "How alike the two are, 0 to 1: of a proposed pair", in_files=False
    )
    wrong_skus: list[str] | None = column.json("Articles that a person said it is not: a list")
    found_by: str | None = column.text(
        "What led to the page: sitemap, products_json, listing", in_files=False
    )
    first_seen_at: datetime | None = column.moment("When it was first found", "首次发现时间")
    last_seen_at: datetime | None = column.moment(
        "When the shop last named it among its own", "最近发现时间"
    )
    decided_by: str | None = column.email("Who said that the pair is right, or wrong", "确认人")
    decided_at: datetime | None = column.moment("When they said so", "确认时间")


class CompetitorFigures(Record, table=True):
    """What is known of a competitor's shop as a whole, over the 30 days up to a day (plan F3)."""

    __tablename__ = "competitor_figures"
    kind_name: ClassVar[str] = "competitor_figures"

    competitor: str = column.text("The other shop's name", *COMPETITOR, required=True, key=True)
    day: date = column.day("The last of the 30 days", "日期", "date", required=True, key=True)
    visitors: int | None = column.count(
        "Different people who came", "访客", "访客数", "UV", "traffic"
    )
    orders: int | None = column.count("Orders", "订单数", "成交订单", "transactions")
    buyers: int | None = column.count(
        "Different people who bought", "买家数", "成交买家", "customers"
    )
    repeat_buyers: int | None = column.count(
        "Those of them who had bought before", "复购买家", "老买家", "returning customers"
    )


class PriceListEntry(Record, table=True):
    """Our price of an article from a quantity on, since a moment: the price list (plan B1, B2).

    It wins over a product's `fob_usd`. Prices keep their history; the latest of a SKU, channel and
    quantity holds, and one without a price ends that tier.
    """

    __tablename__ = "price_list"
    kind_name: ClassVar[str] = "price_list"

    sku: str = column.text("Our article number", *SKU, required=True, key=True)
    channel: str = column.choice(
        "Where the price holds; empty: the FOB price list",
        *("平台", "渠道", "marketplace", "platform", "sales channel"),
        values=("alibaba", "shopify", "amazon"),
        key=True,
    )
    min_quantity: int = column.count(
        "Pieces from which the price holds",
        *("起订量", "moq", "minimum quantity", "from quantity"),
        unit="pieces",
        low=1,
        required=True,
        key=True,
    )
    valid_from: datetime = column.moment(
        "Since when; empty: the moment of the import", "生效时间", "生效日期", "from", key=True
    )
    price: Decimal | None = column.money("Price of a piece", "价格", "单价", "unit price")
    currency: str | None = column.currency()
    reason: str | None = column.text("Why it is so", "原因", "备注", "note")
    decided_by: str | None = column.email("Who decided", "决定人", "decided by")


class Listing(Record, table=True):
    """What one of our own listings asks at one moment: the price that buyers see (plan B1)."""

    __tablename__ = "listing"
    __table_args__ = (Index("listing_by_sku", "store", "sku", "observed_at"),)
    kind_name: ClassVar[str] = "listing"

    channel: str = column.channel(required=True, key=True)
    listing_id: str = column.text(
        "What the channel calls it: ASIN, variant, product number",
        *("商品ID", "产品ID", "asin", "variant id", "product id"),
        required=True,
        key=True,
    )
    min_quantity: int = column.count(
        "Pieces from which the price holds; 1 where it always does",
        *("起订量", "moq", "minimum quantity"),
        unit="pieces",
        low=1,
        required=True,
        key=True,
    )
    observed_at: datetime = column.moment(
        "When it was read; empty: the moment of the import", "抓取时间", "seen at", key=True
    )
    sku: str = column.text("Our article number", *SKU, required=True)
    price: Decimal | None = column.money(
        "What is asked for a piece", "价格", "售价", "selling price"
    )
    currency: str | None = column.currency()
    url: str | None = column.text("Address of its page", "链接", "link", longest=1_500)
