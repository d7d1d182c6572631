"""The shop as data: schema.org JSON-LD, the two Shopify feeds and the sandbox's own view."""

from typing import Any
from zlib import crc32

from sandbox.shop.catalogue import Product, Tier

_SCHEMA_AVAILABILITY = {
    "in_stock": "https://schema.org/InStock",
    "out_of_stock": "https://schema.org/OutOfStock",
    "preorder": "https://schema.org/PreOrder",
}


def control_view(product: Product, url: str) -> dict[str, Any]:
    """Show what the sandbox's page edits; money as strings."""
    return {
        "handle": product.handle,
        "title": product.title,
        "price": str(product.price),
        "list_price": str(product.list_price) if product.list_price else None,
        "currency": product.currency,
        "availability": product.availability,
        "moq": product.moq,
        "tiers": [
            {"min_quantity": tier.min_quantity, "price": str(tier.price)} for tier in product.tiers
        ],
        "mode": product.mode,
        "url": url,
    }


def json_ld(product: Product, url: str, picture: str) -> dict[str, Any]:
    """Describe a product for search engines (https://schema.org/Product).

    Power stations carry an AggregateOffer over all tiers, air conditioners one Offer at the
    minimum order, as both are common. A price on request leaves the offer out.
    """
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": f"{url}#product",
        "name": product.title,
        "alternateName": product.title_zh,
        "description": ", ".join(product.specs),
        "sku": product.sku,
        "gtin13": product.gtin,
        "brand": {"@type": "Brand", "name": "VoltTrail"},
        "image": [picture],
        "url": url,
    }
    if product.mode == "price_on_request":
        return node
    return node | {"offers": _offers(product, url)}


def _offers(product: Product, url: str) -> dict[str, Any]:
    if product.kind == "camping_ac":
        return _offer(product, product.tiers[0], None) | {"url": url}
    prices = [tier.price for tier in product.tiers]
    return {
        "@type": "AggregateOffer",
        "lowPrice": str(min(prices)),
        "highPrice": str(max(prices)),
        "priceCurrency": product.currency,
        "offerCount": len(prices),
        "availability": _SCHEMA_AVAILABILITY[product.availability],
        "offers": [_offer(product, tier, last) for tier, last in with_last_quantity(product.tiers)],
    }


def _offer(product: Product, tier: Tier, last: int | None) -> dict[str, Any]:
    quantity: dict[str, Any] = {"@type": "QuantitativeValue", "minValue": tier.min_quantity}
    if last is not None:
        quantity["maxValue"] = last
    return {
        "@type": "Offer",
        "price": str(tier.price),
        "priceCurrency": product.currency,
        "availability": _SCHEMA_AVAILABILITY[product.availability],
        "itemCondition": "https://schema.org/NewCondition",
        "eligibleQuantity": quantity,
    }


def with_last_quantity(tiers: tuple[Tier, ...]) -> list[tuple[Tier, int | None]]:
    """Pair each tier with the last quantity it covers; the top tier has none."""
    lasts = [tier.min_quantity - 1 for tier in tiers[1:]]
    return list(zip(tiers, [*lasts, None], strict=True))


def shopify_js(product: Product, picture: str) -> dict[str, Any]:
    """Build `/products/HANDLE.js`: prices are whole cents, 0 where the price is on request."""
    price, was = _cents(product)
    return {
        "id": _number(product.handle),
        "title": product.title,
        "handle": product.handle,
        "description": ", ".join(product.specs),
        "vendor": "VoltTrail",
        "type": product.kind.replace("_", " "),
        "price": price,
        "price_min": price,
        "price_max": price,
        "price_varies": False,
        "compare_at_price": was,
        "available": product.availability != "out_of_stock",
        "variants": [
            {
                "id": _number(product.sku),
                "title": "Default Title",
                "sku": product.sku,
                "barcode": product.gtin,
                "available": product.availability != "out_of_stock",
                "price": price,
                "compare_at_price": was,
            }
        ],
        "images": [picture],
        "featured_image": picture,
        "url": f"/shop/products/{product.handle}",
    }


def shopify_list_item(product: Product, picture: str) -> dict[str, Any]:
    """Build one entry of `/products.json`: prices are decimal strings without a currency."""
    asked = product.mode == "price_on_request"
    return {
        "id": _number(product.handle),
        "title": product.title,
        "handle": product.handle,
        "body_html": f"<p>{', '.join(product.specs)}</p>",
        "vendor": "VoltTrail",
        "product_type": product.kind.replace("_", " "),
        "tags": [],
        "variants": [
            {
                "id": _number(product.sku),
                "product_id": _number(product.handle),
                "title": "Default Title",
                "sku": product.sku,
                "price": "0.00" if asked else str(product.price),
                "compare_at_price": str(product.crossed_out) if product.crossed_out else None,
                "available": product.availability != "out_of_stock",
                "position": 1,
            }
        ],
        "images": [{"src": picture, "position": 1}],
    }


def _cents(product: Product) -> tuple[int, int | None]:
    if product.mode == "price_on_request":
        return 0, None
    was = product.crossed_out
    return int(product.price * 100), int(was * 100) if was else None


def _number(text: str) -> int:
    return 7_000_000_000_000 + crc32(text.encode())
