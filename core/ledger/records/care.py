"""What comes back from buyers: reviews, disputes, after-sales cases."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlmodel import Index

from core.ledger.records import column
from core.ledger.records.base import Record
from core.ledger.records.goods import SKU
from core.ledger.records.orders import BUYER, ORDER_NO


class Review(Record, table=True):
    """What a buyer wrote about an order, and what we did about it (plan A1)."""

    __tablename__ = "review"
    __table_args__ = (Index("review_by_posted_at", "store", "posted_at"),)
    kind_name: ClassVar[str] = "review"

    channel: str = column.channel(required=True, key=True)
    review_id: str = column.text(
        "The channel's number of the review",
        "评价ID",
        "评论ID",
        "评价编号",
        required=True,
        key=True,
    )
    stars: int = column.count(
        "1 (worst) to 5",
        *("星级", "评分", "星数", "rating", "star rating"),
        unit="stars",
        required=True,
        low=1,
        high=5,
    )
    posted_at: datetime = column.moment(
        "When it was written", "评价时间", "评论时间", "review date", "created at", required=True
    )
    sku: str | None = column.text("The article", *SKU)
    order_no: str | None = column.text("The order", *ORDER_NO)
    title: str | None = column.text("Its headline", "评价标题", "标题", "review title", prose=True)
    text: str | None = column.text(
        "What the buyer says",
        *("评价内容", "评论内容", "review", "body", "content", "review text"),
        prose=True,
    )
    language: str | None = column.text("Its language", "语言", "语种", "locale")
    buyer_name: str | None = column.text("The buyer", *BUYER, "reviewer", prose=True)
    url: str | None = column.text("Its address", "链接", "评价链接", "link", "review url")
    contacted_at: datetime | None = column.moment(
        "When we wrote to the buyer", "联系时间", "联系买家时间", "contact time"
    )
    offer: str | None = column.choice(
        "What we offered",
        *("补救方案", "方案"),
        values=("reship", "discount", "warranty"),
        closed=True,
    )
    outcome: str | None = column.choice(
        "What became of it",
        *("处理结果", "结果"),
        values=("removed", "changed", "unchanged"),
        closed=True,
    )


class Dispute(Record, table=True):
    """A claim that the platform decides, with its deadline (plan A2)."""

    __tablename__ = "dispute"
    kind_name: ClassVar[str] = "dispute"

    channel: str = column.channel(required=True, key=True)
    dispute_id: str = column.text(
        "The channel's number of the dispute",
        *("纠纷号", "纠纷编号", "纠纷ID", "case id", "claim id"),
        required=True,
        key=True,
    )
    status: str = column.text(
        "The channel's word for it", "纠纷状态", "状态", "dispute status", required=True
    )
    opened_at: datetime = column.moment(
        "When it was opened", "发起时间", "纠纷发起时间", "开始时间", "created at", required=True
    )
    order_no: str | None = column.text("The order", *ORDER_NO)
    kind: str | None = column.text("What it is about", "纠纷类型", "类型", "dispute type", "reason")
    amount: Decimal | None = column.money(
        "What the buyer claims", "纠纷金额", "金额", "claim amount"
    )
    currency: str | None = column.currency()
    answer_due_at: datetime | None = column.moment(
        "When our answer must be in", "响应截止时间", "截止时间", "due at", "respond by", "deadline"
    )
    closed_at: datetime | None = column.moment(
        "When it ended", "关闭时间", "结束时间", "resolved at"
    )
    url: str | None = column.text("Its address", "链接", "纠纷链接", "link")


class Case(Record, table=True):
    """An after-sales case with its three clocks (plan A4)."""

    __tablename__ = "cases"
    kind_name: ClassVar[str] = "case"

    case_no: str = column.text(
        "Our number of the case",
        *("工单号", "售后单号", "案例编号", "case number", "ticket", "ticket number"),
        required=True,
        key=True,
    )
    opened_at: datetime = column.moment(
        "When the buyer came to us", "创建时间", "提交时间", "发起时间", "created at", required=True
    )
    order_no: str | None = column.text("The order", *ORDER_NO)
    channel: str | None = column.channel()
    subject: str | None = column.text(
        "What it is about", "主题", "问题", "问题描述", "title", prose=True
    )
    first_reply_at: datetime | None = column.moment(
        "When we first answered", "首次回复时间", "首次响应时间", "first response at"
    )
    solution_at: datetime | None = column.moment(
        "When we offered a solution", "方案时间", "解决方案时间", "solved at"
    )
    closed_at: datetime | None = column.moment(
        "When it ended", "关闭时间", "结案时间", "resolved at"
    )
    owner: str | None = column.owner()
