"""What people do with an alert, step by step, and the audit trail that nobody can edit."""

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.alert_text import standing
from core.ledger.database import Database
from core.ledger.life.steps import (
    Reason,
    acknowledge,
    comment,
    hand_over,
    reopen,
    resolve,
    snooze,
    wake_snoozed,
)
from core.settings import Settings
from core.values import Locale
from tests.ledger.life import DAY, HOUR, LIN, MA, MINUTE, NOON, TOM, Life, asking, finding


@pytest.fixture
def life(sqlite_database: Database, settings: Settings) -> Life:
    """One open alert of Tom's."""
    life = Life(sqlite_database, settings)
    life.absorb(finding("PS-1"))
    life.deliver()
    return life


def changes_nothing(life: Life, step: Any, **values: Any) -> bool:
    before = life.everything()
    life.later()
    return not life.step(step, **values) and life.everything() == before


def test_every_step_says_who_when_what_and_from_where(life: Life) -> None:
    life.later()
    life.step(resolve, reason=Reason.FALSE_ALARM, note="counted twice")
    opened, resolved = life.audit()
    assert (opened.who, opened.at, opened.what, opened.origin) == (None, NOON, "opened", "check")
    assert (resolved.who, resolved.at, resolved.what, resolved.origin) == (
        *(LIN, NOON + HOUR),
        *("resolved", "slack"),
    )
    assert resolved.detail["reason"] == "false_alarm"
    assert resolved.detail["note"] == "counted twice"


def test_who_is_handed_an_alert_is_asked_for_an_answer_anew(life: Life) -> None:
    life.step(acknowledge)
    life.step(snooze, until=NOON + DAY)
    life.later()
    assert life.step(hand_over, to=MA.upper())  # addresses come in whatever case
    alert = life.alert()
    assert (alert.owner, alert.state, alert.snoozed_until) == (MA, "open", None)
    assert alert.due_at == NOON + HOUR + 30 * MINUTE
    assert life.audit()[-1].detail == {"from": TOM, "to": MA}
    assert [post.recipient for post in life.posts(template="handed_over")] == ["stock"]


@pytest.mark.parametrize("to", [TOM, TOM.upper(), "nobody@harborlane.example", ""])
def test_an_alert_is_handed_to_another_of_the_team_only(life: Life, to: str) -> None:
    assert changes_nothing(life, hand_over, to=to)


def test_a_resolved_alert_is_handed_to_nobody(life: Life) -> None:
    life.step(resolve)
    assert changes_nothing(life, hand_over, to=MA)


def test_what_was_called_done_too_early_opens_again(life: Life) -> None:
    life.step(acknowledge)
    life.step(resolve, reason=Reason.FIXED)
    life.later()
    assert life.step(reopen)
    alert = life.alert()
    assert alert.state == "open"
    assert (alert.resolved_at, alert.resolved_by, alert.reason) == (None, None, None)
    assert (alert.acknowledged_by, alert.due_at) == (None, NOON + HOUR + 30 * MINUTE)
    assert life.posts(template="reopened")
    assert changes_nothing(life, reopen)


def test_who_reopens_their_own_alert_is_not_called_to_it(life: Life) -> None:
    life.step(resolve, who=TOM)
    assert life.step(reopen, who=TOM)
    assert life.posts(template="reopened") == []


def test_what_is_gone_is_not_reopened_by_hand(life: Life) -> None:
    life.absorb()
    assert changes_nothing(life, reopen)


def test_a_snoozed_alert_can_be_called_done(life: Life) -> None:
    life.step(snooze, until=NOON + DAY)
    assert life.step(resolve)
    assert (life.alert().state, life.alert().snoozed_until) == ("resolved", None)
    life.later(DAY)
    assert life.sweep(wake_snoozed) == 0


def test_what_somebody_had_put_aside_they_can_take_up_again(life: Life) -> None:
    life.step(acknowledge)
    life.step(snooze, until=NOON + DAY)
    assert life.step(acknowledge)
    alert = life.alert()
    assert (alert.state, alert.snoozed_until) == ("acknowledged", None)
    assert alert.next_step_at == NOON + DAY  # follow_up_every: 24h


