"""Makes the files that go with messages, and looks at start whether those that are named exist."""

import asyncio
import logging

from bot import files
from bot.charts import DrawingFailed, NoFont, draw
from bot.files import File, Picture
from bot.senders.transport import TransportError
from core.configuration import ConfigurationError
from core.discovery import modules
from core.errors import hint, one_line
from core.ledger.database import Database
from core.ledger.posts import FILE
from core.ledger.tables import Alert, Post
from core.settings import Settings
from core.values import Locale

log = logging.getLogger(__name__)


class Attachments:
    """Makes files from the ledger, for senders."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        # what is drawn leaves the message that it goes with half of its time
        self._limit = settings.outbox.send_timeout.total_seconds() / 2

    async def of_post(self, post: Post, alert: Alert | None, locale: Locale) -> File | None:
        """Return the file that a post is; None: there is nothing to show. Raises TransportError."""
        try:
            return await self._make(post.facts[FILE], alert, post, locale)
        except DrawingFailed as failed:
            raise TransportError(str(failed), permanent=failed.in_time) from failed

    async def of_alert(self, alert: Alert, locale: Locale) -> list[File]:
        """Return the files that go with an alert; without those that cannot be made."""
        stanza = self._settings.check(alert.check)
        kinds = stanza.attach if stanza and not alert.blind else []
        making = (self._if_possible(kind, alert, locale) for kind in kinds)
        return [file for file in await asyncio.gather(*making) if file]

    async def _if_possible(self, kind: str, alert: Alert, locale: Locale) -> File | None:
        try:
            return await self._make(kind, alert, None, locale)
        except Exception as error:  # noqa: BLE001  (the alert is worth more than its picture)
            log.warning("alert %s is mailed without its %s: %s", alert.id, kind, one_line(error))
            return None

    async def _make(
        self, kind: str, alert: Alert | None, post: Post | None, locale: Locale
    ) -> File | None:
        made = await asyncio.to_thread(self._from_ledger, kind, alert, post, locale)
        if not isinstance(made, Picture):
            return made
        try:
            content = await draw(made.chart, self._limit)
        except NoFont as missing:
            log.warning("%s; its words are English", missing)
            english = await asyncio.to_thread(self._from_ledger, kind, alert, post, Locale.ENGLISH)
            assert isinstance(english, Picture)  # noqa: S101  (the same facts, other words)
            content = await draw(english.chart, self._limit)
        return File(made.name, made.title, content, "image/png")

    def _from_ledger(
        self, kind: str, alert: Alert | None, post: Post | None, locale: Locale
    ) -> File | Picture | None:
        known = modules(files.__name__)
        if kind not in known:
            raise TransportError(f"nothing makes the file {kind!r}", permanent=True)
        with self._database.read() as ledger:
            made: File | Picture | None = known[kind].make(
                ledger=ledger, settings=self._settings, alert=alert, post=post, locale=locale
            )
        return made


def refuse_unknown_files(settings: Settings) -> None:
    """Raise ConfigurationError where a check names a file that nothing makes."""
    known = modules(files.__name__)
    problems = [
        f"{settings.place('checks', name, 'attach')}: nothing makes the file {kind!r}; "
        f"{hint(kind, known)}"
        for name, stanza in settings.checks
        for kind in (stanza.attach if stanza else ())
        if kind not in known
    ]
    if problems:
        raise ConfigurationError(problems)
