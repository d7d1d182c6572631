"""Stock in Amazon's warehouses, and with what our own stock is listed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from openapi_core.exceptions import OpenAPIError

from core.ledger.database import Database
from core.ledger.records import Stock
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.amazon import (
    CA,
    LISTINGS,
    STOCK,
    US,
    ToTheModels,
    amazon,
    paths,
    refusal,
    told,
)
from tests.support.intake import facts, stored
from tests.support.sources import NOW, Bench, Handler

Asking = Callable[..., Bench]

HOST = "https://sellingpartnerapi-na.amazon.com"


@pytest.fixture
def asking(sqlite_database: Database, settings: Settings, store: Store) -> Asking:
    def given(answers: dict[str, Handler], **stanza: Any) -> Bench:
        return amazon(sqlite_database, settings, store, answers, **stanza)

    return given


def a_summary(sku: str = "TENT-2P", **details: Any) -> dict[str, Any]:
    reserved = {
        "totalReservedQuantity": 9,
        "pendingCustomerOrderQuantity": 4,
        "pendingTransshipmentQuantity": 3,
        "fcProcessingQuantity": 2,
    }
    known = {
        "fulfillableQuantity": 100,
        "inboundWorkingQuantity": 50,
        "inboundShippedQuantity": 20,
        "inboundReceivingQuantity": 5,
        "reservedQuantity": reserved,
        "unfulfillableQuantity": {"totalUnfulfillableQuantity": 7},
    }
    return {"sellerSku": sku, "totalQuantity": 191, "inventoryDetails": known | details}


def summaries(*found: Any, token: str | None = None) -> dict[str, Any]:
    granularity = {"granularityType": "Marketplace", "granularityId": US}
    page = {"payload": {"granularity": granularity, "inventorySummaries": list(found)}}
    return page | ({"pagination": {"nextToken": token}} if token else {})


def a_listing(sku: str, *offered: Any, created: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    summary = {
        "marketplaceId": US,
        "productType": "TENT",
        "status": ["BUYABLE"],
        "createdDate": created,
        "lastUpdatedDate": created,
    }
    return {"sku": sku, "summaries": [summary], "fulfillmentAvailability": list(offered)}


def listing_page(*items: Any, of: int, token: str | None = None) -> dict[str, Any]:
    page = {"numberOfResults": of, "items": list(items)}
    return page | ({"pagination": {"nextToken": token}} if token else {})


def by_us(quantity: int) -> dict[str, Any]:
    return {"fulfillmentChannelCode": "DEFAULT", "quantity": quantity}


def levels(bench: Bench) -> list[tuple[Any, ...]]:
    names = ("sku", "location", "on_hand", "committed", "inbound", "listed")
    return [facts(level, *names) for level in stored(bench.database, Stock)]


async def test_what_lies_at_amazon(asking: Asking) -> None:
    """On hand 100 + 4 for buyers' orders; inbound 20 shipped + 5 received + 3 moved + 2 held."""
    bench = asking({STOCK: told(summaries(a_summary()))})
    assert await bench.sync("stock") == {"read": 1, "stock": 1}
    assert levels(bench) == [("TENT-2P", "amazon_fba", 104, 4, 30, None)]
    asked = dict(bench.requests[-1].url.params)
    assert asked["details"] == "true"
    assert asked["granularityId"] == asked["marketplaceIds"] == US


async def test_the_same_level_is_no_news(asking: Asking) -> None:
    bench = asking({STOCK: told(summaries(a_summary()))})
    await bench.sync("stock")
    bench.time.at += timedelta(minutes=15)
    assert await bench.sync("stock") == {"read": 1}


async def test_a_level_that_amazon_leaves_out_is_not_zero(asking: Asking) -> None:
    bare = {"sellerSku": "LAMP", "totalQuantity": 3}
    bench = asking(
        {STOCK: told(summaries(bare, a_summary(inboundShippedQuantity=None)))}, held=False
    )
    summary = await bench.sync("stock")
    assert summary["rejected"] == 1
    assert levels(bench) == [("TENT-2P", "amazon_fba", 104, 4, None, None)]


async def test_no_stock_at_all_stores_nothing(asking: Asking) -> None:
    bench = asking({STOCK: told(summaries())})
    assert await bench.sync("stock") == {"read": 0}


async def test_goods_are_counted_in_the_first_marketplace_only(asking: Asking) -> None:
    """Amazon shows the same goods in every marketplace that they can be sent to."""
    bench = asking({STOCK: told(summaries(a_summary()))}, marketplaces=[US, CA])
    await bench.sync("stock")
    assert [level[1] for level in levels(bench)] == ["amazon_fba"]


async def test_marketplaces_with_stock_of_their_own_are_told_apart(asking: Asking) -> None:
    both = [US, CA]
    answers = {STOCK: told(summaries(a_summary()))}
    bench = asking(answers, marketplaces=both, fba_marketplaces=both)
    await bench.sync("stock")
    assert [level[1] for level in levels(bench)] == ["amazon_fba", "amazon_fba_ca"]


