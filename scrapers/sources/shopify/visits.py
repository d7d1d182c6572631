"""Visitors of the online store by day and country, which only ShopifyQL tells.

Sources: the schema of API 2026-10; for the words of the question shopify.dev's reference of
ShopifyQL 2026-07, table `sessions`. No live shop has answered it yet.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from core.countries import country_code
from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.api.window import window
from scrapers.sources.shopify.graph import Graph, Query, understood

REPORT = Query(
    "report",
    """
query Report($query: String!) {
  shopifyqlQuery(query: $query) {
    tableData { columns { name } rows }
    parseErrors
  }
}""",
)
COUNTRY, VISITORS, VIEWS = "session_country", "online_store_visitors", "pageviews"


async def read(asked: Asked) -> AsyncIterator[Page]:
    """Yield the visitors of each day that is over, in the store's zone."""
    graph, span = Graph(asked), window(asked)
    zone = asked.store.zone
    day = date.fromisoformat(span.place) if span.place else span.since.astimezone(zone).date()
    while day < span.until.astimezone(zone).date():
        rows = await _day(graph, day, asked.store.timezone)
        day += timedelta(days=1)
        with understood("visits"):
            counted = list(_rows(asked.settings.channel, day - timedelta(days=1), rows))
        yield Page({"visits": counted}, span.at(day.isoformat()))
    yield Page({}, span.done(), graph.notes)


async def _day(graph: Graph, day: date, zone: str) -> list[Mapping[str, Any]]:
    question = (
        f"FROM sessions SHOW {VISITORS}, {VIEWS} GROUP BY {COUNTRY} WITH TIMEZONE '{zone}' "
        f"SINCE {day} UNTIL {day}"
    )
    answer = (await graph.ask(REPORT, query=question))["shopifyqlQuery"]
    with understood("reports"):
        if answer is None or answer["parseErrors"]:
            errors = "; ".join(answer["parseErrors"]) if answer else "no answer"
            told = f"ShopifyQL did not take the question {question!r}: {errors}"
            raise SourceProblem(ProblemKind.BROKEN, told)
        table = answer["tableData"]
        names = [column["name"] for column in table["columns"]]
        return [
            row if isinstance(row, dict) else dict(zip(names, row, strict=True))
            for row in table["rows"]
        ]


def _rows(channel: str, day: date, rows: list[Mapping[str, Any]]) -> Iterator[Row]:
    for row in rows:
        yield {
            "day": day,
            "channel": channel,
            "country": country_code(row[COUNTRY]) or row[COUNTRY] or "",
            "visitors": int(row[VISITORS]),
            "page_views": int(row[VIEWS]),
        }
