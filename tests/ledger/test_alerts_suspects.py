"""A check may ask for several runs in a row before an alert opens."""

import pytest
from sqlmodel import select

from core.ledger.database import Database
from core.ledger.life.alerts import Difference
from core.ledger.tables import Suspect
from core.settings import Settings
from tests.ledger.life import HOUR, NOON, Life, asking, blind, finding

NOTHING = Difference()


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    """A check that wants three runs in a row."""
    return Life(database, asking(settings, runs_in_a_row=3))


def runs(life: Life, *runs: list[str]) -> list[int]:
    """Absorb what each run found, an hour apart; how many alerts each opened."""
    opened = []
    for found in runs:
        opened.append(life.absorb(*map(finding, found)).opened)
        life.later()
    return opened


def suspects(life: Life) -> dict[str, int]:
    with life.database.read() as ledger:
        return {row.subject: row.runs for row in ledger.exec(select(Suspect))}


def test_an_alert_opens_in_the_third_run_in_a_row(life: Life) -> None:
    assert runs(life, ["PS-1"], ["PS-1", "PS-2"], ["PS-1", "PS-2"]) == [0, 0, 1]
    alert = life.alert()
    assert (alert.subject, alert.opened_at) == ("PS-1", NOON + 2 * HOUR)
    assert alert.since == NOON - HOUR  # when the trouble began, not when it was believed
    assert suspects(life) == {"PS-2": 2}
    assert runs(life, ["PS-1", "PS-2"]) == [1]


def test_a_run_that_does_not_find_it_begins_the_count_anew(life: Life) -> None:
    assert runs(life, ["PS-1"], ["PS-1"], [], ["PS-1"], ["PS-1"]) == [0, 0, 0, 0, 0]
    assert suspects(life) == {"PS-1": 2}


def test_what_is_gone_has_to_be_found_three_times_again(life: Life) -> None:
    found = ["PS-1"]
    assert runs(life, found, found, found, [], found, found, found) == [0, 0, 1, 0, 0, 0, 1]


def test_the_same_moment_asked_again_counts_once(life: Life) -> None:
    for _ in range(5):
        assert life.absorb(finding("PS-1")) == NOTHING
    assert suspects(life) == {"PS-1": 1}


@pytest.mark.parametrize(
    ("spot", "left"),
    [
        (blind("sales", whole=True), {"PS-1": 1}),
        (blind("prices", "PS-1"), {"PS-1": 1}),
        (blind("prices", "PS-2"), {}),
    ],
)
def test_a_suspect_is_kept_while_a_blind_spot_may_hide_it(
    life: Life, spot: object, left: dict[str, int]
) -> None:
    life.absorb(finding("PS-1"))
    life.later()
    assert life.absorb(spot).opened == 1  # type: ignore[arg-type]
    assert suspects(life) == left


def test_a_blind_spot_opens_at_once(life: Life) -> None:
    assert life.absorb(blind("sales", whole=True)) == Difference(opened=1)


def test_a_subject_named_like_a_blind_spot_still_waits(life: Life) -> None:
    life.absorb(finding("sales: stale"), blind("sales", "PS-9"))
    assert [alert.blind for alert in life.alerts()] == [True]
    assert suspects(life) == {"sales: stale": 1}


def test_each_check_counts_its_own(life: Life) -> None:
    life.absorb(finding("PS-1"))
    Life(life.database, life.settings, check="price_gap").absorb()
    assert suspects(life) == {"PS-1": 1}
