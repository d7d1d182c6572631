"""How alerts are told: alone, many in one message, in the digest, or not yet."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.finding import Finding
from core.hours import Hours
from core.ledger.database import Database
from core.ledger.life.escalation import escalate
from core.ledger.life.groups import take
from core.ledger.life.silences import hush
from core.ledger.life.steps import By, acknowledge
from core.ledger.life.telling import tell, tell_digest
from core.ledger.life.watch import Watch, watch
from core.ledger.tables import Alert, AlertGroup
from core.settings import Settings
from core.values import Severity
from tests.ledger.life import HOUR, NOON, TOM, Life, finding
from tests.support.databases import statements
from tests.support.post_office import with_changes

MA = "ma.chao@harborlane.example"
OVER = 3
"""`alerts.group_over` in these tests."""


@pytest.fixture
def few(settings: Settings) -> Settings:
    return with_changes(settings, alerts={"group_over": OVER})


@pytest.fixture
def life(database: Database, few: Settings) -> Life:
    return Life(database, few)


def some(count: int, **facts: Any) -> list[Finding]:
    return [finding(f"PS-{n}", **facts) for n in range(count)]


def notice(subject: str) -> Finding:
    found = finding(subject)
    return Finding(found.subject, found.facts, found.since, severity=Severity.NOTICE)


def within(life: Life, work: Callable[[Session, Watch], Any]) -> Any:
    with life.database.write() as ledger:
        return work(ledger, watch(ledger, life.settings, life.at))


def digest(life: Life) -> int:
    told: int = within(life, lambda s, now: tell_digest(s, now, life.settings.stores[0]))
    return told


def groups(life: Life) -> list[AlertGroup]:
    with life.database.read() as ledger:
        return list(ledger.exec(select(AlertGroup)))


def owed(life: Life) -> list[tuple[str, str, str]]:
    return sorted((post.medium, post.recipient, post.template) for post in life.posts())


def test_as_many_as_group_over_are_told_one_by_one(life: Life) -> None:
    life.absorb(*some(OVER))
    assert owed(life) == [("slack", "stock", "alert")] * OVER
    assert all(alert.told_at == NOON and alert.group_id is None for alert in life.alerts())


def test_more_than_group_over_share_one_message_with_a_list(life: Life) -> None:
    life.absorb(*some(OVER + 1))
    assert owed(life) == [("slack", "stock", "group"), ("slack", "stock", "group_csv")]
    [group] = groups(life)
    assert (group.kind, group.check, group.channel) == ("storm", "safety_stock", "stock")
    assert {(a.group_id, a.told_at, a.owner) for a in life.alerts()} == {(group.id, NOON, TOM)}


def test_the_list_follows_its_message(life: Life) -> None:
    life.absorb(*some(OVER + 1))
    message, listed = life.posts()
    assert (message.template, listed.template) == ("group", "group_csv")
    assert listed.facts == {"under": message.id}


def test_each_owner_has_one_mail_with_what_is_theirs(database: Database, few: Settings) -> None:
    life = Life(database, few, check="price_gap")  # config.yaml: notify [slack, mail]
    found = [Finding(f"P{n}", {}, NOON, owner=[TOM, MA][n % 2]) for n in range(OVER + 1)]
    life.absorb(*found)
    mails = life.posts(medium="mail")
    assert sorted((m.recipient, m.template, m.facts["owner"]) for m in mails) == [
        (MA, "group", MA),
        (TOM, "group", TOM),
    ]


def test_a_group_waits_until_its_first_owner_can_be_reached(
    database: Database, few: Settings
) -> None:
    hours = Hours.model_validate({"start": "09:00", "end": "21:00"})
    late = with_changes(few, duty={"working_hours": hours})
    night = datetime.fromisoformat("2026-03-05T23:00+08:00")
    life = Life(database, late, at=night)
    life.absorb(*some(OVER + 1))
    morning = datetime.fromisoformat("2026-03-06T09:00+08:00")
    assert {post.next_attempt_at for post in life.posts()} == {morning}


def test_a_change_of_one_owes_the_shared_message_anew(life: Life) -> None:
    life.absorb(*some(OVER + 1))
    life.deliver()
    life.later()
    assert life.step(acknowledge, 2)
    message, listed = life.posts()
    assert (message.state, message.revision, message.sent_revision) == ("owed", 2, 1)
    assert listed.state == "sent"
    assert [group.revision for group in groups(life)] == [2]


def test_all_of_them_gone_is_one_rewrite(life: Life) -> None:
    life.absorb(*some(OVER + 1))
    life.deliver()
    life.later()
    life.absorb()
    assert [post.state for post in life.posts()] == ["owed", "sent"]


def test_taking_mine_takes_what_is_open_and_mine(database: Database, few: Settings) -> None:
    life = Life(database, few)
    found = [Finding(f"P{n}", {}, NOON, owner=[TOM, MA][n % 2]) for n in range(6)]
    life.absorb(*found)
    life.step(acknowledge, 1)
    life.deliver()
    assert within(life, lambda s, now: take(s, now, 1, By(TOM, "slack"))) == 2
    taken = {alert.id: alert.acknowledged_by for alert in life.alerts()}
    lin = few.people[0].email
    assert taken == {1: lin, 2: None, 3: TOM, 4: None, 5: TOM, 6: None}
    assert within(life, lambda s, now: take(s, now, 1, By(TOM, "slack"))) == 0
    assert life.steps().count("acknowledged") == 3


def test_a_mild_severity_waits_for_the_digest(life: Life) -> None:
    life.absorb(notice("PS-1"), notice("PS-2"), finding("PS-3"))
    assert owed(life) == [("slack", "stock", "alert")]  # the warning
    assert [alert.told_at for alert in life.alerts()] == [None, None, NOON]
    within(life, hush)
    assert len(life.posts()) == 1
    life.later()
    assert digest(life) == 2
    assert [(g.kind, g.check) for g in groups(life)] == [("digest", "safety_stock")]
    assert [alert.told_at for alert in life.alerts()] == [NOON + HOUR, NOON + HOUR, NOON]
    assert digest(life) == 0
    assert len(life.posts()) == 2


def test_nobody_is_asked_about_what_waits_for_the_digest(database: Database, few: Settings) -> None:
    life = Life(database, with_changes(few, escalation={"by_severity": {"notice": "usual"}}))
    life.absorb(notice("PS-1"))
    life.later(HOUR)
    assert life.sweep(escalate) == 0
    digest(life)
    assert life.alert().due_at == life.at + HOUR / 2
    life.later(HOUR)
    assert life.sweep(escalate) > 0


def test_nothing_waiting_is_no_digest(life: Life) -> None:
    assert digest(life) == 0
    assert life.posts() == []


def test_what_ended_before_the_digest_is_not_told(life: Life) -> None:
    life.absorb(notice("PS-1"))
    life.absorb()
    assert digest(life) == 0
    assert life.posts() == []


def test_a_digest_is_one_message_a_channel(database: Database, few: Settings) -> None:
    for check in ("safety_stock", "bad_reviews", "price_gap"):
        Life(database, few, check=check).absorb(notice("A"), notice("B"))
    life = Life(database, few)
    assert digest(life) == 6
    assert {(m, r) for m, r, _ in owed(life) if m == "slack"} == {
        ("slack", "prices"),
        ("slack", "reviews"),
        ("slack", "stock"),
    }


def test_a_long_digest_has_a_list_too(life: Life) -> None:
    shown = life.settings.alerts.worst_shown
    life.absorb(*(notice(f"PS-{n}") for n in range(shown + 1)))
    digest(life)
    assert [template for _, _, template in owed(life)] == ["group", "group_csv"]


def test_without_the_digest_job_mild_ones_are_told_at_once(
    database: Database, few: Settings
) -> None:
    jobs = few.jobs.model_copy(update={"digest": None})
    life = Life(database, few.model_copy(update={"jobs": jobs}))
    life.absorb(notice("PS-1"))
    assert owed(life) == [("slack", "stock", "alert")]


def test_a_storm_takes_few_statements_however_many_alerts(
    sqlite_database: Database, settings: Settings
) -> None:
    with sqlite_database.write() as ledger:
        now = watch(ledger, settings, NOON)
        alerts = [alert(n, channel=f"c{n % 20}") for n in range(1_000)]
        ledger.add_all(alerts)
        ledger.flush()
        with statements(sqlite_database) as asked:
            tell(ledger, now, alerts)
            ledger.flush()
    assert len(asked) <= 4 * 20  # a group, its posts, its alerts
    assert len(groups(Life(sqlite_database, settings))) == 20


def alert(number: int, channel: str) -> Alert:
    return Alert(
        store="harborlane",
        check="safety_stock",
        subject=f"PS-{number}",
        severity="warning",
        role="supply_chain",
        channel=channel,
        owner=TOM,
        facts={},
        since=NOON,
        opened_at=NOON,
        due_at=NOON + timedelta(minutes=30),
    )