def test_a_snooze_can_be_made_longer(life: Life) -> None:
    life.step(snooze, until=NOON + HOUR)
    assert life.step(snooze, until=NOON + 4 * HOUR)
    assert life.steps() == ["opened", "snoozed", "snoozed"]
    assert life.alert().snoozed_until == NOON + 4 * HOUR


def test_nobody_puts_aside_until_yesterday(life: Life) -> None:
    assert changes_nothing(life, snooze, until=NOON)


def test_a_snoozed_alert_comes_back_though_its_check_was_switched_off(life: Life) -> None:
    life.step(snooze, until=NOON + HOUR)
    life.later()
    checks = life.settings.checks.model_copy(update={"safety_stock": None})
    off = life.with_settings(life.settings.model_copy(update={"checks": checks}))
    assert off.sweep(wake_snoozed) == 1
    assert (life.alert().state, life.alert().snoozed_until) == ("open", None)
    said = standing("status", life.alert(), off.settings, Locale.ENGLISH)
    assert "its check is switched off: nothing ends it but a person" in said


def test_a_comment_is_kept_once(life: Life) -> None:
    said: dict[str, Any] = {"text": "on its way", "ts": "1772683200.000100"}
    assert life.step(comment, **said)
    assert changes_nothing(life, comment, **said)
    assert life.audit()[-1].detail == said


@pytest.mark.parametrize(
    "change",
    ["UPDATE alert_step SET who = 'somebody else'", "DELETE FROM alert_step WHERE id = 1"],
)
def test_the_database_refuses_to_change_the_audit_trail(
    database: Database, settings: Settings, change: str
) -> None:
    life = Life(database, settings)
    life.absorb(finding("PS-1"))
    with (
        pytest.raises(DBAPIError, match="the steps of an alert are only added"),
        database.write() as ledger,
    ):
        ledger.connection().execute(text(change))
    assert life.steps() == ["opened"]


def test_sqlite_refuses_to_replace_a_step(life: Life) -> None:
    with (
        pytest.raises(DBAPIError, match="the steps of an alert are only added"),
        life.database.write() as ledger,
    ):
        ledger.connection().execute(text("REPLACE INTO alert_step SELECT * FROM alert_step"))


@pytest.fixture
def mailed(life: Life) -> Life:
    """An alert of Tom's in Slack and by mail."""
    settings = asking(life.settings, notify=["slack", "mail"])
    mailed = life.with_settings(settings)
    mailed.absorb(finding("PS-2"))
    return mailed


def test_a_mail_that_waits_goes_to_who_is_handed_the_alert(mailed: Life) -> None:
    assert [post.recipient for post in mailed.posts(medium="mail")] == [TOM]
    mailed.step(hand_over, 2, to=MA)
    assert [post.recipient for post in mailed.posts(medium="mail")] == [MA]


def test_who_is_handed_an_alert_has_a_mail_where_the_old_owner_had_one(mailed: Life) -> None:
    mailed.deliver()
    mailed.step(hand_over, 2, to=MA)
    mails = [(post.recipient, post.state) for post in mailed.posts(medium="mail")]
    assert mails == [(TOM, "sent"), (MA, "owed")]


def test_what_shares_a_message_is_shown_to_who_is_handed_it(life: Life) -> None:
    life.absorb(*(finding(f"S-{number}") for number in range(11)))  # group_over is 10
    life.step(hand_over, 2, to=MA)
    assert life.posts(template="handed_over") == []
    [direct] = life.posts(template="alert", alert_id=2)
    assert direct.recipient == f"@{MA}"


def test_what_shares_a_message_is_shown_when_it_comes_back(life: Life) -> None:
    life.absorb(*(finding(f"S-{number}") for number in range(11)))
    life.step(snooze, 2, until=NOON + HOUR)
    life.later()
    life.sweep(wake_snoozed)
    [direct] = life.posts(template="alert", alert_id=2)
    assert direct.recipient == f"@{TOM}"
    life.deliver()
    life.step(resolve, 2)
    life.step(reopen, 2)
    assert [post.recipient for post in life.posts(template="reopened")] == [f"@{TOM}"]


def test_postgresql_refuses_to_empty_the_audit_trail(postgresql_database: Database) -> None:
    with (
        closing(postgresql_database),
        pytest.raises(DBAPIError, match="the steps of an alert are only added"),
        postgresql_database.write() as ledger,
    ):
        ledger.connection().execute(text("TRUNCATE alert_step"))
