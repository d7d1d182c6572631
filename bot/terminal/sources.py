"""watchkeeper sources: how each source stands that brings facts in; no network is needed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.columns import in_columns, length
from bot.workplace import Workplace, open_workplace, utc_now
from core.finding import Facts, facts
from core.ledger.mails import Unmatched
from core.ledger.source_states import FeedState, Overview, overview
from core.schedule import next_slot
from core.settings import Store
from core.sources import Feed
from scrapers.api.problems import SourceProblem

HEAD = ("SOURCE", "FEED", "COMPLETE", "ROWS", "BEHIND", "NEXT", "PROBLEM")
NONE = "-"
SAME = "the same"


@dataclass(frozen=True)
class _Line:
    """A feed, as the table and the JSON show it."""

    state: FeedState
    store: Store
    now: datetime
    problem: str | None

    def cells(self) -> tuple[str, ...]:
        state, behind = self.state, self.state.behind(self.now, self.store.zone)
        follows = state.feed.stanza.schedule.after
        return (
            state.feed.source,
            state.feed.name,
            f"{length(self.now - state.done_at)} ago" if state.done_at else "never",
            NONE if state.rows is None else str(state.rows),
            length(behind) if behind else NONE,
            f"in {length(self.next - self.now)}" if self.next else f"after {follows}",
            self.problem or "",
        )

    @property
    def next(self) -> datetime | None:
        return next_slot(self.state.feed.stanza.schedule, self.now, self.store.zone)

    def as_json(self) -> Facts:
        state, behind = self.state, self.state.behind(self.now, self.store.zone)
        told = {
            "store": self.store.name,
            "source": state.feed.source,
            "service": state.feed.settings.service,
            "feed": state.feed.name,
            "job": state.feed.job,
            "last_complete": state.done_at,
            "behind_seconds": int(behind.total_seconds()) if behind else 0,
            "rows": state.rows,
            "failed_since": state.failed_since,
            "failures": state.in_a_row,
            "problem": self.problem,
            "next": self.next,
        }
        return facts(told)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="What scripts read.")
@click.pass_obj
def command(config: Path | None, as_json: bool) -> int:
    """List every source with its last complete run. Exit code 1 when one does not work."""
    workplace, now = open_workplace(config), utc_now()
    with closing(workplace.ledger()) as database, database.read() as ledger:
        known = [
            (store, overview(ledger, workplace.settings, store, now))
            for store in workplace.stores()
        ]
        lines = [
            _Line(state, store, now, _problem(workplace, state))
            for store, ways in known
            for state in ways.feeds
        ]
        others = [_others(store, ways) for store, ways in known]
    if as_json:
        told = {"feeds": [line.as_json() for line in lines]} | _together(others)
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(lines, _together(others), now)
    return 1 if any(line.problem for line in lines) else 0


def _problem(workplace: Workplace, state: FeedState) -> str | None:
    """Return why a feed does not work: what it lacks now, or how its latest run failed."""
    return _missing_credentials(workplace, state.feed) or state.error


def _missing_credentials(workplace: Workplace, feed: Feed) -> str | None:
    try:
        workplace.outside.credentials(feed.source, feed.settings.service)
    except SourceProblem as problem:
        return str(problem)
    return None


def _others(store: Store, ways: Overview) -> dict[str, list[Facts]]:
    """Return who pushes, and what nobody understood."""
    return {
        "pushes": [
            facts({"store": store.name, "name": token.name, "last_used_at": token.last_used_at})
            for token in ways.tokens
        ],
        "unknown_words": [
            facts({"store": store.name} | word.model_dump(exclude={"store"})) for word in ways.words
        ],
        "unmatched_mails": [_mails(store, ways.mails)] if ways.mails.total else [],
    }


def _mails(store: Store, mails: Unmatched) -> Facts:
    shown = {"source", "sender", "subject", "problem", "received_at"}
    newest = [facts(mail.model_dump(include=shown)) for mail in mails.newest]
    return facts({"store": store.name, "count": mails.total, "newest": newest})


def _together(others: Sequence[dict[str, list[Facts]]]) -> dict[str, list[Facts]]:
    names = ("pushes", "unknown_words", "unmatched_mails")
    return {name: [each for of_store in others for each in of_store[name]] for name in names}


def _rows(lines: Sequence[_Line]) -> Iterator[tuple[str, ...]]:
    """Yield the feeds' rows; what is wrong with a source as a whole is said in its first."""
    above = None
    for line in lines:
        *cells, problem = line.cells()
        told = (line.store.name, line.state.feed.source, problem)
        yield (*cells, SAME if problem and told == above else problem)
        above = told


def _show(lines: Sequence[_Line], others: dict[str, list[Any]], now: datetime) -> None:
    if lines:
        for line in in_columns([HEAD, *_rows(lines)]):
            click.echo(line)
    else:
        click.echo("no sources: `sources` in config.yaml names them")
    for push in others["pushes"]:
        used = push["last_used_at"]
        ago = f"last {length(now - datetime.fromisoformat(used))} ago" if used else "never used"
        click.echo(f"pushes: {push['name']} {ago}")
    for word in others["unknown_words"]:
        place = f"{word['source']} {word['kind']}.{word['column']}"
        click.echo(f"unknown word: {place} {word['value']}")
    for mails in others["unmatched_mails"]:
        click.echo(f"mails that gave no record: {mails['count']}")
        for mail in mails["newest"]:
            why = mail["problem"] or "no rule is about it"
            click.echo(f"  {mail['source']}: {mail['subject']!r} from {mail['sender']}: {why}")
