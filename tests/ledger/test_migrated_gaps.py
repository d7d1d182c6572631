"""Alerts of price_gap that lived before the check told gaps by the tier live on."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlmodel import Session, col, select

from core.ledger.database import Database
from core.ledger.migrate import MIGRATIONS, migrate
from core.ledger.tables import Alert
from core.texts import render
from core.values import Locale
from tests.support.intake import NOW, STORE

TOLD_BEFORE = {
    "sku": "PS-1000",
    "name": "Power station",
    "name_zh": None,
    "category": "storage",
    "competitor": "VoltTrail",
    "url": "https://volttrail.example/p/1",
    "their_title": "Trail 1000",
    "quantity": 50,
    "ours": "105.00",
    "theirs": "100.00",
    "currency": "USD",
    "their_currency": "USD",
    "rate": None,
    "rate_day": None,
    "incoterm": "FOB",
    "gap": "0.0500",
    "limit": "0.03",
    "they_are": "cheaper",
    "observed_at": "2026-03-02T02:00:00+00:00",
}


def an_alert(url: str, **more: Any) -> dict[str, Any]:
    facts = TOLD_BEFORE | {"url": url}
    known = {
        "store": STORE.name,
        "check": "price_gap",
        "subject": f"PS-1000 VoltTrail {url}",
        "blind": False,
        "severity": "warning",
        "role": "operations",
        "channel": "prices",
        "owner": "sofia.reyes@harborlane.example",
        "facts": facts,
        "state": "open",
        "revision": 1,
        "since": NOW,
        "opened_at": NOW,
        "due_at": NOW,
    }
    return known | more


def version_before(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0004")


@pytest.fixture
def upgraded(empty: Database) -> Database:
    """A ledger of the version before, with alerts, brought to this one."""
    with empty.engine.begin() as connection:
        version_before(connection)
        for row in (
            an_alert("https://volttrail.example/p/1"),
            an_alert("https://volttrail.example/p/2"),
            an_alert("https://volttrail.example/p/1", gone_at=NOW, state="resolved"),
        ):
            connection.execute(
                sa.insert(Alert).values(flapping=False, provenance=[], next_step=0, **row)
            )
    migrate(empty)
    return empty


def test_a_live_gap_is_known_by_its_tier(upgraded: Database) -> None:
    with Session(upgraded.engine) as ledger:
        subjects = ledger.exec(select(Alert.subject).order_by(col(Alert.id))).all()
    assert subjects == [
        "PS-1000 VoltTrail 50",
        "PS-1000 VoltTrail https://volttrail.example/p/2",  # of one tier one alert lives on
        "PS-1000 VoltTrail https://volttrail.example/p/1",
    ]


@pytest.mark.parametrize("locale", Locale)
def test_what_was_told_before_can_still_be_said(upgraded: Database, locale: Locale) -> None:
    with Session(upgraded.engine) as ledger:
        for alert in ledger.exec(select(Alert)):
            values = alert.facts | {"check": "price_gap"}
            body = render("alerts/price_gap", "body", values, locale=locale, zone=STORE.zone)
            assert "105.00" in body
