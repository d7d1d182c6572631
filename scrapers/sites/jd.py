"""JD.com item pages and shops built like them: `pageConfig.product` and `.p-price`."""

from __future__ import annotations

import re
from decimal import Decimal

from scrapers.page.counts import count_in
from scrapers.page.currency import Hints
from scrapers.page.document import Document
from scrapers.page.loosejson import unquoted
from scrapers.page.model import Availability, Reading
from scrapers.page.numbers import amount
from scrapers.page.prices import PriceText, read_price
from scrapers.page.quantity import pack_of

_HOST = re.compile(r"^https?://(?:item\.|[\w-]+\.)*jd\.(?:com|hk)(?:[:/]|$)", re.IGNORECASE)
_SKU = re.compile(r"\bskuid\s*:\s*[\"']?(\d+)")
_NAME = re.compile(r"\bname\s*:\s*(\"(?:[^\"\\]|\\.){1,500}\"|'(?:[^'\\]|\\.){1,500}')")
_PRICE_FIELD = re.compile(r"\"p\"\s*:\s*\"(\d+\.\d\d)\"")
_LIST_FIELD = re.compile(r"\"m\"\s*:\s*\"(\d+\.\d\d)\"")
_PRINTED = ".summary-price .p-price, .p-price .price, [class*='J-p-']"
_STATES: dict[str, Availability] = {
    "无货": "out_of_stock", "售完": "out_of_stock", "下柜": "out_of_stock", "预约": "preorder",
    "预售": "preorder", "有货": "in_stock", "现货": "in_stock",
}  # fmt: skip


def matches(url: str, html: str) -> bool:
    """An address at JD, or a saved page with its configuration."""
    return bool(_HOST.match(url)) or ("pageConfig" in html and "skuid" in html)


def read(document: Document) -> Reading | None:
    """The price in yuan. It is often fetched after the page: then it is unknown, not zero."""
    sku, name = _SKU.search(document.html), _NAME.search(document.html)
    if not sku:
        return None
    price, where = _price(document)
    title = unquoted(name[1]) if name else document.heading
    return Reading(
        source="jd",
        trust=0.85,
        title=title or None,
        price=price,
        currency="CNY" if price else None,
        availability=_availability(document),
        list_price=_list_price(document, price),
        pack_size=pack_of(title),
        sku=sku[1],
        reviews=count_in(document.text_of("#comment-count .count")),
        where={"price": where, "reviews": "jd #comment-count"},
    )


def _price(document: Document) -> tuple[Decimal | None, str]:
    for node in document.tree.css(_PRINTED)[:5]:
        read: PriceText | None = read_price(node.text(strip=True), Hints("zh-CN", "", "CNY"))
        if read and read.low is not None and read.high is None:
            return read.low, "jd .p-price"
    fields = {match[1] for match in _PRICE_FIELD.finditer(document.html)}
    return (amount(fields.pop()), 'jd field "p"') if len(fields) == 1 else (None, "")


def _list_price(document: Document, price: Decimal | None) -> Decimal | None:
    fields = {match[1] for match in _LIST_FIELD.finditer(document.html)}
    listed = amount(fields.pop()) if len(fields) == 1 else None
    return listed if listed and price and listed > price else None


def _availability(document: Document) -> Availability | None:
    text = document.text_of("#store-prompt") or document.text_of(".store-prompt")
    return next((state for word, state in _STATES.items() if word in text), None)
