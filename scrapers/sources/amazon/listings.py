"""With what quantity our own stock is listed (Listings Items API 2021-08-01).

A search shows its first 1,000 listings only. They are read in the order of their creation: where a
search ends short, the next one begins at the moment that it came to.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from core.ledger.records.base import Row
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Page
from scrapers.sources.amazon.calls import Amazon, at, listed
from scrapers.sources.amazon.operations import SEARCH_LISTINGS

LOCATION = "amazon"
AMAZONS_OWN = "AMAZON_"
"""What the codes of Amazon's own networks begin with; DEFAULT is our warehouse."""


async def listings(asked: Asked) -> AsyncIterator[Page]:
    """Yield what each marketplace offers, one after the other: a quantity names none."""
    amazon = Amazon(asked)
    for marketplace in asked.settings.marketplaces:
        location = asked.settings.named(LOCATION, marketplace)
        since: str | None = None
        while True:
            before = since
            read, there_are = 0, 0
            async for found, total in _search(amazon, marketplace, since):
                read, there_are = read + len(found), total
                since = max(filter(None, [since, *map(_created_at, found)]), default=None)
                yield Page({"stock": list(_offers(found, location))})
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
        "includedData": "summaries,fulfillmentAvailability",
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
        known = [quantity for quantity in ours if isinstance(quantity, int)]
        if known:
            row = {"sku": at(item, "sku"), "location": location, "on_hand": 0, "listed": sum(known)}
            yield row
