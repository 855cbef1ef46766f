"""Figures over all thresholds, against values reckoned by hand and against the plainest way to count them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.evaluation.ranking import Curve, area, average_precision, curve, recall_at

# Three matches and two others: of their six pairs the match is ahead in four, and one is a tie.
MATCHES, OTHERS = (3000, 2000, 1000), (2000, 0)


def arrays(matches: tuple[int, ...] | list[int], others: tuple[int, ...] | list[int]) -> tuple[np.ndarray, np.ndarray]:
    match = np.array([True] * len(matches) + [False] * len(others), np.bool_)
    return match, np.array([*matches, *others], np.int64)


def curve_of(matches: tuple[int, ...] | list[int], others: tuple[int, ...] | list[int]) -> Curve:
    return curve(*arrays(matches, others))


def test_area_counts_ties_half_and_has_the_interval_of_delong() -> None:
    found = area(*arrays(MATCHES, OTHERS))
    assert found and found.interval
    assert found.value == pytest.approx(4.5 / 6)
    # Shares of others below each match: 1, .75, .5 (variance .0625); of matches above each other: .5, 1 (.125).
    half = 1.959963984540054 * (0.0625 / 3 + 0.125 / 2) ** 0.5
    assert found.interval.low == pytest.approx(0.75 - half)
    assert found.interval.high == 1.0


def test_area_of_full_separation_of_none_and_of_one_kind() -> None:
    ahead, behind, tied = area(*arrays([2, 3], [0, 1])), area(*arrays([0, 1], [2, 3])), area(*arrays([5, 5], [5, 5]))
    assert ahead and behind and tied
    assert (ahead.value, behind.value, tied.value) == (1.0, 0.0, 0.5)
    assert area(*arrays([1, 2], [])) is None
    assert area(*arrays([], [1, 2])) is None
    single = area(*arrays([5], [1, 7]))
    assert single and (single.value, single.interval) == (0.5, None)


scores = st.lists(st.integers(-4000, 4000).map(lambda score: score // 1000 * 1000), min_size=1, max_size=25)


@given(matches=scores, others=scores)
def test_area_equals_the_count_over_all_pairs(matches: list[int], others: list[int]) -> None:
    found = area(*arrays(matches, others))
    plain = sum((a > b) + (a == b) / 2 for a, b in product(matches, others)) / (len(matches) * len(others))
    assert found and found.value == pytest.approx(plain)


@given(matches=scores, others=scores)
def test_area_equals_the_surface_under_the_curve(matches: list[int], others: list[int]) -> None:
    drawn = curve_of(matches, others)
    found = area(*arrays(matches, others))
    assert found and found.value == pytest.approx(float(np.trapezoid(drawn.recall, drawn.false_positive_rate)))


def test_average_precision_weighs_precision_by_the_recall_it_adds() -> None:
    # At 3, 2, 1: precision 1, 2/3, 3/4, each with a third of the matches; the threshold 0 adds none.
    assert average_precision(curve_of(MATCHES, OTHERS)) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert average_precision(curve_of([1], [])) == 1.0
    assert average_precision(curve_of([], [1])) is None


@pytest.mark.parametrize(("rate", "recall"), [(0.0, 1 / 3), (0.01, 1 / 3), (0.49, 1 / 3), (0.5, 1.0), (1.0, 1.0)])
def test_recall_at_a_rate_takes_the_best_threshold_within_it(rate: float, recall: float) -> None:
    assert recall_at(curve_of(MATCHES, OTHERS), rate) == pytest.approx(recall)


def test_recall_at_a_rate_does_not_split_a_tie() -> None:
    assert recall_at(curve_of([1, 1], [1]), 0.01) == 0.0
    assert recall_at(curve_of([2, 1], [1]), 0.01) == 0.5


def test_recall_at_a_rate_is_reached_by_precisely_that_many() -> None:
    others = [5, *range(-999, 0)]
    assert recall_at(curve_of([9, 3, 1], others), 0.001) == 1.0
    assert recall_at(curve_of([9, 3, 1], others[:-1]), 0.001) == pytest.approx(1 / 3)
    assert recall_at(curve_of([1], []), 0.5) is None


@given(matches=scores, others=scores, rate=st.sampled_from((0.0, 0.01, 0.1, 0.25, 0.5, 1.0)))
def test_recall_at_a_rate_equals_a_look_at_every_threshold(matches: list[int], others: list[int], rate: float) -> None:
    best = 0.0
    for threshold in {*matches, *others}:
        if sum(score >= threshold for score in others) <= rate * len(others):
            best = max(best, sum(score >= threshold for score in matches) / len(matches))
    assert recall_at(curve_of(matches, others), rate) == pytest.approx(best)


def test_curve_begins_with_nothing_and_ends_with_all() -> None:
    found = curve_of(MATCHES, OTHERS)
    assert found.scores.tolist() == [3000, 2000, 1000, 0]
    assert found.matches.tolist() == [0, 1, 2, 3, 3]
    assert found.others.tolist() == [0, 0, 1, 1, 2]
