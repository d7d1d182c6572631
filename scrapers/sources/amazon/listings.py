"""With what quantity our stock is listed, and at what price (Listings Items API 2021-08-01).

A search shows its first 1,000 listings only. They are read in the order of their creation: where a
search ends short, the next one begins at the moment that it came to.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.api.values import known
from scrapers.sources.amazon.calls import Amazon, at, listed, money
from scrapers.sources.amazon.marketplaces import MARKETPLACES
from scrapers.sources.amazon.operations import SEARCH_LISTINGS

CHANNEL = "amazon"
"""Also the place that listed quantities stand at."""

AMAZONS_OWN = "AMAZON_"
"""What the codes of Amazon's own networks begin with; DEFAULT is our warehouse."""


async def listings(asked: Asked) -> AsyncIterator[Page]:
    """Yield what each marketplace offers, one after the other: a quantity names none.

    Amazon calls a listing by the seller's own SKU, which is its `listing_id`.
    """
    amazon = Amazon(asked)
    for marketplace in asked.settings.marketplaces:
        place = asked.settings.named(CHANNEL, marketplace)
        since: str | None = None
        while True:
            before = since
            read, there_are = 0, 0
            async for found, total in _search(amazon, marketplace, since):
                read, there_are = read + len(found), total
                since = max(filter(None, [since, *map(_created_at, found)]), default=None)
                prices = list(_prices(found, marketplace, place))
                yield Page({"stock": list(_offers(found, place)), "listing": prices})
            if read >= there_are:
                break
            if since == before:
                told = f"Amazon shows {read} of {there_are} listings of {marketplace} and no more"
                raise SourceProblem(ProblemKind.BROKEN, told)


async def _search(
    amazon: Amazon, marketplace: str, since: str | None
) -> AsyncIterator[tuple[list[Any], int]]:
    """Yield the pages of a search, and how many listings it has found in all."""
    params: dict[str, Any] = {
        "marketplaceIds": marketplace,
        "includedData": "summaries,fulfillmentAvailability,offers",
        "sortBy": "createdDate",
        "sortOrder": "ASC",
        "pageSize": 20,
        **({"createdAfter": since} if since else {}),
    }
    token: str | None = None
    while True:
        more: dict[str, str] = {"pageToken": token} if token else {}
        answer = await amazon.ask(SEARCH_LISTINGS, amazon.settings.seller_id, params=params | more)
        told = answer.json()
        found, there_are = listed(answer, "items"), at(told, "numberOfResults")
        if not isinstance(there_are, int):
            raise answer.puzzle("no numberOfResults")
        yield found, there_are
        token = at(told, "pagination", "nextToken")
        if not token:
            return


def _created_at(item: Any) -> str | None:
    """Return when a listing was created. Amazon writes moments in UTC: text sorts as time does."""
    summaries = at(item, "summaries")
    moment = at(summaries[0], "createdDate") if isinstance(summaries, list) and summaries else None
    return moment if isinstance(moment, str) else None


def _offers(items: Iterable[Any], location: str) -> Iterator[Row]:
    """Yield what is offered out of our own warehouse; 0 is an offer, nothing said is none."""
    for item in items:
        offered = at(item, "fulfillmentAvailability")
        ours = [
            at(one, "quantity")
            for one in (offered if isinstance(offered, list) else [])
            if not str(at(one, "fulfillmentChannelCode")).startswith(AMAZONS_OWN)
        ]
        counted = [quantity for quantity in ours if isinstance(quantity, int)]
        if counted:
            row = {
                "sku": at(item, "sku"),
                "location": location,
                "on_hand": 0,
                "listed": sum(counted),
            }
            yield row


def _prices(items: Iterable[Any], marketplace: str, channel: str) -> Iterator[Row]:
    """Yield what shoppers are asked for each listing; what nobody is offered has no price.

    Prices for businesses and for programs of buyers are left out; of two for everybody nobody knows
    which holds.
    """
    for item in items:
        offers = at(item, "offers")
        meant = [
            at(offer, "price")
            for offer in (offers if isinstance(offers, list) else [])
            if at(offer, "marketplaceId") == marketplace
            and at(offer, "offerType") == "B2C"
            and at(offer, "audience", "value") in (None, "ALL")
        ]
        if len(meant) > 1:
            continue
        yield {
            "channel": channel,
            "listing_id": at(item, "sku"),
            "min_quantity": 1,
            "sku": at(item, "sku"),
            **(money(meant[0], "price") if meant else {"price": None}),
            **known(url=_address(item, marketplace)),
        }


def _address(item: Any, marketplace: str) -> str | None:
    summaries = at(item, "summaries")
    asin = at(summaries[0], "asin") if isinstance(summaries, list) and summaries else None
    return f"https://{MARKETPLACES[marketplace].site}/dp/{asin}" if asin else None
