"""What our Alibaba listings ask: our FOB prices, but for one where a decimal slipped (B1)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sandbox.demo.catalogue import CENT
from sandbox.demo.records import USD, Listing, Product, Trouble
from sandbox.demo.scene import Scene

_CHANNEL = "alibaba"
_READ = timedelta(minutes=10)  # ago
_FIRST_ID = 1_600_000_000_000
_SLIPPED = "BG-AC"
_SLIP = Decimal("0.1")


def listings(scene: Scene, products: Sequence[Product]) -> list[Listing]:
    """One listing for each article, at its minimum quantity."""
    return [_listing(scene, number, product) for number, product in enumerate(products)]


def slip_trouble(products: Sequence[Product]) -> Trouble:
    """The listing that asks a tenth of its price."""
    number, product = next((n, p) for n, p in enumerate(products) if p.sku == _SLIPPED)
    asked, ours = _asked(product), product.fob_usd
    off = 100 * (asked - ours) / ours
    why = (
        f"listed at USD {asked}, our FOB price is {ours}: ({asked} - {ours}) / {ours} = {off:.1f} %"
    )
    subject = f"{_CHANNEL} {_FIRST_ID + number} {product.moq}"
    return Trouble("B1", "listed_prices", subject, why)


def _asked(product: Product) -> Decimal:
    slip = _SLIP if product.sku == _SLIPPED else 1
    return (product.fob_usd * slip).quantize(CENT)


def _listing(scene: Scene, number: int, product: Product) -> Listing:
    listing_id = str(_FIRST_ID + number)
    return Listing(
        channel=_CHANNEL,
        listing_id=listing_id,
        min_quantity=product.moq,
        observed_at=scene.today - _READ,
        sku=product.sku,
        price=_asked(product),
        currency=USD,
        url=f"https://www.alibaba.com/product-detail/x_{listing_id}.html",
    )
