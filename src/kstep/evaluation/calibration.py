"""Whether probabilities mean what they say: of the pairs given 80 %, four in five should be matches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kstep.evaluation.ranking import Flags, Floats
from kstep.matching.arrays import Ints

BINS = 15
"""Bins of equal width that the calibration error is counted in."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The pairs whose probability lies from `low` to below `high` (the last bin: to 1), `matches` of `pairs`."""

    low: float
    high: float
    pairs: int
    matches: int
    mean_probability: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error` is the expected calibration error (ECE), `brier` the mean squared and `log_loss` the mean logarithmic loss
    (in nats) of the probabilities; `bins` are those that hold a pair.
    """

    error: float
    brier: float
    log_loss: float
    bins: Sequence[Bin]


def odds_bits(prior: float) -> float:
    """The bits of a probability: the logarithm of its odds to base 2."""
    return math.log2(prior / (1 - prior))


def probabilities(millibits: Ints, prior_bits: float) -> Floats:
    """The probability of each pair, of its evidence and the prior."""
    found: Floats = 1 / (1 + np.exp2(-np.clip(millibits / 1000 + prior_bits, -1000, 1000)))
    return found


def calibration(match: Flags, millibits: Ints, prior_bits: float) -> Calibration:
    """How well the probabilities of pairs, at least one, are calibrated."""
    probability = probabilities(millibits, prior_bits)
    place = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    pairs = np.bincount(place, minlength=BINS)
    matches = np.bincount(place[match], minlength=BINS)
    totals = np.bincount(place, weights=probability, minlength=BINS)
    bins = [
        Bin(
            number / BINS,
            (number + 1) / BINS,
            int(pairs[number]),
            int(matches[number]),
            float(totals[number] / pairs[number]),
        )
        for number in range(BINS)
        if pairs[number]
    ]
    error = sum(abs(each.matches - each.mean_probability * each.pairs) for each in bins) / len(match)
    # of a sum of bits, so that a probability that rounds to 1 keeps its loss
    against = np.where(match, -1, 1) * (millibits / 1000 + prior_bits) * math.log(2)
    return Calibration(
        error=float(error),
        brier=float(np.square(probability - match).mean()),
        log_loss=float(np.logaddexp(0, against).mean()),
        bins=bins,
    )
