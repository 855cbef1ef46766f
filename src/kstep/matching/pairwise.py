"""Scoring pairs that are given, such as labelled ones, through the engine's columns and kernels.

The result is that of the model itself, `reference.score`, to the millibit; a test compares them.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.columns import Columns
from kstep.matching.joinable import Joinable
from kstep.matching.kernels.names import name_scratch
from kstep.matching.kernels.pairwise import sum_up
from kstep.matching.kernels.walk import Sides
from kstep.matching.lowered import lower
from kstep.matching.occurring import join_pairs
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.weights import Weights

PAIRS_AT_ONCE = 10_000
"""Pairs in one piece of work."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each pair, in order: its evidence in millibits, and which name of each side compared best (-1: it has none)."""

    millibits: Ints
    names: Ints
    """One row a pair: the person's name and the entry's."""

    def best_names(self, pair: int) -> tuple[int, int] | None:
        """The best pair of names as `explain` takes it."""
        mine, theirs = self.names[pair].tolist()
        return (mine, theirs) if mine >= 0 else None


def score_pairs(
    people: Columns,
    entries: Columns,
    left: Ints,
    right: Ints,
    weights: Weights,
    *,
    keys: Joinable | None = None,
    workers: int | None = None,
) -> Scores:
    """The evidence of person `left[at]` and entry `right[at]`, for every place of these arrays of indexes.

    `keys` are those of the entries, if they are known; `workers` is the number of threads (all cores by
    default). What occurs in the pairs is joined once, so this is worth its while for many pairs at a time.
    """
    workers = workers or os.cpu_count() or 1
    sides = Sides(people.names, people.fields, entries.names, entries.fields)
    costs, prices = name_prices(weights), field_prices(weights)
    left, right = np.ascontiguousarray(left, np.int64), np.ascontiguousarray(right, np.int64)
    order = None
    if np.any(left[1:] < left[:-1]):  # people are compared one after the other
        order = np.argsort(left, kind="stable")
        left, right = left[order], right[order]
    tables = join_pairs(people, entries, left, right, keys, weights, workers)
    out = np.empty((len(left), 3), np.int64)

    def part(bounds: tuple[int, int]) -> None:
        sum_up(*bounds, left, right, sides, tables, costs, prices, name_scratch(len(entries.token_texts)), out)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, pairwise([*range(0, len(left), PAIRS_AT_ONCE), len(left)])))
    lower(people, entries, left, right, out, tables.tokens, weights)
    if order is not None:
        out[order] = out.copy()
    return Scores(out[:, 0], out[:, 1:])