async def test_a_token_that_died_begins_the_listing_again(asking: Asking) -> None:
    """A token lives 30 seconds; here an hour goes by before it is used."""
    bench: Bench

    def late(request: httpx.Request) -> httpx.Response:
        if "nextToken" in request.url.params and bench.time.at == NOW + timedelta(hours=1):
            bench.time.at += timedelta(minutes=1)
            return refusal(400, "InvalidInput", "nextToken has expired")
        if "nextToken" in request.url.params:
            return httpx.Response(200, json=summaries(a_summary("LAMP")))
        if bench.time.at == NOW:
            bench.time.at += timedelta(hours=1)
        return httpx.Response(200, json=summaries(a_summary(), token="short"))

    bench = asking({STOCK: late})
    await bench.sync("stock")
    assert [level[0] for level in levels(bench)] == ["LAMP", "TENT-2P"]


async def test_a_refusal_with_a_fresh_token_is_told(asking: Asking) -> None:
    refused = refusal(400, "InvalidInput", "no such parameter")
    answers = told(summaries(token="fresh"), refused, summaries())
    with pytest.raises(SourceProblem, match="no such parameter") as problem:
        await asking({STOCK: answers}).sync("stock")
    assert problem.value.kind is ProblemKind.BROKEN


async def test_errors_in_an_answer_of_200_are_told(asking: Asking) -> None:
    page = summaries(a_summary()) | {"errors": [{"code": "InternalFailure", "message": "Oops"}]}
    with pytest.raises(SourceProblem, match="Oops"):
        await asking({STOCK: told(page)}).sync("stock")


async def test_our_own_stock_is_a_listing_and_no_goods(asking: Asking) -> None:
    tent = a_listing("TENT-2P", by_us(12))
    at_amazon = a_listing("LAMP", {"fulfillmentChannelCode": "AMAZON_NA"})
    sold_out = a_listing("MAT", by_us(0))
    bench = asking({LISTINGS: told(listing_page(tent, at_amazon, sold_out, a_listing("?"), of=4))})
    await bench.sync("listings")
    assert levels(bench) == [
        ("MAT", "amazon", 0, None, None, 0),
        ("TENT-2P", "amazon", 0, None, None, 12),
    ]
    assert paths(bench) == ["/listings/2021-08-01/items/A1SELLER"]


async def test_each_marketplace_offers_for_itself(asking: Asking) -> None:
    answers = told(listing_page(a_listing("TENT-2P", by_us(12)), of=1))
    bench = asking({LISTINGS: answers}, marketplaces=[US, CA])
    await bench.sync("listings")
    assert [level[1] for level in levels(bench)] == ["amazon", "amazon_ca"]


async def test_more_listings_than_a_search_shows(asking: Asking) -> None:
    """A search shows 1,000 of them: here 2 of 3, and the next begins where the first ended."""
    first = a_listing("A", by_us(1), created="2026-01-01T00:00:00Z")
    second = a_listing("B", by_us(2), created="2026-01-02T00:00:00Z")
    third = a_listing("C", by_us(3), created="2026-01-03T00:00:00Z")
    answers = told(
        listing_page(first, of=3, token="2"), listing_page(second, of=3),
        listing_page(second, third, of=2),
    )  # fmt: skip
    bench = asking({LISTINGS: answers})
    await bench.sync("listings")
    assert [level[0] for level in levels(bench)] == ["A", "B", "C"]
    asked = [request.url.params for request in bench.requests[1:]]
    assert [params.get("pageToken") for params in asked] == [None, "2", None]
    assert asked[-1]["createdAfter"] == "2026-01-02T00:00:00Z"


async def test_listings_that_cannot_be_reached_are_told(asking: Asking) -> None:
    answers = told(listing_page(a_listing("A", by_us(1)), of=2000))
    with pytest.raises(SourceProblem, match="shows 1 of 2000 listings"):
        await asking({LISTINGS: answers}).sync("listings")


@pytest.mark.parametrize(
    "bad",
    [
        f"{STOCK}?granularityType=Shelf&granularityId={US}&marketplaceIds={US}",
        f"{STOCK}?details=true",
        f"{LISTINGS}A1?marketplaceIds={US}&sortBy=price",
        f"{LISTINGS}A1?marketplaceIds={US}&pageSize=1000",
        f"{LISTINGS}A1",
    ],
)
async def test_the_models_refuse_bad_questions(bad: str) -> None:
    """The negative control: what holds the questions does refuse."""
    with pytest.raises(OpenAPIError):
        await ToTheModels(told({})).handle_async_request(httpx.Request("GET", HOST + bad))


@pytest.mark.parametrize(
    ("feed", "path", "bad"),
    [
        ("stock", STOCK, summaries(a_summary(fulfillableQuantity="many"))),
        ("listings", LISTINGS, listing_page(a_listing("A", {"quantity": 1}), of=1)),
        ("listings", LISTINGS, listing_page(a_listing("A", by_us(-1)), of=1)),
    ],
)
async def test_the_models_refuse_bad_answers(
    asking: Asking, feed: str, path: str, bad: Any
) -> None:
    with pytest.raises(OpenAPIError):
        await asking({path: told(bad)}).sync(feed)


async def test_levels_carry_the_moment_they_were_read_at(asking: Asking) -> None:
    bench = asking({STOCK: told(summaries(a_summary()))})
    await bench.sync("stock")
    [level] = stored(bench.database, Stock)
    assert level.observed_at == datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
