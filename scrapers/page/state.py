"""The state that a shop's program leaves in its page: `__NEXT_DATA__`, `dataLayer` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.loosejson import raw
from scrapers.page.model import Availability, Reading
from scrapers.page.nodes import Node, found, identity, text
from scrapers.page.prices import machine_amount
from scrapers.page.schema import availability_of, gtin_of

# Words are found first, which is many times faster than a pattern, then what stands around them.
_TYPES = ("application/json", "text/json", "__NEXT_DATA__")
_SCRIPT = re.compile(r"(?:(?<==)|(?<==[\"'])|(?<== [\"']))[^<>]{0,300}>\s{0,99}(?=[{\[])")
_VARIABLES = (
    "__NUXT__", "__INITIAL_STATE__", "__PRELOADED_STATE__", "__APOLLO_STATE__", "__INITIAL_DATA__",
    "__STATE__", "__remixContext", "utag_data", "digitalData", "dataLayer", "productData",
    "product_data", "_product",
)  # fmt: skip
_ASSIGNED = re.compile(rf"\b(?:{'|'.join(_VARIABLES)})\s*(?:=|\.push\()\s*(?=[{{\[])")
_NAMES = ("name", "title", "productName", "item_name", "product_name", "displayName")
_PRICES = (
    "salePrice", "currentPrice", "finalPrice", "sellingPrice", "offerPrice", "price", "priceValue",
    "product_price", "final_price", "sale_price",
)  # fmt: skip
_LIST_PRICES = (
    "listPrice", "originalPrice", "regularPrice", "wasPrice", "compareAtPrice", "strikePrice",
    "regular_price", "msrp",
)  # fmt: skip
_AMOUNTS = ("value", "amount", "current", "price", "centAmount", "raw")
_CURRENCIES = ("currency", "currencyCode", "priceCurrency", "currency_code", "currencyIsoCode")
_STOCK = ("availability", "availabilityStatus", "stockStatus", "stock_status")
_MOST_BLOCKS = 60
_LARGEST_WHOLE = 1000
_TRUST = 0.65


def read(document: Document) -> Reading | None:
    """What the page's state says of the product it shows; None when it names no such product.

    The product is the one whose name is the page's heading or title: state holds other products
    too. Whole amounts of 1,000 and more may be cents, and are left alone.
    """
    for block in _blocks(document):
        for node in found(block, _is_priced):
            if document.is_named(_name(node)):
                return _reading(node, block, document)
    return None


def _blocks(document: Document) -> Iterator[Any]:
    for match in islice(_openings(document), _MOST_BLOCKS):
        if (value := raw(document.html, match.end())) is not None:
            yield value


def _openings(document: Document) -> Iterator[re.Match[str]]:
    """What stands before the page's blocks of data, scripts first, each in the page's order."""
    for words, pattern in ((_TYPES, _SCRIPT), (_VARIABLES, _ASSIGNED)):
        for at in sorted(at for word in words for at in document.places(word)):
            if match := pattern.match(document.html, at):
                yield match


def _name(node: Node) -> str | None:
    return next((name for key in _NAMES if (name := text(node.get(key)))), None)


def _is_priced(node: Node) -> bool:
    return _name(node) is not None and any(key in node for key in _PRICES)


def _reading(node: Node, block: Any, document: Document) -> Reading | None:
    currency = _currency(node) or _only_currency(block)
    price, key = _amount(node, _PRICES, document, currency)
    if price is None:
        return None
    listed, _ = _amount(node, _LIST_PRICES, document, currency)
    return Reading(
        source="page state",
        trust=_TRUST,
        title=_name(node),
        price=price,
        currency=currency,
        availability=_availability(node),
        list_price=listed if listed and listed > price else None,
        sku=identity(node.get("sku")) or identity(node.get("item_id")),
        gtin=gtin_of(lambda name: identity(node.get(name))),
        where={"price": f"page state {key}"},
    )


def _amount(
    node: Node, keys: tuple[str, ...], document: Document, currency: str | None
) -> tuple[Decimal | None, str]:
    for key in keys:
        stated = node.get(key)
        if isinstance(stated, dict):
            stated = next((stated[name] for name in _AMOUNTS if name in stated), None)
        if isinstance(stated, int) and stated >= _LARGEST_WHOLE:
            continue
        price = machine_amount(stated, document.hints(currency).decimal_mark(currency))
        if price is not None:
            return price, key
    return None, ""


def _currency(node: Node) -> str | None:
    priced = (node, *(node[key] for key in _PRICES if isinstance(node.get(key), dict)))
    stated = (code_of(each.get(key)) for each in priced for key in _CURRENCIES)
    return next((code for code in stated if code), None)


def _only_currency(block: Any) -> str | None:
    """The currency that all of a state names."""
    stated = {
        code
        for node in found(block, lambda each: any(key in each for key in _CURRENCIES))
        for key in _CURRENCIES
        if (code := code_of(node.get(key)))
    }
    return stated.pop() if len(stated) == 1 else None


def _availability(node: Node) -> Availability | None:
    for key in ("inStock", "isInStock", "in_stock", "available", "isAvailable"):
        if isinstance(node.get(key), bool):
            return "in_stock" if node[key] else "out_of_stock"
    return next((state for key in _STOCK if (state := availability_of(node.get(key)))), None)
