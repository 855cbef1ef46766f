"""Bits to probability and back: strictly increasing, and a threshold means exactly what it says."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.matching import shipped_weights

WEIGHTS = shipped_weights()
THRESHOLDS = [
    0.5, 0.95, 0.9, 0.75, 0.25, 0.1, 0.05, 0.01, 0.001, 1e-6, 1e-9, 0.999, 0.9999, 0.999999, 1 - 1e-9, 1 - 1e-12,
    1 / 3, 2 / 3, 0.123456789, math.nextafter(0.5, 0), math.nextafter(0.5, 1),
    math.nextafter(1, 0), math.nextafter(0, 1), 2**-60, 1 - 2**-50,
]  # fmt: skip


def assert_exact(threshold: float) -> None:
    """The millibits that are needed reach the threshold, and one less does not."""
    need = WEIGHTS.needed(threshold)
    assert WEIGHTS.probability(need) >= threshold > WEIGHTS.probability(need - 1)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_needed_is_the_least_that_reaches_the_threshold(threshold: float) -> None:
    assert_exact(threshold)


@settings(max_examples=500)
@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_needed_is_the_least_that_reaches_any_threshold(threshold: float) -> None:
    assert_exact(threshold)


@settings(max_examples=500)
@given(st.integers(-60_000, 50_000))
def test_a_shown_probability_as_threshold_keeps_its_pair(odds: int) -> None:
    """A threshold copied from the output finds what the output showed."""
    bits = odds - WEIGHTS.prior
    assert WEIGHTS.needed(WEIGHTS.probability(bits)) <= bits
    assert_exact(WEIGHTS.probability(bits))


def test_even_odds_need_what_the_prior_lacks() -> None:
    assert WEIGHTS.needed(0.5) == -WEIGHTS.prior
    assert WEIGHTS.probability(-WEIGHTS.prior) == 0.5


def test_each_bit_doubles_the_odds() -> None:
    bits = 5_000 - WEIGHTS.prior
    odds = [p / (1 - p) for p in (WEIGHTS.probability(bits), WEIGHTS.probability(bits + 1_000))]
    assert odds[1] / odds[0] == pytest.approx(2)


def test_probability_is_strictly_increasing() -> None:
    """Up to 40 bits of odds, where a float can still tell two millibits apart; never decreasing beyond."""
    shown = [WEIGHTS.probability(odds - WEIGHTS.prior) for odds in range(-90_000, 40_000, 7)]
    assert shown == sorted(set(shown))
    assert 0 < shown[0] < 1e-20
    assert 1 - 1e-11 < shown[-1] < 1
    high = [WEIGHTS.probability(odds - WEIGHTS.prior) for odds in range(40_000, 200_000, 13)]
    assert high == sorted(high)
    assert high[-1] == 1


@pytest.mark.parametrize(
    ("entries", "doublings"),
    [(0, -3), (1, -3), (1_000, -3), (1_414, -3), (1_415, -2), (2_829, -1), (4_000, -1), (5_657, 0), (8_000, 0), (11_313, 0),
     (11_314, 1), (16_000, 1), (22_627, 1), (22_628, 2), (1_800_000, 8), (10**9, 17)],
)  # fmt: skip
def test_a_longer_list_asks_for_more_and_a_shorter_one_for_less_in_whole_doublings(
    entries: int, doublings: int
) -> None:
    prior = WEIGHTS.prior - (1_667 if doublings > 0 else 1_000) * doublings
    assert WEIGHTS.for_list(entries) == dataclasses.replace(WEIGHTS, prior=prior)
    assert WEIGHTS.for_list(entries).needed(0.5) == -prior


@pytest.mark.parametrize("bits", [-(10**9), 10**9])
def test_probability_of_any_evidence_is_a_probability(bits: int) -> None:
    assert 0 <= WEIGHTS.probability(bits) <= 1
