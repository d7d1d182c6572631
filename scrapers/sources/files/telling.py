"""What Slack is told of a file that was read: once, whatever happens meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.ledger.posts import new_post
from core.ledger.tables import Post
from core.values import Medium
from scrapers.api.service import Asked
from scrapers.importing import ImportReport
from scrapers.sources.files.inbox import DONE, REJECTED, Dropped, Inbox

TEMPLATE = "file_report"
SHOWN = 5
"""Rejected rows of a kind that a message names; all are in the file beside."""
LONGEST_LIST = 20
"""Headers, or sheets, that a message names."""


@dataclass
class Outcome:
    """What became of a file: a report for each kind, and `why` it is no use as a whole."""

    file: Dropped
    reports: list[ImportReport] = field(default_factory=list)
    why: str | None = None

    def is_rejected(self) -> bool:
        """Tell whether the file was no use as a whole, or no row of it."""
        taken = [report.taken for report in self.reports]
        return bool(self.why) or all(one.read and one.read == one.rejected for one in taken)


def tell(asked: Asked, inbox: Inbox, outcome: Outcome) -> dict[str, Any]:
    """Owe the message about a file; return what it says, where the file goes included.

    A run that was cut off after this owes it no second time, and what it said counts.
    """
    number = outcome.file.identity(asked.source)
    with asked.database.write() as ledger:
        post = ledger.get(Post, number)
        if post is None:
            channel = asked.settings.channel
            post = new_post(asked.store.name, Medium.SLACK, channel, TEMPLATE, asked.now)
            post.id, post.facts = number, _facts(inbox, outcome)
            ledger.add(post)
        return post.facts


def _facts(inbox: Inbox, outcome: Outcome) -> dict[str, Any]:
    place = REJECTED if outcome.is_rejected() else DONE
    return {
        "file": outcome.file.name,
        "why": outcome.why,
        "moved_to": inbox.free(place, outcome.file.name),
        "reports": [_told(report) for report in outcome.reports],
        "rejected_files": _rejected_files(inbox, outcome.file, outcome.reports),
    }


def _rejected_files(inbox: Inbox, file: Dropped, reports: Sequence[ImportReport]) -> dict[str, str]:
    """Return by kind what the files of rejected rows are called."""
    stem, several = file.path.stem, len(reports) > 1
    return {
        report.kind: inbox.free(
            REJECTED, f"{stem}.{report.kind}.rejected.csv" if several else f"{stem}.rejected.csv"
        )
        for report in reports
        if report.rejected_file
    }


def _told(report: ImportReport) -> dict[str, Any]:
    taken = report.taken
    return {
        "kind": report.kind,
        "read": taken.read,
        "stored": taken.stored,
        "unchanged": taken.unchanged,
        "rejected": taken.rejected,
        "problems": [row._asdict() for row in report.rejected[:SHOWN]],
        "unknown_columns": list(report.unknown_columns[:LONGEST_LIST]),
        "sheet": report.sheet,
        "ignored_sheets": list(report.ignored_sheets[:LONGEST_LIST]),
    }
