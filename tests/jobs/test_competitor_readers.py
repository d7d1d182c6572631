"""Shops whose pages are read no more as they were: broken readers instead of false alarms."""

import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger import fetches
from core.ledger.database import Database
from core.ledger.life.silences import hush
from core.ledger.life.watch import watch
from core.ledger.tables import FetchOutcome
from core.rules.reader_health import Limits, Pair, Reading, broken
from core.settings import Settings, Store
from jobs.asking import ask_and_absorb
from jobs.registry import checks
from tests.jobs.conftest import NOW, Look, Put, only
from tests.ledger.life import Life

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROUND = NOW - HOUR
HOME = "https://volttrail.example/products/"


def read(n: int, price: str | None = "100", at: datetime = ROUND, **changes: Any) -> dict[str, Any]:
    """What page n was read as in a round."""
    plain = {"competitor": "VoltTrail", "url": f"{HOME}{n}", "observed_at": at, "certainty": "0.9"}
    return plain | {"price": price, "currency": "USD"} | changes


def rounds(put: Put, *now: dict[str, Any], pages: int = 10) -> None:
    """Ten pages that gave 100 USD in four rounds before, and what is read now."""
    for days in (1, 2, 3, 4):
        put("competitor_offer", *(read(n, at=ROUND - days * DAY) for n in range(pages)))
    put("competitor_offer", *now)


def empty(numbers: Iterable[int], problem: str = "no price") -> list[dict[str, Any]]:
    return [read(n, None, problem=problem) for n in numbers]


def fine(numbers: Iterable[int]) -> list[dict[str, Any]]:
    return [read(n) for n in numbers]


@pytest.mark.parametrize("problem", ["no price", "uncertain", "no currency", "no_product"])
def test_half_of_the_pages_give_no_price_any_more(put: Put, look: Look, problem: str) -> None:
    rounds(put, *empty(range(5), problem), *fine(range(5, 10)))
    found = only(look("competitor_readers"))
    assert (found.subject, found.severity) == ("VoltTrail", None)  # the stanza's: warning
    told = found.facts
    assert (told["pages"], told["empty"], told["jumped"]) == (10, 5, 0)
    assert (told["url"], told["problem"]) == (f"{HOME}0", problem)


def test_fewer_than_half_is_no_broken_reader(put: Put, look: Look) -> None:
    rounds(put, *empty(range(4)), *fine(range(4, 10)))
    assert look("competitor_readers") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"problem": "captcha"},
        {"problem": "it answered 503"},
        {"problem": "not_found"},
        {"problem": "no price", "availability": "out_of_stock"},
    ],
)
def test_pages_that_were_not_read_or_sell_nothing_do_not_count(
    put: Put, look: Look, changes: dict[str, Any]
) -> None:
    """Nine of ten: the one that was read is too few to tell."""
    rounds(put, *(read(n, None, **changes) for n in range(9)), *empty([9]))
    assert look("competitor_readers") == []


def test_a_few_pages_tell_nothing(put: Put, look: Look) -> None:
    rounds(put, *empty(range(4)), pages=4)
    assert look("competitor_readers") == []
    assert only(look("competitor_readers", least_pages=4))


def test_pages_that_never_gave_a_price_do_not_count(put: Put, look: Look) -> None:
    rounds(put, *fine(range(10)), *empty(range(10, 30)))
    assert look("competitor_readers") == []


# of 100: 50 and 150 are half of it away, no more
@pytest.mark.parametrize(("price", "wrong"), [("50", 0), ("49.99", 1), ("150", 0), ("10000", 1)])
def test_half_of_the_prices_jumped(put: Put, look: Look, price: str, wrong: int) -> None:
    rounds(put, *(read(n, price) for n in range(5)), *fine(range(5, 10)))
    assert len(look("competitor_readers")) == wrong


def test_another_currency_is_a_jump(put: Put, look: Look) -> None:
    rounds(put, *(read(n, currency="EUR") for n in range(5)), *fine(range(5, 10)))
    assert only(look("competitor_readers")).facts["jumped"] == 5


def test_a_price_that_was_not_believed_is_a_jump(put: Put, look: Look) -> None:
    rounds(put, *empty(range(5), "jumps"), *fine(range(5, 10)))
    told = only(look("competitor_readers")).facts
    assert (told["empty"], told["jumped"]) == (0, 5)


# certainties 0.9 before; the median of 0.9 and 0.7 × 9 is 0.7: it fell by 0.2
@pytest.mark.parametrize(("certainty", "wrong"), [("0.7", 1), ("0.71", 0), (None, 0)])
def test_the_reader_is_less_certain(
    put: Put, look: Look, certainty: str | None, wrong: int
) -> None:
    rounds(put, read(0), *(read(n, certainty=certainty) for n in range(1, 10)))
    found = look("competitor_readers")
    assert len(found) == wrong
    if wrong:
        told = only(found).facts
        assert (told["certainty_before"], told["certainty_now"]) == ("0.90", "0.70")
        assert told["url"] == f"{HOME}1"  # page 0 is read as surely as before


def test_a_wrong_price_stays_wrong_in_the_next_rounds(put: Put, look: Look) -> None:
    """What it is held against is the first price in 7 days, not the last one."""
    rounds(put, *(read(n, "10000", at=ROUND - 6 * HOUR) for n in range(10)))
    put("competitor_offer", *(read(n, "10000") for n in range(10)))
    assert only(look("competitor_readers")).facts["jumped"] == 10


