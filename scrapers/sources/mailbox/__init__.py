"""Notifications that come by mail only, read from a folder by IMAP.

Alibaba.com and Amazon tell disputes and reviews in no other way. Rules in config.yaml say which
mail means which record; what no rule understands is kept for a person to look at.

A feed's cursor holds the folder's numbering (UIDVALIDITY), the last number read, and a hash of the
rules: when the numbering or the rules change, the last `look_back` is read again.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from core.ledger.mails import forget, keep_unmatched
from core.ledger.records.base import Records
from core.ledger.tables import UnmatchedMail
from scrapers.api.service import Asked, Connection, Page, Service
from scrapers.sources.mailbox.envelope import Envelope, read_envelope
from scrapers.sources.mailbox.reading import NotUnderstood, Reader
from scrapers.sources.mailbox.senders import is_genuine, servers
from scrapers.sources.mailbox.settings import Settings
from scrapers.sources.mailbox.texts import MOST_BYTES

if TYPE_CHECKING:
    from scrapers.sources.mailbox.box import Box, Head

AT_A_TIME = 100
"""Mails whose headers are asked for together."""

LONGEST_SHOWN = 200
"""Characters of a sender, subject or problem that are kept for people."""


@dataclass
class _Reading:
    """One run over the folder."""

    asked: Asked
    box: "Box"
    strange: list[UnmatchedMail] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    """The numbers of mails that gave a record: an earlier run may not have understood them."""

    def __post_init__(self) -> None:
        self._settings: Settings = self.asked.settings
        self._reader = Reader(self.asked.database, self.asked.store, self.asked.now)
        self._rules = _hash(self._settings)

    async def pages(self) -> AsyncIterator[Page]:
        """Yield every record by itself, since a later mail may speak of it."""
        uids = await self._uids()
        for start in range(0, len(uids), AT_A_TIME):
            batch = uids[start : start + AT_A_TIME]
            for head in await self.box.heads(batch):
                records = await self._records(head)
                if records:
                    yield await self._page(records, head.uid)
            yield await self._page({}, batch[-1])
        yield await self._page({}, max(self.box.next_uid - 1, *uids[-1:], 0))

    async def _uids(self) -> list[int]:
        """Return the mails behind the last one read, or those of the days to look back."""
        cursor = self.asked.cursor
        if (cursor.get("validity"), cursor.get("rules")) == (self.box.validity, self._rules):
            return await self.box.uids(cursor["uid"], None)
        since = self.asked.now - self.asked.stanza.look_back
        return await self.box.uids(0, since.date())

    async def _page(self, records: Records, uid: int) -> Page:
        """Return a page, after what was not understood before it has been kept."""
        if self.strange or self.understood:
            await asyncio.to_thread(self._keep)
        cursor = {"validity": self.box.validity, "uid": uid, "rules": self._rules}
        return Page(records, cursor)

    def _keep(self) -> None:
        with self.asked.database.write() as ledger:
            keep_unmatched(ledger, self.strange)
            forget(ledger, self.asked.source, self.understood)
        self.strange.clear()
        self.understood.clear()

    async def _records(self, head: "Head") -> Records:
        """Return what a mail means; nothing for one that is passed over or not understood."""
        envelope = read_envelope(head.headers, head.arrived_at)
        if self._settings.passes_over(envelope.sender, envelope.subject):
            return {}
        try:
            return await self._understood(head, envelope)
        except NotUnderstood as problem:
            self.strange.append(self._unmatched(head, envelope, problem.told))
            return {}

    async def _understood(self, head: "Head", envelope: Envelope) -> Records:
        rules = list(self._settings.fitting(envelope.sender, envelope.subject))
        if not rules:
            raise NotUnderstood
        trusted = self._settings.trusted_server
        if trusted and not is_genuine(envelope.domain, envelope.results, trusted):
            raise NotUnderstood(_unverified(envelope, trusted))
        if head.size > MOST_BYTES:
            raise NotUnderstood(f"is larger than {MOST_BYTES:,} bytes")
        mail = await self.box.whole(head.uid)
        if mail is None:  # somebody has deleted it meanwhile
            return {}
        found = await asyncio.to_thread(self._reader.records, rules, envelope, mail)
        if found.left_out:
            told = f"recorded, but {'; '.join(found.left_out)}"
            self.strange.append(self._unmatched(head, envelope, told))
        else:
            self.understood.append(envelope.message_id)
        return found.records

    def _unmatched(self, head: "Head", envelope: Envelope, problem: str | None) -> UnmatchedMail:
        return UnmatchedMail(
            source=self.asked.source,
            message_id=envelope.message_id,
            store=self.asked.store.name,
            sender=envelope.sender[:LONGEST_SHOWN],
            subject=envelope.subject[:LONGEST_SHOWN],
            problem=problem and problem[:LONGEST_SHOWN],
            received_at=head.arrived_at,
        )


def _unverified(envelope: Envelope, trusted: str) -> str:
    """Say what is missing; a wrong name in config.yaml is the likeliest reason."""
    told = f"the sender could not be verified: {trusted} does not say that it is genuine"
    others = sorted({name for name in servers(envelope.results) if name != trusted.lower()})
    return f"{told} (the mail names {', '.join(others)})" if others else told


def _hash(settings: Settings) -> str:
    told = json.dumps(settings.reading(), sort_keys=True)
    return sha256(told.encode()).hexdigest()


async def mails(asked: Asked) -> AsyncIterator[Page]:
    """Yield what the mails mean that came since the last run."""
    from scrapers.sources.mailbox.box import opened  # noqa: PLC0415  (heavy)

    async with opened(asked.settings, asked.credentials) as box:
        async for page in _Reading(asked, box).pages():
            yield page


async def probe(source: Connection) -> str:
    """Return what the folder holds, and the name its server signs the newest mail with."""
    from scrapers.sources.mailbox.box import opened  # noqa: PLC0415  (heavy)

    async with opened(source.settings, source.credentials) as box:
        heads = await box.heads([await box.newest()]) if box.count else []
    results = [read_envelope(head.headers, head.arrived_at).results for head in heads]
    names = [name for found in results for name in servers(found)[:1]]
    signed = f"; the newest was checked by {names[0]}" if names else ""
    return f"{box.count:,} mails in {source.settings.folder}{signed}"


SERVICE = Service(
    settings=Settings,
    feeds={"mails": mails},
    probe=probe,
    credentials=(("user", "password"),),
)
