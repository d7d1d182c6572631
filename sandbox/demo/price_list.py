"""Our FOB price list: what competes with others has its history, one article a ladder (B1)."""

from collections.abc import Sequence
from decimal import Decimal

from sandbox.demo.offers import competing_skus
from sandbox.demo.records import USD, PriceListEntry, Product
from sandbox.demo.scene import HISTORY_DAYS, Scene

_SINCE_DAYS = HISTORY_DAYS + 30
_LADDER = ("PS-0600", 200, Decimal("280.80"))
_LOWERED = ("PS-0600", 48, Decimal("295.00"))  # days ago, and what it cost before


def price_list(scene: Scene, products: Sequence[Product]) -> list[PriceListEntry]:
    """Return the articles' prices of today, and what one of them cost earlier."""
    rows = [
        _entry(scene, product.sku, product.moq, _since(product.sku), product.fob_usd)
        for product in products
        if product.sku in competing_skus()
    ]
    lowered, _, before = _LOWERED
    moq = next(product.moq for product in products if product.sku == lowered)
    sku, quantity, price = _LADDER
    return [
        *rows,
        _entry(scene, lowered, moq, _SINCE_DAYS, before),
        _entry(scene, sku, quantity, _SINCE_DAYS, price),
    ]


def _since(sku: str) -> int:
    lowered, days, _ = _LOWERED
    return days if sku == lowered else _SINCE_DAYS


def _entry(scene: Scene, sku: str, quantity: int, days: int, price: Decimal) -> PriceListEntry:
    return PriceListEntry(sku, quantity, scene.ago(days=days), price, USD)
