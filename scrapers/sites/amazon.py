"""Amazon product pages, which carry no structured price: the blocks of the buy box."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from selectolax.lexbor import LexborNode

from scrapers.page.counts import count_in, of_sold, rating_in, sold_in
from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.model import Availability, Reading
from scrapers.page.prices import PriceText, read_price
from scrapers.page.quantity import pack_of
from scrapers.page.stock import stock_of

_HOST = re.compile(r"^https?://(?:[\w-]+\.)*amazon\.[a-z]{2,3}(?:\.[a-z]{2})?(?:[:/]|$)")
_ASIN = re.compile(r"/(?:dp|gp/product|gp/aw/d)/([A-Z0-9]{10})")
# The price of the buy box, in the order of the ages of the page. Never the first `.a-price`: it
# may be a carousel's, or the subscription's.
_BOXES = (
    "#corePriceDisplay_desktop_feature_div", "#corePrice_feature_div", "#corePrice_desktop",
    "#apex_desktop", "#corePriceDisplay_mobile_feature_div", "#newBuyBoxPrice",
)  # fmt: skip
_OLD_PRICES = (
    "#priceblock_dealprice", "#priceblock_saleprice", "#priceblock_ourprice",
    "#price_inside_buybox", "#newBuyBoxPrice",
)  # fmt: skip
_STRUCK = (
    ".basisPrice .a-offscreen, .a-text-price[data-a-strike] .a-offscreen, #listPrice, "
    ".priceBlockStrikePriceString"
)
_BOUGHT = "[id^='social-proofing-faceout-title-tk_bought']"
_WHERE = {
    "availability": "amazon #availability",
    "list_price": "amazon struck price",
    "sold": "amazon bought in past month",
    "reviews": "amazon #acrCustomerReviewText",
    "rating": "amazon #acrPopover",
}
_COUNTRIES = {
    "com": "USD", "ca": "CAD", "com.au": "AUD", "com.mx": "MXN", "sg": "SGD", "co.jp": "JPY",
    "cn": "CNY", "in": "INR", "com.br": "BRL",
}  # fmt: skip
_UNAVAILABLE = re.compile(
    r"currently unavailable|derzeit nicht verfügbar|actuellement indisponible|no disponible"
    r"|non disponibile|現在在庫切れ|目前无货",
    re.IGNORECASE,
)
_IN_STOCK = re.compile(
    r"in stock|auf lager|en stock|disponibilità immediata|在庫あり|现在有货|left in stock",
    re.IGNORECASE,
)


def matches(url: str, html: str) -> bool:
    """An address at an Amazon shop, or a saved page with its product title and buy box."""
    return bool(_HOST.match(url)) or ('id="productTitle"' in html and "a-offscreen" in html)


def read(document: Document) -> Reading | None:
    """The buy box's price, struck price and stock line; None when the page is no product page."""
    title = document.text_of("#productTitle") or document.text_of("#title")
    if not title:
        return None
    hints = document.hints(_currency(document))
    price, where = _price(document, hints)
    struck = next(
        (read for box in _boxes(document) if (read := _read(box.css_first(_STRUCK), hints))), None
    )
    listed = struck.low if struck and price and price.low and struck.low else None
    match = _ASIN.search(document.url)
    return Reading(
        source="amazon",
        trust=0.9,
        title=title,
        price=price.low if price else None,
        price_max=price.high if price else None,
        currency=price.currency if price else None,
        availability=_availability(document),
        list_price=listed if listed and price and price.low and listed > price.low else None,
        pack_size=pack_of(title),
        sku=match[1] if match else None,
        **_sold(document),
        reviews=count_in(document.text_of("#acrCustomerReviewText")),
        rating=_rating(document),
        where={"price": f"amazon {where}", **_WHERE},
    )


def _sold(document: Document) -> dict[str, Any]:
    """What "1K+ bought in past month" says, an element that says only that in every language."""
    sold = sold_in(document.text_of(_BOUGHT))
    return of_sold(replace(sold, over="30d") if sold else None)


def _rating(document: Document) -> Decimal | None:
    node = document.tree.css_first("#acrPopover")
    return rating_in(node.attributes.get("title")) if node is not None else None


def _boxes(document: Document) -> list[LexborNode]:
    boxes = (document.tree.css_first(selector) for selector in _BOXES)
    return [box for box in boxes if box is not None]


def _price(document: Document, hints: Hints) -> tuple[PriceText | None, str]:
    for box in _boxes(document):
        for node in box.css(".a-price"):
            names = f"{node.attributes.get('class') or ''} {node.attributes.get('data-a-strike')}"
            if "a-text-price" in names or "true" in names:
                continue
            if read := _read(node.css_first(".a-offscreen"), hints) or _in_parts(node, hints):
                return read, f"#{box.attributes.get('id')}"
    for selector in _OLD_PRICES:
        if read := _read(document.tree.css_first(selector), hints):
            return read, selector
    return None, ""


def _read(node: LexborNode | None, hints: Hints) -> PriceText | None:
    read = read_price(node.text(strip=True), hints) if node is not None else None
    return read if read and read.low is not None else None


def _in_parts(node: LexborNode, hints: Hints) -> PriceText | None:
    """The price of `.a-price-whole` and `.a-price-fraction`: the hidden text may be empty."""
    parts = [
        part.text(strip=True).strip(".,") if (part := node.css_first(selector)) else ""
        for selector in (".a-price-symbol", ".a-price-whole", ".a-price-fraction")
    ]
    sign, whole, fraction = parts
    mark = hints.decimal_mark() or "."
    if not whole:
        return None
    return read_price(f"{sign}{whole}{mark + fraction if fraction else ''}", hints)


def _currency(document: Document) -> str | None:
    """The shop's currency, by the domain; a price printed with another sign keeps its own."""
    domain = document.host.partition("amazon.")[2]
    return _COUNTRIES.get(domain) or document.currency


def _availability(document: Document) -> Availability | None:
    if document.tree.css_first("#outOfStock") is not None:
        return "out_of_stock"
    text = document.text_of("#availability")
    if _UNAVAILABLE.search(text):
        return "out_of_stock"
    said = stock_of(text)
    return said or ("in_stock" if _IN_STOCK.search(text) else None)
