"""Reference rates: the bank's own file, Frankfurter when it fails, the day kept with each rate."""

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest

from core.ledger.database import Database
from core.ledger.records import Rate
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.intake import facts, stored
from tests.support.sources import Bench, Handler, source_settings

SOURCE = source_settings(
    service="rates", feeds={"daily": {"schedule": {"at": "23:30"}, "stale_after": "4d"}}
)
DAY = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time="2026-03-04"><Cube currency="USD" rate="1.1642"/>
<Cube currency="CAD" rate="1.5931"/></Cube></Cube></gesmes:Envelope>"""
FRANKFURTER = {"amount": 1.0, "base": "EUR", "date": "2026-03-03", "rates": {"USD": 1.16}}
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.fixture
def bench(
    sqlite_database: Database, settings: Settings, store: Store
) -> Callable[[Handler], Bench]:
    return lambda answer: Bench(sqlite_database, settings, store, SOURCE, answer, name="rates")


def ecb_then(ecb: httpx.Response, frankfurter: httpx.Response) -> Handler:
    return lambda request: ecb if "ecb" in request.url.host else frankfurter


async def test_the_rates_keep_their_day(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(lambda _: httpx.Response(200, text=DAY))
    assert await rates.sync("daily") == {"read": 2, "rate": 2}
    kept = stored(rates.database, Rate)
    assert [facts(rate, "base", "quote", "rate", "origin") for rate in kept] == [
        ("EUR", "CAD", Decimal("1.5931"), "ecb"),
        ("EUR", "USD", Decimal("1.1642"), "ecb"),
    ]
    assert {rate.day.isoformat() for rate in kept} == {"2026-03-04"}


@pytest.mark.parametrize("torn", [DAY[:200], BOMB, "<html>maintenance</html>", ""])
async def test_frankfurter_helps_out(bench: Callable[[Handler], Bench], torn: str) -> None:
    answer = ecb_then(httpx.Response(200, text=torn), httpx.Response(200, json=FRANKFURTER))
    rates = bench(answer)
    await rates.sync("daily")
    assert [facts(rate, "quote", "rate", "origin") for rate in stored(rates.database, Rate)] == [
        ("USD", Decimal("1.16"), "frankfurter")
    ]


async def test_both_gone_is_one_clear_problem(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(lambda _: httpx.Response(503))
    with pytest.raises(SourceProblem, match=r"ecb.*503.*frankfurter.*503") as problem:
        await rates.sync("daily")
    assert problem.value.kind is ProblemKind.UNREACHABLE
    assert stored(rates.database, Rate) == []
