"""The engine: every pair of people and entries at or above a threshold, by index, bounds and kernels on all cores.

Its result equals brute force (the law *no silent miss*): `docs/matching.md` has the proof, the tests compare them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.columns import Columns, vocabularies
from kstep.matching.field_joins import weak_date
from kstep.matching.index import Index
from kstep.matching.kernels.find import Scratch, Sides, find
from kstep.matching.kernels.names import name_scratch
from kstep.matching.pairs import Found, Pair
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.vocabulary import join
from kstep.matching.weights import Weights
from kstep.names.tokens import MOST_JOINS, MOST_TOKENS

PEOPLE_AT_ONCE = 2_000
"""People in one piece of work: small enough to share among cores, large enough to be worth handing out."""


def find_pairs(
    people: Columns,
    index: Index,
    need: int,
    weights: Weights,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda people: None,
) -> Found:
    """Every pair whose evidence is at least `need` millibits.

    `progress` is called with the number of people done since its last call; `workers` is the number of threads (all
    cores by default).
    """
    workers = workers or os.cpu_count() or 1
    prices, costs = field_prices(weights), name_prices(weights)
    most_weak = weak_date(weights)
    theirs = index.columns
    tables = join(vocabularies(people), vocabularies(theirs), index.keys, weights, workers)
    sides = Sides(people.names, people.fields, theirs.names, theirs.fields)
    edges = [*range(0, people.records, PEOPLE_AT_ONCE), people.records]

    def part(bounds: tuple[int, int]) -> tuple[list[Ints], int]:
        first, last = bounds
        entries = theirs.records
        scratch = Scratch(
            np.full(entries, -1, np.int64), np.empty(entries, np.int64), np.full(entries, -1, np.int64),
            np.empty(entries, np.int64), np.zeros(len(theirs.names.weak), np.int64),
            np.empty(len(theirs.names.weak), np.int64),
            np.empty(MOST_TOKENS + MOST_JOINS, np.int64), name_scratch(len(theirs.token_texts)),
        )  # fmt: skip
        out = np.empty((max(1 << 12, 2 * entries), 5), np.int64)
        kept, compared = [], 0
        while first < last:
            written, first, more = find(
                first, last, need, most_weak, sides, tables, index.postings, costs, prices, scratch, out,
            )  # fmt: skip
            kept.append(out[:written].copy())
            compared += more
        progress(last - bounds[0])
        return kept, compared

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pairwise(edges)))
    rows = np.concatenate([np.empty((0, 5), np.int64), *(rows for kept, _ in parts for rows in kept)])
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    pairs = [Pair(person, entry, bits, (i, j) if i >= 0 else None) for person, entry, bits, i, j in rows.tolist()]
    return Found(pairs, sum(compared for _, compared in parts))
