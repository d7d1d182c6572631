"""Stores against their pool: figures, and standard deviations by hand."""

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.pool import (
    Axis,
    Figure,
    Figures,
    Origin,
    PageCount,
    Shop,
    figures_of,
    scale,
    share,
    stand,
    z_score,
)

# (2 + 4 + 4 + 4 + 5 + 5 + 7 + 9) ÷ 8 = 5; squares of the distances: 9 1 1 1 0 0 4 16 = 32;
# √(32 ÷ 8) = 2
EIGHT = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]


def buying_again(value: float) -> Figures:
    return {Axis.REPURCHASE: Figure(value, Origin.FIGURES)}


def our_z(ours: Figures, pool: list[float], least: int = 5) -> float | None:
    figures = {f"store {n}": buying_again(value) for n, value in enumerate(pool)}
    us = stand(figures, "Harbor Lane", ours, least)[0]
    assert us.ours
    return us.z.get(Axis.REPURCHASE)


def test_ours_is_measured_by_the_others_mean_and_deviation() -> None:
    assert our_z(buying_again(3.4), EIGHT) == pytest.approx(-0.8)  # (3.4 − 5) ÷ 2: plan F3
    assert our_z(buying_again(9.0), EIGHT) == pytest.approx(2.0)


def test_each_store_of_the_pool_is_measured_too() -> None:
    figures = {str(n): buying_again(value) for n, value in enumerate(EIGHT)}
    _, *others = stand(figures, "us", {}, 5)
    assert [each.z[Axis.REPURCHASE] for each in others] == pytest.approx(
        [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]
    )


def test_of_too_few_stores_nothing_is_said() -> None:
    assert our_z(buying_again(3.4), EIGHT[:4]) is None
    assert our_z(buying_again(3.4), EIGHT[:5]) is not None


def test_what_is_not_known_of_us_has_no_z() -> None:
    assert our_z({}, EIGHT) is None


def test_equal_stores_are_at_0_and_nothing_can_be_said_of_another() -> None:
    assert our_z(buying_again(0.1), [0.1] * 6) == 0
    assert our_z(buying_again(0.2), [0.1] * 6) is None


def test_an_export_wins_over_pages() -> None:
    shop = Shop(visitors=1000, orders=20, buyers=16, repeat_buyers=4)
    found = figures_of(shop, [PageCount(70, 7)])
    assert found == {
        Axis.TRAFFIC: Figure(1000.0, Origin.FIGURES),
        Axis.CONVERSION: Figure(0.02, Origin.FIGURES),
        Axis.REPURCHASE: Figure(0.25, Origin.FIGURES),
    }


def test_pages_add_up_those_that_tell_both() -> None:
    found = figures_of(Shop(), [PageCount(70, 7), PageCount(30, None), PageCount(None, 500)])
    assert found == {
        Axis.TRAFFIC: Figure(100.0, Origin.PAGES),
        Axis.CONVERSION: Figure(0.1, Origin.PAGES),  # 7 ÷ 70: what sold elsewhere is left out
    }


@pytest.mark.parametrize(
    ("part", "whole"), [(None, 5), (5, None), (5, 0), (6, 5), (-1, 5), (None, None)]
)
def test_a_share_of_what_is_not_known_is_unknown(part: int | None, whole: int | None) -> None:
    assert share(part, whole) is None


def test_nothing_known_is_no_figure() -> None:
    assert figures_of(Shop(), []) == {}
    assert figures_of(Shop(visitors=0, orders=0), []) == {
        Axis.TRAFFIC: Figure(0.0, Origin.FIGURES)  # the export says 0; a share of it is none
    }


@given(st.lists(st.floats(0, 1e9), min_size=5, max_size=30))
def test_a_pools_own_z_scores_have_mean_0_and_deviation_1(values: list[float]) -> None:
    found = scale(values, 5)
    assert found
    if found.deviation > 1e-6 * max(values):
        scores = [z_score(value, found) or 0.0 for value in values]
        assert fmean(scores) == pytest.approx(0, abs=1e-6)
        assert pstdev(scores) == pytest.approx(1, rel=1e-6)
