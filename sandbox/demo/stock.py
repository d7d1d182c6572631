"""Stock levels of four warehouses, day by day and every 15 minutes today (plan C1, C3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sandbox.demo.records import Product, Sales, Stock, Trouble
from sandbox.demo.sales import units_by_day
from sandbox.demo.scene import AVERAGE_DAYS, Scene, local
from sandbox.demo.shortages import SHORTAGES, safety_stock

WAREHOUSES = {"Shenzhen": 45, "Ningbo": 25, "US-West": 18, "EU": 12}  # per cent of the stock
_OVERSOLD = ("SP-0400", "US-West")
_OVERSOLD_ON_HAND, _OVERSOLD_COMMITTED = 14, 20
_OVERSOLD_ROUNDS = 3
_ROUND = timedelta(minutes=15)
_ROUNDS_TODAY = 8
_REFILL_DAYS = 14
_SHORT_FOR_DAYS = 3  # before these, what is short now was ample
_LEAST = 60


def stock(scene: Scene, products: Sequence[Product], sold: Sequence[Sales]) -> list[Stock]:
    """Levels at 23:50 of 90 days, then of the last quarter hours before today's moment."""
    rng = scene.rng("stock")
    units = units_by_day(sold)
    rows: list[Stock] = []
    for product in products:
        ample = rng.uniform(1.9, 2.7)
        for moment, available in _levels(scene, product, units[product.sku], ample):
            rows += _split(product.sku, available, moment)
    return _oversold(rows, set(_rounds(scene)[-_OVERSOLD_ROUNDS:]))


def oversell_trouble() -> Trouble:
    """More promised than lies there, in one warehouse only (plan C3)."""
    sku, location = _OVERSOLD
    why = f"{location}: committed {_OVERSOLD_COMMITTED} > on hand {_OVERSOLD_ON_HAND}"
    return Trouble("C3", "oversell", sku, why)


def _levels(
    scene: Scene, product: Product, by_day: Mapping[date, int], ample: float
) -> list[tuple[datetime, int]]:
    """The moments, oldest first, and the units available over all warehouses."""
    short = SHORTAGES.get(product.sku)
    sold = sum(by_day.get(day, 0) for day in scene.days(AVERAGE_DAYS))
    leads = product.purchase_lead_days + product.transport_lead_days
    safety = float(safety_stock(sold, leads))
    now = short.available if short else max(_LEAST, round(safety * ample))
    rounds = _rounds(scene)
    levels = [(moment, now) for moment in reversed(rounds)]
    level = now + by_day.get(scene.day, 0)
    for back, day in enumerate(reversed(scene.days()), start=1):
        if short and back == _SHORT_FOR_DAYS:
            level += round(safety)
        if not short and back % _REFILL_DAYS == 0:
            level = now
        evening = local(day, 23, 50)
        if evening < rounds[0]:  # just after midnight the rounds tell of yesterday's evening
            levels.append((evening, level))
        level += by_day.get(day, 0)
    return levels[::-1]


def _rounds(scene: Scene) -> list[datetime]:
    """The last full quarter hours before today's moment, oldest first."""
    moment = scene.today.replace(second=0, microsecond=0)
    last = moment - timedelta(minutes=moment.minute % 15)
    if last == scene.today:
        last -= _ROUND
    return [last - n * _ROUND for n in reversed(range(_ROUNDS_TODAY))]


def _split(sku: str, available: int, moment: datetime) -> Iterator[Stock]:
    inbound = 0 if sku in SHORTAGES else available // 10
    first, *others = WAREHOUSES
    shares = {name: available * WAREHOUSES[name] // 100 for name in others}
    for name, free in {first: available - sum(shares.values()), **shares}.items():
        committed = free // 20
        yield Stock(sku, name, free + committed, committed, inbound, moment)
        inbound = 0  # everything arrives at the first warehouse


def _oversold(rows: list[Stock], moments: set[datetime]) -> list[Stock]:
    return [
        replace(row, on_hand=_OVERSOLD_ON_HAND, committed=_OVERSOLD_COMMITTED)
        if (row.sku, row.location) == _OVERSOLD and row.observed_at in moments
        else row
        for row in rows
    ]
