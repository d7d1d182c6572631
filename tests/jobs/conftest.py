"""Records put in as a sync does, and checks asked."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from core.configuration import load
from core.finding import Blind, Finding
from core.ledger.database import Database
from core.ledger.intake import store_records
from core.ledger.records import CompetitorOffer
from core.settings import Settings, Store
from jobs.asking import ask
from jobs.registry import checks, configuration
from tests.conftest import CONFIG
from tests.support.post_office import check_with
from tests.support.rounds import allowing, watch, work

__all__ = ["allowing", "watch", "work"]

NOW = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)  # a Thursday, 10:30 in Shanghai

Put = Callable[..., None]
Look = Callable[..., list[Finding | Blind]]
LookWith = Callable[..., list[Finding | Blind]]


@pytest.fixture
def put(database: Database, store: Store) -> Put:
    """Put records into the ledger, an hour ago unless told otherwise."""

    def put(
        kind: str,
        *rows: Mapping[str, Any],
        at: datetime = NOW - timedelta(hours=1),
        to: Store = store,
    ) -> None:
        _, rejected = store_records(database, store=to, kind=kind, source="test", now=at, rows=rows)
        assert not rejected

    return put


@pytest.fixture
def look(database: Database, settings: Settings, store: Store) -> Look:
    """Ask a check: all that is wrong at a moment. `stanza` changes numbers of config.yaml."""

    def look(check: str, as_of: datetime = NOW, **stanza: Any) -> list[Finding | Blind]:
        changed = check_with(settings, check, **stanza)
        with database.read() as ledger:
            return ask(ledger, checks()[check], changed, store, as_of)

    return look


@pytest.fixture
def look_with(database: Database, store: Store) -> LookWith:
    """Ask `price_gap` of a configuration that says more of VoltTrail, and of comparing."""

    def look_with(competitor: dict[str, Any], **stanza: Any) -> list[Finding | Blind]:
        changes = {f"checks.price_gap.{name}": value for name, value in stanza.items()}
        settings = load(CONFIG, configuration(), {"competitors.VoltTrail": competitor} | changes)
        with database.read() as ledger:
            return ask(ledger, checks()["price_gap"], settings, store, NOW)

    return look_with


def only(outcomes: list[Finding | Blind]) -> Finding:
    """The one thing that is wrong."""
    assert len(outcomes) == 1, outcomes
    assert isinstance(outcomes[0], Finding)
    return outcomes[0]


def spot(outcomes: list[Finding | Blind]) -> Blind:
    """The one thing that cannot be told."""
    assert len(outcomes) == 1, outcomes
    assert isinstance(outcomes[0], Blind)
    return outcomes[0]


def counted(pages: int, without_price: int, unchanged: int = 0) -> dict[str, int]:
    """What a round's summary says."""
    return {"pages": pages, "without_price": without_price, "unchanged": unchanged}


def kept(database: Database) -> dict[str, CompetitorOffer]:
    """What a round learned, by the page's last word."""
    with database.read() as ledger:
        query = select(CompetitorOffer).where(col(CompetitorOffer.observed_at) == NOW)
        return {offer.url.rpartition("/")[2]: offer for offer in ledger.exec(query)}
