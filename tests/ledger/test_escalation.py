"""The chains of steps while nobody answers, by the clock (plan A1, A5; config.yaml's chains)."""

from datetime import timedelta
from typing import Any

import pytest

from core.ledger import opt_ins
from core.ledger.life.steps import acknowledge, hand_over, reopen, resolve, snooze, wake_snoozed
from core.ledger.life.watch import watch
from core.ledger.tables import Alert
from core.sections import WhatsAppSettings
from core.settings import Leave, Settings
from tests.ledger.chains import (
    LIN_,
    MA,
    MA_,
    MINUTE,
    TOM_,
    WHATSAPP,
    Told,
    by_the_minute,
    chained,
    changed,
    critical,
    escalated,
    owed,
    step,
    sweep,
    told,
)
from tests.ledger.life import NOON, TOM, Life, finding

# config.yaml, `usual`, for an alert of supply_chain opened at 0 and due at 30 (answer_within 30m):
USUAL: list[Told] = [
    (20, "slack", "@tom.becker", "alert", ()),  # before 10m, owner, direct
    (30, "slack", "stock", "nudge", (TOM_,)),  # owner, thread
    (45, "slack", "stock", "shown", (TOM_, MA_)),  # after 15m, everyone, channel
    (60, "slack", "stock", "shown", (LIN_,)),  # after 30m, store_manager, channel …
    (60, "slack", "@lin.yue", "alert", ()),  # … direct …
    (60, "mail", "lin.yue", "nudge", (LIN_,)),  # … mail
    (180, "slack", "stock", "shown", (LIN_,)),  # 2h later again …
    (180, "slack", "@lin.yue", "nudge", (LIN_,)),  # … under the direct message that she has
    (180, "mail", "lin.yue", "nudge", (LIN_,)),
]


def test_an_alert_nobody_answers_goes_down_its_chain(life: Life) -> None:
    life.absorb(finding("PS-1"))
    assert list(by_the_minute(life, range(0, 200, 5))) == USUAL
    assert [(s.what, s.at) for s in escalated(life)] == [
        ("reminded", NOON + 20 * MINUTE),
        *(("escalated", NOON + minute * MINUTE) for minute in (30, 45, 60, 180)),
    ]


def test_each_step_says_what_it_was(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20, 30, 46, 61]))
    details = [step.detail for step in escalated(quick)]
    assert details[0] == {"step": 1, "to": "owner", "by": ["direct"], "people": [TOM], "late_by": 0}
    assert (details[2]["people"], details[2]["late_by"]) == ([TOM, MA], 60)
    assert details[3]["by"] == ["channel", "direct", "mail"]


def test_after_three_hours_asleep_each_missed_step_is_taken_once_and_in_order(life: Life) -> None:
    life.absorb(finding("PS-1"))
    life.deliver()
    assert sweep(life, NOON + 200 * MINUTE) == 4  # the repetition of 180 and step 4 count as one
    missed = [(200, *told) for _, *told in USUAL[:6]]
    assert [told(life, post) for post in owed(life)] == missed
    assert [s.detail["step"] for s in escalated(life)] == [1, 2, 3, 4]
    assert [s.detail["late_by"] // 60 for s in escalated(life)] == [180, 170, 155, 140]
    assert life.alert().next_step_at == NOON + (200 + 120) * MINUTE  # repeat_every 2h from now


def test_a_second_sweep_at_the_same_moment_does_nothing(life: Life) -> None:
    life.absorb(finding("PS-1"))
    sweep(life, NOON + 60 * MINUTE)
    before = life.everything()
    assert sweep(life) == 0
    assert life.everything() == before


def test_whoever_takes_it_ends_the_chain_and_is_followed_up_every_day(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20, 30]))
    quick.step(acknowledge, who=MA)
    quick.deliver()
    assert list(by_the_minute(quick, range(35, 24 * 60, 60))) == []
    day = 24 * 60 + 30  # follow_up_every 24h, counted from when she took it
    assert list(by_the_minute(quick, [day - 1, day, day + 1, 2 * day - 31])) == [
        (day, "slack", "stock", "nudge", (MA_,))
    ]
    assert quick.steps()[-1] == "reminded"
    assert sweep(quick, NOON + timedelta(days=2, minutes=30)) == 1


