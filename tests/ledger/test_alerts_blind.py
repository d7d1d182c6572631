"""Silence is not calm (law 5): nothing resolves because data stopped coming."""

import pytest

from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.settings import Settings
from tests.ledger.life import NOON, Life, blind, finding


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    return Life(database, settings)


def states(life: Life) -> dict[str, str]:
    return {alert.subject: alert.state for alert in life.alerts()}


def test_a_blind_spot_is_an_alert_of_its_own(life: Life) -> None:
    assert life.absorb(blind("sales", whole=True)) == Difference(opened=1)
    alert = life.alert()
    assert (alert.blind, alert.severity, alert.owner != "") == (True, "warning", True)
    assert (alert.facts["what"], alert.facts["problem"]) == ("sales", "stale")
    assert alert.since == NOON
    assert life.absorb(blind("sales", whole=True)) == Difference(unchanged=1)


def test_a_blind_check_resolves_nothing(life: Life) -> None:
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.absorb(blind("sales", whole=True))
    assert states(life) == {"PS-1": "open", "PS-2": "open", "sales: stale": "open"}


def test_a_blind_spot_covers_only_what_it_hides(life: Life) -> None:
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.absorb(blind("prices", "PS-1"))
    assert states(life) == {"PS-1": "open", "PS-2": "resolved", "prices: stale": "open"}


def test_when_sight_comes_back_what_is_gone_is_resolved(life: Life) -> None:
    life.absorb(finding("PS-1"), finding("PS-2"))
    life.absorb(blind("sales", whole=True))
    assert life.absorb(finding("PS-1")) == Difference(unchanged=1, resolved=2)
    assert states(life) == {"PS-1": "open", "PS-2": "resolved", "sales: stale": "resolved"}


def test_a_blind_check_does_not_resolve_its_smaller_blind_spots(life: Life) -> None:
    life.absorb(blind("prices of A", "PS-1", problem="captcha"))
    life.absorb(blind("offers", whole=True))
    assert states(life) == {"prices of A: captcha": "open", "offers: stale": "open"}


def test_of_two_reasons_to_be_blind_the_one_that_ended_is_resolved(life: Life) -> None:
    life.absorb(blind("sales", whole=True), blind("stock", whole=True))
    life.absorb(blind("sales", whole=True))
    assert states(life) == {"sales: stale": "open", "stock: stale": "resolved"}


def test_a_subject_named_like_a_blind_spot_is_not_one(life: Life) -> None:
    life.absorb(finding("sales: stale"), blind("sales", "PS-9"))
    assert [alert.blind for alert in life.alerts()] == [False, True]
    assert life.absorb(blind("sales", "PS-9")) == Difference(unchanged=1, resolved=1)
