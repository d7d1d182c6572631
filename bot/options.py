"""Values on the command line, and what to say when one is wrong."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import click

from core.errors import hint

Thing = TypeVar("Thing")


class MomentType(click.ParamType[datetime]):
    """A moment: ISO 8601 with an offset."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment, or say what one looks like."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write 2026-11-22T09:00:00+08:00", param, ctx)
        if moment.tzinfo is None:
            local = moment.isoformat()
            self.fail(f"{value!r} has no offset; write {local}+08:00 or {local}Z", param, ctx)
        return moment


MOMENT = MomentType()


def one_of(known: Mapping[str, Thing], what: str, name: str) -> Thing:
    """Return the thing of this name; UsageError names the nearest one, or all there are."""
    if name not in known:
        raise click.UsageError(no_such(what, name, known))
    return known[name]


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """Return the line for a name that nothing has."""
    return f"no {what} {name!r}; {hint(name, known)}"