@pytest.mark.parametrize(
    ("step", "values"), [(resolve, {}), (snooze, {"until": NOON + timedelta(days=9)})]
)
def test_what_is_resolved_or_put_aside_asks_nobody(
    quick: Life, step: Any, values: dict[str, Any]
) -> None:
    quick.absorb(finding("PS-1"))
    quick.step(step, **values)
    assert sweep(quick, NOON + timedelta(days=3)) == 0


def test_what_is_gone_asks_nobody(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    quick.absorb()
    assert sweep(quick, NOON + timedelta(days=3)) == 0


def test_what_is_silent_asks_nobody(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    with quick.database.write() as ledger:
        ledger.get_one(Alert, 1).silenced_by = "silence 1"
    assert sweep(quick, NOON + timedelta(days=3)) == 0


def test_a_snooze_that_is_over_begins_the_chain_anew(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    quick.step(snooze, until=NOON + 90 * MINUTE)
    quick.at = NOON + 90 * MINUTE
    with quick.database.write() as ledger:
        wake_snoozed(ledger, watch(ledger, quick.settings, quick.at))
    # due 30 minutes later, at 120; 10 before: 110
    assert [t[:3] for t in by_the_minute(quick, range(90, 125, 5))] == [
        (110, "slack", "@tom.becker"),
        (120, "slack", "stock"),
    ]


def test_who_is_handed_an_alert_has_the_whole_time_to_answer(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20, 30]))
    quick.step(hand_over, to=MA)
    assert quick.alert().due_at == NOON + 60 * MINUTE
    assert list(by_the_minute(quick, range(35, 65, 5))) == [
        (50, "slack", "@ma.chao", "alert", ()),
        (60, "slack", "stock", "nudge", (MA_,)),
    ]


def test_what_is_reopened_begins_anew_with_a_reply_where_the_message_stands(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20]))
    quick.step(resolve)
    quick.step(reopen)
    assert list(by_the_minute(quick, [40])) == [(40, "slack", "@tom.becker", "nudge", (TOM_,))]


def test_an_urgent_alert_goes_down_the_urgent_chain(quick: Life) -> None:
    quick.absorb(critical())
    # config.yaml, `urgent`, without whatsapp: −20 owner direct; −10 owner thread; 0 the store
    # manager by channel, direct, mail; +15 everyone by channel and direct, then every 30m
    lin = [(30, "slack", "stock"), (30, "slack", "@lin.yue"), (30, "mail", "lin.yue")]
    all_ = [("slack", "stock"), ("slack", "@tom.becker"), ("slack", "@ma.chao")]
    assert [t[:3] for t in by_the_minute(quick, range(0, 80, 5))] == [
        (10, "slack", "@tom.becker"),
        (20, "slack", "stock"),
        *lin,
        *((45, *to) for to in all_),
        *((75, *to) for to in all_),
    ]


def test_a_reminder_whose_time_is_over_when_the_alert_opens_is_passed_over(quick: Life) -> None:
    only = chained(quick, step(before=40), step(before=30), step(before=10), step())
    only.absorb(finding("PS-1"))  # answer_within 30m: 40 before is in the past, 30 before is now
    assert [t[0] for t in by_the_minute(only, range(0, 200, 5))] == [20, 30]


def test_a_chain_of_reminders_that_are_all_over_goes_on_with_the_last_one(quick: Life) -> None:
    only = chained(quick, step(before=40), repeat=60 * MINUTE)
    only.absorb(finding("PS-1"))
    assert [t[0] for t in by_the_minute(only, range(0, 130, 5))] == [60, 120]
    without = chained(quick, step(before=40))
    without.absorb(finding("PS-1"), finding("PS-2"))
    assert without.alerts()[1].next_step_at is None


