"""Visits by Google Analytics 4 (Data API v1beta, `runReport`).

Google counts in days of the property's time zone, corrects the latest days for a while, and leaves
out groups so small that one could tell who it was.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.ledger.records.base import Row
from core.sources import SourceSettings, WindowSettings
from core.stanza import Stanza
from core.values import Name
from scrapers.api.access import with_access
from scrapers.api.answer import Answer
from scrapers.api.service import Asked, Connection, Page, Service
from scrapers.api.window import window
from scrapers.sources.ga4.access import granted
from scrapers.sources.ga4.report import DIMENSIONS, METRICS, Report, zone_of

URL = "https://analyticsdata.googleapis.com/v1beta/properties"

MOST = 10_000
"""Rows of one answer; Google gives up to 250,000."""

NOT_SET = "(not set)"
"""Google's word for a place that it does not know."""

DAY = timedelta(days=1)


class Feeds(Stanza):
    """What is asked for."""

    visits: WindowSettings | None = Field(
        default=None, description="who came on each complete day, by country and city"
    )


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["ga4"] = Field(description="visits by Google Analytics 4")
    property_id: int = Field(ge=1, description="the property's number, not the G-… of its tag")
    channel: Name = Field(
        default="site", description="what the ledger calls the place that is visited"
    )
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {"visits": frozenset({"visits"})}


async def visits(asked: Asked) -> AsyncIterator[Page]:
    """Yield the visits of the days that are over, in the property's time zone."""
    span = window(asked)
    zone = await _zone(asked)
    first, last = _day(span.since, zone), _day(span.until, zone) - DAY
    offset, more = span.place or 0, first <= last
    while more:
        report = await _report(asked, first, last, offset)
        offset += len(report.rows)
        more = offset < report.row_count
        rows = list(_rows(report, asked.settings.channel))
        yield Page({"visits": rows}, span.at(offset), report.notes)
    yield Page({}, span.done())


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _question(first: date, last: date, offset: int) -> dict[str, object]:
    """Return what is asked, in an order that keeps pages apart; 64-bit numbers travel as text."""
    return {
        "dateRanges": [{"startDate": first.isoformat(), "endDate": last.isoformat()}],
        "dimensions": [{"name": name} for name in DIMENSIONS],
        "metrics": [{"name": name} for name in METRICS],
        "orderBys": [{"dimension": {"dimensionName": name}} for name in DIMENSIONS],
        "limit": str(MOST),
        "offset": str(offset),
    }


def _rows(report: Report, channel: str) -> Iterator[Row]:
    for day, country, city, visitors, views in report.values:
        yield {
            "day": f"{day[:4]}-{day[4:6]}-{day[6:]}",
            "channel": channel,
            "country": "" if country == NOT_SET else country,
            "city": "" if city == NOT_SET else city,
            "visitors": visitors,
            "page_views": views,
        }


async def _zone(source: Connection) -> ZoneInfo:
    """Return the time zone that Google counts the property's days in."""
    yesterday = {"startDate": "yesterday", "endDate": "yesterday"}
    question = {"dateRanges": [yesterday], "metrics": [{"name": METRICS[0]}], "limit": "1"}
    return zone_of(await _answer(source, question))


async def _report(source: Connection, first: date, last: date, offset: int) -> Report:
    answer = await _answer(source, _question(first, last, offset))
    report = Report.of(answer)
    if not report.rows and offset < report.row_count:
        raise answer.puzzle(f"none of the rest of its {report.row_count} rows")
    return report


async def _answer(source: Connection, question: Mapping[str, object]) -> Answer:
    return await with_access(source.api, partial(granted, source), partial(_ask, source, question))


async def _ask(source: Connection, question: Mapping[str, object], token: str) -> Answer:
    return await source.api.ask(
        "POST",
        f"{URL}/{source.settings.property_id}:runReport",
        json=question,
        headers={"authorization": f"Bearer {token}"},
    )


async def probe(source: Connection) -> str:
    """Return the time zone of the property's days."""
    return f"the property counts in days of {await _zone(source)}"


SERVICE = Service(
    settings=Settings, feeds={"visits": visits}, probe=probe, credentials=(("key_file",),)
)
