"""What five competitors ask: VoltTrail's live shop, four others, one of them too cheap (B1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.demo.catalogue import CENT
from sandbox.demo.records import USD, CompetitorOffer, Product, Trouble
from sandbox.demo.scene import HISTORY_DAYS, Scene, local

_ROUND_HOURS = (10, 16)
_MIN_QUANTITY = 50

_LIVE = "VoltTrail"
# Our SKU: the handle in the live shop, its title, its price in USD.
_LIVE_OFFERS = {
    "PS-0300": ("trailcell-300", "TrailCell 300 Portable Power Station", 149),
    "PS-0600": ("trailcell-600", "TrailCell 600 Portable Power Station", 289),
    "PS-1000": ("trailcell-1000", "TrailCell 1000 Portable Power Station", 459),
    "PS-2000": ("trailcell-2000", "TrailCell 2000 Portable Power Station", 869),
    "AC-0800": ("breeze-800", "Breeze 800 Camping Air Conditioner", 339),
    "AC-1200": ("breeze-1200", "Breeze 1200 Camping Air Conditioner", 459),
    "AC-1600": ("breeze-1600", "Breeze 1600 Camping Air Conditioner", 569),
    "AC-2000": ("breeze-2000", "Breeze 2000 Camping Air Conditioner", 689),
}
_LIVE_STEADY = timedelta(days=10)  # before, the prices moved by up to 1.5 %
_LIVE_MOVE_DAYS = 9
_SOLD_BEFORE, _SPENT_A_DAY = 2400, 6000  # pieces of each, as its pages count them
_DAY = timedelta(days=1)

_OTHERS = ("PeakGrid", "Sunhaul", "NomadVolt", "KoolTrek")
_OTHER_DAYS = 7
_PRINT_SALES, _SOLD_30D = ("Sunhaul", "KoolTrek"), (90, 900)  # pieces, as their pages say
_CHEAP = ("PeakGrid", "PS-0600")
_CHEAP_FACTOR = Decimal("0.95")


def competitor_offers(scene: Scene, products: Sequence[Product]) -> list[CompetitorOffer]:
    """Two rounds a day: 90 days of VoltTrail, the last 7 of the others."""
    ours = {product.sku: product.fob_usd for product in products if product.sku in _LIVE_OFFERS}
    return [*_live(scene), *_others(scene, ours)]


def gap_trouble(products: Sequence[Product]) -> Trouble:
    """The competitor that went 5 % under our FOB price in the last round."""
    competitor, sku = _CHEAP
    ours = next(product.fob_usd for product in products if product.sku == sku)
    theirs = (ours * _CHEAP_FACTOR).quantize(CENT)
    gap = 100 * (ours - theirs) / theirs
    why = f"{competitor} asks USD {theirs}, we {ours}: ({ours} - {theirs}) / {theirs} = {gap:.2f} %"
    return Trouble("B1", "price_gap", sku, why)


def _rounds(scene: Scene, days: int) -> list[datetime]:
    """The moments of the price rounds before today's moment."""
    moments = [local(day, hour) for day in [*scene.days(days), scene.day] for hour in _ROUND_HOURS]
    return [moment for moment in moments if moment < scene.today]


def _live(scene: Scene) -> Iterator[CompetitorOffer]:
    rng = scene.rng("live offers")
    for sku, (handle, title, price) in _LIVE_OFFERS.items():
        earlier = [rng.uniform(0.985, 1.015) for _ in range(HISTORY_DAYS // _LIVE_MOVE_DAYS + 1)]
        for moment in _rounds(scene, HISTORY_DAYS):
            age = scene.today - moment
            factor = 1.0 if age < _LIVE_STEADY else earlier[age.days // _LIVE_MOVE_DAYS]
            url = f"{scene.shop_url}products/{handle}"
            offer = _offer(_LIVE, url, moment, sku, title, Decimal(round(price * factor)))
            sold = round(_SOLD_BEFORE + _SPENT_A_DAY / price * (HISTORY_DAYS - age / _DAY))
            yield replace(offer, sold=sold, sold_over="all_time")


def _others(scene: Scene, ours: Mapping[str, Decimal]) -> Iterator[CompetitorOffer]:
    rng = scene.rng("other offers")
    moments = _rounds(scene, _OTHER_DAYS)
    for competitor in _OTHERS:
        for sku, fob in ours.items():
            url = f"https://{competitor.lower()}.example/products/{sku[:2].lower()}-{sku[3:]}"
            title = f"{competitor} {_LIVE_OFFERS[sku][1].partition(' ')[2]}"
            usual = fob * Decimal(rng.randint(982, 1022)) / 1000
            sold = rng.randint(*_SOLD_30D) if competitor in _PRINT_SALES else None
            for moment in moments:
                cheap = (competitor, sku) == _CHEAP and moment == moments[-1]
                price = fob * _CHEAP_FACTOR if cheap else usual
                offer = _offer(competitor, url, moment, sku, title, price)
                yield replace(offer, sold=sold, sold_over="30d") if sold else offer


def _offer(
    competitor: str, url: str, moment: datetime, sku: str, title: str, price: Decimal
) -> CompetitorOffer:
    return CompetitorOffer(
        competitor=competitor,
        url=url,
        observed_at=moment,
        sku=sku,
        title=title,
        price=price.quantize(CENT),
        currency=USD,
        min_quantity=_MIN_QUANTITY,
        incoterm="FOB",
        availability="in_stock",
    )
