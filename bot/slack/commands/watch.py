"""`/watch`: how Watchkeeper itself stands, and running a check now."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import col, func, select

from bot.slack.command import Asked, Command, Form, commands, help_text, message
from bot.slack.forms.figures import FIGURES
from bot.slack.forms.silencing import SILENCING
from bot.slack.forms.snoozing import SNOOZING
from bot.slack.forms.sources import SOURCES
from core.engine import JobFailed
from core.errors import nearest
from core.ledger import fetches, posts, runs, vitals
from core.ledger.tables import Alert, RunState
from core.schedule import next_slot


def _help(asked: Asked) -> str:
    return "\n\n".join(help_text(command, asked) for command in commands().values())


def _status(asked: Asked) -> str:
    with asked.database.read() as ledger:
        owed = posts.by_state(ledger) | {"oldest": posts.oldest_owed(ledger, asked.now)}
        counted = select(Alert.state, func.count()).where(col(Alert.gone_at).is_(None))
        alerts = dict(ledger.exec(counted.group_by(Alert.state)).all())
        feeds = {feed.job: feed.source for feed in asked.settings.feeds(asked.store.name)}
        known = [
            _row(name, stanza, runs.latest(ledger, name, asked.store.name), asked)
            for name, stanza in asked.settings.switched_on(asked.store.name)
        ]
        signs = [sign.model_dump() for sign in vitals.signs(ledger)]
        blocked = fetches.blocked_hosts(ledger, asked.store.name, asked.now)
    rows = [row for row in known if row["name"] not in feeds]
    failing = {row["name"] for row in known if row["state"] == RunState.FAILED}
    return asked.text(
        "watch",
        "status",
        rows=rows,
        feeds={"count": len(feeds), "failing": _failing(feeds, failing)},
        alerts=alerts,
        posts=owed,
        off=sorted(set(asked.engine.names()) - dict(asked.settings.switched_on()).keys()),
        signs=signs,
        blocked=[vars(host) for host in blocked],
    )


def _failing(feeds: Mapping[str, str], failed: Collection[str]) -> list[str]:
    """Return the feeds that failed; a source all of whose feeds did is named once.

    `feeds` says whose each is.
    """
    whole = set(feeds.values()) - {source for job, source in feeds.items() if job not in failed}
    named = [source if source in whole else job for job, source in feeds.items() if job in failed]
    return list(dict.fromkeys(named))


def _row(name: str, stanza: Any, run: Any, asked: Asked) -> dict[str, Any]:
    return {
        "name": name,
        "state": run.state if run else None,
        "finished_at": run.finished_at if run else None,
        "error": run.error if run else None,
        "since": run.started_at if run else None,
        "progress": runs.progress(run),
        "next": next_slot(stanza.schedule, asked.now, asked.store.zone),
        "after": stanza.schedule.after,
    }


async def _run(asked: Asked) -> str:
    wanted = asked.arguments["CHECK"].lower()
    names = dict(asked.settings.switched_on(asked.store.name))
    if wanted not in names:
        near = nearest(wanted, names)
        return asked.text("watch", "unknown", wanted=wanted, near=near, names=sorted(names))
    try:
        summary = await asked.engine.run_now(wanted, asked.store)
    except JobFailed as failure:
        return asked.text("watch", "failed", name=wanted, reason=str(failure))
    return asked.text("watch", "ran", name=wanted, summary=summary)


COMMAND = Command(
    name="/watch",
    summary=message("How Watchkeeper stands, and running a check now"),
    forms=(
        Form("help", message("every command and how to use it"), _help),
        Form("status", message("checks, alerts and what is owed"), _status),
        Form("run CHECK", message("run a check or job now"), _run, for_leads=True),
        *SOURCES,
        *FIGURES,
        *SNOOZING,
        *SILENCING,
    ),
)