def test_a_shop_that_is_blocked_now_is_judged_by_its_last_round(put: Put, look: Look) -> None:
    rounds(put, *(read(n, None, ROUND - 6 * HOUR, problem="no price") for n in range(10)))
    put("competitor_offer", *(read(n, None, problem="captcha") for n in range(10)))
    assert only(look("competitor_readers"))


def test_a_moment_before_sees_the_reader_that_worked(put: Put, look: Look) -> None:
    rounds(put, *empty(range(10)))
    assert look("competitor_readers", as_of=ROUND - timedelta(seconds=1)) == []
    assert only(look("competitor_readers", as_of=ROUND))


def test_competitors_are_judged_each_by_itself(put: Put, look: Look) -> None:
    rounds(put, *empty(range(10)))
    put("competitor_offer", *(read(n, competitor="Other", at=ROUND - DAY) for n in range(10)))
    put("competitor_offer", *(read(n, competitor="Other") for n in range(10)))
    assert only(look("competitor_readers")).subject == "VoltTrail"


def keep_copy(database: Database, url: str, path: str, at: datetime = ROUND) -> None:
    row = {"host": "volttrail.example", "url": url, "at": at, "outcome": FetchOutcome.READ}
    row |= {"status": 200, "bytes": 1, "seconds": 0.1, "problem": None, "rest_until": None}
    with database.write() as ledger:
        fetches.record(ledger, "harborlane", [row | {"saved_as": path}])


def test_it_names_a_bad_page_of_which_a_copy_is_kept(
    put: Put, look: Look, database: Database
) -> None:
    rounds(put, *empty(range(5)), *fine(range(5, 10)))
    keep_copy(database, f"{HOME}3", "var/old.gz", at=ROUND - DAY)
    keep_copy(database, f"{HOME}3", "var/pages/a page.bad.html.gz")
    keep_copy(database, f"{HOME}7", "var/good.gz")  # of a page that is read as before
    told = only(look("competitor_readers")).facts
    assert (told["url"], told["saved_as"]) == (f"{HOME}3", "var/pages/a page.bad.html.gz")
    asked = ["watchkeeper", "offer", "var/pages/a page.bad.html.gz", "--url", f"{HOME}3"]
    assert shlex.split(told["command"]) == asked


def test_without_a_copy_it_names_the_address(put: Put, look: Look) -> None:
    rounds(put, *empty(range(10)))
    told = only(look("competitor_readers")).facts
    assert (told["saved_as"], told["command"]) == (None, f"watchkeeper offer {HOME}0")


# A broken reader explains the price gaps of its competitor


def test_it_is_asked_before_price_gap(settings: Settings) -> None:
    names = [name for name, _ in settings.switched_on()]
    assert names.index("competitor_readers") < names.index("price_gap")


def run_after_round(database: Database, settings: Settings, store: Store, now: datetime) -> None:
    """Run what follows a price round, in the order of the configuration, and the minute's sweep."""
    for name, stanza in settings.switched_on():
        if stanza.schedule.after == "price_round" and name in ("competitor_readers", "price_gap"):
            ask_and_absorb(database, checks()[name], settings, store, now)
    with database.write() as ledger:
        hush(ledger, watch(ledger, settings, now))


def test_no_price_gap_is_told_while_the_reader_is_broken(
    put: Put, database: Database, settings: Settings, store: Store
) -> None:
    """Cents are read as dollars: of VoltTrail nothing is told but that; of Other it is."""
    put("product", {"sku": "PS-1000", "fob_usd": "105"})
    rounds(put, *(read(n, "10000", sku="PS-1000") for n in range(10)))
    put("competitor_offer", read(0, "90", competitor="Other", sku="PS-1000"))
    run_after_round(database, settings, store, NOW)
    told = {
        (a.check, a.facts["competitor"]) for a in Life(database, settings).alerts() if a.told_at
    }
    assert told == {("competitor_readers", "VoltTrail"), ("price_gap", "Other")}
    assert any(a.check == "price_gap" and a.silenced_by for a in Life(database, settings).alerts())
    later = NOW + 6 * HOUR
    put("competitor_offer", *(read(n, "90", NOW + 5 * HOUR, sku="PS-1000") for n in range(10)))
    run_after_round(database, settings, store, later)
    live = [a for a in Life(database, settings).alerts(live=True) if a.told_at]
    assert {(a.check, a.facts["competitor"]) for a in live} == {
        ("price_gap", "VoltTrail"),
        ("price_gap", "Other"),
    }


# The rule

LIMITS = Limits(5, Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), Decimal("0.2"))
CERTAINTY = st.none() | st.decimals(0, 1, places=2)
PRICE = st.none() | st.decimals("0.01", 1000, places=2)
NOWS = st.builds(Reading, PRICE, st.sampled_from(["USD", "EUR"]), CERTAINTY, st.booleans())
BEFORE = Reading(Decimal(100), "USD", Decimal("0.9"))


@given(st.lists(NOWS, max_size=12))
def test_the_counts_are_of_the_pages(nows: list[Reading]) -> None:
    pairs = [Pair(f"https://a.example/{n}", BEFORE, now) for n, now in enumerate(nows)]
    found = broken(pairs, LIMITS)
    if found:
        assert found.pages == len(pairs) >= 5
        assert found.empty + found.jumped <= found.pages
        assert set(found.suspects) <= {pair.url for pair in pairs}


@given(st.integers(0, 30))
def test_a_reader_that_reads_as_before_is_not_broken(count: int) -> None:
    assert (
        broken([Pair(f"https://a.example/{n}", BEFORE, BEFORE) for n in range(count)], LIMITS)
        is None
    )
