"""Parcels in the ledger, and a tracker to ask about them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from core.ledger.database import Database
from core.settings import Settings, Store
from tests.support.intake import take
from tests.support.sources import NOW, Bench, Handler, source_settings

FEEDS = {
    "parcels": {"schedule": {"every": "1h"}, "stale_after": "6h", "give_up_after": "60d"},
}
LEFT = NOW - timedelta(days=9)
Make = Callable[..., Bench]


def tracker(
    service: str,
    credentials: Mapping[str, str],
    database: Database,
    settings: Settings,
    store: Store,
) -> Make:
    """Return what makes a bench of the service, over a stand-in and the stanza's other lines."""

    def make(answer: Handler, transport: Any = None, **stanza: Any) -> Bench:
        source = source_settings(service=service, feeds=FEEDS, **stanza)
        ask = partial(Bench, name=service, transport=transport)
        return ask(database, settings, store, source, answer, credentials)

    return make


def known(
    database: Database, store: Store, *numbers: str, carrier: str = "Yanwen", **columns: object
) -> None:
    """Put parcels into the ledger as a shop would."""
    common = {"carrier": carrier, "shipped_at": LEFT, **columns}
    take(database, "shipment", *({"tracking_no": n, **common} for n in numbers), store=store)
