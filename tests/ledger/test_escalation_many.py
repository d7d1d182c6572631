"""Escalation when nothing can be sent, and of many alerts at once."""

from typing import Any

import pytest
from sqlmodel import select

from core.ledger.life.escalation import escalate
from core.ledger.life.steps import acknowledge, resolve
from core.ledger.life.watch import watch
from core.ledger.tables import OptIn, Post
from tests.ledger.chains import (
    MINUTE,
    TOM_,
    WHATSAPP,
    by_the_minute,
    chained,
    critical,
    escalated,
    owed,
    step,
    sweep,
)
from tests.ledger.life import NOON, TOM, Life, finding

# While nothing can be sent


def test_what_still_waits_to_be_sent_is_not_owed_twice(quick: Life) -> None:
    only = chained(quick, step("owner", "thread", "mail"), repeat=30 * MINUTE)
    only.absorb(finding("PS-1"))
    assert [sweep(only, NOON + minutes * MINUTE) for minutes in (30, 60, 90)] == [1, 1, 1]
    assert [p.template for p in owed(only)] == ["alert", "nudge", "nudge"]


@pytest.mark.parametrize("answer", [acknowledge, resolve, None])
def test_a_reminder_of_what_is_answered_is_taken_back(life: Life, answer: Any) -> None:
    life.absorb(finding("PS-1"))
    sweep(life, NOON + 60 * MINUTE)
    assert len(owed(life)) == 7  # the alert, and the six of USUAL until then
    if answer:
        life.step(answer)
    else:
        life.absorb()
    sweep(life)
    assert [(p.recipient, p.template) for p in owed(life)] == [("stock", "alert")]


def test_what_may_have_been_sent_is_not_taken_back(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    sweep(quick, NOON + 20 * MINUTE)
    with quick.database.write() as ledger:
        for post in ledger.exec(select(Post).where(Post.recipient == f"@{TOM}")):
            post.uncertain = True
    quick.step(acknowledge)
    sweep(quick)
    assert [p.recipient for p in owed(quick)] == ["stock", f"@{TOM}"]


# Many at once


def storm(life: Life, count: int) -> None:
    life.absorb(*(finding(f"PS-{number:02}") for number in range(count)))


def test_alerts_that_share_a_message_are_asked_about_in_one(life: Life) -> None:
    storm(life, 11)  # alerts.group_over 10
    assert {alert.group_id for alert in life.alerts()} == {1}
    assert [t[:4] for t in by_the_minute(life, [20, 30, 45, 60])] == [
        (20, "slack", "@tom.becker", "nudges"),
        (30, "slack", "stock", "nudges"),
        (45, "slack", "stock", "shown"),
        (60, "slack", "stock", "shown"),
        (60, "slack", "@lin.yue", "nudges"),
        (60, "mail", "lin.yue", "nudges"),
    ]
    assert len(escalated(life)) == 4 * 11
    [message] = life.posts(template="group", medium="slack")
    replies = life.posts(template="nudges", recipient="stock")
    assert {reply.facts["under"] for reply in replies} == {message.id}  # in its thread


def test_such_a_message_counts_them_and_names_the_worst(quick: Life) -> None:
    storm(quick, 11)
    quick.absorb(*(finding(f"PS-{number:02}") for number in range(11)), critical("PS-99"))
    quick.deliver()
    sweep(quick, NOON + 30 * MINUTE)
    [post] = [p for p in owed(quick) if p.recipient == "stock" and p.template == "nudges"]
    assert (post.facts["count"], post.facts["people"]) == (11, [TOM])
    assert len(post.facts["worst"]) == 10  # alerts.worst_shown
    assert post.facts["worst"][0] == {
        "number": 1,
        "check": "safety_stock",
        "subject": "PS-00",
        "owner": "Tom Becker",
        "due_at": (NOON + 30 * MINUTE).isoformat(),
    }


def test_ten_alerts_with_their_own_messages_are_asked_about_in_theirs(quick: Life) -> None:
    storm(quick, 10)
    assert [t[3] for t in by_the_minute(quick, [30])] == ["alert"] * 10 + ["nudge"] * 10


def test_more_than_ten_with_their_own_messages_are_asked_about_in_one(quick: Life) -> None:
    only = chained(quick, step("owner", "thread"))
    for count in range(1, 13):
        storm(only, count)  # one more each time
    assert {alert.group_id for alert in only.alerts()} == {None}
    assert [t[3] for t in by_the_minute(only, [30])] == ["nudges"]


def test_a_reminder_of_many_that_still_waits_is_replaced_and_taken_back(quick: Life) -> None:
    only = chained(quick, step("owner", "thread"), repeat=30 * MINUTE)
    storm(only, 11)
    only.deliver()
    sweep(only, NOON + 30 * MINUTE)
    sweep(only, NOON + 60 * MINUTE)
    assert [p.template for p in owed(only)] == ["nudges"]
    only.absorb()
    sweep(only)
    assert [p for p in owed(only) if p.template == "nudges"] == []


def test_only_the_worst_of_many_goes_to_a_phone(quick: Life) -> None:
    only = chained(quick, step("owner", "whatsapp"))
    only.settings = only.settings.model_copy(update={"whatsapp": WHATSAPP})
    with only.database.write() as ledger:
        ledger.add(OptIn(email=TOM, phone="8613800000000", at=NOON, origin="terminal"))
    storm(only, 11)
    assert [t[1:4] for t in by_the_minute(only, [30])] == [("whatsapp", TOM_, "nudge")]


def test_stores_are_swept_apart(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    quick.at = NOON + 60 * MINUTE
    for store, steps in (("other", 0), ("harborlane", 4)):
        with quick.database.write() as ledger:
            assert escalate(ledger, watch(ledger, quick.settings, quick.at), store) == steps


def test_two_messages_that_alerts_share_are_each_asked_about(quick: Life) -> None:
    storm(quick, 11)
    both = [finding(f"PS-{number:02}") for number in range(11)]
    quick.absorb(*both, *(finding(f"AC-{number:02}") for number in range(11)))
    assert {alert.group_id for alert in quick.alerts()} == {1, 2}
    assert [t[2:4] for t in by_the_minute(quick, [20, 30])] == [
        ("@tom.becker", "nudges"),
        ("@tom.becker", "nudges"),
        ("stock", "nudges"),
        ("stock", "nudges"),
    ]
