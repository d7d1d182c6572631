"""What discovery gives, what it takes for the shop's own, and how it asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urldefrag, urlsplit

from scrapers.fetch import Fetcher, Page
from scrapers.offer import Offer

MOST_PRODUCTS = 50_000
"""Of one shop: as many as one sitemap may name (sitemaps.org)."""

LONGEST = 1_500
"""Characters of an address that the ledger keeps."""

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_USUAL_PORTS = frozenset({80, 443})


class Undiscovered(Exception):
    """A shop whose products were not found; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A product as its shop lists it; `offer` where the list itself gives prices."""

    url: str
    title: str | None = None
    gtin: str | None = None
    offer: Offer | None = None


Way = Callable[[Fetcher, str, str | None], Awaitable[list[Listed]]]
"""(fetcher, the shop's front page, how its product pages look) → its products."""


async def asked(fetcher: Fetcher, url: str) -> Page | None:
    """The page; None when there is none. Raises Undiscovered for a wall or a refusal."""
    page = await fetcher.get(url)
    if page.blocked:
        raise Undiscovered(f"{url}: captcha")
    if page.status in _GONE:
        return None
    if page.status != HTTPStatus.OK:
        raise Undiscovered(f"{url}: the server answered {page.status}")
    return page


def own_address(site: str, url: str) -> str | None:
    """An address without its fragment, if it is of the shop's host or one under it."""
    try:
        plain = urldefrag(url.strip()).url
        home, there = urlsplit(site), urlsplit(plain)
        same_port = _port(there) == _port(home)
    except ValueError:
        return None
    root = (home.hostname or "").removeprefix("www.")
    host = there.hostname or ""
    is_own = same_port and (host == root or host.endswith(f".{root}"))
    return plain if is_own and there.scheme in {"http", "https"} and len(plain) <= LONGEST else None


def added(found: dict[str, Listed], listed: Listed) -> None:
    """Keep a product, once. Raises Undiscovered for a shop without end."""
    found.setdefault(listed.url, listed)
    if len(found) > MOST_PRODUCTS:
        raise Undiscovered(f"it names more than {MOST_PRODUCTS:,} products: narrow product_pages")


def _port(address: SplitResult) -> int | None:
    """The port, None for the usual ones: a shop's http and https are the same shop."""
    return None if address.port in _USUAL_PORTS else address.port
