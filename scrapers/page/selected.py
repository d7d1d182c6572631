"""What CSS selectors of the configuration find on a page."""

from __future__ import annotations

from collections.abc import Mapping

from selectolax.lexbor import SelectolaxError

from core.offer_fields import OFFER_FIELDS
from scrapers.page.document import Document
from scrapers.page.model import Reading
from scrapers.page.prices import read_price
from scrapers.page.quantity import count_of, unit_of
from scrapers.page.schema import availability_of
from scrapers.page.stock import stock_of

FIELDS = frozenset(OFFER_FIELDS)
"""What a selector may be given for."""


def read(document: Document, selectors: Mapping[str, str]) -> Reading | None:
    """What the selectors find; None when they find neither a price nor a stock line.

    A selector is CSS, with `@attribute` behind it for an attribute's value:
    `{"price": "#offer .now", "sku": "[data-sku]@data-sku"}`. A price selector that finds two
    different prices finds none. Raises ValueError for an unknown field and for bad CSS.
    """
    unknown = set(selectors) - FIELDS
    if unknown:
        raise ValueError(f"selectors for {', '.join(sorted(unknown))}: known are {_known()}")
    said = {field: _text(document, css, field) for field, css in selectors.items()}
    price = read_price(said.get("price", ""), document.printed_hints)
    listed = read_price(said.get("list_price", ""), document.printed_hints)
    state = said.get("availability", "")
    availability = stock_of(state) or availability_of(state)
    if (price is None or price.low is None) and availability is None:
        return None
    return Reading(
        source="configured selectors",
        trust=0.97,
        title=said.get("title") or None,
        price=price.low if price else None,
        price_max=price.high if price else None,
        currency=price.currency if price else None,
        availability=availability,
        list_price=listed.low if listed else None,
        moq=count_of(said["moq"].split(" ")[0]) if said.get("moq") else None,
        unit=unit_of(said.get("unit", "")),
        sku=said.get("sku") or None,
        gtin=said.get("gtin") or None,
        where={field: f"selector {css}" for field, css in selectors.items()},
    )


def _text(document: Document, selector: str, field: str) -> str:
    css, _, attribute = selector.partition("@")
    try:
        node = document.tree.css_first(css.strip())
    except (SelectolaxError, ValueError) as error:
        raise ValueError(f"selector for {field}: {css!r} is no CSS selector: {error}") from None
    if node is None:
        return ""
    value = (
        (node.attributes.get(attribute.strip()) or "") if attribute else node.text(separator=" ")
    )
    return " ".join(value.split())


def _known() -> str:
    return ", ".join(sorted(FIELDS))
