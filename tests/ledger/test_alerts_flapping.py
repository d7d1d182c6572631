"""What comes and goes is told as one alert, marked as flapping (config.yaml: 4 changes in 2h)."""

from datetime import timedelta

import pytest

from core.finding import Blind, Finding
from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.life.steps import acknowledge, resolve
from core.settings import Settings
from tests.ledger.life import HOUR, LIN, MINUTE, NOON, TOM, Life, blind, finding

UNCHANGED = Difference(unchanged=1)


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    return Life(database, settings)


def come_and_go(
    life: Life, times: int, every: timedelta = 10 * MINUTE, what: Finding | Blind | None = None
) -> None:
    """It is found, then gone, so many times."""
    for _ in range(times):
        for found in ([what or finding("PS-1")], []):
            life.absorb(*found)
            life.later(every)


def flapping(life: Life) -> None:
    """Until its second alert is flapping: opened, gone, opened, gone, and now found again."""
    come_and_go(life, 2)
    life.absorb(finding("PS-1"))


def test_what_opens_and_ends_too_often_is_the_same_alert_again(life: Life) -> None:
    flapping(life)
    first, second = life.alerts()
    assert (first.state, first.flapping) == ("resolved", False)
    assert (second.state, second.flapping, second.gone_at) == ("open", True, None)
    assert (second.resolved_at, second.due_at) == (None, NOON + 40 * MINUTE + 30 * MINUTE)
    assert life.steps() == ["opened", "resolved", "opened", "resolved", "flapping"]


def test_it_is_told_once_more_as_flapping(life: Life) -> None:
    come_and_go(life, 2)
    life.deliver()
    life.absorb(finding("PS-1"))
    owed = life.posts(state="owed", template="alert")
    assert {post.alert_id for post in owed} == {2}
    assert sorted(post.sent_revision for post in owed) == [0, 2]  # a new message, and the old one


def test_its_new_message_has_its_history(life: Life) -> None:
    come_and_go(life, 2)
    life.deliver()
    life.absorb(finding("PS-1"))
    message = life.posts(template="alert", sent_revision=0, alert_id=2)[0]
    assert message.id in [post.facts["under"] for post in life.posts(template="history")]


def test_it_then_comes_and_goes_without_a_word(life: Life) -> None:
    flapping(life)
    life.deliver()
    before = [row for row in life.everything() if "subject" not in row]
    for _ in range(5):
        life.later(10 * MINUTE)
        assert life.absorb() == Difference()
        assert life.alert(2).absent_since == life.at
        life.later(10 * MINUTE)
        assert life.absorb(finding("PS-1")) == UNCHANGED
        assert life.alert(2).absent_since is None
    assert [row for row in life.everything() if "subject" not in row] == before


def test_it_ends_when_it_was_calm_for_long_enough(life: Life) -> None:
    flapping(life)
    life.later(10 * MINUTE)
    life.absorb()
    life.deliver()
    life.later(2 * HOUR - MINUTE)
    assert life.absorb() == Difference()
    life.later(MINUTE)
    assert life.absorb() == Difference(resolved=1)
    alert = life.alert(2)
    assert (alert.state, alert.gone_at, alert.absent_since) == ("resolved", life.at, None)
    assert life.steps()[-1] == "resolved"
    assert life.posts(template="alert", state="owed")


def test_what_comes_back_after_a_calm_time_is_a_new_alert(life: Life) -> None:
    flapping(life)
    life.later()
    life.absorb()
    life.later(2 * HOUR)
    life.absorb()
    life.later(MINUTE)
    assert life.absorb(finding("PS-1")) == Difference(opened=1)
    assert [alert.flapping for alert in life.alerts()] == [False, True, False]


def test_slow_changes_are_alerts_of_their_own(life: Life) -> None:
    come_and_go(life, 3, every=HOUR)  # two changes in two hours
    assert [alert.flapping for alert in life.alerts()] == [False] * 3


def test_other_subjects_are_not_flapping(life: Life) -> None:
    come_and_go(life, 2)
    assert life.absorb(finding("PS-1"), finding("PS-2")) == Difference(opened=2)
    live = {alert.subject: alert.flapping for alert in life.alerts(live=True)}
    assert live == {"PS-1": True, "PS-2": False}


def test_who_took_it_still_has_it(life: Life) -> None:
    come_and_go(life, 1)
    life.absorb(finding("PS-1"))
    life.step(acknowledge, 2)
    life.later(10 * MINUTE)
    life.absorb()
    life.later(10 * MINUTE)
    life.absorb(finding("PS-1"))
    alert = life.alert(2)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", LIN)


def test_what_was_called_done_opens(life: Life) -> None:
    come_and_go(life, 1)
    life.absorb(finding("PS-1"))
    life.step(acknowledge, 2)
    life.step(resolve, 2)
    life.later(10 * MINUTE)
    life.absorb()
    life.later(10 * MINUTE)
    life.absorb(finding("PS-1"))
    alert = life.alert(2)
    assert (alert.state, alert.resolved_by, alert.acknowledged_by) == ("open", None, None)
    assert alert.owner == TOM


def test_a_blind_spot_does_not_count_as_calm(life: Life) -> None:
    flapping(life)
    for _ in range(4):
        life.later()
        life.absorb(blind("sales", whole=True))
    assert life.alert(2).absent_since is None


def test_a_blind_spot_that_comes_and_goes_is_flapping_too(life: Life) -> None:
    come_and_go(life, 3, what=blind("sales", whole=True))
    assert [alert.flapping for alert in life.alerts()] == [False, True]


def test_clicks_on_a_flapping_alert_stay(life: Life) -> None:
    flapping(life)
    assert life.step(acknowledge, 2)
    life.later()
    life.absorb()
    life.later(HOUR - MINUTE)
    assert life.absorb(finding("PS-1")) == UNCHANGED
    assert life.alert(2).state == "acknowledged"
