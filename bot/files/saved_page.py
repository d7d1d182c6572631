"""The page behind an alert about a shop's pages, as it was kept (`watchkeeper offer` reads it)."""

from pathlib import Path

from sqlmodel import Session

from bot.files import File, file_name
from core.ledger.tables import Alert, Post
from core.markup import to_plain
from core.settings import Settings
from core.texts import render
from core.values import Locale

MAX_BYTES = 1_000_000
"""A larger page stays where it is kept."""


def make(
    *,
    ledger: Session,  # noqa: ARG001  (what every file is made from)
    settings: Settings,
    alert: Alert | None,
    post: Post | None,  # noqa: ARG001
    locale: Locale,
) -> File | None:
    """Return the packed page that the alert names; None where it is kept no more."""
    saved_as = alert.facts.get("saved_as") if alert else None
    content = _kept(settings, saved_as) if isinstance(saved_as, str) else None
    if alert is None or content is None:
        return None
    named = {"competitor": alert.facts.get("competitor") or "", "url": alert.facts.get("url") or ""}
    zone = settings.store_of(alert.store).zone
    title = to_plain(render("files/saved_page", "file", named, locale=locale, zone=zone))
    name = file_name("page", named["competitor"], ending=".html.gz")
    return File(name, title, content, "application/gzip")


def _kept(settings: Settings, saved_as: str) -> bytes | None:
    """Return a copy's bytes; only what lies in the folder of copies is one."""
    if settings.fetch.copies is None:
        return None
    folder, path = Path(settings.fetch.copies.folder).resolve(), Path(saved_as).resolve()
    if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    return path.read_bytes()
