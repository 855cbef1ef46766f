"""The engine: every pair of people and entries at or above a threshold, by index, bounds and kernels on all cores.

Its result equals brute force (the law *no silent miss*): `docs/matching.md` has the proof, the tests compare them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import SimpleQueue

import numpy as np

from kstep.matching.arrays import Ints, Shorts
from kstep.matching.columns import Columns, vocabularies
from kstep.matching.index import Index
from kstep.matching.kernels.find import CUT, STRETCHES, Scratch, Sides, find
from kstep.matching.kernels.names import name_scratch
from kstep.matching.pairs import Found, Pair
from kstep.matching.places import date_bounds
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.vocabulary import join
from kstep.matching.weights import Weights
from kstep.names.tokens import MOST_TOKENS

PEOPLE_AT_ONCE = 2_000
"""People in one piece of work: small enough to share among cores, large enough to be worth handing out."""

ROWS_AT_ONCE = 1 << 14
"""Pairs that are kept before they are handed on; more if one person has more candidates."""


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
    prices, costs, bounds = field_prices(weights), name_prices(weights), date_bounds(weights)
    theirs = index.columns
    tables = join(
        vocabularies(people),
        vocabularies(theirs),
        index.keys,
        weights,
        workers,
        places=np.diff(index.walk.posting_start),
    )
    sides = Sides(people.names, people.fields, theirs.names, theirs.fields)
    edges = [*range(0, people.records, PEOPLE_AT_ONCE), people.records]
    order = _order(people)
    scratches: SimpleQueue[Scratch] = SimpleQueue()
    for _ in range(workers):
        scratches.put(_scratch(theirs, tables.words, weights))

    def part(bounds_of_part: tuple[int, int]) -> tuple[list[Ints], int]:
        first, last = bounds_of_part
        scratch = scratches.get()
        out = np.empty((ROWS_AT_ONCE, 5), np.int64)
        kept, compared = [], 0
        while first < last:
            written, following, more = find(
                first, last, order, need, bounds, sides, tables, index.walk, costs, prices, scratch, out
            )
            if following == first and len(out) < theirs.records:
                out = np.empty((theirs.records, 5), np.int64)
            kept.append(out[:written].copy())
            compared += more
            first = following
        scratches.put(scratch)
        progress(last - bounds_of_part[0])
        return kept, compared

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pairwise(edges)))
    rows = np.concatenate([np.empty((0, 5), np.int64), *(rows for kept, _ in parts for rows in kept)])
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    pairs = [Pair(person, entry, bits, (i, j) if i >= 0 else None) for person, entry, bits, i, j in rows.tolist()]
    return Found(pairs, sum(compared for _, compared in parts))


def _order(people: Columns) -> Shorts:
    """The people in the order in which they are looked for: by the rarest token of their first name, so that what was read for one
    is at hand for the next.
    """
    rarest = np.full(people.records, -1, np.int64)
    named = np.flatnonzero(np.diff(people.names.of_record))
    first = people.names.tokens.start[people.names.of_record[named]]
    stop = people.names.tokens.start[people.names.of_record[named] + 1]
    weight = people.tokens.weight[people.names.tokens.values]
    rows = np.repeat(np.arange(len(named)), stop - first)
    places = (
        np.arange(len(rows))
        - np.repeat(np.cumsum(stop - first) - (stop - first), stop - first)
        + np.repeat(first, stop - first)
    )
    by_row = np.lexsort((-weight[places], rows))
    heads = np.append(0, np.cumsum(stop - first)[:-1])
    rarest[named] = people.names.tokens.values[places[by_row[heads]]] if len(named) else 0
    return np.argsort(rarest, kind="stable").astype(np.int32)


def _scratch(theirs: Columns, words: int, weights: Weights) -> Scratch:
    """Working space of one thread that looks among these records."""
    least = -min(weights.name["conflict"], weights.name["conflict_rare"])
    gain = np.full(words + 1, least, np.int32)
    gain[words] = 0
    return Scratch(
        np.full(theirs.records, -1, np.int32), np.empty(theirs.records, np.int32), np.full(theirs.records, -1, np.int32),
        np.empty(theirs.records, np.int32), gain, least, min(weights.name["missing"], weights.name["missing_inner"]),
        np.empty(MOST_TOKENS, np.int64), np.empty(MOST_TOKENS * CUT, np.int64), np.empty(STRETCHES + 1, np.int64),
        np.empty(STRETCHES + 1, np.int64), name_scratch(len(theirs.token_texts)),
    )  # fmt: skip
