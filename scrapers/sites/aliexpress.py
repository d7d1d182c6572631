"""AliExpress item pages: `window.runParams` of older pages, the printed price of newer ones."""

from __future__ import annotations

import re
from typing import Any

from scrapers.page.counts import count_in, of_sold, rating, sold_in, tally
from scrapers.page.document import Document
from scrapers.page.model import Availability, Reading
from scrapers.page.nodes import Node, assigned, at, text
from scrapers.page.prices import PriceText, read_price
from scrapers.page.quantity import pack_of, unit_of

_HOST = re.compile(r"^https?://(?:[\w-]+\.)*aliexpress\.(?:com|us|ru)(?:[:/]|$)", re.IGNORECASE)
_DATA = re.compile(
    r"window\.runParams\s*=\s*(?:\{\s*data\s*:\s*)?(?=\{\s*[\"}])|\bdata\s*:\s*(?=\{\s*\"actionModule)"
)
_PRINTED = (
    "[class^='price-default--current'], [class*='product-price-current'], .uniform-banner-box-price"
)
_STRUCK = "[class^='price-default--original'], [class*='product-price-del']"
_ORDERS = (
    ("titleModule", "formatTradeCount"),
    ("tradeComponent", "formatTradeCount"),
    ("PC_RATING", "otherText"),
)
_ID = re.compile(r"/item/(?:[^/]+/)?(\d+)\.html")


def matches(url: str, html: str) -> bool:
    """An address at AliExpress, or a saved page with its data."""
    return bool(_HOST.match(url)) or ("window.runParams" in html and "priceModule" in html)


def read(document: Document) -> Reading | None:
    """The price in the visitor's currency, as printed; the struck one apart."""
    data = assigned(document.html, _DATA)
    data = at(data, "data") or data if isinstance(data, dict) else {}
    module = at(data, "priceModule")
    activity = text(module.get("formatedActivityPrice"))
    printed = activity or text(module.get("formatedPrice")) or document.text_of(_PRINTED)
    price = _read(printed, document, module)
    title = text(at(data, "titleModule").get("subject")) or document.heading or None
    if price is None or price.low is None:
        return None
    listed = text(module.get("formatedPrice")) if activity else document.text_of(_STRUCK)
    struck = _read(listed or "", document, module)
    match = _ID.search(document.url)
    return Reading(
        source="aliexpress",
        trust=0.85,
        title=title,
        price=price.low,
        price_max=price.high,
        currency=price.currency,
        availability=_availability(data),
        unit=unit_of(text(module.get("unitName") or module.get("oddUnitName")) or ""),
        pack_size=pack_of(title or ""),
        list_price=struck.low if struck and struck.low and struck.low > price.low else None,
        sku=match[1] if match else None,
        **_bought(data, document),
        where={"price": f"aliexpress price: {printed[:60]}"},
    )


def _read(printed: str, document: Document, module: Node) -> PriceText | None:
    """The currency is the printed one; "$" is the one that the page's data names."""
    stated = at(module, "minActivityAmount") or at(module, "minAmount")
    currency = text(stated.get("currency")) or document.currency
    return read_price(printed, document.hints(currency)) if printed else None


def _bought(data: Node, document: Document) -> dict[str, Any]:
    """Units sold, reviews and rating, out of the data of each age of the page, else as printed."""
    counts = at(data, "titleModule", "feedbackRating") or at(data, "feedbackComponent")
    counts = counts or at(data, "PC_RATING")
    stars = (counts.get(key) for key in ("averageStar", "evarageStar", "rating"))
    orders = (at(data, module).get(key) for module, key in _ORDERS)
    sold = next((sold for each in orders if (sold := sold_in(each))), None)
    reviews = tally(counts.get("totalValidNum"))
    return {
        **of_sold(sold or sold_in(document.text_of("[class^='reviewer--sold']"))),
        "reviews": count_in(document.text_of("[class^='reviewer--reviews']"))
        if reviews is None
        else reviews,
        "rating": rating(next((each for each in stars if each), None))
        or rating(document.text_of("[class^='reviewer--rating'] strong")),
    }


def _availability(data: Node) -> Availability | None:
    count = at(data, "quantityModule").get("totalAvailQuantity")
    if not isinstance(count, int):
        return None
    return "in_stock" if count > 0 else "out_of_stock"
