"""What the engine finds for queries, beside what it should find: hits down to a low probability, and every truth.

A *wrong hit* is a hit that is none of its query's truths. It counts in the lists that hold one: elsewhere the same person may
stand under an id that nobody labelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kstep.evaluation.queries import Query, Truth
from kstep.evaluation.ranking import Flags
from kstep.matching import Columns, Weights, columns_of, find_pairs, score_pairs
from kstep.matching.arrays import Ints
from kstep.screening.sources import OpenList

PAIRS_AT_ONCE = 2_000_000
"""Pairs that are scored at a time where a query is compared with whole lists."""

NOTHING = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of queries and entries, by parallel arrays: indexes, evidence in millibits, and which names compared best (two
    columns, -1 where there is none).
    """

    query: Ints
    list: Ints
    entry: Ints
    millibits: Ints
    names: Ints


@dataclass(frozen=True, slots=True)
class Searched:
    """Everything the figures need. `hits` are all pairs that reach the lowest threshold; `is_truth` and `counts` say of
    each whether it is a truth, and whether its list holds a truth of its query. `first` says of each query whether a truth
    of it has more bits than every other entry of the lists that hold its truths.
    """

    queries: int
    truths: Compared
    hits: Compared
    is_truth: Flags
    counts: Flags
    first: Flags

    @property
    def has_truth(self) -> Flags:
        """Of each query, whether it has a truth."""
        found: Flags = np.bincount(self.truths.query, minlength=self.queries) > 0
        return found


def search(
    queries: Sequence[Query], lists: Sequence[OpenList], truths: Sequence[Truth], need: int, weights: Weights,
    progress: Callable[[int], None] = lambda queries: None,
) -> Searched:  # fmt: skip
    """Look every query up in every list, down to `need` millibits; `progress` as in `find_pairs`."""
    side = columns_of([query.record.prepared for query in queries])
    hits = _joined([_hits(side, number, opened, need, weights, progress) for number, opened in enumerate(lists)])
    known = _joined([
        _scored(side, number, opened, [truth for truth in truths if truth.list == number], weights)
        for number, opened in enumerate(lists)
    ])  # fmt: skip
    true_pairs = {(truth.query, truth.list, truth.entry) for truth in truths}
    true_lists = {(truth.query, truth.list) for truth in truths}
    found = list(zip(hits.query.tolist(), hits.list.tolist(), hits.entry.tolist(), strict=True))
    is_truth = np.array([each in true_pairs for each in found], np.bool_)
    counts = np.array([each[:2] in true_lists for each in found], np.bool_)
    first = _first(queries, lists, truths, known, hits, counts & ~is_truth, weights)
    return Searched(len(queries), known, hits, is_truth, counts, first)


def _hits(
    side: Columns, number: int, opened: OpenList, need: int, weights: Weights, progress: Callable[[int], None]
) -> Compared:
    pairs = find_pairs(side, opened.index, need, weights, progress=progress).pairs
    rows = np.array(
        [(pair.person, number, pair.entry, pair.millibits, *(pair.names or (-1, -1))) for pair in pairs], np.int64
    )
    rows = rows.reshape(-1, 6)
    return Compared(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4:])


def _scored(side: Columns, number: int, opened: OpenList, truths: Sequence[Truth], weights: Weights) -> Compared:
    query = np.array([truth.query for truth in truths], np.int64)
    entry = np.array([truth.entry for truth in truths], np.int64)
    scores = score_pairs(side, opened.index.columns, query, entry, weights, keys=opened.index.keys)
    return Compared(query, np.full(len(truths), number, np.int64), entry, scores.millibits, scores.names)


def _joined(parts: Sequence[Compared]) -> Compared:
    """The parts as one, ordered by query, most bits first."""
    query, millibits = (np.concatenate([getattr(part, name) for part in parts]) for name in ("query", "millibits"))
    order = np.lexsort((-millibits, query))
    lists, entry, names = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("list", "entry", "names")
    )
    return Compared(query[order], lists[order], entry[order], millibits[order], names[order])


def _first(
    queries: Sequence[Query], lists: Sequence[OpenList], truths: Sequence[Truth], known: Compared, hits: Compared,
    wrong: Flags, weights: Weights,
) -> Flags:  # fmt: skip
    """Of each query, whether its best truth has more bits than every other entry of the lists that hold its truths."""
    best = np.full(len(queries), NOTHING)
    np.maximum.at(best, known.query, known.millibits)
    rival = np.full(len(queries), NOTHING)
    np.maximum.at(rival, hits.query[wrong], hits.millibits[wrong])
    found = np.zeros(len(queries), np.bool_)
    found[hits.query[~wrong]] = True
    # Where neither a truth nor a rival was found, nothing is known of the rivals: all entries are looked at.
    unknown = (best > NOTHING) & (rival == NOTHING) & ~found
    for number, opened in enumerate(lists):
        open_queries = sorted({truth.query for truth in truths if truth.list == number and unknown[truth.query]})
        entries = opened.index.columns.records
        step = max(1, PAIRS_AT_ONCE // max(1, entries))
        for start in range(0, len(open_queries), step):
            some = open_queries[start : start + step]
            side = columns_of([queries[query].record.prepared for query in some])
            left, right = np.divmod(np.arange(len(some) * entries, dtype=np.int64), entries)
            scores = score_pairs(side, opened.index.columns, left, right, weights, keys=opened.index.keys)
            table = scores.millibits.reshape(len(some), entries).copy()
            places = {query: place for place, query in enumerate(some)}
            for truth in truths:
                if truth.list == number and truth.query in places:
                    table[places[truth.query], truth.entry] = NOTHING
            np.maximum.at(rival, some, table.max(axis=1))
    return (best > NOTHING) & (best > rival)