@pytest.mark.parametrize("left", [1, 0])
def test_a_chain_that_was_made_shorter_meanwhile_ends(quick: Life, left: int) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20, 30]))
    shorter = chained(quick, step())
    if not left:
        shorter.settings = changed(shorter.settings, "escalation", by_severity={})
    assert sweep(shorter, NOON + timedelta(days=3)) == 0
    assert shorter.alert().next_step_at is None


def test_a_chain_that_was_made_shorter_goes_on_with_its_last_step(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    list(by_the_minute(quick, [20, 30, 45]))
    shorter = chained(quick, step("store_manager", "channel"), repeat=60 * MINUTE)
    assert [(t[0], t[4]) for t in by_the_minute(shorter, range(50, 125, 5))] == [
        (60, (LIN_,)),  # when the old chain's next step was due
        (120, (LIN_,)),
    ]


def test_a_check_that_was_switched_off_asks_nobody(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    off = quick.with_settings(changed(quick.settings, "checks", safety_stock=None))
    assert sweep(off, NOON + timedelta(days=3)) == 0


def away(settings: Settings, *emails: str) -> Settings:
    leave = [Leave(first=NOON.date(), last=NOON.date())]
    people = [
        p.model_copy(update={"leave": leave}) if p.email in emails else p for p in settings.people
    ]
    return settings.model_copy(update={"people": people})


def test_everyone_is_who_is_here(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    here = quick.with_settings(away(quick.settings, TOM))
    assert [t[4] for t in by_the_minute(here, [20, 45])][-1] == (MA_,)


def test_when_nobody_of_the_role_is_here_the_fallback_is_asked(quick: Life) -> None:
    quick.absorb(finding("PS-1"))
    here = quick.with_settings(away(quick.settings, TOM, MA))
    assert [t[4] for t in by_the_minute(here, [20, 45])][-1] == (LIN_,)


def test_an_alert_that_is_only_mailed_is_put_into_its_channel_to_be_answered(quick: Life) -> None:
    stanza = quick.settings.check("safety_stock")
    assert stanza
    mailed = stanza.model_copy(update={"notify": ["mail"]})
    only = chained(quick, step("owner", "thread"))
    only = only.with_settings(changed(only.settings, "checks", safety_stock=mailed))
    only.absorb(finding("PS-1"))
    assert list(by_the_minute(only, [30])) == [
        (30, "slack", "stock", "alert", ()),
        (30, "slack", "stock", "nudge", (TOM_,)),
    ]


@pytest.mark.parametrize(
    ("whatsapp", "opted_in", "why"),
    [(WHATSAPP, True, None), (WHATSAPP, False, "no_opt_in"), (None, True, "no_whatsapp")],
)
def test_whatsapp_is_for_who_wants_it_and_the_record_says_who_was_left_out(
    quick: Life, whatsapp: WhatsAppSettings | None, opted_in: bool, why: str | None
) -> None:
    only = chained(quick, step("owner", "whatsapp", "thread"))
    only.settings = only.settings.model_copy(update={"whatsapp": whatsapp})
    if opted_in:
        with only.database.write() as ledger:
            opt_ins.record(ledger, TOM, "8613800000000", NOON, "/duty whatsapp")
    only.absorb(finding("PS-1"))
    media = [t[1] for t in by_the_minute(only, [30])]
    assert media == (["slack"] if why else ["whatsapp", "slack"])
    left_out = [{"by": "whatsapp", "person": TOM, "why": why}] if why else None
    assert escalated(only)[0].detail.get("left_out") == left_out


def test_whoever_wants_whatsapp_gets_it_in_whatever_case_their_address_is_written(
    quick: Life,
) -> None:
    only = chained(quick, step("owner", "whatsapp"))
    people = [p.model_copy(update={"email": p.email.upper()}) for p in only.settings.people]
    only.settings = only.settings.model_copy(update={"whatsapp": WHATSAPP, "people": people})
    with only.database.write() as ledger:
        opt_ins.record(ledger, TOM, "8613800000000", NOON, "/duty whatsapp")
    only.absorb(finding("PS-1"))
    assert [t[1] for t in by_the_minute(only, [30])] == ["whatsapp"]
