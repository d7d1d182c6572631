"""Reference rates of the day: the European Central Bank, and Frankfurter when it does not answer.

Both give what one euro costs in other currencies, on the bank's working days only; a currency
without a rate has none, and nobody guesses one (plan B5).
"""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.ledger.records.base import Row
from core.sources import FeedSettings, ProblemKind, SourceSettings
from core.stanza import Stanza
from scrapers.api.answer import Answer
from scrapers.api.client import Api
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Connection, Page, Service

ECB = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
FRANKFURTER = "https://api.frankfurter.dev/v1/latest"
NAMES = {"": "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"}
BASE = "EUR"


class Feeds(Stanza):
    """What is asked for."""

    daily: FeedSettings | None = Field(default=None, description="the rates of the latest day")


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["rates"] = Field(description="reference rates of the day")
    feeds: Feeds = Field(description="what is asked for, and when")

    brings: ClassVar[Mapping[str, frozenset[str]]] = {"daily": frozenset({"rate"})}


async def daily(asked: Asked) -> AsyncIterator[Page]:
    """Yield the rates of the latest day there are any of."""
    yield Page({"rate": await _latest(asked.api)})


async def _latest(api: Api) -> list[Row]:
    try:
        return _from_ecb(await api.ask("GET", ECB))
    except SourceProblem as first:
        try:
            return _from_frankfurter(await api.ask("GET", FRANKFURTER, params={"base": BASE}))
        except SourceProblem as second:
            raise SourceProblem(second.kind, f"{first}; {second}") from None


def _from_ecb(answer: Answer) -> list[Row]:
    from defusedxml import DefusedXmlException  # noqa: PLC0415  (heavy)
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415  (heavy)

    try:
        root = fromstring(answer.body)
    except (ParseError, DefusedXmlException, ValueError):
        raise answer.puzzle("no XML") from None
    day = root.find("./Cube/Cube[@time]", NAMES)
    if day is None:
        raise answer.puzzle("no day's rates")
    rates = {cube.get("currency"): cube.get("rate") for cube in day.findall("Cube", NAMES)}
    return _rows(answer, day.get("time"), rates, "ecb")


def _from_frankfurter(answer: Answer) -> list[Row]:
    content = answer.json()
    if not isinstance(content, dict) or not isinstance(content.get("rates"), dict):
        raise answer.puzzle("no rates")
    return _rows(answer, content.get("date"), content["rates"], "frankfurter")


def _rows(answer: Answer, day: Any, rates: Mapping[Any, Any], origin: str) -> list[Row]:
    try:
        told = date.fromisoformat(day)
    except (TypeError, ValueError):
        raise answer.puzzle("no day") from None
    return [
        {"day": told, "base": BASE, "quote": quote, "rate": rate, "origin": origin}
        for quote, rate in rates.items()
        if quote and _is_rate(rate)
    ]


def _is_rate(told: Any) -> bool:
    """Tell whether this is a rate: nothing else may stand for one, least of all 0."""
    try:
        return Decimal(told).is_finite() and Decimal(told) > 0
    except (InvalidOperation, TypeError, ValueError):
        return False


async def probe(source: Connection) -> str:
    """Return which day's rates there are."""
    rows = await _latest(source.api)
    if not rows:
        raise SourceProblem(ProblemKind.BROKEN, "no rates at all")
    return f"{len(rows)} rates of {rows[0]['day']} by {rows[0]['origin']}"


SERVICE = Service(settings=Settings, feeds={"daily": daily}, probe=probe)
