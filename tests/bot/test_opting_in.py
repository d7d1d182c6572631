"""`/duty whatsapp`: a person asks for WhatsApp messages, and takes it back."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.slack.command import Asked, answer, commands
from core.configuration import load
from core.engine import Engine
from core.ledger import opt_ins
from core.ledger.database import Database
from core.markup import to_plain
from core.settings import Settings
from jobs.registry import configuration
from tests.conftest import CONFIG

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
TOM = "tom.becker@harborlane.example"


@pytest.fixture(scope="module")
def settings() -> Settings:
    """The shipped config.yaml."""
    return load(CONFIG, configuration())


def duty(ledger: Database, settings: Settings, text: str) -> str:
    """What Tom reads after typing `/duty TEXT`."""
    person = settings.person(TOM)
    assert person
    engine = cast(Engine, None)  # nothing is asked of it
    asked = Asked(person, {}, ledger, settings, settings.stores[0], engine, NOON)
    return to_plain(asyncio.run(_waited(answer(commands()["/duty"], text, asked))))


async def _waited(said: Any) -> str:
    return str(said if isinstance(said, str) else await said)


def phone(ledger: Database) -> str | None:
    with ledger.read() as session:
        word = opt_ins.find(session, TOM)
    return word.phone if word else None


def test_a_number_is_kept_with_who_when_and_where(ledger: Database, settings: Settings) -> None:
    said = duty(ledger, settings, "whatsapp +86 138 0013 8000")
    assert "WhatsApp at +8613800138000" in said
    with ledger.read() as session:
        word = opt_ins.find(session, TOM)
    assert word
    assert (word.email, word.at, word.origin) == (TOM, NOON, "/duty whatsapp")


def test_it_says_so_when_whatsapp_is_not_set_up(ledger: Database, settings: Settings) -> None:
    assert "not set up here yet" in duty(ledger, settings, "whatsapp +8613800138000")


def test_a_number_without_its_countrys_code_is_refused(
    ledger: Database, settings: Settings
) -> None:
    said = duty(ledger, settings, "whatsapp 138 0013 8000 <!channel>")
    assert said.startswith("138 0013 8000 <!channel> is no phone number with +")
    assert phone(ledger) is None


def test_off_forgets_the_number(ledger: Database, settings: Settings) -> None:
    duty(ledger, settings, "whatsapp +8613800138000")
    assert "your number is forgotten" in duty(ledger, settings, "whatsapp OFF")
    assert phone(ledger) is None
    assert "had not asked" in duty(ledger, settings, "whatsapp off")
