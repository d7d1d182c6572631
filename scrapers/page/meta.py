"""OpenGraph and product `<meta>` tags, as Facebook and Pinterest catalogues read them."""

from __future__ import annotations

from decimal import Decimal

from scrapers.page.currency import code_of
from scrapers.page.document import Document
from scrapers.page.model import Reading
from scrapers.page.nodes import moment
from scrapers.page.prices import machine_amount
from scrapers.page.schema import availability_of, gtin_of

_PRICE_TAGS = ("product:sale_price", "product:price", "og:price")


def read(document: Document) -> Reading | None:
    """What the meta tags say; None when they name no product.

    `og:price` may be another variant's, so it is trusted less than JSON-LD.
    """
    prefix = next((tag for tag in _PRICE_TAGS if document.meta(f"{tag}:amount")), None)
    is_product = (document.meta("og:type") or "").lower() in {
        "product",
        "og:product",
        "product.item",
    }
    if prefix is None and not is_product:
        return None
    currency = code_of(
        document.meta(f"{prefix}:currency") or document.meta("product:price:currency")
    )
    stated = document.meta(f"{prefix}:amount")
    return Reading(
        source="meta",
        trust=0.75,
        list_price=_list_price(document, currency),
        promotion_ends_at=moment(document.meta("product:sale_price_dates:end")),
        title=document.meta("og:title"),
        price=machine_amount(stated, document.hints().decimal_mark(currency)) if stated else None,
        currency=currency,
        availability=availability_of(
            document.meta("product:availability") or document.meta("og:availability")
        ),
        sku=document.meta("product:retailer_item_id"),
        gtin=gtin_of(lambda name: document.meta(f"product:{name}") or document.meta("product:ean")),
        where={
            "price": f"meta {prefix}:amount",
            "currency": f"meta {prefix}:currency",
            "promotion_ends_at": "meta product:sale_price_dates:end",
        },
    )


def _list_price(document: Document, currency: str | None) -> Decimal | None:
    """`product:original_price`, or `product:price` beside a sale price."""
    tags = ["product:original_price:amount"]
    if document.meta("product:sale_price:amount"):
        tags.append("product:price:amount")
    stated = next((value for tag in tags if (value := document.meta(tag))), None)
    return machine_amount(stated, document.hints().decimal_mark(currency)) if stated else None
