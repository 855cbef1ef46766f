"""The engine: every pair of people and entries at or above a threshold, by index, bounds and kernels on all cores.

Its result equals brute force (the law *no silent miss*): `docs/matching.md` has the proof, the tests compare them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints, Shorts, places_of_rows
from kstep.matching.columns import Columns, vocabularies
from kstep.matching.index import Index
from kstep.matching.kernels.find import find
from kstep.matching.kernels.names import name_scratch
from kstep.matching.kernels.walk import CUT, STRETCHES, Scratch, Sides, Tables
from kstep.matching.lowered import lower
from kstep.matching.pairs import Found, Pair
from kstep.matching.places import date_bounds
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.shards import Shard, Shards
from kstep.matching.threads import Spaces, in_threads
from kstep.matching.vocabulary import join, join_fields
from kstep.matching.weights import Weights
from kstep.names.tokens import MOST_TOKENS

PEOPLE_AT_ONCE = 2_000
"""People in one piece of work: small enough to share among cores, large enough to be worth handing out."""

SHARD = 50_000
"""People whose result is recorded at once."""

FIRST_SHARDS = 2
"""Shards of which the tokens are joined at first, before it is known how much room their tables take."""

MOST_MARKS = 1 << 30
"""People for whom working space is used before its marks begin anew."""

ROOM = 2 << 30
"""Bytes that tables of tokens take, unless somebody says otherwise."""

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
    shards: Shards | None = None,
    room: int = ROOM,
) -> Found:
    """Every pair whose evidence is at least `need` millibits.

    `progress` is called with the number of people done since its last call; `workers` is the number of threads (all
    cores by default). People who are among `shards` already are not looked for again. So many are looked for at a time that the
    tables of their tokens take about `room` bytes.
    """
    shards = shards or Shards()
    workers = workers or os.cpu_count() or 1
    edges = [*pairwise([*range(0, people.records, SHARD), people.records])]
    waiting = [edge for edge in edges if shards.get(*edge) is None]
    progress(people.records - sum(last - first for first, last in waiting))
    if waiting:
        search = _Search(people, index, need, weights, workers)
        at_once = FIRST_SHARDS
        while waiting:
            block, waiting = waiting[:at_once], waiting[at_once:]
            tables = search.tables(block)
            at_once = max(1, int(room * len(block) / (1 + _bytes_of(tables))))
            for first, last in block:
                shards.put(first, last, search.shard(first, last, tables, progress))
    parts = [part for edge in edges if (part := shards.get(*edge))]
    rows = np.concatenate([np.empty((0, 5), np.int64), *(part.rows for part in parts)])
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    pairs = [Pair(person, entry, bits, (i, j) if i >= 0 else None) for person, entry, bits, i, j in rows.tolist()]
    return Found(pairs, sum(part.compared for part in parts))


def _bytes_of(tables: Tables) -> int:
    """The room that the tables of tokens take."""
    return sum(array.nbytes for array in (*tables.tokens, *tables.ranked))


class _Search:
    """A search for people among the records of an index."""

    def __init__(self, people: Columns, index: Index, need: int, weights: Weights, workers: int) -> None:
        self._people, self._index, self._need, self._weights, self._workers = people, index, need, weights, workers
        theirs = index.columns
        self._prices, self._costs, self._bounds = field_prices(weights), name_prices(weights), date_bounds(weights)
        self._sides = Sides(people.names, people.fields, theirs.names, theirs.fields)
        self._order = _order(people)
        self._vocabularies = vocabularies(people), vocabularies(theirs)
        self._fields = join_fields(*self._vocabularies, index.keys, weights, workers)
        name = weights.name
        least = -min(name["conflict"], name["conflict_rare"])
        prices = least, min(name["missing"], name["missing_inner"]), name["other_name"]
        self._scratches = index.spaces.setdefault(prices, Spaces(lambda: _scratch(theirs, *prices)))

    def tables(self, edges: Sequence[tuple[int, int]]) -> Tables:
        """The tables of the people of these shards."""
        chosen = np.concatenate([self._order[first:last] for first, last in edges])
        wanted = tokens_of(self._people, chosen)
        return join(
            *self._vocabularies, self._index.keys, self._weights, self._workers, wanted, self._index.walk.posting_start,
            self._fields,
        )  # fmt: skip

    def shard(self, first: int, last: int, tables: Tables, progress: Callable[[int], None]) -> Shard:
        """What is found of the people from `first` to before `last` in the order of the search."""

        def part(edges: tuple[int, int]) -> tuple[list[Ints], int]:
            at, stop = edges
            out = np.empty((ROWS_AT_ONCE, 5), np.int64)
            kept, compared = [], 0
            with self._scratches.lent() as scratch:
                if scratch.mark[0] > MOST_MARKS:
                    scratch.mark[0] = scratch.seen[:] = scratch.weighed[:] = 0
                while at < stop:
                    written, following, more = find(
                        at, stop, self._order, self._need, self._bounds, self._sides, tables, self._index.walk,
                        self._costs, self._prices, scratch, out,
                    )  # fmt: skip
                    if following == at and len(out) < self._index.columns.records:
                        out = np.empty((self._index.columns.records, 5), np.int64)
                    kept.append(out[:written].copy())
                    compared += more
                    at = following
            progress(stop - edges[0])
            return kept, compared

        parts = list(in_threads(part, [*pairwise([*range(first, last, PEOPLE_AT_ONCE), last])], self._workers))
        rows = np.concatenate([np.empty((0, 5), np.int64), *(rows for kept, _ in parts for rows in kept)])
        person, entry, summed = rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2:].copy()
        lower(self._people, self._index.columns, person, entry, summed, tables.tokens, self._weights)
        rows[:, 2:] = summed
        return Shard(rows[rows[:, 2] >= self._need], sum(compared for _, compared in parts))


def tokens_of(people: Columns, chosen: Ints | Shorts) -> Ints:
    """The tokens and joins of the names of these records, ascending."""
    held = np.zeros(len(people.tokens.weight), np.bool_)
    names = people.names
    of_names = places_of_rows(names.of_record, chosen)
    held[names.tokens.values[places_of_rows(names.tokens.start, of_names)]] = True
    held[names.join_token[names.joins.values[places_of_rows(names.joins.start, of_names)]]] = True
    return np.flatnonzero(held)


def _order(people: Columns) -> Shorts:
    """The people in the order in which they are looked for: by the rarest token of their first name, so that what was read for one
    is at hand for the next, and people of one shard have many tokens in common.
    """
    names, weight = people.names, people.tokens.weight
    rarest = np.full(people.records, -1, np.int64)
    named = np.flatnonzero(np.diff(names.of_record))
    if len(named):
        token = names.tokens.values
        of_name = np.maximum.reduceat(weight[token] << 32 | token, names.tokens.start[:-1])
        rarest[named] = of_name[names.of_record[named]] & 0xFFFFFFFF
    return np.argsort(rarest, kind="stable").astype(np.int32)


def _scratch(theirs: Columns, least: int, missing: int, other_name: int) -> Scratch:
    """Working space of one thread that looks among these records, by the prices that bounds are made of."""
    gain = np.full(theirs.words + 1, least, np.int32)
    gain[-1] = 0
    records = theirs.records
    return Scratch(
        np.zeros(1, np.int32), np.zeros(records, np.int32), np.empty(records, np.int32), np.zeros(records, np.int32),
        np.empty(records, np.int32), gain, least, missing, other_name, np.empty(MOST_TOKENS, np.int64),
        np.empty(MOST_TOKENS * CUT, np.int64), np.empty(STRETCHES + 1, np.int64), np.empty(STRETCHES + 1, np.int64),
        name_scratch(len(theirs.tokens.weight)),
    )  # fmt: skip
