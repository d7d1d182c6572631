"""Shopify shops: product JSON (`.js`, `.json`, `products.json`) and theme pages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.loosejson import raw
from scrapers.page.model import Availability, Reading, span
from scrapers.page.nodes import Node, assigned
from scrapers.page.nodes import nodes as _nodes
from scrapers.page.numbers import amount
from scrapers.page.schema import gtin_of

_JSON_PATH = re.compile(r"/products(?:/[^/?#]+)?\.js(?:on)?(?:[?#]|$)")
_THEME = re.compile(r"Shopify\.shop\s*=|ShopifyAnalytics\.meta\b|cdn\.shopify\.com/s/")
_MARKS = ("Shopify.shop", "ShopifyAnalytics.meta", "cdn.shopify.com")
_META = re.compile(r"\bvar meta\s*=\s*(?=\{)")
_CURRENCY = re.compile(
    r"ShopifyAnalytics\.meta\.currency\s*=\s*[\"']([A-Z]{3})|Shopify\.currency\s*=\s*\{\"active\":\"([A-Z]{3})"
)
_CENTS = 100


def matches(url: str, html: str) -> bool:
    """An address of product JSON with a JSON body, or a page of a Shopify theme."""
    if html.lstrip()[:1] == "{":
        return bool(_JSON_PATH.search(url)) or '"variants"' in html
    # a word is looked for 30 times as fast as a pattern, and most pages have none
    return any(mark in html for mark in _MARKS) and bool(_THEME.search(html))


def read(document: Document) -> Reading | None:
    """Price range of the variants, or the one variant the address selects.

    Whole numbers are cents of the visitor's currency (of every currency, KRW too), strings are
    decimal amounts; no product JSON names its currency, theme pages do.
    """
    if document.html.lstrip()[:1] == "{":
        product = _from_json(_body(document), document.url)
        return _reading(product, None, document.url, "product JSON") if product else None
    data = assigned(document.html, _META)
    product = data.get("product") if isinstance(data, dict) else None
    if not isinstance(product, dict):
        return None
    return _reading(product, _currency(document.html), document.url, "shopify meta.product")


def read_all(document: Document) -> list[tuple[str, Reading]]:
    """The products of a `products.json` with their addresses; [] for anything else."""
    data = _body(document)
    listed = _nodes(data.get("products")) if isinstance(data, dict) else []
    read = []
    for product in listed:
        address = urljoin(document.url, f"/products/{product.get('handle')}")
        read.append((address, _reading(product, None, address, "product JSON")))
    return read


def _body(document: Document) -> Any:
    text = document.html.lstrip()
    return raw(text, 0) if text[:1] == "{" else None


def _from_json(data: Any, url: str) -> Node | None:
    """The product of a JSON body; of a list, the one whose handle the address names."""
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("product"), dict):
        return dict(data["product"])
    listed = _nodes(data.get("products"))
    if "products" in data:
        handle = urlsplit(url).fragment
        named = [each for each in listed if each.get("handle") == handle] if handle else listed
        return named[0] if len(named) == 1 else None
    return data if "variants" in data else None


def _reading(product: Node, currency: str | None, url: str, where: str) -> Reading:
    variants = _selected(_nodes(product.get("variants")), url)
    amounts = [price for each in variants if (price := _amount(each.get("price")))]
    low, high = span(amounts)
    only = variants[0] if len(variants) == 1 else {}
    title = product.get("title") or only.get("name")
    return Reading(
        source="shopify",
        trust=0.95,
        title=title if isinstance(title, str) else None,
        price=low,
        price_max=high,
        currency=currency,
        list_price=_list_price(variants, low, high),
        availability=_availability(variants),
        sku=str(only["sku"]) if only.get("sku") else None,
        gtin=gtin_of(lambda name: only.get("barcode") if name == "gtin" else None),
        where={"price": f"{where} variants"},
    )


def _list_price(variants: list[Node], low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """The one crossed-out price of variants that all ask the same."""
    stated = {_amount(each.get("compare_at_price")) for each in variants}
    price = stated.pop() if len(stated) == 1 and high is None else None
    return price if price and low and price > low else None


def _selected(variants: list[Node], url: str) -> list[Node]:
    try:
        chosen = parse_qs(urlsplit(url).query).get("variant", [""])[0]
    except ValueError:
        chosen = ""
    return [each for each in variants if str(each.get("id")) == chosen] or variants


def _amount(value: Any) -> Decimal | None:
    number = amount(value)
    return number / _CENTS if number is not None and isinstance(value, int) else number


def _availability(variants: list[Node]) -> Availability | None:
    states = {each.get("available") for each in variants}
    if True in states:
        return "in_stock"
    return "out_of_stock" if states == {False} else None


def _currency(html: str) -> str | None:
    match = _CURRENCY.search(html)
    return code_of(match[1] or match[2]) if match else None
