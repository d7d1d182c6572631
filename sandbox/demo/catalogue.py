"""What the store sells: power stations, camping air conditioners, accessories."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.demo.records import Product
from sandbox.demo.scene import Scene
from sandbox.demo.shortages import SHORTAGES

CENT = Decimal("0.01")
POWER_STATION, CAMPING_AC, ACCESSORY = "power_station", "camping_ac", "accessory"


@dataclass(frozen=True)
class _Article:
    """A product before its costs and lead times: name in both tongues, FOB in USD."""

    sku: str
    name: str
    name_zh: str
    category: str
    hs_code: str
    fob: Decimal


_STATIONS = {300: "148", 600: "287", 1000: "455", 1500: "648", 2000: "865", 3600: "1490"}
_STATION_VARIANTS = (
    ("", "", "", "0"),
    ("-EU", ", EU plug", " 欧规", "4"),
    ("-UK", ", UK plug", " 英规", "4"),
    ("-OR", ", orange", " 橙色", "2"),
    ("-SB", ", solar bundle", " 太阳能套装", "72"),
)
_CONDITIONERS = {800: "338", 1200: "455", 1600: "566", 2000: "685"}
_CONDITIONER_VARIANTS = (
    ("", "", "", "0"),
    ("-EU", ", EU plug", " 欧规", "5"),
    ("-SD", ", sand", " 沙色", "3"),
    ("-BT", ", battery bundle", " 电池套装", "168"),
)
_ACCESSORIES = (
    ("SP-0100", "Folding Solar Panel 100 W", "折叠太阳能板 100W", "85414300", "52"),
    ("SP-0200", "Folding Solar Panel 200 W", "折叠太阳能板 200W", "85414300", "96"),
    ("SP-0400", "Folding Solar Panel 400 W", "折叠太阳能板 400W", "85414300", "188"),
    ("BT-0500", "Expansion Battery 512 Wh", "扩展电池包 512Wh", "85076000", "124"),
    ("BT-1000", "Expansion Battery 1024 Wh", "扩展电池包 1024Wh", "85076000", "228"),
    ("BT-2000", "Expansion Battery 2048 Wh", "扩展电池包 2048Wh", "85076000", "436"),
    ("DU-0150", "Exhaust Duct 1.5 m", "排风管 1.5米", "39173200", "6.8"),
    ("DU-0300", "Exhaust Duct 3 m", "排风管 3米", "39173200", "9.6"),
    ("CB-MC4", "MC4 Solar Cable 5 m", "MC4太阳能线 5米", "85444290", "7.2"),
    ("CB-CAR", "Car Charging Cable", "车充线", "85444290", "5.4"),
    ("CB-PAR", "Parallel Cable", "并机线", "85444290", "14.5"),
    ("BG-PS", "Carry Bag for Power Stations", "储能电源收纳包", "42029200", "11.5"),
    ("BG-AC", "Carry Bag for Air Conditioners", "露营空调收纳包", "42029200", "15.8"),
    ("WK-0001", "Tent and Window Kit", "帐篷窗户密封套件", "39269090", "12.4"),
)


def products(scene: Scene) -> list[Product]:
    """The catalogue, 60 SKUs."""
    rng = scene.rng("catalogue")
    return [_product(article, rng) for article in _articles()]


def _articles() -> Iterator[_Article]:
    for watts, fob in _STATIONS.items():
        for suffix, name, name_zh, extra in _STATION_VARIANTS:
            yield _Article(
                f"PS-{watts:04}{suffix}",
                f"Portable Power Station {watts} W{name}",
                f"便携式储能电源 {watts}W{name_zh}",
                POWER_STATION,
                "85076000",
                Decimal(fob) + Decimal(extra),
            )
    for watts, fob in _CONDITIONERS.items():
        for suffix, name, name_zh, extra in _CONDITIONER_VARIANTS:
            yield _Article(
                f"AC-{watts:04}{suffix}",
                f"Camping Air Conditioner {watts} W{name}",
                f"露营空调 {watts}W{name_zh}",
                CAMPING_AC,
                "84151010",
                Decimal(fob) + Decimal(extra),
            )
    for sku, name, name_zh, hs_code, fob in _ACCESSORIES:
        yield _Article(sku, name, name_zh, ACCESSORY, hs_code, Decimal(fob))


def _product(article: _Article, rng: random.Random) -> Product:
    # 26 % and more keeps the floor of 18 % even under every discount of the plan (B2, B3, B4).
    margin = Decimal(rng.randint(260, 300)) / 1000
    purchase, transport = rng.randint(15, 25), rng.randint(25, 40)
    if shortage := SHORTAGES.get(article.sku):
        purchase, transport = shortage.purchase_lead_days, shortage.transport_lead_days
    return Product(
        sku=article.sku,
        name=article.name,
        name_zh=article.name_zh,
        category=article.category,
        status="active",
        fob_usd=article.fob.quantize(CENT),
        moq=100 if article.category == ACCESSORY else 50,
        unit_cost_usd=(article.fob * (1 - margin)).quantize(CENT),
        purchase_lead_days=purchase,
        transport_lead_days=transport,
        hs_code=article.hs_code,
        image_url=f"https://img.harborlane.example/{article.sku}.jpg",
    )
