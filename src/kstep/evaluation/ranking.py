"""How well a score puts matches before the others, at every threshold at once: the ROC curve and what it tells.

Pairs of one score go over a threshold together. Scores are whole millibits, so that no rounding makes or breaks a tie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints
from kstep.model.intervals import Interval, normal

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """How many matches and others have at least each distinct score, the highest score first.

    The arrays begin with a threshold that nothing reaches, and so with 0 and 0; `scores` has no value for it.
    """

    scores: Ints
    matches: Ints
    others: Ints

    @property
    def recall(self) -> Floats:
        """The share of the matches at or above each threshold; there has to be one."""
        found: Floats = self.matches / self.matches[-1]
        return found

    @property
    def false_positive_rate(self) -> Floats:
        """The share of the others at or above each threshold; there has to be one."""
        found: Floats = self.others / self.others[-1]
        return found

    @property
    def precision(self) -> Floats:
        """The share of matches among what is at or above each distinct score."""
        found: Floats = self.matches[1:] / (self.matches[1:] + self.others[1:])
        return found


@dataclass(frozen=True, slots=True)
class Area:
    """The area under the ROC curve: how often a match has more bits than another pair, ties counting half.

    `interval` is DeLong's, 95 %; none where one of the classes has a single member.
    """

    value: float
    interval: Interval | None


def curve(match: Flags, score: Ints) -> Curve:
    """The curve of scores by label."""
    scores, place = np.unique(-score, return_inverse=True)
    matches = np.bincount(place[match], minlength=len(scores)).cumsum()
    others = np.bincount(place[~match], minlength=len(scores)).cumsum()
    return Curve(-scores, np.append(0, matches), np.append(0, others))


def area(match: Flags, score: Ints) -> Area | None:
    """The area under the ROC curve; none where a class has no member.

    The interval is that of DeLong, DeLong and Clarke-Pearson (1988): each match's share of others below it, and each
    other's share of matches above it, give the variance.
    """
    above, below = np.sort(score[match]), np.sort(score[~match])
    if not len(above) or not len(below):
        return None
    of_match = (np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")) / (2 * len(below))
    of_other = 1 - (np.searchsorted(above, below, "left") + np.searchsorted(above, below, "right")) / (2 * len(above))
    value = float(of_match.mean())
    if len(above) == 1 or len(below) == 1:
        return Area(value, None)
    variance = of_match.var(ddof=1) / len(above) + of_other.var(ddof=1) / len(below)
    return Area(value, normal(value, float(variance)))


def average_precision(found: Curve) -> float | None:
    """The precision at each threshold, weighted by the recall that it adds; none where there is no match."""
    if not found.matches[-1]:
        return None
    return float((np.diff(found.recall) * found.precision).sum())


def recall_at(found: Curve, rate: float) -> float | None:
    """The highest recall of which the false positive rate is at most `rate`; none where a class has no member."""
    if not found.matches[-1] or not found.others[-1]:
        return None
    # counts, not rates, are compared: a rate of exactly one in a hundred must not fail by rounding
    allowed = found.others <= np.floor(rate * found.others[-1] + 1e-9)
    return float(found.recall[allowed].max())
