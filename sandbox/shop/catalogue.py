"""What VoltTrail sells: the products of the competitor's shop and their first prices.

A product's price is the price of one piece at the minimum order quantity; its ladder says what
larger quantities cost and keeps its proportions when the price changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Availability = Literal["in_stock", "out_of_stock", "preorder"]
Kind = Literal["power_station", "camping_ac"]
Mode = Literal[
    "normal",
    "sold_out",
    "captcha",
    "login",
    "not_found",
    "price_on_request",
    "gone",
    "slow",
    "error500",
    "garbled",
]

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Tier:
    """The price of one piece from a quantity on."""

    min_quantity: int
    price: Decimal


@dataclass(frozen=True)
class Product:
    """One product page; money is in `currency`, for one piece, FOB Shenzhen."""

    handle: str
    title: str
    title_zh: str
    kind: Kind
    sku: str
    gtin: str
    specs: tuple[str, ...]
    price: Decimal
    list_price: Decimal | None
    sample_shipping: Decimal
    ladder: tuple[Tier, ...]
    currency: str = "USD"
    availability: Availability = "in_stock"
    mode: Mode = "normal"

    @property
    def moq(self) -> int:
        """The minimum order quantity in pieces."""
        return self.ladder[0].min_quantity

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The ladder at today's price; the first tier costs exactly `price`."""
        base = self.ladder[0].price
        return tuple(
            Tier(tier.min_quantity, to_cents(tier.price * self.price / base))
            for tier in self.ladder
        )

    @property
    def crossed_out(self) -> Decimal | None:
        """The list price where it is above the price, as shops cross it out."""
        if self.list_price is None or self.list_price <= self.price:
            return None
        return self.list_price


def to_cents(amount: Decimal) -> Decimal:
    """Round to cents, half up, and never down to nothing."""
    return max(amount.quantize(CENT, ROUND_HALF_UP), CENT)


def usual_ladder(price: Decimal) -> tuple[Tier, ...]:
    """50 pieces at the price, 200 at 3 % less, 500 at 6 % less."""
    return (
        Tier(50, price),
        Tier(200, to_cents(price * Decimal("0.97"))),
        Tier(500, to_cents(price * Decimal("0.94"))),
    )


def catalogue() -> Iterator[Product]:
    """The products as they are when the shop opens."""
    for handle, title, title_zh, gtin, price, list_price, shipping, specs in _ROWS:
        yield Product(
            handle=handle,
            title=title,
            title_zh=title_zh,
            kind="power_station" if handle.startswith("trailcell") else "camping_ac",
            sku="VT-" + handle.replace("trailcell-", "TC").replace("breeze-", "BZ"),
            gtin=gtin,
            specs=specs,
            price=Decimal(price),
            list_price=Decimal(list_price) if list_price else None,
            sample_shipping=Decimal(shipping),
            ladder=usual_ladder(Decimal(price)),
        )


_ROWS: tuple[tuple[str, str, str, str, str, str, str, tuple[str, ...]], ...] = (
    (
        "trailcell-180",
        "TrailCell 180 Pocket Power Station",
        "便携式电源 180 Wh",
        "6972110001809",
        "99.00",
        "",
        "24.00",
        ("180 Wh LiFePO4", "200 W AC output", "2.4 kg", "USB-C 60 W in and out"),
    ),
    (
        "trailcell-300",
        "TrailCell 300 Portable Power Station",
        "便携式储能电源 300 W",
        "6972110003001",
        "149.00",
        "169.00",
        "32.00",
        ("288 Wh LiFePO4", "300 W AC output, 600 W peak", "3.7 kg", "3,000 cycles to 80 %"),
    ),
    (
        "trailcell-600",
        "TrailCell 600 Portable Power Station",
        "便携式储能电源 600 W",
        "6972110006002",
        "289.00",
        "",
        "46.00",
        ("614 Wh LiFePO4", "600 W AC output, 1,200 W peak", "7.1 kg", "Solar input 200 W"),
    ),
    (
        "trailcell-1000",
        "TrailCell 1000 Camping Power Station",
        "户外露营电源 1000 W",
        "6972110010009",
        "459.00",
        "519.00",
        "68.00",
        ("1,024 Wh LiFePO4", "1,000 W AC output, 2,000 W peak", "11.5 kg", "80 % in 48 minutes"),
    ),
    (
        "trailcell-1500",
        "TrailCell 1500 Camping Power Station",
        "户外露营电源 1500 W",
        "6972110015004",
        "679.00",
        "",
        "88.00",
        ("1,536 Wh LiFePO4", "1,500 W AC output, 3,000 W peak", "16.8 kg", "UPS switch 10 ms"),
    ),
    (
        "trailcell-2000",
        "TrailCell 2000 Home and Van Power Station",
        "家用车载储能电源 2000 W",
        "6972110020008",
        "869.00",
        "949.00",
        "112.00",
        ("2,048 Wh LiFePO4", "2,000 W AC output, 4,000 W peak", "21.9 kg", "Expandable to 6 kWh"),
    ),
    (
        "trailcell-3600",
        "TrailCell 3600 Home Backup Station",
        "家庭备用电源 3600 W",
        "6972110036009",
        "1549.00",
        "1699.00",
        "190.00",
        ("3,686 Wh LiFePO4", "3,600 W AC output", "44.2 kg", "Wheels and pull handle"),
    ),
    (
        "breeze-500",
        "Breeze 500 Personal Spot Cooler",
        "个人便携冷风机 500 W",
        "6972110105002",
        "199.00",
        "",
        "41.00",
        ("1,700 BTU cooling", "180 W draw", "6.9 kg", "R290 refrigerant"),
    ),
    (
        "breeze-800",
        "Breeze 800 Tent Air Conditioner",
        "帐篷空调 800 W",
        "6972110108003",
        "339.00",
        "379.00",
        "59.00",
        ("2,700 BTU cooling", "280 W draw", "10.5 kg", "44 dB on low"),
    ),
    (
        "breeze-1200",
        "Breeze 1200 Camping Air Conditioner",
        "露营空调 1200 W",
        "6972110112000",
        "459.00",
        "",
        "74.00",
        ("4,100 BTU cooling", "420 W draw", "14.2 kg", "Two ducts included"),
    ),
    (
        "breeze-1600",
        "Breeze 1600 Camping Air Conditioner and Heater",
        "露营冷暖空调 1600 W",
        "6972110116008",
        "569.00",
        "629.00",
        "92.00",
        ("5,400 BTU cooling, 5,100 BTU heating", "590 W draw", "17.8 kg", "App and remote"),
    ),
    (
        "breeze-2000",
        "Breeze 2000 Van Air Conditioner",
        "房车空调 2000 W",
        "6972110120005",
        "689.00",
        "",
        "108.00",
        ("6,800 BTU cooling", "760 W draw", "22.4 kg", "12 V, 48 V or mains"),
    ),
)
