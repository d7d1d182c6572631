"""Asking for what changed: since the last complete run, less an overlap, and on where it broke off.

A feed's cursor is `{"until": …}` after a complete run, and `{"until": …, "part": {…}}` within one,
where `part` holds the moments that the run asks between and the connector's own place.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.ledger.feeds import Cursor
from scrapers.api.service import Asked


@dataclass(frozen=True)
class Window:
    """The span of time that a run asks for; `place` is where an earlier one broke off."""

    since: datetime
    until: datetime
    before: str | None
    """Until when the run before it had asked."""
    place: Any = None

    def at(self, place: Any) -> Cursor:
        """Return the cursor of a run that has read up to a place of the connector's own."""
        part = {"since": self.since.isoformat(), "until": self.until.isoformat(), "place": place}
        return {"until": self.before, "part": part}

    def done(self) -> Cursor:
        """Return the cursor of a run that has read all."""
        return {"until": self.until.isoformat()}


def window(asked: Asked) -> Window:
    """Return what a run of a feed with `WindowSettings` asks for."""
    before = asked.cursor.get("until")
    part = asked.cursor.get("part")
    if part:
        since, until = (datetime.fromisoformat(part[name]) for name in ("since", "until"))
        return Window(since, until, before, part["place"])
    known = datetime.fromisoformat(before) if before else asked.now - asked.stanza.look_back
    since = known - asked.stanza.overlap if before else known
    return Window(since, asked.now, before)


def afresh(asked: Asked, cut: Window) -> Window:
    """Return the window of a run that cannot go on where it broke off: the same, from its start."""
    return Window(cut.since, asked.now, cut.before)
