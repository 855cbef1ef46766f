"""Probabilities, their errors and intervals, and the counts at a threshold, against values reckoned by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kstep.evaluation.calibration import BINS, calibration, odds_bits, probabilities
from kstep.evaluation.decisions import Decisions, decisions
from kstep.model.intervals import wilson


def measured(match: list[bool], bits: list[float], prior: float = 0.5) -> tuple[float, float, float]:
    found = calibration(np.array(match), np.array([round(1000 * each) for each in bits]), odds_bits(prior))
    return found.error, found.brier, found.log_loss


def test_probability_follows_from_bits_and_prior() -> None:
    assert probabilities(np.array([0, 1000, -2000]), odds_bits(0.5)).tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 5])
    assert probabilities(np.array([0, 1000]), odds_bits(0.2)).tolist() == pytest.approx([0.2, 1 / 3])
    assert probabilities(np.array([10**9, -(10**9)]), 0.0).tolist() == [1.0, pytest.approx(0.0)]


def test_calibration_of_even_odds() -> None:
    assert measured([True, False], [0, 0]) == pytest.approx((0, 0.25, math.log(2)))


def test_calibration_error_is_the_gap_between_given_and_seen() -> None:
    # Two of three are given; three of three are seen.
    assert measured([True] * 3, [1] * 3) == pytest.approx((1 / 3, 1 / 9, math.log(3 / 2)))


def test_calibration_error_weighs_bins_by_their_pairs() -> None:
    # Three pairs at 2/3 of which all match (gap 1/3), one at 1/5 that does not (gap 1/5).
    error, brier, loss = measured([True, True, True, False], [1, 1, 1, -2])
    assert error == pytest.approx((3 * (1 / 3) + 1 / 5) / 4)
    assert brier == pytest.approx((3 / 9 + 1 / 25) / 4)
    assert loss == pytest.approx((3 * math.log(3 / 2) + math.log(5 / 4)) / 4)


def test_gaps_of_one_bin_may_cancel_and_of_two_may_not() -> None:
    # Of fifteen bins the middle one reaches from .467 to .533.
    near, far = measured([True, False], [-0.05, 0.05])[0], measured([False, True], [4, -4])[0]
    assert near == pytest.approx(0)
    assert far == pytest.approx(16 / 17)


def test_prior_moves_the_probabilities() -> None:
    assert measured([True, False, False, False, False], [0] * 5, prior=0.2)[0] == pytest.approx(0)
    assert measured([True, False, False, False, False], [0] * 5, prior=0.5)[0] == pytest.approx(0.3)


def test_loss_of_certain_errors_stays_finite() -> None:
    assert measured([False], [2000])[2] == pytest.approx(2000 * math.log(2))
    assert measured([True], [2000])[2] == pytest.approx(0)


def test_bins_hold_every_pair_once() -> None:
    millibits = np.arange(-9000, 9001, 7)
    found = calibration(np.ones(len(millibits), np.bool_), millibits, 0.0)
    assert sum(each.pairs for each in found.bins) == len(millibits)
    assert len(found.bins) == BINS
    assert all(each.low <= each.mean_probability <= each.high for each in found.bins)
    assert (found.bins[0].low, found.bins[-1].high) == (0.0, 1.0)


def test_decisions_count_what_reaches_the_threshold() -> None:
    match, probability = np.array([True, True, True, False, False]), np.array([0.9, 0.5, 0.4, 0.5, 0.1])
    found = decisions(match, probability, 0.5)
    assert found == Decisions(found=2, false_alarms=1, missed=1, passed=1)
    assert (found.precision, found.recall, found.f1, found.false_positive_rate) == pytest.approx(
        (2 / 3, 2 / 3, 2 / 3, 1 / 2)
    )


def test_rates_of_nothing_are_none() -> None:
    nothing = Decisions(0, 0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.false_positive_rate) == (None, None, None, None)
    assert Decisions(0, 0, 3, 3).f1 == 0.0


def test_wilson_interval() -> None:
    # E. B. Wilson's formula for 2 of 10, reckoned by hand: (.2 + z²/20 ± z √(.016 + z²/400)) / (1 + z²/10).
    z = 1.959963984540054
    found = wilson(2, 10)
    assert found
    half = z * math.sqrt(0.016 + z * z / 400)
    assert found == pytest.approx(
        ((0.2 + z * z / 20 - half) / (1 + z * z / 10), (0.2 + z * z / 20 + half) / (1 + z * z / 10))
    )
    none, every = wilson(0, 50), wilson(50, 50)
    assert none and every
    assert none.low == 0.0 and 0.05 < none.high < 0.08
    assert every.high == 1.0 and every.low == pytest.approx(1 - none.high)
    assert wilson(0, 0) is None
