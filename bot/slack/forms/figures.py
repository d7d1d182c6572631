"""`/watch figures`: how quickly people answer, by person, check and week (plan A5)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from bot.alert_text import name_of
from bot.slack.command import Asked, Form, in_thread, message
from core.duty import WEEK
from core.hours import ONE_DAY, moment
from core.ledger.life.figures import Figures, Group, figures
from core.ledger.tables import Alert

MOST_WEEKS = 53


def _last_days(asked: Asked) -> str:
    """Tell the last seven days, by person and by check."""

    def person(alert: Alert) -> str:
        return name_of(asked.settings, alert.owner) or alert.owner

    people = _figures(asked, asked.now - WEEK, person)
    checks = _figures(asked, asked.now - WEEK, lambda alert: alert.check)
    groups = [("person", _rows(people, people)), ("check", _rows(checks, checks))]
    return asked.text("figures", "figures", groups=groups)


def _weeks(asked: Asked) -> str:
    """Tell so many weeks, the latest first; this one, of which more is to come, is one of them."""
    wanted, zone = asked.arguments["WEEKS"], asked.store.zone
    count = int(wanted) if wanted.isdecimal() else 0
    if not 1 <= count <= MOST_WEEKS:
        return asked.text("figures", "how_many_weeks", wanted=wanted, most=MOST_WEEKS)

    def monday(at: datetime) -> Any:
        day = at.astimezone(zone).date()
        return day - day.weekday() * ONE_DAY

    weeks = [monday(asked.now) - back * WEEK for back in range(count)]
    first = moment(weeks[-1], time(0), zone)
    known = _figures(asked, first, lambda alert: monday(alert.opened_at).isoformat())
    rows = _rows((week.isoformat() for week in weeks), known)
    return asked.text("figures", "figures", groups=[("week", rows)])


def _figures(asked: Asked, first: datetime, group: Group) -> dict[str, Figures]:
    with asked.database.read() as ledger:
        return figures(ledger, asked.store.name, first, asked.now, group)


def _rows(names: Iterable[str], known: Mapping[str, Figures]) -> list[dict[str, Any]]:
    return [{"name": name, "figures": known.get(name)} for name in names]


FIGURES = (
    Form(
        "figures", message("how quickly people answered in the last 7 days"), in_thread(_last_days)
    ),
    Form("figures WEEKS", message("the same week by week, so many weeks back"), in_thread(_weeks)),
)
"""Forms of `/watch`."""
