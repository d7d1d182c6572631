"""Daily sales with week, trend and season, a little behind the year's target (plan E3)."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sandbox.demo.catalogue import ACCESSORY, CENT
from sandbox.demo.plan_year import GMV_TARGET, days_between, expected_gmv, quarter_share
from sandbox.demo.records import Product, Sales, Trouble
from sandbox.demo.scene import AVERAGE_DAYS, HISTORY_DAYS, Scene, local
from sandbox.demo.shortages import SHORTAGES

# Share of the units, and price against FOB.
CHANNELS = {
    "alibaba": (0.60, Decimal("1.00")),
    "shopify": (0.22, Decimal("1.15")),
    "amazon": (0.18, Decimal("1.20")),
}
_MEAN_PRICE = sum(share * float(price) for share, price in CHANNELS.values())
_REACHED = 0.88  # of the target: the planted gap
_WEEKDAYS = (1.08, 1.10, 1.06, 1.04, 1.02, 0.88, 0.82)
_WEEK = timedelta(days=7)
_GROWTH = 0.08  # over the daily window

Cell = tuple[str, date, float]  # channel, day it is booked on, expected units


def sales(scene: Scene, products: Sequence[Product]) -> list[Sales]:
    """Units and revenue by SKU, channel and day: 90 complete days, and today so far.

    What the year brought before those days comes as weekly totals, each booked on the last day of
    its week, so that the year to date is whole.
    """
    rng = scene.rng("sales")
    rows: list[Sales] = []
    for product, rate in zip(products, _rates(products, rng), strict=True):
        rows += _booked(product, _older_weeks(scene, rate))
        days = scene.days()
        rows += _booked(product, _daily(days[:-AVERAGE_DAYS], days[0], rate, rng))
        recent = _daily(days[-AVERAGE_DAYS:], days[0], rate, rng)
        if shortage := SHORTAGES.get(product.sku):
            recent = _scaled(recent, shortage.units_sold)
        rows += _booked(product, recent)
        rows += _booked(product, _so_far(scene, rate))
    return rows


def units_by_day(rows: Iterable[Sales]) -> dict[str, dict[date, int]]:
    """Units sold over all channels, by SKU and day."""
    totals: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        totals[row.sku][row.day] += row.units
    return totals


def gmv_trouble(scene: Scene, rows: Iterable[Sales]) -> Trouble:
    """The year's GMV behind its curve, by the rows themselves."""
    year = scene.day.replace(month=1, day=1)
    booked = sum((row.revenue for row in rows if year <= row.day < scene.day), Decimal())
    due = expected_gmv(scene.day)
    why = f"USD {booked:.0f} booked from {year} to the end of yesterday; the curve asks {due:.0f}"
    return Trouble("E3", "gmv_pace", "gmv", why)


def _rates(products: Sequence[Product], rng: random.Random) -> list[float]:
    """Units a day of each product in a season of factor 1, that sum up to the wanted GMV."""
    fixed = {sku: short.units_sold / AVERAGE_DAYS for sku, short in SHORTAGES.items()}
    liked = [rng.uniform(0.5, 1.5) * (1.8 if p.category == ACCESSORY else 1) for p in products]
    gmv = float(GMV_TARGET) * _REACHED / 365 / _MEAN_PRICE
    gmv -= sum(fixed.get(p.sku, 0) * float(p.fob_usd) for p in products)
    weight = sum(
        like * float(p.fob_usd)
        for p, like in zip(products, liked, strict=True)
        if p.sku not in fixed
    )
    return [fixed.get(p.sku, like * gmv / weight) for p, like in zip(products, liked, strict=True)]


def _season(day: date) -> float:
    return float(quarter_share(day)) * 4


def _daily(days: list[date], start: date, rate: float, rng: random.Random) -> list[Cell]:
    cells = []
    for channel, (share, _) in CHANNELS.items():
        for day in days:
            trend = 1 + _GROWTH * ((day - start).days / HISTORY_DAYS - 0.5)
            factor = _season(day) * _WEEKDAYS[day.weekday()] * trend * rng.uniform(0.75, 1.25)
            cells.append((channel, day, rate * share * factor))
    return cells


def _older_weeks(scene: Scene, rate: float) -> Iterator[Cell]:
    weeks = []
    last = scene.days()[0] - timedelta(days=1)
    while last.year == scene.day.year:
        first = max(last - _WEEK + timedelta(days=1), last.replace(month=1, day=1))
        weeks.append((last, sum(_season(day) for day in days_between(first, last))))
        last -= _WEEK
    for channel, (share, _) in CHANNELS.items():
        for last, season in reversed(weeks):
            yield channel, last, rate * share * season


def _so_far(scene: Scene, rate: float) -> Iterator[Cell]:
    passed = (scene.today - local(scene.day, 0)) / timedelta(days=1)
    for channel, (share, _) in CHANNELS.items():
        yield channel, scene.day, rate * share * _season(scene.day) * passed


def _scaled(cells: list[Cell], total: int) -> list[Cell]:
    factor = total / sum(expected for _, _, expected in cells)
    return [(channel, day, expected * factor) for channel, day, expected in cells]


def _booked(product: Product, cells: Iterable[Cell]) -> Iterator[Sales]:
    """Whole units whose running total never strays from the expected one by more than a half."""
    expected_total, given = 0.0, 0
    for channel, day, expected in cells:
        expected_total += expected
        units = round(expected_total) - given
        given += units
        revenue = (units * product.fob_usd * CHANNELS[channel][1]).quantize(CENT)
        yield Sales(product.sku, day, channel, units, revenue)
