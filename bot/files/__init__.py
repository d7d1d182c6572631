"""Files that go with messages, one module a kind.

Each has `make(ledger, settings, alert, post, locale)`, called with names: a File, a Picture that is
still to be drawn, or None where there is nothing to show. `post` carries what the file is made from
beside the alert; both may be missing: a mail's files have no post, a report's no alert.
"""

from dataclasses import dataclass

from bot.charts import Chart


@dataclass(frozen=True)
class File:
    """A file as people get it; `title` is in their language, `name` has an ending and no path."""

    name: str
    title: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Picture:
    """A file that is drawn when it is needed: a PNG."""

    name: str
    title: str
    chart: Chart


def file_name(*parts: object, ending: str) -> str:
    """Return a name that every file system takes, made from words that may be anybody's."""
    text = "-".join(str(part) for part in parts if part)
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in text)[:100] + ending
