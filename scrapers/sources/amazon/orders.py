"""Orders of all marketplaces in one question (Orders API 2026-01-01; v0 ends on 2027-03-27)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.sources import ProblemKind
from scrapers.api.answer import Answer
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.api.window import Window, afresh, window
from scrapers.sources.amazon.calls import Amazon, at, iso, listed
from scrapers.sources.amazon.operations import SEARCH_ORDERS
from scrapers.sources.amazon.order import records

SETTLING = timedelta(minutes=2)
"""Orders are shown once they were quiet for so long."""

TOKEN_LIVES = timedelta(hours=23)
"""A page's token is good for 24 hours; the last one is left to clocks that differ."""

INCLUDED = ("FULFILLMENT", "PACKAGES", "PROCEEDS")
OF_BUYERS = ("BUYER", "RECIPIENT")


async def orders(asked: Asked) -> AsyncIterator[Page]:
    """Yield the orders that changed, a page at a time."""
    amazon = Amazon(asked)
    span = window(asked)
    if span.place and asked.now - datetime.fromisoformat(span.place["at"]) > TOKEN_LIVES:
        span = afresh(asked, span)
    while True:
        answer, span = await _page(amazon, asked, span)
        found = listed(answer, "orders")
        token = at(answer.json(), "pagination", "nextToken")
        if not token:
            yield Page(records(found), span.done())
            return
        place = {"token": token, "at": amazon.api.now().isoformat()}
        yield Page(records(found), span.at(place))
        span = replace(span, place=place)


async def _page(amazon: Amazon, asked: Asked, span: Window) -> tuple[Answer, Window]:
    """Return the next page; from the start of the span where its token is no longer taken."""
    try:
        return await amazon.ask(SEARCH_ORDERS, params=_params(amazon, span)), span
    except SourceProblem as problem:
        if not span.place or problem.kind is not ProblemKind.BROKEN:
            raise
    span = afresh(asked, span)
    return await amazon.ask(SEARCH_ORDERS, params=_params(amazon, span)), span


def _params(amazon: Amazon, span: Window) -> dict[str, Any]:
    """Return what a page is asked with: the same for each, but for its token."""
    included = INCLUDED + (OF_BUYERS if amazon.settings.buyers else ())
    token = {"paginationToken": span.place["token"]} if span.place else {}
    return {
        "lastUpdatedAfter": iso(span.since - SETTLING),
        "marketplaceIds": ",".join(amazon.settings.marketplaces),
        "maxResultsPerPage": 100,
        "includedData": ",".join(included),
        **token,
    }
