"""1688.com product pages: the ladder in `window.context` or `window.__INIT_DATA`, in yuan."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scrapers.page.counts import Sold, of_sold, sold_in, tally
from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.model import Availability, Reading, Tier, ladder, span
from scrapers.page.nodes import Node, assigned, at, found, identity, nodes, text, whole
from scrapers.page.numbers import amount
from scrapers.page.prices import read_price
from scrapers.page.quantity import pack_of, unit_of

_DATA = re.compile(r"window\.(?:context|__INIT_DATA|__INITIAL_DATA__)\s*=\s*(?=\{)")
_RESULT = re.compile(r"window\.context\s*=[^{]{0,200}?[\"']?(?:result|data)[\"']?\s*:\s*(?=\{)")
_HOST = re.compile(r"^https?://(?:[\w-]+\.)*1688\.com(?:[:/]|$)", re.IGNORECASE)
_PATH_ID = re.compile(r"/offer/(\d+)")


def matches(url: str, html: str) -> bool:
    """An address at 1688.com, or a saved page with its price model."""
    return bool(_HOST.match(url)) or ("skuRangePrices" in html and "detail.1688.com" in html)


def read(document: Document) -> Reading | None:
    """Ladder or range, minimum order, title; prices of the variants only without a ladder."""
    data = assigned(document.html, _DATA) or assigned(document.html, _RESULT)
    if not isinstance(data, dict):
        return None
    tiers = _ladder(data)
    amounts = [tier.price for tier in tiers] or _range(data)
    low, high = span(amounts)
    title = _first_text(data, ("subject", "offerTitle", "title"))
    match = _PATH_ID.search(document.url)
    if not amounts and not title:
        return None
    return Reading(
        source="1688",
        trust=0.9,
        title=title,
        price=low,
        price_max=high,
        currency="CNY" if amounts else None,
        availability=_availability(data),
        tiers=tiers if len(tiers) > 1 else (),
        moq=_first_whole(data, ("beginAmount", "startAmount", "minOrderQuantity"))
        or (tiers[0].min_quantity if tiers else None),
        unit=unit_of(_first_text(data, ("unit", "priceUnit")) or ""),
        pack_size=pack_of(title or ""),
        sku=match[1] if match else identity(_first(data, "offerId").get("offerId")),
        withheld=None if amounts else "on_request",
        **of_sold(_sold(data)),
        where={"price": "1688 priceRanges" if tiers else "1688 skuPriceScale"},
    )


def _first(data: Node, key: str) -> Node:
    return next(found(data, lambda node: node.get(key) not in {None, ""}), {})


def _stated(data: Node, key: str, wanted: Callable[[Any], object]) -> Any:
    """The first value of a key, wherever it stands, that `wanted` accepts."""

    def has(node: Node) -> bool:
        return bool(wanted(node.get(key)))

    return next(found(data, has), {}).get(key)


def _first_text(data: Node, keys: tuple[str, ...]) -> str | None:
    return next((value for key in keys if (value := text(_stated(data, key, text)))), None)


def _first_whole(data: Node, keys: tuple[str, ...]) -> int | None:
    return next((value for key in keys if (value := whole(_stated(data, key, whole)))), None)


def _ladder(data: Node) -> tuple[Tier, ...]:
    for key, least in (
        ("priceRanges", "startQuantity"), ("skuRangePrices", "beginAmount"),
        ("currentPrices", "beginAmount"),
    ):  # fmt: skip
        steps = nodes(_stated(data, key, nodes))
        read = [(whole(step.get(least)), amount(step.get("price"))) for step in steps]
        tiers = [Tier(min_quantity=count, price=price) for count, price in read if count and price]
        if tiers and len(tiers) == len(read):
            return ladder(tiers)
    return ()


def _range(data: Node) -> list[Decimal]:
    scale = read_price(_first_text(data, ("skuPriceScale", "priceDisplay")) or "", Hints("zh"))
    if scale and scale.low is not None:
        return [scale.low, *([scale.high] if scale.high else [])]
    variants = at(next(found(data, lambda node: "skuInfoMap" in node), {}), "skuInfoMap").values()
    prices = (amount(each.get("price")) for each in variants if isinstance(each, dict))
    return [price for price in prices if price]


def _sold(data: Node) -> Sold | None:
    """The printed count with its time ("月销1000+"), else the plain one, whose time nobody says.

    Ratings in the page's state are another product's at times and are left alone.
    """
    printed = sold_in(_first_text(data, ("newSaleCount",)))
    plain = tally(_stated(data, "saledCount", lambda value: tally(value) is not None))
    return printed or (None if plain is None else Sold(plain, None, at_least=False))


def _availability(data: Node) -> Availability | None:
    """Out of stock when every variant that counts its stock has none."""
    variants = at(next(found(data, lambda node: "skuInfoMap" in node), {}), "skuInfoMap").values()
    counts = [each.get("canBookCount") for each in variants if isinstance(each, dict)]
    stocked = [count for count in counts if isinstance(count, int)]
    if not stocked:
        return None
    return "in_stock" if any(count > 0 for count in stocked) else "out_of_stock"
