"""Buyers before and after they order: samples, requests for quotation, the buyers themselves."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from core.ledger.records import column
from core.ledger.records.base import Record
from core.ledger.records.goods import SKU
from core.ledger.records.orders import BUYER, BUYER_COUNTRY, BUYER_EMAIL, CARRIER, TRACKING_NO

STOP_CONTACT = ("不再联系", "停止联系", "退订", "unsubscribed", "do not contact")
LANGUAGE = ("语言", "语种", "locale")


class Sample(Record, table=True):
    """A sample on its way to an order (plan D1)."""

    __tablename__ = "sample"
    kind_name: ClassVar[str] = "sample"

    sample_no: str = column.text(
        "Our number of the sample", "样品单号", "样品编号", "sample number", required=True, key=True
    )
    sku: str = column.text("The article", *SKU, required=True)
    buyer_name: str | None = column.text("The buyer", *BUYER)
    buyer_email: str | None = column.email("The buyer's e-mail", *BUYER_EMAIL)
    buyer_whatsapp: str | None = column.text(
        "The buyer's WhatsApp number with country code",
        "买家WhatsApp",
        "WhatsApp",
        "whatsapp number",
    )
    language: str | None = column.text("The buyer's language", *LANGUAGE)
    sent_at: datetime | None = column.moment(
        "When it left", "寄样时间", "寄出时间", "发货时间", "shipped at", "dispatched at"
    )
    delivered_at: datetime | None = column.moment(
        "When it arrived", "签收时间", "送达时间", "妥投时间"
    )
    tracking_no: str | None = column.text("The carrier's number", *TRACKING_NO)
    carrier: str | None = column.text("Who carries it", *CARRIER)
    fee: Decimal | None = column.money("What the buyer paid for it", "样品费", "费用", "sample fee")
    currency: str | None = column.currency()
    feedback_at: datetime | None = column.moment(
        "When the buyer said what they think", "反馈时间", "客户反馈时间"
    )
    ordered_at: datetime | None = column.moment(
        "When the buyer placed a bulk order", "转大货时间", "下单时间", "order date"
    )
    stop_contact: bool | None = column.boolean("The buyer wants no more messages", *STOP_CONTACT)
    owner: str | None = column.owner()


class Rfq(Record, table=True):
    """A buyer's request for quotation (plan D2)."""

    __tablename__ = "rfq"
    kind_name: ClassVar[str] = "rfq"

    rfq_no: str = column.text(
        "The request's number",
        *("RFQ编号", "询价单号", "RFQ单号", "rfq number", "rfq id", "rfq"),
        required=True,
        key=True,
    )
    received_at: datetime = column.moment(
        "When it came", "收到时间", "询价时间", "发布时间", "posted at", "created at", required=True
    )
    buyer_name: str | None = column.text("The buyer", *BUYER)
    buyer_email: str | None = column.email("The buyer's e-mail", *BUYER_EMAIL)
    buyer_country: str | None = column.text("Where the buyer is", *BUYER_COUNTRY)
    sku: str | None = column.text("The article that fits", *SKU)
    product_text: str | None = column.text(
        "What the buyer asks for",
        *("产品描述", "采购需求", "商品名称", "product", "description"),
        prose=True,
    )
    quantity: int | None = column.count("Pieces asked for", "数量", "采购量", "qty", unit="pieces")
    target_price: Decimal | None = column.money("What the buyer hopes for", "目标价", "期望价格")
    currency: str | None = column.currency()
    quoted_at: datetime | None = column.moment("When we quoted", "报价时间", "quote date")
    quote_amount: Decimal | None = column.money(
        "What we quoted", "报价", "报价金额", "quote", "quoted price"
    )
    won_at: datetime | None = column.moment("When it became an order", "成交时间", "赢单时间")
    lost_at: datetime | None = column.moment("When it was lost", "丢单时间", "流失时间")
    owner: str | None = column.owner()


class Buyer(Record, table=True):
    """A buyer, by e-mail."""

    __tablename__ = "buyer"
    kind_name: ClassVar[str] = "buyer"

    email: str = column.email(
        "The buyer's e-mail",
        *("买家邮箱", "客户邮箱", "邮箱", "buyer email"),
        required=True,
        key=True,
    )
    name: str | None = column.text("The buyer's name", *BUYER, "buyer name", "联系人")
    company: str | None = column.text("The buyer's company", "公司", "公司名称", "company name")
    country: str | None = column.text("Where the buyer is", "国家", "买家国家", "buyer country")
    industry: str | None = column.text("What they do", "行业", "所属行业")
    language: str | None = column.text("The language to write in", *LANGUAGE)
    whatsapp: str | None = column.text(
        "WhatsApp number with country code", "买家WhatsApp", "whatsapp number", "buyer whatsapp"
    )
    owner: str | None = column.owner()
    stop_contact: bool | None = column.boolean("The buyer wants no more messages", *STOP_CONTACT)
