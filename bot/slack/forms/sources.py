"""`/watch sources`: how each source stands, who pushes, and what nobody understood."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from bot.slack.command import Asked, Form, in_thread, message
from core.ledger.source_states import FeedState, overview
from core.schedule import next_slot

WORTH_TELLING = timedelta(minutes=1)
"""A run that is due for less is just about to begin, or under way."""


def _sources(asked: Asked) -> str:
    with asked.database.read() as ledger:
        known = overview(ledger, asked.settings, asked.store, asked.now)
        tokens = [token.model_dump() for token in known.tokens]
        words = [word.model_dump() for word in known.words]
        mails = [mail.model_dump() for mail in known.mails.newest]
    return asked.text(
        "watch",
        "sources",
        sources=_by_source(known.feeds, asked),
        pushes=tokens,
        words=words,
        mails=mails,
        count=known.mails.total,
        now=asked.now,
    )


def _by_source(states: Sequence[FeedState], asked: Asked) -> list[dict[str, Any]]:
    grouped = groupby(states, key=lambda state: (state.feed.source, state.feed.settings.service))
    return [
        _source(name, service, [_row(state, asked) for state in of_source])
        for (name, service), of_source in grouped
    ]


def _source(name: str, service: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a source with its feeds; an error that all of them share is said once."""
    errors = {row["error"] for row in rows}
    shared = errors.pop() if len(errors) == 1 and len(rows) > 1 else None
    if shared:
        rows = [row | {"error": None} for row in rows]
    return {"name": name, "service": service, "error": shared, "feeds": rows}


def _row(state: FeedState, asked: Asked) -> dict[str, Any]:
    zone = asked.store.zone
    behind = state.behind(asked.now, zone)
    return {
        "name": state.feed.name,
        "done_at": state.done_at,
        "rows": state.rows,
        "error": state.error,
        "behind": behind if behind and behind >= WORTH_TELLING else None,
        "next": next_slot(state.feed.stanza.schedule, asked.now, zone),
    }


SOURCES = (
    Form("sources", message("how each source stands that brings facts in"), in_thread(_sources)),
)
"""Forms of `/watch`."""
