"""At what price our listings stand on Amazon."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from openapi_core.exceptions import OpenAPIError

from core.ledger.database import Database
from core.ledger.records import Listing
from core.settings import Settings, Store
from scrapers.sources.amazon.marketplaces import MARKETPLACES
from tests.sources.test_amazon_stock import a_listing, by_us, listing_page
from tests.support.amazon import CA, LISTINGS, US, amazon, told
from tests.support.intake import facts, stored
from tests.support.sources import Bench, Handler

Asking = Callable[..., Bench]


@pytest.fixture
def asking(sqlite_database: Database, settings: Settings, store: Store) -> Asking:
    def given(answers: dict[str, Handler], **stanza: Any) -> Bench:
        return amazon(sqlite_database, settings, store, answers, **stanza)

    return given


def an_offer(amount: str, **changes: Any) -> dict[str, Any]:
    price = {"currencyCode": "USD", "amount": amount}
    return {"marketplaceId": US, "offerType": "B2C", "price": price} | changes


def offered(sku: str, *offers: Any) -> dict[str, Any]:
    listing = a_listing(sku, by_us(3))
    listing["summaries"][0]["asin"] = "B0CHARGER1"
    return listing | {"offers": list(offers)}


def listed(bench: Bench, *names: str) -> list[tuple[Any, ...]]:
    return [facts(row, *names) for row in stored(bench.database, Listing)]


async def test_what_shoppers_are_asked(asking: Asking) -> None:
    bench = asking({LISTINGS: told(listing_page(offered("TENT-2P", an_offer("59.90")), of=1))})
    assert await bench.sync("listings") == {"read": 2, "stock": 1, "listing": 1}
    names = ("channel", "listing_id", "min_quantity", "sku", "price", "currency", "url")
    [kept] = listed(bench, *names)
    assert kept[:4] == ("amazon", "TENT-2P", 1, "TENT-2P")
    assert kept[4:] == (Decimal("59.90"), "USD", "https://www.amazon.com/dp/B0CHARGER1")
    assert "offers" in bench.requests[-1].url.params["includedData"].split(",")


async def test_only_changes_are_stored(asking: Asking) -> None:
    pages = [listing_page(offered("A", an_offer(amount)), of=1) for amount in ("9", "9.00", "8")]
    bench = asking({LISTINGS: told(*pages)})
    for found in (1, None, 1):
        assert (await bench.sync("listings")).get("listing") == found
        bench.time.at += timedelta(minutes=30)


BUSINESS = an_offer("50", offerType="B2B")
MEMBERS = an_offer("50", audience={"value": "PRIME"})
ELSEWHERE = an_offer("50", marketplaceId=CA)


@pytest.mark.parametrize("other", [BUSINESS, MEMBERS, ELSEWHERE])
async def test_prices_for_some_are_not_the_price(asking: Asking, other: Any) -> None:
    everybody = an_offer("59.90", audience={"value": "ALL"})
    answers = told(listing_page(offered("A", other, everybody), offered("B", other), of=2))
    bench = asking({LISTINGS: answers})
    await bench.sync("listings")
    assert listed(bench, "sku", "price") == [("A", Decimal("59.90"))]


async def test_of_two_prices_for_everybody_none_is_taken(asking: Asking) -> None:
    both = offered("A", an_offer("59.90"), an_offer("5.99"))
    bench = asking({LISTINGS: told(listing_page(both, of=1))})
    await bench.sync("listings")
    assert listed(bench, "price") == []


async def test_what_is_offered_no_more_has_no_price(asking: Asking) -> None:
    before, after = offered("A", an_offer("59.90")), offered("A")
    bench = asking({LISTINGS: told(listing_page(before, of=1), listing_page(after, of=1))})
    await bench.sync("listings")
    bench.time.at += timedelta(minutes=30)
    await bench.sync("listings")
    assert listed(bench, "price") == [(Decimal("59.90"),), (None,)]


async def test_each_marketplace_is_a_channel(asking: Asking) -> None:
    canadian = an_offer("79.90", marketplaceId=CA)
    page = listing_page(offered("A", an_offer("59.90"), canadian), of=1)
    bench = asking({LISTINGS: told(page)}, marketplaces=[US, CA])
    await bench.sync("listings")
    assert listed(bench, "channel", "price", "url") == [
        ("amazon", Decimal("59.90"), "https://www.amazon.com/dp/B0CHARGER1"),
        ("amazon_ca", Decimal("79.90"), "https://www.amazon.ca/dp/B0CHARGER1"),
    ]


@pytest.mark.parametrize("bad", [{"price": {"amount": "5"}}, {"offerType": "B2X"}])
async def test_the_models_refuse_a_bad_offer(asking: Asking, bad: Any) -> None:
    page = listing_page(offered("A", an_offer("5") | bad), of=1)
    with pytest.raises(OpenAPIError):
        await asking({LISTINGS: told(page)}).sync("listings")


def test_every_marketplace_has_its_shop() -> None:
    sites = {place.country: place.site for place in MARKETPLACES.values()}
    assert (sites["DE"], sites["GB"], sites["AU"]) == (
        *("www.amazon.de", "www.amazon.co.uk", "www.amazon.com.au"),
    )
