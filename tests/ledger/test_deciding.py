"""What people decide on a competitor's price, and what follows, in one transaction (plan B1)."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.finding import Facts
from core.ledger.deciding import PRICE_CHANGE, ignore_price, keep_price, set_price, wrong_product
from core.ledger.life.steps import resolve
from core.ledger.price_list import fob_ladders
from core.ledger.records import CompetitorPage, Intake, PriceListEntry
from core.ledger.tables import Alert, Choice, Post, PriceDecision
from core.rules.ladder import Tier
from tests.ledger.life import DAY, LIN, NOON, Life
from tests.support.intake import STORE, stored, take
from tests.support.price_alerts import SKU, URL, price_gap

SEEN: Facts = {"ours": "10.00", "theirs": "9.30"}
SOFIA = "sofia.reyes@harborlane.example"


def tier(at: int, price: str, **other: Any) -> Facts:
    listed = {"sku": SKU, "min_quantity": at, "price": price, "currency": "USD"}
    return listed | {"valid_from": NOON - DAY} | other


@pytest.fixture
def life(life: Life) -> Life:
    """One alert: we ask 10.00 from 100 pieces on and 9.40 from 500 on, they ask 9.30."""
    life.check = "price_gap"
    take(life.database, "product", {"sku": SKU, "fob_usd": "11.00", "moq": 100})
    take(life.database, "price_list", tier(100, "10.00"), tier(500, "9.40"))
    life.absorb(price_gap(NOON))
    return life


def match(
    life: Life, price: str = "9.30", who: str = SOFIA, number: int = 1, **values: Any
) -> bool:
    values = {"choice": Choice.MATCH, "seen": SEEN} | values
    return life.step(set_price, number, who=who, price=Decimal(price), **values)


def ladder(life: Life) -> list[Tier]:
    with life.database.read() as ledger:
        return list(fob_ladders(ledger, STORE.name, life.at, [SKU])[SKU])


def owed_files(life: Life) -> list[Post]:
    files = life.posts(template="file")
    return [post for post in files if post.facts["file"] == PRICE_CHANGE]


def decisions(life: Life) -> list[PriceDecision]:
    with life.database.read() as ledger:
        return list(ledger.exec(select(PriceDecision).order_by(col(PriceDecision.id))))


def test_a_match_is_a_decision_a_price_and_the_end_of_the_alert(life: Life) -> None:
    assert match(life, note="their new season")
    (decided,) = decisions(life)
    assert decided.model_dump(exclude={"id"}) == {
        "store": "harborlane", "sku": SKU, "competitor": "VoltTrail", "url": URL,
        "quantity": 100, "choice": "match", "ours": Decimal("10.00"), "theirs": Decimal("9.30"),
        "currency": "USD", "new_price": Decimal("9.30"), "until": None,
        "note": "their new season", "who": SOFIA, "at": NOON, "alert_id": 1,
    }  # fmt: skip
    # 500 pieces at 9.40 would be dearer than 100 at 9.30
    assert ladder(life) == [Tier(100, Decimal("9.30")), Tier(500, Decimal("9.30"))]
    alert = life.alert()
    assert (alert.state, alert.reason, alert.resolved_by) == ("resolved", "fixed", SOFIA)


def test_the_price_list_says_who_and_why_and_keeps_what_it_was(life: Life) -> None:
    match(life, note="their new season")
    entries = stored(life.database, PriceListEntry)
    assert [(e.min_quantity, e.price, e.decided_by, e.reason) for e in entries] == [
        (100, Decimal("10.00"), None, None),
        (100, Decimal("9.30"), SOFIA, "their new season"),
        (500, Decimal("9.40"), None, None),
        (500, Decimal("9.30"), SOFIA, "their new season"),
    ]
    intake = stored(life.database, Intake)[-1]
    assert (intake.kind, intake.source, intake.stored) == ("price_list", f"decided:{SOFIA}", 2)


def test_tiers_that_stay_are_not_written_again(life: Life) -> None:
    match(life, "9.60")  # 500 pieces at 9.40 are still cheaper
    assert len(stored(life.database, PriceListEntry)) == 3
    assert ladder(life) == [Tier(100, Decimal("9.60")), Tier(500, Decimal("9.40"))]


def test_a_price_that_stood_with_the_product_only_moves_to_the_list_as_a_whole(
    life: Life,
) -> None:
    take(life.database, "product", {"sku": "SP-0400", "fob_usd": "10.00", "moq": 50})
    life.absorb(price_gap(NOON), price_gap(NOON, sku="SP-0400"))  # they sell from 100 on
    life.step(set_price, 2, choice=Choice.MATCH, price=Decimal("9.30"), seen=SEEN)
    with life.database.read() as ledger:
        now = fob_ladders(ledger, STORE.name, life.at, ["SP-0400"])["SP-0400"]
    assert list(now) == [Tier(50, Decimal("10.00")), Tier(100, Decimal("9.30"))]


def test_the_file_for_the_back_office_is_owed_with_the_whole_ladder(life: Life) -> None:
    match(life)
    (post,) = owed_files(life)
    told = [(row["min_quantity"], row["old_price"], row["price"]) for row in post.facts["rows"]]
    assert told == [(100, "10.00", "9.30"), (500, "9.40", "9.30")]


def test_the_second_of_two_changes_nothing(life: Life) -> None:
    assert match(life)
    life.later()
    before = life.everything(), decisions(life), stored(life.database, PriceListEntry)
    assert not match(life, "9.20", LIN)
    assert not life.step(keep_price, seen=SEEN)
    assert not life.step(ignore_price, seen=SEEN, until=life.at + DAY)
    assert not life.step(wrong_product)
    assert (life.everything(), decisions(life), stored(life.database, PriceListEntry)) == before


def test_of_two_at_once_one_decides(life: Life) -> None:
    outcomes: list[bool] = []
    people = [
        threading.Thread(target=lambda who=who: outcomes.append(match(life, who=who)))
        for who in (SOFIA, LIN)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == [False, True]
    assert len(decisions(life)) == 1


class KilledError(Exception):
    """The process ends before the commit."""


def set_price_and_die(session: Session, *place: Any, **values: Any) -> None:
    assert set_price(session, *place, **values) is not None
    session.flush()
    raise KilledError


def test_what_is_cut_off_before_its_end_leaves_nothing(life: Life) -> None:
    before = life.everything()
    with pytest.raises(KilledError):
        life.step(set_price_and_die, choice=Choice.MATCH, price=Decimal("9.30"), seen=SEEN)
    assert life.everything() == before
    assert decisions(life) == []
    assert len(stored(life.database, PriceListEntry)) == 2


# 10.00 now, 12 from 50 pieces on: see tests/core/test_repricing.py for the limits themselves
@pytest.mark.parametrize("price", ["0", "-1", "4.99", "20.01", "10.00", "12.01"])
def test_a_price_that_is_refused_is_not_stored(life: Life, price: str) -> None:
    take(life.database, "price_list", tier(50, "12.00"))
    assert not match(life, price)
    assert life.alert().state == "open"
    assert decisions(life) == []
    assert len(stored(life.database, PriceListEntry)) == 3


def test_a_list_in_another_currency_is_not_mixed_with_ours(life: Life) -> None:
    take(life.database, "price_list", tier(500, "66", currency="CNY", valid_from=NOON))
    assert not match(life)


def test_it_is_decided_on_what_the_person_saw(life: Life) -> None:
    life.absorb(price_gap(NOON, theirs="9.10"))
    assert match(life, "9.30")
    assert decisions(life)[0].theirs == Decimal("9.30")


def test_amounts_that_were_converted_are_kept_to_the_sixth_decimal(life: Life) -> None:
    match(life, seen={"ours": "10.00", "theirs": "9.123456789"})
    assert decisions(life)[0].theirs == Decimal("9.123457")


def test_a_note_of_nothing_but_controls_is_none(life: Life) -> None:
    match(life, note=" \x00\ud800\n ")
    assert decisions(life)[0].note is None


def test_keeping_the_price_accepts_the_gap(life: Life) -> None:
    assert life.step(keep_price, who=SOFIA, seen=SEEN, note="they will be back")
    (decided,) = decisions(life)
    assert (decided.choice, decided.new_price, decided.note) == ("keep", None, "they will be back")
    assert (life.alert().state, life.alert().reason) == ("resolved", "accepted")
    assert len(stored(life.database, PriceListEntry)) == 2
    assert owed_files(life) == []


def test_ignoring_it_says_until_when(life: Life) -> None:
    until = NOON + timedelta(days=14)
    assert life.step(ignore_price, who=SOFIA, seen=SEEN, until=until)
    assert decisions(life)[0].until == until
    assert life.audit()[-1].detail["decided"]["until"] == "2026-03-19T04:00:00+00:00"


def test_a_moment_that_is_past_ignores_nothing(life: Life) -> None:
    assert not life.step(ignore_price, seen=SEEN, until=NOON)
    assert life.alert().state == "open"


def test_a_wrong_product_ends_all_alerts_of_that_page_and_article(life: Life) -> None:
    found = [
        price_gap(NOON),
        price_gap(NOON, quantity=500),
        price_gap(NOON, competitor="Other"),
        price_gap(NOON, quantity=1000, url=f"{URL}-pro"),
    ]
    life.absorb(*found)
    assert life.step(wrong_product, 2, who=SOFIA)
    states = [(a.subject, a.state) for a in life.alerts()]
    assert states == [
        ("PS-1000 VoltTrail 100", "resolved"),
        ("PS-1000 VoltTrail 500", "resolved"),
        ("PS-1000 Other 100", "open"),
        ("PS-1000 VoltTrail 1000", "open"),  # another page of theirs
    ]
    assert life.alert(2).reason == "false_alarm"
    assert [(d.choice, d.quantity) for d in decisions(life)] == [("wrong_product", 500)]
    (page,) = stored(life.database, CompetitorPage)
    assert (page.status, page.sku, page.url, page.decided_by) == ("rejected", SKU, URL, SOFIA)


def test_no_step_is_taken_on_what_there_is_not(life: Life) -> None:
    assert not life.step(wrong_product, 4711)
    assert not life.step(keep_price, 4711, seen=SEEN)


def test_what_somebody_resolved_is_decided_no_more(life: Life) -> None:
    life.step(resolve)
    assert not match(life)
    assert decisions(life) == []


def test_a_blind_spot_of_the_check_is_no_alert_of_the_pair(life: Life) -> None:
    with life.database.write() as ledger:
        alert = ledger.get_one(Alert, 1)
        ledger.add(
            Alert(**alert.model_dump(exclude={"id", "blind", "facts"}), blind=True, facts={})
        )
    assert life.step(wrong_product)
    assert len(decisions(life)) == 1


def test_two_who_change_one_ladder_at_once_never_make_it_rise(life: Life) -> None:
    life.absorb(price_gap(NOON), price_gap(NOON, quantity=500, ours="9.40", theirs="9.35"))

    def undercut(number: int, price: str) -> None:
        match(life, price, number=number, choice=Choice.UNDERCUT)

    people = [threading.Thread(target=undercut, args=each) for each in ((1, "9.30"), (2, "9.35"))]
    for person in people:
        person.start()
    for person in people:
        person.join()
    few, many = ladder(life)
    assert few.price >= many.price
