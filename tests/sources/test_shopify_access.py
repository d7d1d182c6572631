"""Shopify: getting in, waiting as it asks, what its refusals mean, and no secret anywhere."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import inspect, text

from core.ledger.database import Database
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.shopify import (
    ACCESS_TOKEN,
    CLIENT,
    TOKEN,
    Shop,
    connection,
    errors,
    order,
    shop_settings,
)
from tests.support.sources import NOW, Bench, Handler

GRANT = {"access_token": "shpca_granted", "scope": "read_orders", "expires_in": 86399}
Open = Callable[..., Bench]


@pytest.fixture
def opened(sqlite_database: Database, settings: Settings, store: Store) -> Open:
    def bench(shop: Handler, credentials: Any = None, **changes: Any) -> Bench:
        source = shop_settings(**changes)
        given = ACCESS_TOKEN if credentials is None else credentials
        return Bench(sqlite_database, settings, store, source, shop, given, name="shopify")

    return bench


def granting(shop: Shop, *tokens: str) -> Handler:
    """Grant the tokens one after the other; the shop takes the last one only."""
    left = list(tokens)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/access_token"):
            return httpx.Response(200, json=GRANT | {"access_token": left.pop(0)})
        if request.headers["x-shopify-access-token"] != tokens[-1]:
            return httpx.Response(401, json={"errors": "[API] Invalid API key or access token"})
        return shop(request)

    return answer


def buckets(cost: int, left: int, rate: int = 100) -> dict[str, Any]:
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": left, "restoreRate": rate}
    return {"requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": status}


async def test_a_token_of_the_admin_is_sent_to_its_own_shop_only(opened: Open) -> None:
    shop = opened(Shop([order(1)]))
    await shop.sync("orders")
    (request,) = shop.requests
    assert str(request.url) == ("https://harborlane.myshopify.com/admin/api/2026-10/graphql.json")
    assert request.headers["x-shopify-access-token"] == TOKEN


@pytest.mark.parametrize("name", ["evil.example/", "harborlane.myshopify.com", "", "A b"])
def test_a_shop_is_a_mere_name(name: str) -> None:
    with pytest.raises(ValidationError, match="shop"):
        shop_settings(shop=name)


async def test_without_credentials_it_says_which(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="SHOPIFY_ACCESS_TOKEN, or SHOPIFY_CLIENT_ID and"):
        await opened(Shop(), {"SHOPIFY_CLIENT_ID": "app"}).sync("orders")


async def test_a_granted_token_holds_for_a_day_and_is_renewed_early(opened: Open) -> None:
    shop = opened(granting(Shop(), "a", "a"), CLIENT)
    await shop.sync("orders")
    shop.time.at = NOW + timedelta(seconds=86_399 - 121)  # renewed two minutes before its end
    await shop.sync("orders")
    assert [r.url.path.rsplit("/")[-1] for r in shop.requests].count("access_token") == 1
    shop.time.at += timedelta(seconds=2)
    await shop.sync("orders")
    grants = [r for r in shop.requests if r.url.path == "/admin/oauth/access_token"]
    assert len(grants) == 2
    assert parse_qs(grants[0].content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": [CLIENT["SHOPIFY_CLIENT_ID"]],
        "client_secret": [CLIENT["SHOPIFY_CLIENT_SECRET"]],
    }


async def test_a_refused_token_is_renewed_once(opened: Open) -> None:
    shop = opened(granting(Shop([order(1)]), "old", "new"), CLIENT)
    assert (await shop.sync("orders"))["order"] == 1
    assert len(shop.requests) == 4  # grant, refused, grant, taken


@pytest.mark.parametrize("credentials", [ACCESS_TOKEN, CLIENT])
async def test_a_token_refused_again_is_told(opened: Open, credentials: Any) -> None:
    shop = opened(granting(Shop(), "a", "b", "never"), credentials)
    with pytest.raises(SourceProblem, match="revoked or expired") as told:
        await shop.sync("orders")
    assert told.value.kind is ProblemKind.REFUSED
    assert len(shop.requests) == (1 if credentials is ACCESS_TOKEN else 4)


@pytest.mark.parametrize(
    "grant",
    [
        httpx.Response(400, json={"error": "shop_not_permitted"}),
        httpx.Response(200, json={"scope": "read_orders"}),
        httpx.Response(200, text="<html>login</html>"),
    ],
)
async def test_no_token_is_one_clear_line(opened: Open, grant: httpx.Response) -> None:
    with pytest.raises(SourceProblem, match=r"oauth/access_token.*(no access token|no JSON)"):
        await opened(lambda _: grant, CLIENT).sync("orders")


async def test_it_waits_before_the_bucket_is_empty(opened: Open) -> None:
    # a page costs 500; 80 are left after the first: (500 - 80) / 100 = 4.2 s until the next
    stand_in = Shop([order(n) for n in range(150)], cost=lambda _: buckets(500, 80))
    shop = opened(stand_in)
    await shop.sync("orders")
    assert [len(shop.requests), shop.time.slept] == [2, pytest.approx(4.2)]


async def test_throttled_it_waits_as_long_as_the_cost_takes(opened: Open) -> None:
    refused = errors("Throttled", "THROTTLED", extensions={"cost": buckets(752, 452, 50)})
    shop = opened(Shop([order(1)], refusals=[refused]))
    assert (await shop.sync("orders"))["order"] == 1
    assert 6 <= shop.time.slept <= 6.6  # (752 - 452) / 50, and at most a tenth more


async def test_throttled_in_http_it_waits_as_it_is_told(opened: Open) -> None:
    refused = httpx.Response(429, headers={"Retry-After": "7"})
    shop = opened(Shop([order(1)], refusals=[refused]))
    await shop.sync("orders")
    assert 7 <= shop.time.slept <= 7.7


async def test_throttled_for_good_the_run_ends_and_says_so(opened: Open) -> None:
    refusals = [errors("Throttled", "THROTTLED") for _ in range(9)]
    with pytest.raises(SourceProblem) as told:
        await opened(Shop(refusals=refusals)).sync("orders")
    assert told.value.kind is ProblemKind.THROTTLED


async def test_too_costly_pages_become_smaller_and_stay_so(opened: Open) -> None:
    costly = [errors("Query cost is 4000", "MAX_COST_EXCEEDED") for _ in range(3)]
    stand_in = Shop([order(n) for n in range(30)], refusals=costly)
    shop = opened(stand_in)
    assert (await shop.sync("orders"))["order"] == 30
    assert [asked["first"] for asked in stand_in.asked] == [100, 50, 25, 12, 12, 12]
    await shop.sync("orders")
    assert stand_in.asked[-1]["first"] == 12


async def test_a_page_of_one_that_is_too_costly_is_told(opened: Open) -> None:
    costly = [errors("Query cost is 4000", "MAX_COST_EXCEEDED") for _ in range(9)]
    with pytest.raises(SourceProblem, match="Query cost is 4000"):
        await opened(Shop(refusals=costly)).sync("orders")


DENIED = "Access denied for fulfillmentOrders field. Required access: `read_x` access scope."


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (errors(DENIED, "ACCESS_DENIED", data={"orders": None}), "refused", "read_x"),
        (errors("Field 'x' doesn't exist", "undefinedField"), "broken", "doesn't exist"),
        (httpx.Response(402, json={"errors": "Unavailable Shop"}), "refused", "frozen"),
        (httpx.Response(403, json={"errors": "no"}), "refused", "scopes"),
        (httpx.Response(404, json={"errors": "Not Found"}), "refused", "no such shop"),
        (httpx.Response(423, json={"errors": "Locked"}), "refused", "locked"),
        (httpx.Response(430, text="Security Rejection"), "refused", "attacker"),
        (httpx.Response(200, text='{"data": {"orders": {"no'), "broken", "no JSON"),
        (httpx.Response(200, json=[1]), "broken", "no GraphQL"),
        (httpx.Response(200, json={"data": None}), "broken", "no data"),
        (httpx.Response(200, json={"errors": "Not Found"}), "broken", "Not Found"),
        (httpx.Response(200, json={"data": {"orders": {"nodes": 7}}}), "broken", "orders do not"),
    ],
)
async def test_a_refusal_says_what_it_means(
    opened: Open, refusal: httpx.Response, kind: str, words: str
) -> None:
    shop = opened(Shop([order(1)], refusals=[refusal]))
    with pytest.raises(SourceProblem, match=words) as told:
        await shop.sync("orders")
    assert (told.value.kind, shop.cursor("orders")) == (ProblemKind(kind), {})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "passing", [httpx.Response(503), errors("Internal error", "INTERNAL_SERVER_ERROR")]
)
async def test_what_passes_is_tried_again(opened: Open, passing: httpx.Response) -> None:
    assert (await opened(Shop([order(1)], refusals=[passing])).sync("orders"))["order"] == 1


async def test_a_shop_that_does_not_answer_in_time_is_told(opened: Open) -> None:
    def slow(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    shop = opened(slow)
    with pytest.raises(SourceProblem, match="gave no answer") as told:
        await shop.sync("orders")
    assert (told.value.kind, len(shop.requests)) == (ProblemKind.UNREACHABLE, 4)


async def test_a_later_version_is_told(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop([order(1)])

    def later(request: httpx.Request) -> httpx.Response:
        answer = shop(request)
        answer.headers["X-Shopify-API-Version"] = "2027-01"
        return answer

    found = await opened(later).sync("orders")
    assert "Shopify answers as API 2027-01" in found["notes"][0]
    assert "2027-01" in caplog.text


async def test_the_probe_names_missing_scopes(opened: Open) -> None:
    scopes = ["write_orders", "read_inventory", "read_locations", "read_products"]
    root = {
        "shop": {"name": "Harbor Lane", "ianaTimezone": "Asia/Shanghai", "currencyCode": "USD"},
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in scopes]},
    }
    assert await opened(Shop(root=root)).probe() == (
        "Harbor Lane (Asia/Shanghai, USD); scopes are missing: "
        "read_merchant_managed_fulfillment_orders, read_reports, read_shopify_payments_accounts, "
        "read_shopify_payments_disputes"
    )


async def test_a_shop_without_shopify_payments_is_no_shop_without_disputes(opened: Open) -> None:
    root = {"shopifyPaymentsAccount": None, "disputes": connection([])}
    with pytest.raises(SourceProblem, match="does not use Shopify Payments") as told:
        await opened(Shop(root=root)).sync("disputes")
    assert told.value.kind is ProblemKind.REFUSED


@pytest.mark.parametrize("credentials", [ACCESS_TOKEN, CLIENT])
async def test_no_secret_is_written_anywhere(
    opened: Open, caplog: pytest.LogCaptureFixture, credentials: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    granted = [] if credentials is ACCESS_TOKEN else ["shpca_granted"]
    secrets = [*list(credentials.values())[-1:], *granted]
    shop = Shop([order(1)])

    def answer(request: httpx.Request) -> httpx.Response:
        is_grant = "oauth" in request.url.path
        return httpx.Response(200, json=GRANT) if is_grant else shop(request)

    bench = opened(answer, credentials)
    summary = await bench.sync("orders")
    shop.refusals = [httpx.Response(400, text=" ".join(secrets)) for _ in range(9)]
    with pytest.raises(SourceProblem) as told:  # with a token that an earlier run was granted
        await bench.sync("orders")
    urls = [str(request.url) for request in bench.requests]
    written = f"{told.value!r} {summary} {urls} {caplog.text} {_all_of(bench.database)}"
    assert "…" in str(told.value)
    assert not [secret for secret in secrets if secret in written]


def _all_of(database: Database) -> str:
    with database.read() as ledger:
        names = inspect(ledger.connection()).get_table_names()
        return str([ledger.connection().execute(text(f"SELECT * FROM {n}")).all() for n in names])
