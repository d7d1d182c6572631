"""Advertising by channel, near the plan's returns, with one that overspends (plan E1, E2)."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandbox.demo.catalogue import CENT
from sandbox.demo.plan_year import days_between
from sandbox.demo.records import USD, Spend, Trouble
from sandbox.demo.scene import AVERAGE_DAYS, Scene

_YEAR_DAYS = 365
_ADS_BUDGET = 1_500_000 * 0.15  # USD a year
_IN_TIME = 0.95  # of the even pace
_OVERSPEND = 1.25
_WEAK_ROAS = 1.9
_WEAK = "influencer"
_MARGIN = Decimal("0.28")
_CLICK_RATE = 0.036
_INQUIRY_RATE = 0.05
_MEAN_ORDER = 3600


@dataclass(frozen=True)
class _Campaign:
    """Its share of the ads budget, its ROAS, the price of a click in USD."""

    channel: str
    name: str
    share: float
    roas: float
    click_price: float


_CAMPAIGNS = (
    _Campaign("p4p", "P4P cold start, exact match", 0.13, 2.7, 1.3),
    _Campaign("p4p", "P4P growth, phrase match", 0.24, 2.9, 1.1),
    _Campaign("p4p", "P4P harvest, retargeting", 0.28, 3.4, 0.8),
    _Campaign(_WEAK, "Camping creators", 0.10, 2.8, 0.5),
    _Campaign("seo", "Own site and blog", 0.05, 4.0, 0.3),
    _Campaign("trade_assurance", "Trade Assurance subsidy", 0.10, 4.2, 0.9),
    _Campaign("fair", "Trade fairs", 0.10, 3.5, 2.4),
)


def spend(scene: Scene) -> list[Spend]:
    """Every complete day since 1 January, and at least the last 90."""
    rng = scene.rng("ads")
    first = min(scene.day.replace(month=1, day=1), scene.days()[0])
    days = days_between(first, scene.day - timedelta(days=1))
    recent = set(scene.days(AVERAGE_DAYS))
    rows = []
    for day in days:
        for campaign in _CAMPAIGNS:
            weak = campaign.channel == _WEAK and day in recent
            rows.append(_spent(campaign, day, _WEAK_ROAS if weak else campaign.roas, rng))
    return rows


def ad_troubles(scene: Scene, rows: Iterable[Spend]) -> list[Trouble]:
    """The channel that spends too much for too little, by the rows themselves."""
    of_channel = [row for row in rows if row.channel == _WEAK]
    return [_overspend(scene, of_channel), _weak_return(scene, of_channel)]


def _overspend(scene: Scene, rows: list[Spend]) -> Trouble:
    year = scene.day.replace(month=1, day=1)
    share = next(campaign.share for campaign in _CAMPAIGNS if campaign.channel == _WEAK)
    used = sum(row.spend for row in rows if row.day >= year)
    due = _ADS_BUDGET * share * (scene.day - year).days / _YEAR_DAYS
    why = f"USD {used:.0f} spent since {year}; an even pace would be {due:.0f}"
    return Trouble("E2", "budget", _WEAK, why)


def _weak_return(scene: Scene, rows: list[Spend]) -> Trouble:
    recent = [row for row in rows if row.day >= scene.days(AVERAGE_DAYS)[0]]
    gmv, used = sum(row.gmv for row in recent), sum(row.spend for row in recent)
    why = f"ROAS of the last {AVERAGE_DAYS} days USD {gmv:.0f} / {used:.0f} = {gmv / used:.2f}"
    return Trouble("E1", "monday_meeting", _WEAK, f"{why}; the plan wants 2.8")


def _spent(campaign: _Campaign, day: date, roas: float, rng: random.Random) -> Spend:
    pace = _OVERSPEND if campaign.channel == _WEAK else _IN_TIME
    spent = _ADS_BUDGET * campaign.share / _YEAR_DAYS * pace * rng.uniform(0.97, 1.03)
    gmv = spent * roas * rng.uniform(0.97, 1.03)
    clicks = round(spent / campaign.click_price)
    amount = Decimal(gmv).quantize(CENT)
    return Spend(
        day=day,
        channel=campaign.channel,
        campaign=campaign.name,
        spend=Decimal(spent).quantize(CENT),
        currency=USD,
        impressions=round(clicks / _CLICK_RATE),
        clicks=clicks,
        inquiries=round(clicks * _INQUIRY_RATE),
        orders=int(gmv / _MEAN_ORDER + rng.random()),
        gmv=amount,
        gross_profit=(amount * _MARGIN).quantize(CENT),
    )
