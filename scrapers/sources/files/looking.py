"""One look into a watched folder."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from core.ledger.intake import Rejected
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from scrapers.api.service import Asked, Connection, Page, Stored
from scrapers.guessing import certain_kind
from scrapers.importing import FileProblem, ImportReport, import_file
from scrapers.mapping import read_map
from scrapers.sources.files.inbox import Dropped, Inbox, move
from scrapers.sources.files.settings import Rule, Settings
from scrapers.sources.files.telling import Outcome, tell
from scrapers.tables.rejected import CannotWrite

log = logging.getLogger(__name__)

NAMED = 3
"""Rejected rows of a file that the run's summary names."""


async def look(asked: Asked) -> AsyncIterator[Page]:
    """Import what lies in the folder and stands still. Raises SourceProblem.

    A file is imported, then its message is owed, then it is moved. A crash in between imports it
    again, which changes nothing, and the message is owed once.
    """
    inbox = await asyncio.to_thread(_open, asked.settings)
    with inbox.alone() as alone:
        if not alone:
            return
        dropped, odd = await asyncio.to_thread(inbox.dropped, asked.now, asked.settings.settle)
        if odd:
            yield Page({}, notes=odd)
        for file in dropped:
            page = await asyncio.to_thread(_take, asked, inbox, file)
            if page:
                yield page


async def probe(source: Connection) -> str:
    """Return how much lies in the folder."""
    inbox = await asyncio.to_thread(_open, source.settings)
    dropped, _ = await asyncio.to_thread(inbox.dropped, source.api.now(), source.settings.settle)
    return f"{inbox.folder}: files to be read: {len(dropped)}"


def _open(settings: Settings) -> Inbox:
    """Return the folder, once it and the rules' maps are fit for use. Raises SourceProblem."""
    inbox = Inbox(settings.folder)
    try:
        inbox.prepare()
        for rule in settings.rules:
            if rule.map:
                read_map(rule.map)
    except FileNotFoundError:
        told = f"there is no folder {inbox.folder}: make it, or mount it"
        raise SourceProblem(ProblemKind.UNREACHABLE, told) from None
    except OSError as error:
        told = f"{error.filename or inbox.folder} can't be used: {error.strerror or error}"
        raise SourceProblem(ProblemKind.REFUSED, told) from None
    except FileProblem as problem:
        raise SourceProblem(ProblemKind.MISCONFIGURED, f"a map of the rules: {problem}") from None
    return inbox


def _take(asked: Asked, inbox: Inbox, file: Dropped) -> Page | None:
    """Import a file, owe its message and move it; None when it went away or still changes."""
    outcome = Outcome(file)
    try:
        for rule in _rules(asked.settings, file.path):
            outcome.reports.append(_import(asked, inbox, file, rule))
    except CannotWrite as problem:
        raise SourceProblem(ProblemKind.UNREACHABLE, str(problem)) from None
    except FileProblem as problem:
        outcome.why = str(problem)
    except (OSError, SQLAlchemyError):
        raise  # not the file's fault: it is read again at the next look
    except Exception as error:
        log.exception("%s could not be read", file.name)
        outcome.why = f"Watchkeeper stumbled over it, which is a fault of its own: {error!r}"
    if not file.is_unchanged():
        return None
    told = tell(asked, inbox, outcome)
    try:
        for kind, name in told["rejected_files"].items():
            with suppress(FileNotFoundError):  # an earlier run, cut off, has moved it
                move(inbox.aside(file, kind), inbox.folder / name)
        inbox.put_away(file, told["moved_to"], outcome.why)
    except OSError as error:
        reason = f"{file.path} can't be moved to {told['moved_to']}: {error.strerror or error}"
        raise SourceProblem(ProblemKind.UNREACHABLE, reason) from None
    return Page({}, {"last": file.name}, stored=[_stored(report) for report in outcome.reports])


def _rules(settings: Settings, path: Path) -> Sequence[Rule]:
    """Return the rules that a file matches, or else one of what it surely is."""
    matching = [rule for rule in settings.rules if rule.matches(path.name)]
    if matching:
        return matching
    kind = certain_kind(path)
    if kind is None:
        raise FileProblem(
            f"no rule matches {path.name}, and its headers leave open what it is: give a rule "
            "under the source's `rules`, or begin its name with the kind, as in order-march.csv"
        )
    return [Rule(match=path.name, kind=kind)]


def _import(asked: Asked, inbox: Inbox, file: Dropped, rule: Rule) -> ImportReport:
    return import_file(
        asked.database,
        asked.store,
        rule.kind,
        file.path,
        map_path=rule.map,
        sheet=rule.sheet,
        rejected_path=inbox.aside(file, rule.kind),
        now=asked.now,
    )


def _stored(report: ImportReport) -> Stored:
    name = Path(report.file).name
    return Stored(report.kind, report.taken, list(_told(name, report.rejected[:NAMED])))


def _told(name: str, rejected: Sequence[Rejected]) -> Iterator[str]:
    for row, column, problem in rejected:
        yield f"{name}, row {row}: {column} {problem}".replace("  ", " ")
