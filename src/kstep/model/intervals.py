"""Intervals that hold the true value in 95 of 100 samples."""

from __future__ import annotations

import math
from typing import NamedTuple

NORMAL_95 = 1.959963984540054
"""The standard normal's 97.5 % quantile."""


class Interval(NamedTuple):
    """Both ends, between 0 and 1."""

    low: float
    high: float


def wilson(counted: int, of: int) -> Interval | None:
    """Wilson's 95 % interval of a share (E. B. Wilson, 1927); none where nothing was counted."""
    if not of:
        return None
    share, square = counted / of, NORMAL_95**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = NORMAL_95 / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    # At the ends rounding would leave the share itself outside.
    return Interval(0.0 if counted == 0 else max(0.0, middle - half), 1.0 if counted == of else min(1.0, middle + half))


def normal(value: float, variance: float) -> Interval:
    """The 95 % interval of a value that is about normal, cut off at 0 and 1."""
    half = NORMAL_95 * math.sqrt(variance)
    return Interval(max(0.0, value - half), min(1.0, value + half))
