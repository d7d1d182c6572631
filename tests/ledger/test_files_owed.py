"""Files that go with alerts: owed with the message, taken back with it; a shared one has none."""

import pytest

from core.ledger.database import Database
from core.ledger.life import owing
from core.ledger.life.silences import add
from core.ledger.life.watch import watch
from core.ledger.posts import ALERT, FILE, UNDER
from core.ledger.tables import Alert, Post
from core.matching import Matcher
from core.settings import Settings
from core.values import Medium
from tests.ledger.life import HOUR, LIN, TOM, Life, asking, blind, finding

KIND = "price_history"


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    both = [Medium.SLACK, Medium.MAIL]
    return Life(database, asking(settings, attach=[KIND], notify=both))


def files(life: Life) -> list[Post]:
    return life.posts(template=FILE)


def owe_file(life: Life, kind: str = "price_change", **facts: object) -> None:
    with life.database.write() as ledger:
        now = watch(ledger, life.settings, life.at)
        owing.owe_file(ledger, now, ledger.get_one(Alert, 1), kind, facts)


def test_a_file_goes_under_the_alerts_own_message(life: Life) -> None:
    life.absorb(finding("PS-1"))
    [message] = life.posts(template=ALERT, medium=Medium.SLACK)
    [file] = files(life)
    assert file.facts == {UNDER: message.id, FILE: KIND}
    assert (file.recipient, file.alert_id) == (message.recipient, message.alert_id)
    assert file.created_at > message.created_at  # a lane keeps their order
    assert file.next_attempt_at == message.next_attempt_at


def test_many_that_share_a_message_have_none(life: Life) -> None:
    life.absorb(*(finding(f"PS-{n}") for n in range(11)))  # alerts.group_over: 10
    assert life.posts(template="group")
    assert files(life) == []


def test_what_cannot_be_told_has_none(life: Life) -> None:
    life.absorb(blind("stock"))
    assert life.posts(template=ALERT)
    assert files(life) == []


def test_a_check_told_by_mail_only_owes_none(database: Database, settings: Settings) -> None:
    life = Life(database, asking(settings, attach=[KIND], notify=[Medium.MAIL]))
    life.absorb(finding("PS-1"))
    assert files(life) == []


def test_a_file_that_waits_is_taken_back_with_its_message(life: Life) -> None:
    life.absorb(finding("PS-1"))
    with life.database.write() as ledger:
        now = watch(ledger, life.settings, life.at)
        add(ledger, now, Matcher(check="safety_stock"), life.at + HOUR, "known", LIN)
    assert life.posts() == []


def test_a_later_file_stands_under_the_latest_message(life: Life) -> None:
    life.absorb(finding("PS-1"))
    [message] = life.posts(template=ALERT, medium=Medium.SLACK)
    owe_file(life, rows=[1])
    [file] = [each for each in files(life) if each.facts[FILE] == "price_change"]
    assert file.facts == {"rows": [1], FILE: "price_change", UNDER: message.id}


def test_of_an_alert_that_shares_its_message_the_owner_has_it_directly(life: Life) -> None:
    life.absorb(*(finding(f"PS-{n}") for n in range(11)))
    owe_file(life)
    [file] = files(life)
    assert (file.recipient, file.facts) == (f"@{TOM}", {FILE: "price_change"})
