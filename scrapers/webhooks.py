"""What services push to `/webhooks/SOURCE`: verified by the service's own rule, stored once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import one_line
from core.ledger import feeds, pushes
from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.lateness import timely
from core.ledger.news import news
from core.ledger.records import KINDS
from core.ledger.records.base import Row
from core.pushing import Delivery, Malformed, NoSuchSource, NotSetUp, WronglySigned
from core.settings import Settings, Store
from core.sources import SourceSettings
from scrapers.api.outside import Outside, services, variable
from scrapers.api.service import Pushed, Service, Webhook, WrongSignature

log = logging.getLogger(__name__)

LONGEST_ID = 255
"""Characters of a delivery's id."""
NAMED = 3
"""Refused rows that the log names."""


@dataclass
class Webhooks:
    """Takes the webhooks of every source that config.yaml names."""

    database: Database
    settings: Settings
    outside: Outside
    services: Mapping[str, Service] = field(default_factory=services)

    def take(self, source: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """Verify, read and store one delivery; one that came before is not taken again.

        It is remembered after its records are stored: a crash in between stores them a second
        time, which changes nothing. Raises NoSuchSource, NotSetUp, WronglySigned or Malformed.
        """
        settings = self.settings.sources.get(source)
        store = self.settings.store(self.settings.store_of_source(settings)) if settings else None
        if settings is None or store is None:
            raise NoSuchSource(f"config.yaml has no source {source!r}")
        pushed = self._read(source, settings, store, headers, body, now)
        if pushed.delivery_id is None:
            return Delivery(store, self._store(source, store, pushed, now))
        with self.database.read() as ledger:
            if pushes.is_known(ledger, source, pushed.delivery_id):
                return Delivery(store, {}, known=True)
        stored = self._store(source, store, pushed, now)
        self._remember(source, pushed.delivery_id, now)
        return Delivery(store, stored)

    def _read(
        self,
        source: str,
        settings: SourceSettings,
        store: Store,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
    ) -> Pushed:
        service = self.services[settings.service]
        if service.webhook is None:
            raise NoSuchSource(f"{settings.service} sends no webhooks that are understood here")
        webhook = Webhook(headers, body, self._secrets(source, service), settings, store, now)
        try:
            pushed = service.webhook(webhook)
        except WrongSignature:
            raise WronglySigned(f"this was not signed with the secret of {source}") from None
        except (ValueError, RecursionError) as error:
            raise Malformed(one_line(error)) from None
        if not pushed.records.keys() <= KINDS.keys():
            raise Malformed(f"{source} brought records of a kind that there is not")
        if len(pushed.delivery_id or "") > LONGEST_ID:
            raise Malformed(f"a delivery's id has at most {LONGEST_ID} characters")
        return pushed

    def _secrets(self, source: str, service: Service) -> Mapping[str, str]:
        found = self.outside.webhook_credentials(source, service)
        if found is None:
            names = " and ".join(variable(source, name) for name in service.webhook_credentials)
            raise NotSetUp(f"webhooks of {source} cannot be verified: set {names}")
        return found

    def _store(self, source: str, store: Store, pushed: Pushed, now: datetime) -> dict[str, int]:
        """Store records; return per kind how many were news. Refused rows are logged."""
        stored = {}
        for kind, rows in pushed.records.items():
            fresh = self._fresh(store, kind, rows, pushed.as_of)
            stored[kind] = self._take(source, store, kind, fresh, pushed.as_of or now)
        words = feeds.strange(pushed.records)
        if words:
            with self.database.write() as ledger:
                feeds.keep_unknown(ledger, source, store.name, words, now)
        return stored

    def _fresh(
        self, store: Store, kind: str, rows: Sequence[Row], as_of: datetime | None
    ) -> Sequence[Row]:
        with self.database.read() as ledger:
            fresh = news(ledger, store.name, kind, rows)
            return timely(ledger, store.name, kind, fresh, as_of) if as_of else fresh

    def _take(
        self, source: str, store: Store, kind: str, rows: Sequence[Row], now: datetime
    ) -> int:
        if not rows:
            return 0
        origin = f"webhook:{source}"
        taken, bad = store_records(
            self.database, store=store, kind=kind, source=origin, now=now, rows=rows
        )
        if bad:
            told = "; ".join(f"{row.column}: {row.problem}" for row in bad[:NAMED])
            log.warning("%s: %s rows of %s refused: %s", origin, len(bad), kind, told)
        return taken.stored

    def _remember(self, source: str, delivery_id: str, now: datetime) -> None:
        push = self.settings.web.push
        with self.database.write() as ledger:
            pushes.keep_delivery(ledger, source, delivery_id, now)
            if push:
                pushes.prune_deliveries(ledger, now - push.keep_deliveries_for)
