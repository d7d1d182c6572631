"""Alibaba.com product pages: `window.detailData`, which holds the ladder in US dollars."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.loosejson import raw
from scrapers.page.model import Reading, Tier, ladder, span
from scrapers.page.numbers import amount
from scrapers.page.prices import find_prices
from scrapers.page.quantity import unit_of

_DATA = re.compile(r"window\.detailData\s*=\s*(?=\{)")
_HOST = re.compile(r"^https?://(?:[\w-]+\.)*alibaba\.com(?:[:/]|$)", re.IGNORECASE)
_TERM = re.compile(r"[A-Z]{3}")
_PRINTED = ("formatPrice", "priceRangeText")

Node = dict[str, Any]


def matches(url: str, html: str) -> bool:
    """An address at alibaba.com, or a saved page with its data block."""
    return bool(_HOST.match(url)) or "window.detailData" in html


def read(document: Document) -> Reading | None:
    """Ladder, range, minimum order and delivery term.

    `dollarPrice` fields are US dollars whatever the visitor's currency; without them the price is
    in the visitor's currency, told by its printed sign. A page whose data has no product id is
    one that Alibaba answers, with status 200, for a product that is gone.
    """
    match = _DATA.search(document.html)
    data = raw(document.html, match.end()) if match else None
    if not isinstance(data, dict):
        return None
    product = _at(data, "globalData", "product")
    if not product.get("productId"):
        return Reading(source="alibaba", trust=1, kind="not_found", title=document.title or None)
    price = _at(product, "price")
    tiers, currency = _ladder(price)
    where = "detailData productLadderPrices"
    amounts = [tier.price for tier in tiers]
    if not amounts:
        amounts, currency = _range(price, _at(product, "sku"))
        where = "detailData productRangePrices"
    low, high = span(amounts)
    term = _at(data, "globalData", "trade", "tradeInfo").get("tradePriceType")
    return Reading(
        source="alibaba",
        trust=0.95,
        title=product.get("subject") if isinstance(product.get("subject"), str) else None,
        price=low,
        price_max=high,
        currency=currency if amounts else None,
        tiers=tiers,
        moq=_whole(product.get("moq")),
        unit=_unit(product),
        incoterm=term if isinstance(term, str) and _TERM.fullmatch(term) else None,
        sku=str(product["productId"]),
        where={"price": where, "tiers": where},
    )


def _ladder(price: Node) -> tuple[tuple[Tier, ...], str | None]:
    steps = [step for step in _list(price.get("productLadderPrices")) if isinstance(step, dict)]
    dollars = _tiers(steps, "dollarPrice")
    if dollars:
        return dollars, "USD"
    return _tiers(steps, "price"), _visitor_currency(price, steps)


def _tiers(steps: list[Node], key: str) -> tuple[Tier, ...]:
    """The ladder in one currency; empty unless every step states it."""
    read = [
        (_whole(step.get("min", step.get("minQuantity"))), amount(step.get(key))) for step in steps
    ]
    tiers = [Tier(min_quantity=least, price=price) for least, price in read if least and price]
    return ladder(tiers) if len(tiers) == len(steps) else ()


def _range(price: Node, sku: Node) -> tuple[list[Decimal], str | None]:
    """Low and high of the range, else of the variants; promotions and samples are no FOB price."""
    ends = _at(price, "productRangePrices")
    variants = [each for each in _at(sku, "skuInfoMap").values() if isinstance(each, dict)]
    for nodes, keys, currency in (
        ([ends], ("dollarPriceRangeLow", "dollarPriceRangeHigh"), "USD"),
        (variants, ("dollarPrice",), "USD"),
        ([ends], ("priceRangeLow", "priceRangeHigh"), _visitor_currency(price, [ends])),
        (variants, ("price",), _visitor_currency(price, variants)),
    ):
        read = [amount(node.get(key)) for node in nodes for key in keys]
        if amounts := [each for each in read if each]:
            return amounts, currency
    return [], None


def _visitor_currency(price: Node, nodes: list[Node]) -> str | None:
    """The currency of `price` fields: the page's pattern ("€{0}"), else a price as printed.

    `productPriceCurrencySimpleName` is the seller's currency and not asked; "$" alone may be any
    dollar.
    """
    pattern = _at(price, "currencyRule").get("currencyPattern")
    texts = [pattern.replace("{0}", "1")] if isinstance(pattern, str) else []
    texts += [str(node.get(key) or "") for node in nodes for key in _PRINTED]
    currencies = (found.currency for text in texts for found in find_prices(text, Hints()))
    return next((currency for currency in currencies if currency), None)


def _unit(product: Node) -> str | None:
    names = (
        _at(product, "price").get("unit"),
        _at(product, "price").get("unitEven"),
        _at(product, "customPrice").get("unitEven"),
    )
    return next((unit for name in names if isinstance(name, str) and (unit := unit_of(name))), None)


def _whole(value: Any) -> int | None:
    number = amount(value)
    return int(number) if number is not None and number == int(number) else None


def _at(node: Any, *keys: str) -> Node:
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
