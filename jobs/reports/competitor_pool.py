"""Tells how we stand among the competitors' shops: 30 days, in standard deviations (plan F3)."""

import asyncio
from decimal import Decimal

from pydantic import Field

from core.finding import Facts, facts
from core.jobs import JobSettings
from core.ledger.life.watch import watch
from core.ledger.pool import PairSales, Pool, PoolRules, pool
from core.ledger.posts import FILE, UNDER, new_post
from core.rules.pool import Axis, Standing
from core.settings import Settings as Configuration
from core.stanza import Duration
from core.values import Channel, Medium, Name
from jobs.registry import Work

TEMPLATE = "reports/competitor_pool"
PICTURE = "competitor_pool"
"""The file that draws it, of bot/files."""


class Settings(JobSettings):
    """The stanza of config.yaml."""

    role: Name = Field(description="whose person on duty it is for")
    channel: Channel = Field(description="the Slack channel it is told in")
    least_stores: int = Field(ge=2, description="of fewer that tell a figure nothing is said")
    orders_per_review: Decimal = Field(
        gt=0, description="pieces sold for each review, where a page counts reviews only"
    )
    cover: Decimal = Field(
        ge=Decimal("0.5"),
        le=1,
        description="share of the 30 days that two readings of a count, or days with visits, cover",
    )
    figures_valid_for: Duration = Field(description="an older export about a shop is none")
    articles: int = Field(ge=0, le=20, description="that others sold most, shown beside ours")

    @property
    def rules(self) -> PoolRules:
        """How the pool is compared."""
        return PoolRules(
            self.least_stores, self.orders_per_review, self.cover, self.figures_valid_for
        )


async def run(work: Work) -> Facts:
    """Owe the report, and under it the picture; return how many stores it compares."""
    return {"stores": await asyncio.to_thread(_report, work)}


def _report(work: Work) -> int:
    with work.database.read() as ledger:
        named = work.settings.competitors
        found = pool(ledger, work.store, work.now, work.stanza.rules, named)
    told = report(found, work.stanza)
    with work.database.write() as ledger:
        now = watch(ledger, work.settings, work.now)
        person = now.roster.on_duty(work.store, work.stanza.role, work.now).person
        due = now.roster.reached_at(person, work.store, work.now, wakes=False)
        to = (work.store.name, Medium.SLACK, work.stanza.channel)
        message = new_post(*to, TEMPLATE, work.now, due=due)
        message.facts = told | {"people": [person.email]}
        ledger.add(message)
        if told["compared"]:
            picture = new_post(*to, FILE, work.now, due=due)
            picture.facts = message.facts | {FILE: PICTURE, UNDER: message.id}
            ledger.add(picture)
    return len(found.known)


def stanza_of(settings: Configuration) -> Settings | None:
    """Return the report's stanza; None when it is switched off."""
    stanza = settings.job(PICTURE)
    return stanza if isinstance(stanza, Settings) else None


def report(found: Pool, stanza: Settings) -> Facts:
    """Return what the report says. Unknown figures are left out, never 0."""
    others = sorted(found.known, key=_largest_first)
    stores = [each for each in found.standings if each.ours] + others
    return facts(
        {
            "stores": [_store(each) for each in stores],
            "axes": [_axis(axis, found) for axis in Axis],
            "compared": any(each.z for each in found.standings),
            "count": len(others),
            "unknown": list(found.unknown),
            "sales": [_sold(pair) for pair in found.sales[: stanza.articles]],
            "least_stores": stanza.least_stores,
            "orders_per_review": stanza.orders_per_review,
        }
    )


def _largest_first(standing: Standing) -> tuple[float, str]:
    traffic = standing.figures.get(Axis.TRAFFIC)
    return -(traffic.value if traffic else -1.0), standing.name


def _store(standing: Standing) -> Facts:
    figures = {
        axis.value: {"value": _shown(figure.value), "origin": figure.origin.value}
        for axis, figure in standing.figures.items()
    }
    z = {axis.value: _shown(value) for axis, value in standing.z.items()}
    return {"name": standing.name, "ours": standing.ours, "figures": figures, "z": z}


def _axis(axis: Axis, found: Pool) -> Facts:
    """Return how we stand on one axis, or how many stores tell of it."""
    ours = next(each for each in found.standings if each.ours)
    z = ours.z.get(axis)
    return {
        "name": axis.value,
        "z": None if z is None else _shown(z),
        "stores": sum(axis in each.figures for each in found.known),
        "ours_known": axis in ours.figures,
    }


def _sold(pair: PairSales) -> Facts:
    theirs = pair.theirs
    return {
        "sku": pair.sku,
        "competitor": pair.competitor,
        "pieces": theirs.pieces,
        "at_least": theirs.at_least,
        "method": theirs.method.value,
        "first": theirs.first,
        "last": theirs.last,
        "ours": pair.ours,
    }


def _shown(value: float) -> Decimal:
    """Return a figure for people: 4 decimals say a share of people to a hundredth of a percent."""
    return Decimal(value).quantize(Decimal("0.0001"))
