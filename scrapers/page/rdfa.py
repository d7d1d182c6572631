"""RDFa: schema.org and GoodRelations properties in `property` and `typeof` attributes."""

from __future__ import annotations

from typing import Any

from selectolax.lexbor import LexborNode

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.model import Reading, span
from scrapers.page.prices import machine_amount
from scrapers.page.schema import availability_of, gtin_of, local_name, rated

_PRODUCTS = frozenset({"Product", "Offering", "SomeItems", "ProductOrServiceModel"})


def read(document: Document) -> Reading | None:
    """What the page's RDFa says of its product; None when it names none, or several."""
    if "typeof" not in document.html:
        return None
    scopes = [
        node
        for node in document.tree.css("[typeof]")
        if _PRODUCTS & {_local(each) for each in (node.attributes.get("typeof") or "").split()}
    ]
    scopes = [node for node in scopes if not _inside(node, scopes)]
    named = [node for node in scopes if document.is_named(_value(node, "name"))]
    scope = (named if len(scopes) > 1 else scopes)[:1]
    return _reading(scope[0], document) if scope else None


def _reading(scope: LexborNode, document: Document) -> Reading:
    currency = code_of(_value(scope, "priceCurrency") or _value(scope, "hasCurrency"))
    mark = document.hints(currency).decimal_mark(currency)
    stated = ("lowPrice", "highPrice", "price", "hasCurrencyValue", "hasMinCurrencyValue")
    amounts = [machine_amount(_value(scope, name), mark) for name in stated]
    low, high = span([amount for amount in amounts if amount][:2])
    return Reading(
        source="rdfa",
        trust=0.8,
        title=_value(scope, "name"),
        price=low,
        price_max=high if _value(scope, "highPrice") else None,
        currency=currency,
        availability=availability_of(_value(scope, "availability")),
        sku=_value(scope, "sku"),
        gtin=gtin_of(lambda name: _value(scope, name)),
        **_ratings(scope),
        where={"price": "rdfa offers"},
    )


def _ratings(scope: LexborNode) -> dict[str, Any]:
    stated = [
        node
        for node in scope.css("[typeof]")
        if _local(node.attributes.get("typeof") or "") == "AggregateRating"
    ]
    return rated(lambda name: _value(stated[0], name)) if len(stated) == 1 else {}


def _local(name: str) -> str:
    return local_name(name.rpartition(":")[2])


def _inside(node: LexborNode, scopes: list[LexborNode]) -> bool:
    ids, parent = {scope.mem_id for scope in scopes}, node.parent
    while parent is not None:
        if parent.mem_id in ids:
            return True
        parent = parent.parent
    return False


def _value(scope: LexborNode, name: str) -> str | None:
    for node in scope.css("[property], [rel]"):
        names = f"{node.attributes.get('property') or ''} {node.attributes.get('rel') or ''}"
        if name in {_local(each) for each in names.split()}:
            attributes = node.attributes
            carried = (
                attributes.get("content") or attributes.get("href") or attributes.get("resource")
            )
            return " ".join((carried or node.text(separator=" ")).split()) or None
    return None
