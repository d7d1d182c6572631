"""What five competitors ask (B1): VoltTrail's live shop, four others.

One of them is too cheap, one is sold out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.demo.catalogue import CENT
from sandbox.demo.records import (
    USD,
    CompetitorOffer,
    CompetitorPage,
    PriceDecision,
    Product,
    Trouble,
)
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
_WAITING = {
    "PS-1500": ("trailcell-1500", "TrailCell 1500 Camping Power Station"),
    "PS-3600": ("trailcell-3600", "TrailCell 3600 Home Backup Station"),
}
_LIVE_STEADY = timedelta(days=10)  # before, the prices moved by up to 1.5 %
_LIVE_MOVE_DAYS = 9
_SOLD_BEFORE, _SPENT_A_DAY = 2400, 6000  # pieces of each, as its pages count them
_DAY = timedelta(days=1)

_OTHERS = ("PeakGrid", "Sunhaul", "NomadVolt", "KoolTrek")
_OTHER_DAYS = {"PeakGrid": HISTORY_DAYS}  # the others for a week
_A_WEEK = 7
_PRINT_SALES, _SOLD_30D = ("Sunhaul", "KoolTrek"), (90, 900)  # pieces, as their pages say
_USUAL = (982, 1008)  # thousandths of our price
_CHEAP = ("PeakGrid", "PS-0600")
_CHEAP_FACTOR = Decimal("0.95")
_CHEAP_BEFORE = (Decimal("0.97"), 25, 20)  # of ours, days ago: what we decided to bear then
_SOLD_OUT = ("KoolTrek", "AC-1600")


def competitor_offers(scene: Scene, products: Sequence[Product]) -> list[CompetitorOffer]:
    """Two rounds a day: 90 days of VoltTrail, the last 7 of the others."""
    ours = {product.sku: product.fob_usd for product in products if product.sku in _LIVE_OFFERS}
    return [*_live(scene), *_others(scene, ours)]


def competing_skus() -> frozenset[str]:
    """Our articles that competitors have too."""
    return frozenset(_LIVE_OFFERS)


def waiting_pairs(scene: Scene) -> list[CompetitorPage]:
    """Pages of the live shop that may be of ours: a person says it (`/price pairs`)."""
    return [
        CompetitorPage(_LIVE, f"{scene.shop_url}products/{handle}", sku, "proposed", title)
        for sku, (handle, title) in _WAITING.items()
    ]


def decision(scene: Scene, products: Sequence[Product]) -> PriceDecision:
    """What we decided when the one that is too cheap now was a little cheaper than we."""
    competitor, sku = _CHEAP
    share, days, _ = _CHEAP_BEFORE
    ours = next(product.fob_usd for product in products if product.sku == sku)
    at = scene.ago(days=days - 1)
    seen = _other(competitor, sku, at, ours * share)
    return PriceDecision(
        sku=sku,
        competitor=competitor,
        url=seen.url,
        quantity=_MIN_QUANTITY,
        choice="keep",
        ours=ours,
        theirs=seen.price,
        currency=USD,
        note="their warranty is one year, ours is three",
        who="chen.wei@harborlane.example",
        at=at,
    )


def gap_trouble(products: Sequence[Product]) -> Trouble:
    """The competitor that went 5 % under our FOB price in the last round."""
    competitor, sku = _CHEAP
    ours = next(product.fob_usd for product in products if product.sku == sku)
    theirs = (ours * _CHEAP_FACTOR).quantize(CENT)
    gap = 100 * (ours - theirs) / theirs
    why = f"{competitor} asks USD {theirs}, we {ours}: ({ours} - {theirs}) / {theirs} = {gap:.2f} %"
    return Trouble("B1", "price_gap", sku, why)


def shortage_trouble() -> Trouble:
    """The competitor that sold out of what we have in the last round."""
    competitor, sku = _SOLD_OUT
    return Trouble("B1", "competitor_shortage", sku, f"{competitor} is sold out of it, we are not")


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
    for competitor in _OTHERS:
        rng = scene.rng(competitor)
        moments = _rounds(scene, _OTHER_DAYS.get(competitor, _A_WEEK))
        for sku, fob in ours.items():
            usual = fob * Decimal(rng.randint(*_USUAL)) / 1000
            sold = rng.randint(*_SOLD_30D) if competitor in _PRINT_SALES else None
            for moment in moments:
                cheap = (competitor, sku) == _CHEAP and _cheap(scene, moment, moments[-1])
                offer = _other(competitor, sku, moment, fob * cheap if cheap else usual)
                if (competitor, sku) == _SOLD_OUT and moment == moments[-1]:
                    offer = replace(offer, availability="out_of_stock")
                yield replace(offer, sold=sold, sold_over="30d") if sold else offer


def _cheap(scene: Scene, moment: datetime, last: datetime) -> Decimal | None:
    """Return which share of our price the cheap one asks; None: as usual."""
    share, since, until = _CHEAP_BEFORE
    if moment == last:
        return _CHEAP_FACTOR
    return share if until <= (scene.today - moment).days < since else None


def _other(competitor: str, sku: str, moment: datetime, price: Decimal) -> CompetitorOffer:
    url = f"https://{competitor.lower()}.example/products/{sku[:2].lower()}-{sku[3:]}"
    title = f"{competitor} {_LIVE_OFFERS[sku][1].partition(' ')[2]}"
    return _offer(competitor, url, moment, sku, title, price)


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
