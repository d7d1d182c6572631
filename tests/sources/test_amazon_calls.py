"""How Amazon is asked: tokens, pace, errors, the probe; and that no secret gets out."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from core.ledger.database import Database
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.amazon import (
    CA,
    DE,
    FEEDS,
    ORDERS,
    PARTICIPATIONS,
    SECRETS,
    STOCK,
    TOKEN,
    US,
    amazon,
    refusal,
    told,
)
from tests.support.contracts import example
from tests.support.sources import NOW, Bench, Handler, source_settings

Asking = Callable[..., Bench]

EMPTY: dict[str, Any] = {"orders": []}
NO_STOCK: dict[str, Any] = {
    "payload": {
        "granularity": {"granularityType": "Marketplace", "granularityId": US},
        "inventorySummaries": [],
    }
}
EXPIRED = refusal(
    403, "Unauthorized", "Access denied", "The access token you provided has expired."
)
LOGIN = "/auth/o2/token"


@pytest.fixture
def asking(sqlite_database: Database, settings: Settings, store: Store) -> Asking:
    def given(answers: dict[str, Handler], **stanza: Any) -> Bench:
        return amazon(sqlite_database, settings, store, answers, **stanza)

    return given


def logins(bench: Bench) -> list[httpx.Request]:
    return [request for request in bench.requests if request.url.path == LOGIN]


async def test_one_login_serves_for_an_hour(asking: Asking) -> None:
    bench = asking({ORDERS: told(EMPTY), STOCK: told(NO_STOCK)})
    await bench.sync("orders")
    await bench.sync("stock")
    [login] = logins(bench)
    form = dict(httpx.QueryParams(login.content.decode()))
    assert form == {
        "grant_type": "refresh_token",
        "client_id": SECRETS["AMAZON_CLIENT_ID"],
        "client_secret": SECRETS["AMAZON_CLIENT_SECRET"],
        "refresh_token": SECRETS["AMAZON_REFRESH_TOKEN"],
    }
    asked = bench.requests[-1].headers
    assert asked["x-amz-access-token"] == TOKEN.format(1)
    assert asked["user-agent"].endswith("(Language=Python)")


async def test_a_token_is_renewed_before_it_ends(asking: Asking) -> None:
    bench = asking({STOCK: told(NO_STOCK)})
    await bench.sync("stock")
    bench.time.at += timedelta(minutes=59)
    await bench.sync("stock")
    assert len(logins(bench)) == 2


async def test_an_expired_token_is_renewed_once(asking: Asking) -> None:
    bench = asking({STOCK: told(EXPIRED, NO_STOCK)})
    await bench.sync("stock")
    assert len(logins(bench)) == 2
    assert bench.requests[-1].headers["x-amz-access-token"] == TOKEN.format(2)


async def test_a_token_that_stays_refused_is_told(asking: Asking) -> None:
    bench = asking({STOCK: told(EXPIRED)})
    with pytest.raises(SourceProblem, match="access token you provided has expired") as problem:
        await bench.sync("stock")
    assert problem.value.kind is ProblemKind.REFUSED
    assert len(logins(bench)) == 2


async def test_a_missing_role_is_told_without_another_login(asking: Asking) -> None:
    bench = asking({STOCK: told(refusal(403, "Unauthorized", "Access to resource is denied."))})
    with pytest.raises(SourceProblem, match="does the app have the role") as problem:
        await bench.sync("stock")
    assert problem.value.kind is ProblemKind.REFUSED
    assert len(logins(bench)) == 1


@pytest.mark.parametrize(
    ("error", "to_do"),
    [
        ("invalid_grant", "authorize the app again"),
        ("invalid_client", "client id or secret is wrong"),
        ("unsupported_grant_type", "unsupported_grant_type"),
    ],
)
async def test_a_refused_login_says_what_to_do(asking: Asking, error: str, to_do: str) -> None:
    answer = httpx.Response(400, json={"error": error, "error_description": "…"})
    with pytest.raises(SourceProblem, match=to_do) as problem:
        await asking({LOGIN: told(answer)}).sync("stock")
    assert problem.value.kind is ProblemKind.REFUSED


@pytest.mark.parametrize(
    "torn",
    [
        '{"access_token": "Atza|torn-secret", "expi',
        '{"access_token": "Atza|torn-secret"}',
        '{"access_token": ["Atza|torn-secret"], "expires_in": 3600}',
        '["Atza|torn-secret"]',
    ],
)
async def test_a_torn_login_quotes_nothing(asking: Asking, torn: str) -> None:
    with pytest.raises(SourceProblem) as problem:
        await asking({LOGIN: told(httpx.Response(200, text=torn))}).sync("stock")
    assert problem.value.kind is ProblemKind.BROKEN
    assert "Atza" not in str(problem.value)


async def test_without_credentials_their_variables_are_named(asking: Asking) -> None:
    bench = asking({})
    bench.outside.environment = {}
    with pytest.raises(SourceProblem, match=r"AMAZON_CLIENT_ID and .*AMAZON_REFRESH_TOKEN"):
        await bench.sync("orders")


async def test_throttling_is_waited_for_at_the_operations_own_rate(asking: Asking) -> None:
    """2 calls a second: the second attempt comes half a second later, and a little."""
    bench = asking({STOCK: told(refusal(429, "QuotaExceeded"), NO_STOCK)})
    await bench.sync("stock")
    assert 0.5 <= bench.time.slept < 1.2


async def test_the_wait_that_an_answer_asks_for_counts(asking: Asking) -> None:
    busy = httpx.Response(429, headers={"retry-after": "40"}, json={"errors": []})
    bench = asking({STOCK: told(busy, NO_STOCK)})
    await bench.sync("stock")
    assert 40 <= bench.time.slept < 45


async def test_throttled_orders_are_left_to_a_later_run(asking: Asking) -> None:
    """One call in three minutes is longer than a run waits: it says when it may come again."""
    bench = asking({ORDERS: told(refusal(429, "QuotaExceeded", "You exceeded your quota"))})
    with pytest.raises(SourceProblem, match="You exceeded your quota") as problem:
        await bench.sync("orders")
    assert problem.value.kind is ProblemKind.THROTTLED
    assert problem.value.retry_at == NOW + timedelta(seconds=1 / 0.0056)
    assert bench.time.slept == 0


async def test_after_a_refusal_for_haste_nobody_asks_before_there_is_room(asking: Asking) -> None:
    bench = asking({ORDERS: told(refusal(429, "QuotaExceeded"))})
    for _ in range(2):
        with pytest.raises(SourceProblem):
            await bench.sync("orders")
    assert [request.url.path for request in bench.requests] == [LOGIN, ORDERS]


@pytest.mark.parametrize(("rate", "waits"), [("0.5", True), ("", False), ("nan", False)])
async def test_the_rate_that_amazon_tells_is_obeyed(asking: Asking, rate: str, waits: bool) -> None:
    """Burst 2 at 2 a second; told 0.5, the third call of a run comes 2 seconds later."""
    token = {"pagination": {"nextToken": "more"}}
    more = httpx.Response(200, json=NO_STOCK | token, headers={"x-amzn-ratelimit-limit": rate})
    bench = asking({STOCK: told(more, NO_STOCK | token, NO_STOCK)})
    await bench.sync("stock")
    assert bench.time.slept == (2.0 if waits else 0.5)


async def test_a_broken_service_is_asked_again(asking: Asking) -> None:
    bench = asking({STOCK: told(refusal(503, "ServiceUnavailable"), NO_STOCK)})
    assert await bench.sync("stock") == {"read": 0}


async def test_a_service_that_gives_no_answer_is_told(asking: Asking) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("…", request=request)

    bench = asking({STOCK: slow})
    with pytest.raises(SourceProblem, match="gave no answer") as problem:
        await bench.sync("stock")
    assert problem.value.kind is ProblemKind.UNREACHABLE


@pytest.mark.parametrize("status", [400, 404, 413, 415])
async def test_other_errors_are_told_in_amazons_words(asking: Asking, status: int) -> None:
    bench = asking({ORDERS: told(refusal(status, "Bad", "It is\n so", "Because."))}, held=False)
    with pytest.raises(SourceProblem, match=f"HTTP {status}: Bad It is so Because.") as problem:
        await bench.sync("orders")
    assert problem.value.kind is ProblemKind.BROKEN


@pytest.mark.parametrize(
    "page", ["<html>maintenance</html>", '{"orders": 7}', "[]", '{"a":', "null"]
)
async def test_what_is_no_answer_is_told(asking: Asking, page: str) -> None:
    bench = asking({ORDERS: told(httpx.Response(200, text=page))}, held=False)
    with pytest.raises(SourceProblem) as problem:
        await bench.sync("orders")
    assert problem.value.kind is ProblemKind.BROKEN


@pytest.mark.parametrize(("region", "place"), [("eu", DE), ("na", CA)])
async def test_every_region_has_its_host(asking: Asking, region: str, place: str) -> None:
    bench = asking({ORDERS: told(EMPTY)}, region=region, marketplaces=[place], held=False)
    await bench.sync("orders")
    assert bench.requests[-1].url.host == f"sellingpartnerapi-{region}.amazon.com"


async def test_the_probe_names_the_marketplaces(asking: Asking) -> None:
    operation = example("amazon/sellers.json")["paths"][PARTICIPATIONS]["get"]
    bench = asking({PARTICIPATIONS: told(operation["responses"]["200"]["examples"])})
    assert await bench.probe() == "sells on Amazon.com"
    bench = asking({PARTICIPATIONS: told({"payload": []})})
    assert await bench.probe() == f"sells on no marketplace; not on {US}"


@pytest.mark.parametrize(
    ("stanza", "problem"),
    [
        ({"marketplaces": [DE]}, "is no marketplace of na"),
        ({"marketplaces": ["US"]}, "marketplaces"),
        ({"marketplaces": []}, "at least 1"),
        ({"fba_marketplaces": [CA]}, "not among the marketplaces"),
        ({"seller_id": None}, "needed by the feed listings"),
        ({"region": "cn"}, "'na', 'eu' or 'fe'"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(stanza: dict[str, Any], problem: str) -> None:
    right = {"region": "na", "marketplaces": [US], "seller_id": "A1SELLER", "feeds": FEEDS}
    with pytest.raises(ValidationError, match=problem):
        source_settings(service="amazon", **(right | stanza))


async def test_no_secret_gets_out(asking: Asking, caplog: pytest.LogCaptureFixture) -> None:
    """Not into errors, even where Amazon repeats it; not into logs, addresses or the ledger."""
    secrets = [*SECRETS.values(), TOKEN.format(1), TOKEN.format(2)]
    parrot = refusal(400, "InvalidInput", " ".join(secrets))
    bench = asking({ORDERS: told(EXPIRED, parrot), STOCK: told(NO_STOCK)})
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "httpx"):
        with pytest.raises(SourceProblem) as problem:
            await bench.sync("orders")
        summary = await bench.sync("stock")
    with bench.database.read() as ledger:
        dump = "\n".join(ledger.connection().connection.iterdump())
    written = [str(problem.value), repr(problem.value), caplog.text, str(summary), dump]
    written += [str(request.url) for request in bench.requests]
    assert [s for s in secrets if any(s in text for text in written)] == []
    assert "HTTP Request" in caplog.text
