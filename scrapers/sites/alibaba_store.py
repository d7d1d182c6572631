"""Pages of an Alibaba store (`productlist-N.html`): the products in `module-data`."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from scrapers.page.counts import tally
from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.loosejson import loads
from scrapers.page.model import Reading
from scrapers.page.nodes import Node, found, identity, nodes, text
from scrapers.page.prices import find_prices
from scrapers.page.quantity import count_of, unit_of

_MARK = "icbu-pc-productListPc"
_MODULE = re.compile(r"[^>]{0,2000}?module-data=[\"']([^\"']+)[\"']")
_COUNT = re.compile(r"\s*([\d.,' \u00a0]+)\s*(\w*)")
_LONGEST = 4_000_000


def matches(url: str, html: str) -> bool:  # noqa: ARG001  (the readers' interface)
    """A page that holds a store's list of products, whatever its address."""
    return _MARK in html


def read(document: Document) -> Reading | None:
    """The product whose id is the address's fragment; a list without one is no product."""
    wanted = urlsplit(document.url).fragment
    for _, reading in read_all(document):
        if wanted and reading.sku == wanted:
            return reading
    return Reading(source="alibaba store", trust=1, kind="no_product", title=document.title or None)


def read_all(document: Document) -> list[tuple[str, Reading]]:
    """The products of the page with their addresses.

    Prices are read as printed ("ARS 2.374,02 / piece" in Argentina), for `priceFrom` and
    `currencySymbol` keep saying dollars. A product without a printed price is quoted on request.
    """
    match = _MODULE.match(document.html, max(0, document.html.find(_MARK)))
    data = loads(unquote(match[1])) if match and len(match[1]) < _LONGEST else None
    lists = found(data, lambda node: isinstance(node.get("productList"), list))
    products = nodes(next(lists, {}).get("productList"))
    return [(_address(each, document.url), _reading(each)) for each in products]


def _address(product: Node, base: str) -> str:
    try:
        return urljoin(base, str(product.get("url") or ""))
    except ValueError:
        return base


def _reading(product: Node) -> Reading:
    printed = text(product.get("fobPrice")) or text(product.get("fobPriceWithoutUnit")) or ""
    prices = find_prices(printed, Hints(currency=_dollar(product)))
    price = prices[0] if len(prices) == 1 else None
    count = _COUNT.match(text(product.get("moq")) or "")
    sold = tally(product.get("prodSold180"))
    return Reading(
        source="alibaba store",
        trust=0.9,
        title=text(product.get("subject")),
        price=price.low if price else None,
        price_max=price.high if price else None,
        currency=price.currency if price else None,
        moq=count_of(count[1]) if count else None,
        unit=unit_of(text(product.get("fobUnit")) or "") or (unit_of(count[2]) if count else None),
        incoterm="FOB" if price else None,
        sku=identity(product.get("id")),
        withheld=None if printed else "on_request",
        sold=sold,
        sold_over=None if sold is None else "180d",
        visitors_30d=tally(product.get("duvCntOneMonth")),
        where={
            "price": f"module-data fobPrice: {printed[:60]}",
            "sold": "module-data prodSold180",
            "visitors_30d": "module-data duvCntOneMonth",
        },
    )


def _dollar(product: Node) -> str | None:
    """US dollars where the list says so: `currencyType` "US" goes with a bare "$"."""
    return "USD" if product.get("currencyType") == "US" else None
