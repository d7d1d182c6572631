"""Visits of each day and what each SKU sold on it (report GET_SALES_AND_TRAFFIC_REPORT).

The report adds a SKU's sales up over its whole period: so one is asked for each day. A day is the
marketplace's. Amazon corrects the last days for a while; the overlap asks for them again.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.ledger.records.base import Records, Row
from scrapers.api.answer import Answer
from scrapers.api.service import Asked, Page
from scrapers.api.window import Window, window
from scrapers.sources.amazon.calls import Amazon, at, listed, money
from scrapers.sources.amazon.marketplaces import MARKETPLACES
from scrapers.sources.amazon.order import CHANNEL
from scrapers.sources.amazon.reports import Wanted, fetched

REPORT = "GET_SALES_AND_TRAFFIC_REPORT"
OPTIONS = {"dateGranularity": "DAY", "asinGranularity": "SKU"}
DAY = timedelta(days=1)


async def visits(asked: Asked) -> AsyncIterator[Page]:
    """Yield the visits and sales of each day that is over, in each marketplace."""
    span = window(asked)
    wanted = [
        _wanted(marketplace, day)
        for marketplace in asked.settings.marketplaces
        for day in _days(span, MARKETPLACES[marketplace].zone)
    ]
    wanted.sort(key=lambda one: one.key)  # the oldest day first
    async for step in fetched(Amazon(asked), wanted, span.place or {}):
        records = _records(asked, step.wanted, step.content) if step.wanted else {}
        yield Page(records, span.at(step.kept))
    yield Page({}, span.done())


def _days(span: Window, zone: str) -> Iterator[date]:
    """Yield the days of a span that are over in a zone."""
    day = span.since.astimezone(ZoneInfo(zone)).date()
    while day < span.until.astimezone(ZoneInfo(zone)).date():
        yield day
        day += DAY


def _wanted(marketplace: str, day: date) -> Wanted:
    """Return the report of a day; of its moments Amazon reads the date only."""
    noon = datetime.combine(day, time(12), UTC)
    return Wanted(f"{day} {marketplace}", REPORT, [marketplace], noon, noon, OPTIONS)


def _records(asked: Asked, wanted: Wanted, report: Answer | None) -> Records:
    if report is None:
        return {}
    marketplace = wanted.marketplaces[0]
    channel = asked.settings.named(CHANNEL, marketplace)
    return {
        "visits": list(_visits(report, MARKETPLACES[marketplace].country)),
        "sales": list(_sales(report, date.fromisoformat(wanted.key.split()[0]), channel)),
    }


def _visits(report: Answer, country: str) -> Iterator[Row]:
    """Yield a day's visits. A session is all that somebody does in 24 hours: a visitor's day."""
    for day in listed(report, "salesAndTrafficByDate"):
        yield {
            "day": at(day, "date"),
            "channel": CHANNEL,
            "country": country,
            "visitors": at(day, "trafficByDate", "sessions"),
            "page_views": at(day, "trafficByDate", "pageViews"),
        }


def _sales(report: Answer, day: date, channel: str) -> Iterator[Row]:
    for article in listed(report, "salesAndTrafficByAsin"):
        yield {
            "sku": at(article, "sku"),
            "day": day,
            "channel": channel,
            "units": at(article, "salesByAsin", "unitsOrdered"),
            **money(at(article, "salesByAsin", "orderedProductSales"), "revenue"),
        }
