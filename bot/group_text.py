"""What a message about many alerts says, for one reader, and the list that comes with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.alert_text import alert_title, name_of, reader, standing
from bot.spreadsheet import as_csv
from core.ledger.life.groups import GroupView
from core.ledger.tables import Alert
from core.markup import Trusted, to_plain
from core.settings import Person, Settings
from core.texts import render
from core.values import Locale

_COLUMNS = ("number", "severity", "subject", "title", "owner", "opened", "due")


@dataclass(frozen=True)
class GroupText:
    """The pieces of the message, in the markup of `core.markup`."""

    mark: str
    title: str
    counts: str
    worst: str
    status: str
    take: str
    mine: str


def group_text(view: GroupView, settings: Settings, locale: Locale, *, personal: bool) -> GroupText:
    """Return what the message says in a language; `personal`: to one owner, about what is theirs.

    Raises as `core.texts.render` does.
    """
    values = _values(view, settings, personal=personal) | {
        "worst": [_line(alert, settings, locale) for alert in view.alerts],
        "more": view.live - len(view.alerts),
    }

    def block(name: str, template: str = "_group") -> str:
        zone = settings.store_of(view.group.store).zone
        return render(f"groups/{template}", name, values, locale=locale, zone=zone)

    return GroupText(
        mark=block("mark"),
        title=" ".join(block("title", view.group.kind).split()),
        counts=block("counts"),
        worst=block("worst"),
        status=block("status"),
        take=block("take"),
        mine=block("mine"),
    )


def group_reader(view: GroupView, settings: Settings) -> Person:
    """Return whose language a channel's message is in: who owns most of the alerts."""
    return reader(settings, view.most)


def group_list(view: GroupView, settings: Settings, locale: Locale) -> tuple[str, bytes]:
    """Return the title and the bytes of a CSV file with every alert of a group.

    Its columns have the same names in every language; after them come the facts that are plain
    values. Moments are the store's. UTF-8 with the mark that Excel knows it by.
    """
    names = dict.fromkeys(
        name for alert in view.alerts for name, value in alert.facts.items() if _is_plain(value)
    )
    facts = [name for name in names if name not in _COLUMNS]
    rows = (_row(alert, facts, settings, locale) for alert in view.alerts)
    values, zone = _values(view, settings), settings.store_of(view.group.store).zone
    title = render("groups/_group", "list", values, locale=locale, zone=zone)
    return to_plain(title), as_csv([[*_COLUMNS, *facts], *rows])


def _row(alert: Alert, facts: Sequence[str], settings: Settings, locale: Locale) -> Iterator[Any]:
    zone = settings.store_of(alert.store).zone

    def moment(value: datetime) -> str:
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"

    yield from (alert.id, alert.severity, alert.subject)
    yield to_plain(alert_title(alert, settings, locale))
    yield from (name_of(settings, alert.owner), moment(alert.opened_at), moment(alert.due_at))
    for name in facts:
        value = alert.facts.get(name)
        yield value if _is_plain(value) else None


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int)


def _values(view: GroupView, settings: Settings, *, personal: bool = False) -> dict[str, Any]:
    group = view.group
    return {
        "store": settings.store_of(group.store).title,
        "check": group.check,
        "opened_at": group.opened_at,
        "total": view.total,
        "states": view.states,
        "severities": view.severities,
        "over_at": view.over_at,
        "took": view.over_at - group.opened_at if view.over_at else None,
        "personal": personal,
    }


def _line(alert: Alert, settings: Settings, locale: Locale) -> dict[str, Any]:
    return {
        "number": alert.id,
        "title": Trusted(alert_title(alert, settings, locale)),  # rendered: guarded already
        "mark": standing("mark", alert, settings, locale),
        "owner": name_of(settings, alert.owner),
    }
