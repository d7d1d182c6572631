"""Microdata: schema.org properties written into the page's elements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from selectolax.lexbor import LexborNode

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.model import Reading, span
from scrapers.page.prices import machine_amount, read_price
from scrapers.page.schema import (
    Bid,
    availability_of,
    common_availability,
    gtin_of,
    is_used,
    meant_by,
    rated,
)

_BESIDE_NAMES = (
    *("recommend", "related", "similar", "upsell", "cross-sell", "carousel", "also-bought"),
    *("recently", "sample", "footer"),
)
_BESIDE = ", ".join(
    ["nav", "footer", "aside", *(f"[class*='{n}' i], [id*='{n}' i]" for n in _BESIDE_NAMES)]
)
_PRODUCT = "[itemtype*='schema.org/Product']"
_CARRIERS = {
    "meta": "content",
    "link": "href",
    "a": "href",
    "data": "value",
    "meter": "value",
    "img": "src",
}


def read(document: Document) -> Reading | None:
    """What the page's microdata says of its product; None when it names none, or several."""
    if "itemprop" not in document.html:
        return None
    product = _main(document)
    if product is None:
        return None
    bids = [_bid(scope, document) for scope in _scopes(product, "offers")] or [
        _bid(product, document)
    ]
    bids = meant_by(bids, document.url)
    currency = next((bid.currency for bid in bids if bid.currency), None)
    price, price_max = span([end for bid in bids for end in (bid.low, bid.high) if end])
    return Reading(
        source="microdata",
        trust=0.5 if any(bid.open_ended for bid in bids) else 0.85,
        title=_value(product, "name"),
        price=price,
        price_max=price_max,
        currency=currency,
        availability=common_availability(bids) or availability_of(_value(product, "availability")),
        sku=_sku(product),
        gtin=gtin_of(lambda name: _value(product, name)),
        **_ratings(product),
        where={
            "price": "microdata offers",
            "reviews": "microdata aggregateRating",
            "rating": "microdata aggregateRating",
        },
    )


def _ratings(product: LexborNode) -> dict[str, Any]:
    scopes = _scopes(product, "aggregateRating")
    return rated(lambda name: _value(scopes[0], name)) if len(scopes) == 1 else {}


def _sku(product: LexborNode) -> str | None:
    value = _value(product, "sku")
    return value.removeprefix("sku:") if value else None


def _main(document: Document) -> LexborNode | None:
    """The page's own product: not one inside another, not one beside the main content."""
    asides = {node.mem_id for node in document.tree.css(_BESIDE)}
    scopes = [
        node
        for node in document.tree.css(_PRODUCT)
        if not _inside(node, asides) and not node.attributes.get("itemprop")
    ]
    if len(scopes) > 1:
        scopes = [node for node in scopes if document.is_named(_value(node, "name"))]
    return scopes[0] if len(scopes) == 1 else None


def _inside(node: LexborNode, asides: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        # Hidden blocks often carry the microdata; struck text and other products do not.
        if (
            parent.mem_id in asides
            and "hidden" not in parent.attributes
            and not parent.attributes.get("style")
        ):
            return True
        parent = parent.parent
    return False


def _bid(scope: LexborNode, document: Document) -> Bid:
    currency = code_of(_value(scope, "priceCurrency"))
    low = _price(scope, "lowPrice", currency, document)
    high = _price(scope, "highPrice", currency, document)
    return Bid(
        low=low or _price(scope, "price", currency, document),
        high=high if low else None,
        currency=currency,
        availability=availability_of(_value(scope, "availability")),
        url=_value(scope, "url") or "",
        used=is_used(_value(scope, "itemCondition")),
        open_ended=low is not None and high is None,
    )


def _price(
    scope: LexborNode, name: str, currency: str | None, document: Document
) -> Decimal | None:
    node = _property(scope, name)
    if node is None:
        return None
    hints = document.hints(currency)
    stated = node.attributes.get("content") or node.attributes.get("value")
    if stated:
        return machine_amount(stated, hints.decimal_mark())
    printed = read_price(node.text(), hints)
    return printed.low if printed and printed.high is None else None


def _value(scope: LexborNode, name: str) -> str | None:
    node = _property(scope, name)
    if node is None:
        return None
    carried = node.attributes.get("content") or node.attributes.get(
        _CARRIERS.get(node.tag or "", "")
    )
    return " ".join((carried or node.text(separator=" ")).split()) or None


def _property(scope: LexborNode, name: str) -> LexborNode | None:
    return next(
        (node for node in scope.css(f"[itemprop~='{name}']") if _owner(node) == scope.mem_id), None
    )


def _scopes(product: LexborNode, name: str) -> list[LexborNode]:
    """The scopes of a property, and those nested in them (an AggregateOffer's offers are not)."""
    return [
        node
        for node in product.css(f"[itemprop~='{name}'][itemscope]")
        if _owner(node) == product.mem_id
    ]


def _owner(node: LexborNode) -> int | None:
    """Id of the item a property belongs to: the nearest enclosing itemscope."""
    parent = node.parent
    while parent is not None:
        if "itemscope" in parent.attributes:
            return parent.mem_id
        parent = parent.parent
    return None
