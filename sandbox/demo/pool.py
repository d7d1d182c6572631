"""The pool of 18 top stores, whose buyers come back more often than ours do (plan F3)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean, pstdev

from sandbox.demo.records import CompetitorFigures, Order
from sandbox.demo.scene import AVERAGE_DAYS, Scene, local

STORES = (
    *("VoltTrail", "PeakGrid", "Sunhaul", "NomadVolt", "KoolTrek", "AmberCell", "BoreasAir"),
    *("CampGrid", "DriftPower", "EverHaul", "FjordVolt", "GlacierGo", "HavenWatt", "IonTrail"),
    *("JunoCamp", "KiteEnergy", "LumenRoad", "MesaCool"),
)
_BEHIND = 0.8
"""Standard deviations that our repurchase is behind the pool (plan F3)."""
_SPREAD = 0.02
"""One of them, as a share of buyers."""
_WEEKS = 4
_BUYERS = (90, 420)
_BUYERS_PER_ORDER, _ORDERS_PER_VISITOR = 0.82, (0.0015, 0.005)


def competitor_figures(scene: Scene, orders: Sequence[Order]) -> list[CompetitorFigures]:
    """One export a week: every store's 30 days up to a day, the last one yesterday."""
    rng = scene.rng("pool")
    drawn = [rng.gauss(0, 1) for _ in STORES]
    mean, deviation = fmean(drawn), pstdev(drawn)
    pool_mean = _repurchase(scene, orders) + _BEHIND * _SPREAD
    shares = [pool_mean + _SPREAD * (each - mean) / deviation for each in drawn]
    sizes = [rng.randint(*_BUYERS) for _ in STORES]
    rates = [rng.uniform(*_ORDERS_PER_VISITOR) for _ in STORES]
    return [
        _figures(store, day, size, rate, share)
        for day in _days(scene)
        for store, size, rate, share in zip(STORES, sizes, rates, shares, strict=True)
    ]


def _days(scene: Scene) -> Iterator[date]:
    for weeks in range(_WEEKS):
        yield scene.day - timedelta(days=1 + 7 * weeks)


def _figures(store: str, day: date, buyers: int, rate: float, share: float) -> CompetitorFigures:
    orders = round(buyers / _BUYERS_PER_ORDER)
    repeat = round(buyers * min(max(share, 0.0), 1.0))
    return CompetitorFigures(store, day, round(orders / rate), orders, buyers, repeat)


def _repurchase(scene: Scene, orders: Sequence[Order]) -> float:
    """Of our buyers of the last 30 whole days, the share that had ordered before."""
    until = local(scene.day, 0)
    since = until - timedelta(days=AVERAGE_DAYS)
    placed: dict[str, list[datetime]] = {}
    for order in orders:
        if order.placed_at < until:
            who = (order.buyer_email or order.buyer_name).lower()
            placed.setdefault(who, []).append(order.placed_at)
    recent = [moments for moments in placed.values() if max(moments) >= since]
    return sum(min(moments) < max(moments) for moments in recent) / len(recent)
