"""Reference rates: the bank's own file, Frankfurter when it fails, the day kept with each rate."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from openapi_core.exceptions import OpenAPIError

from core.ledger.database import Database
from core.ledger.rates import rate_on
from core.ledger.records import Rate
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.contracts import HeldTo, contract, described
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
FRANKFURTER = {"amount": 1.0, "base": "EUR", "date": "2026-03-03", "rates": {"USD": 1.5}}
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
        ("USD", Decimal("1.5"), "frankfurter")
    ]


async def test_both_gone_is_one_clear_problem(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(lambda _: httpx.Response(503))
    with pytest.raises(SourceProblem, match=r"ecb.*503.*frankfurter.*503") as problem:
        await rates.sync("daily")
    assert problem.value.kind is ProblemKind.UNREACHABLE
    assert stored(rates.database, Rate) == []


async def test_the_banks_own_file_is_read(bench: Callable[[Handler], Bench]) -> None:
    file = contract("fx/ecb_eurofxref-daily.example.xml").read_bytes()
    rates = bench(lambda _: httpx.Response(200, content=file))
    assert await rates.sync("daily") == {"read": 6, "rate": 6}
    known = {rate.quote: rate.rate for rate in stored(rates.database, Rate)}
    assert (known["USD"], known["SEK"]) == (Decimal("1.1367"), Decimal("11.2645"))


async def test_at_the_weekend_the_rate_is_fridays(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(lambda _: httpx.Response(200, text=DAY))
    await rates.sync("daily")
    rates.time.at += timedelta(days=1)
    assert await rates.sync("daily") == {"read": 2}  # the same file: nothing new
    with rates.database.read() as ledger:
        asked = (ledger, rates.store.name, "EUR", "USD")
        quote = rate_on(*asked, date(2026, 3, 7), timedelta(days=4))
    assert quote is not None
    assert (quote.day, quote.rate) == (date(2026, 3, 4), Decimal("1.1642"))


@pytest.mark.parametrize("bad", ["0", "-1", "N/A", "", "NaN", "Infinity"])
async def test_what_is_no_rate_is_none(bench: Callable[[Handler], Bench], bad: str) -> None:
    rates = bench(lambda _: httpx.Response(200, text=DAY.replace("1.5931", bad)))
    assert await rates.sync("daily") == {"read": 1, "rate": 1}
    assert [rate.quote for rate in stored(rates.database, Rate)] == ["USD"]


async def test_two_torn_answers_are_one_clear_problem(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(ecb_then(httpx.Response(200, content=b"<" * 200), httpx.Response(200, text="[")))
    with pytest.raises(SourceProblem, match=r"no XML.*no JSON") as problem:
        await rates.sync("daily")
    assert problem.value.kind is ProblemKind.BROKEN


async def test_no_credentials_are_asked_for(bench: Callable[[Handler], Bench]) -> None:
    rates = bench(lambda _: httpx.Response(200, text=DAY))
    assert await rates.probe() == "2 rates of 2026-03-04 by ecb"
    sent = {name for request in rates.requests for name in request.headers}
    assert sent.isdisjoint({"authorization", "cookie", "x-api-key"})


# The contract: Frankfurter's description of its version 1.

V1 = "fx/frankfurter_v1_openapi.json"


def held(**answer: Any) -> HeldTo:
    return HeldTo(described(V1), lambda _: httpx.Response(200, json=FRANKFURTER | answer))


async def test_frankfurter_is_asked_as_described(
    sqlite_database: Database, settings: Settings, store: Store
) -> None:
    checked = held()

    class Both(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if "ecb" in request.url.host:
                return httpx.Response(200, text="maintenance")
            return await checked.handle_async_request(request)

    rates = Bench(
        sqlite_database,
        settings,
        store,
        SOURCE,
        lambda _: httpx.Response(500),
        name="rates",
        transport=Both(),
    )
    assert await rates.sync("daily") == {"read": 1, "rate": 1}
    assert [str(r.url) for r in checked.requests] == [
        "https://api.frankfurter.dev/v1/latest?base=EUR"
    ]


@pytest.mark.parametrize("path", ["v1/latest?base=EURO", "v1/latest?symbols=XXX", "v9/latest"])
async def test_the_description_refuses_a_bad_question(path: str) -> None:
    async with httpx.AsyncClient(transport=held()) as client:
        with pytest.raises(OpenAPIError):
            await client.get(f"https://api.frankfurter.dev/{path}")


@pytest.mark.parametrize("bad", [{"rates": {"USD": "1.5"}}, {"rates": {"XXX": 1.1}}, {"base": 1}])
async def test_the_description_refuses_a_bad_answer(bad: dict[str, Any]) -> None:
    async with httpx.AsyncClient(transport=held(**bad)) as client:
        with pytest.raises(OpenAPIError):
            await client.get("https://api.frankfurter.dev/v1/latest")
