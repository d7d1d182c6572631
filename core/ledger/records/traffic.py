"""What is spent to be seen, and who came."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from core.ledger.records import column
from core.ledger.records.base import Record

INQUIRIES = ("询盘", "询盘数", "询盘量", "leads", "enquiries")
ORDERS = ("订单数", "成交订单", "订单", "conversions")


class Spend(Record, table=True):
    """What one campaign cost and brought on one day (plan E1, E2)."""

    __tablename__ = "spend"
    kind_name: ClassVar[str] = "spend"

    day: date = column.day("The day", "日期", "投放日期", "date", required=True, key=True)
    channel: str = column.choice(
        "What it was spent on",
        *("渠道", "平台", "推广渠道", "投放渠道", "ad channel"),
        values=("p4p", "influencer", "seo", "trade_assurance", "fair"),
        required=True,
        key=True,
    )
    campaign: str = column.text(
        "The campaign", "计划", "推广计划", "广告系列", "campaign name", key=True
    )
    spend: Decimal = column.money(
        "What it cost", "花费", "消耗", "费用", "cost", "ad spend", "amount", required=True
    )
    currency: str | None = column.currency()
    impressions: int | None = column.count("Times shown", "曝光", "曝光量", "展现量", "impr")
    clicks: int | None = column.count("Clicks", "点击", "点击量", "点击数")
    inquiries: int | None = column.count("Inquiries that came of it", *INQUIRIES)
    orders: int | None = column.count("Orders that came of it", *ORDERS)
    gmv: Decimal | None = column.money(
        "Sales that came of it", "成交额", "成交金额", "销售额", "revenue"
    )
    gross_profit: Decimal | None = column.money("Gross profit of those sales", "毛利", "毛利润")


class Visit(Record, table=True):
    """Who came on one day, from where (plan F1)."""

    __tablename__ = "visits"
    kind_name: ClassVar[str] = "visits"

    day: date = column.day("The day", "日期", "访问日期", "date", required=True, key=True)
    channel: str = column.channel(key=True)
    country: str = column.text("Where they are", "国家", "国家地区", "访客国家", "region", key=True)
    city: str = column.text("In which city", "城市", key=True)
    visitors: int = column.count(
        "Different people", "访客", "访客数", "UV", "users", "unique visitors", required=True
    )
    page_views: int | None = column.count("Pages seen", "浏览量", "PV", "views", "pageviews")
    inquiries: int | None = column.count("Inquiries that came of it", *INQUIRIES)
    orders: int | None = column.count("Orders that came of it", *ORDERS)


class SearchHeat(Record, table=True):
    """How much a phrase was searched for, in one country and week or day (plan F2, F4)."""

    __tablename__ = "search_heat"
    kind_name: ClassVar[str] = "search_heat"

    phrase: str = column.text(
        "What people search for", "关键词", "搜索词", "keyword", "query", required=True, key=True
    )
    country: str = column.text("Where; empty: the world", "国家", "地区", "region", "geo", key=True)
    day: date = column.day(
        "The day, or the first day of the week",
        "日期",
        "周",
        "date",
        "week",
        required=True,
        key=True,
    )
    heat: Decimal = column.number(
        "0 to 100, where 100 is the most of the time and phrases compared",
        *("热度", "搜索热度", "interest"),
        required=True,
    )


class Rate(Record, table=True):
    """What one currency cost in another on one day (plan B5)."""

    __tablename__ = "rate"
    kind_name: ClassVar[str] = "rate"

    day: date = column.day("The day the rate is of", "日期", "date", required=True, key=True)
    base: str = column.text(
        "The currency that one is had of", "基准货币", "from", required=True, key=True
    )
    quote: str = column.text(
        "The currency that it costs", "目标货币", "to", required=True, key=True
    )
    rate: Decimal = column.number(
        "How much of `quote` one of `base` costs", "汇率", "exchange rate", required=True
    )
    origin: str | None = column.text("Who says so: ecb, frankfurter", "来源", "source")


class Score(Record, table=True):
    """A figure that a platform judges the store by, on one day (plan A7)."""

    __tablename__ = "score"
    kind_name: ClassVar[str] = "score"

    channel: str = column.channel(required=True, key=True)
    metric: str = column.text(
        "What is judged, for instance order_defect_rate", "指标", required=True, key=True
    )
    day: date = column.day("The day it was read", "日期", "date", required=True, key=True)
    value: Decimal | None = column.number("What it is", "数值", "得分", "score")
    target: Decimal | None = column.number("What the platform asks for", "目标", "考核标准")
    status: str | None = column.text("The platform's own word for it", "状态")
