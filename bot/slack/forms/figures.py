"""`/watch figures`: how quickly people answer, by person, check and week (plan A5)."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from bot.slack.command import Asked, Form, message
from core.hours import moment
from core.ledger.life.figures import Figures, Group, figures
from core.ledger.tables import Alert

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST_WEEKS = 53


async def _last_days(asked: Asked) -> str:
    """Tell the last seven days, by person and by check."""

    def person(alert: Alert) -> str:
        known = asked.settings.person(alert.owner)
        return known.name if known else alert.owner

    people = await _figures(asked, asked.now - WEEK, person)
    checks = await _figures(asked, asked.now - WEEK, lambda alert: alert.check)
    groups = [("person", _rows(people, people)), ("check", _rows(checks, checks))]
    return asked.text("figures", "figures", groups=groups)


async def _weeks(asked: Asked) -> str:
    """Tell so many weeks, the latest first; this one, of which more is to come, is one of them."""
    wanted, zone = asked.arguments["WEEKS"], asked.store.zone
    count = int(wanted) if wanted.isdecimal() else 0
    if not 1 <= count <= MOST_WEEKS:
        return asked.text("figures", "how_many_weeks", wanted=wanted, most=MOST_WEEKS)

    def monday(at: datetime) -> Any:
        day = at.astimezone(zone).date()
        return day - day.weekday() * DAY

    weeks = [monday(asked.now) - back * WEEK for back in range(count)]
    first = moment(weeks[-1], time(0), zone)
    known = await _figures(asked, first, lambda alert: monday(alert.opened_at).isoformat())
    rows = _rows((week.isoformat() for week in weeks), known)
    return asked.text("figures", "figures", groups=[("week", rows)])


async def _figures(asked: Asked, first: datetime, group: Group) -> dict[str, Figures]:
    return await asyncio.to_thread(_read, asked, first, group)


def _read(asked: Asked, first: datetime, group: Group) -> dict[str, Figures]:
    with asked.database.read() as ledger:
        return figures(ledger, asked.store.name, first, asked.now, group)


def _rows(names: Iterable[str], known: Mapping[str, Figures]) -> list[dict[str, Any]]:
    return [{"name": name, "figures": known.get(name)} for name in names]


FIGURES = (
    Form("figures", message("how quickly people answered in the last 7 days"), _last_days),
    Form("figures WEEKS", message("the same week by week, so many weeks back"), _weeks),
)
