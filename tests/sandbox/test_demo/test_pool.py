"""The pool of top stores in the demo: plan F3's example, reckoned from the files alone."""

from datetime import UTC, datetime, time, timedelta
from itertools import groupby, pairwise
from statistics import fmean, pstdev
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.test_demo.reading import Files, Row, moment

DAY = timedelta(days=1)


def last_export(store: Files) -> list[Row]:
    rows = store.rows["competitor_figures"]
    return [row for row in rows if row["day"] == str(store.day - DAY)]


def our_repurchase(store: Files) -> float:
    """Of those who ordered in the last 30 whole days, the share that had ordered before."""
    midnight = datetime.combine(store.day, time(), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    placed: dict[str, list[datetime]] = {}
    for row in store.rows["order"]:
        if moment(row["placed_at"]) < midnight:
            who = (row["buyer_email"] or row["buyer_name"]).lower()
            placed.setdefault(who, []).append(moment(row["placed_at"]))
    recent = [times for times in placed.values() if max(times) >= midnight - 30 * DAY]
    return sum(len(set(times)) > 1 for times in recent) / len(recent)


def test_18_stores_are_known_each_week(store: Files) -> None:
    assert len({row["competitor"] for row in last_export(store)}) == 18
    assert len({row["day"] for row in store.rows["competitor_figures"]}) == 4


def test_our_buyers_come_back_0_8_deviations_less_often(store: Files) -> None:
    shares = [int(row["repeat_buyers"]) / int(row["buyers"]) for row in last_export(store)]
    behind = (our_repurchase(store) - fmean(shares)) / pstdev(shares)
    assert behind == pytest.approx(-0.8, abs=0.1)  # people are whole: shares are rounded


def test_every_export_is_possible(store: Files) -> None:
    for row in store.rows["competitor_figures"]:
        repeat, buyers = int(row["repeat_buyers"]), int(row["buyers"])
        assert 0 < repeat <= buyers <= int(row["orders"]) < int(row["visitors"])


def test_volttrails_pages_count_their_sales_and_never_fewer(store: Files) -> None:
    rows = [row for row in store.rows["competitor_offer"] if row["sold_over"] == "all_time"]
    assert {row["competitor"] for row in rows} == {"VoltTrail"}
    rows.sort(key=lambda row: (row["url"], row["observed_at"]))
    for _, readings in groupby(rows, lambda row: row["url"]):
        sold = [int(row["sold"]) for row in readings]
        assert all(before <= after for before, after in pairwise(sold))
        assert sold[-1] > sold[0]
