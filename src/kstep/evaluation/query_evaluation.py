"""A measurement over queries whose entries are known: searched as `kstep screen` would, written and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kstep.evaluation.queries import Query, truths_of
from kstep.evaluation.query_figures import THRESHOLDS, QueryFigures, figures_at
from kstep.evaluation.ranking import Flags
from kstep.evaluation.search import Compared, Searched, search
from kstep.matching import Pair, Weights, engine_name, prepare, shipped_weights
from kstep.model.collector import garbage_collector_paused
from kstep.screening.files import whole_file
from kstep.screening.matches import PossibleMatch, possible_match
from kstep.screening.sources import OpenList
from kstep.screening.writers import write_jsonl

WORST = 20
"""Errors of each kind that are kept to read."""


@dataclass(frozen=True, slots=True)
class QueryError:
    """A wrong hit, or a truth that was missed, of the query of `line`."""

    line: int
    match: PossibleMatch


@dataclass(frozen=True, slots=True)
class QueryEvaluation:
    """What was measured: the figures `at` the threshold and along the `curve`, and how many truths come `first`.

    `wrong` are the worst wrong hits at or above the threshold (in the lists that hold a truth, and those of people with
    none), most bits first; `missed` the truths below it, fewest bits first.
    """

    engine: str
    lists: Sequence[tuple[str, str, int]]
    prior_bits: float
    at: QueryFigures
    curve: Sequence[QueryFigures]
    first: int
    searched: Searched
    wrong: Sequence[QueryError]
    missed: Sequence[QueryError]
    seconds: float

    @property
    def recall_at_first(self) -> float | None:
        """The share of the queries with a truth that has more bits than every other entry of the lists that hold one."""
        return self.first / self.at.with_truth if self.at.with_truth else None

    def to_json(self) -> dict[str, Any]:
        """The figures, for programs; what cannot be counted is null."""
        at = self.at
        return {
            "queries": at.queries,
            "queries_with_truth": at.with_truth,
            "truths": at.truths,
            "unrelated": at.unrelated,
            "lists": [
                {"list": label, "edition": edition, "entries": entries} for label, edition, entries in self.lists
            ],
            **at.to_json(),
            "recall_at_rank_1": self.recall_at_first,
            "curve": [point.to_json() for point in self.curve],
            "seconds": round(self.seconds, 3),
            "engine": self.engine,
        }


def evaluate_queries(
    path: Path,
    queries: Sequence[Query],
    lists: Sequence[OpenList],
    *,
    threshold: float,
    out: Path | None = None,
    keep_errors: bool = False,
    progress: Callable[[int], None] = lambda queries: None,
) -> QueryEvaluation:
    """Measure the model on the queries of the file at `path` against lists, at a threshold between 0 and 1.

    With `out`, one row a query is written there, in the file's order. `progress` is told the number of queries done
    against one list. Raises `InputError` for a truth that is on none of the lists; nothing is written then.
    """
    started = time.perf_counter()
    weights = shipped_weights().for_list(sum(len(opened.index.entries) for opened in lists))
    with garbage_collector_paused():
        truths = truths_of(queries, lists, path)
        need, lowest = weights.needed(threshold), weights.needed(min(threshold, *THRESHOLDS))
        found = search(queries, lists, truths, lowest, weights, progress)
        explained = _Explained(queries, lists, weights)
        if out is not None:
            with whole_file(out) as temporary, temporary.open("w", encoding="utf-8") as stream:
                write_jsonl(_output(queries, found, need, explained), stream)
        counted = ~found.is_truth & (found.counts | ~found.has_truth[found.hits.query])
        return QueryEvaluation(
            engine=engine_name(),
            lists=[(opened.label, opened.index.edition, len(opened.index.entries)) for opened in lists],
            prior_bits=weights.prior / 1000,
            at=figures_at(found, threshold, need),
            curve=[figures_at(found, point, weights.needed(point)) for point in THRESHOLDS],
            first=int(found.first.sum()),
            searched=found,
            wrong=explained.worst(found.hits, counted & (found.hits.millibits >= need), -1) if keep_errors else (),
            missed=explained.worst(found.truths, found.truths.millibits < need, 1) if keep_errors else (),
            seconds=time.perf_counter() - started,
        )


class _Explained:
    """Pairs with their evidence, each entry prepared once."""

    def __init__(self, queries: Sequence[Query], lists: Sequence[OpenList], weights: Weights) -> None:
        self._queries, self._lists, self._weights = queries, lists, weights
        self._entries: dict[tuple[int, int], Any] = {}

    def of(self, pairs: Compared, place: int) -> PossibleMatch:
        """One pair as a row of possible matches."""
        query, number, entry = int(pairs.query[place]), int(pairs.list[place]), int(pairs.entry[place])
        opened, record = self._lists[number], self._queries[query].record
        if (number, entry) not in self._entries:
            read = opened.index.entries[entry]
            self._entries[number, entry] = read, prepare(read.identity)
        listed, prepared = self._entries[number, entry]
        mine, theirs = pairs.names[place].tolist()
        names = (mine, theirs) if mine >= 0 else None
        pair = Pair(query, entry, int(pairs.millibits[place]), names)
        return possible_match(record.person, record.prepared, opened.label, opened.index.edition, listed, prepared, pair,
                              self._weights)  # fmt: skip

    def worst(self, pairs: Compared, errors: Flags, sign: int) -> list[QueryError]:
        """Those of the pairs that are errors with the fewest bits (`sign` 1) or the most (-1)."""
        places = np.flatnonzero(errors)
        places = places[np.argsort(sign * pairs.millibits[places], kind="stable")[:WORST]]
        return [
            QueryError(self._queries[int(pairs.query[place])].line, self.of(pairs, place)) for place in places.tolist()
        ]


def _output(queries: Sequence[Query], found: Searched, need: int, explained: _Explained) -> Iterator[dict[str, Any]]:
    """One row a query, as `--out` has them."""
    places = np.arange(len(queries) + 1)
    hit_start = np.searchsorted(found.hits.query, places)
    truth_start = np.searchsorted(found.truths.query, places)
    for number, query in enumerate(queries):
        truths = range(truth_start[number], truth_start[number + 1])
        hits = range(hit_start[number], hit_start[number + 1])
        right = [place for place in truths if found.truths.millibits[place] >= need]
        missed = [place for place in truths if found.truths.millibits[place] < need]
        wrong = [place for place in hits if found.hits.millibits[place] >= need and not found.is_truth[place]]
        yield {
            "line": query.line,
            "person_id": query.record.person.person_id,
            "truth": list(query.truth),
            "found": [explained.of(found.truths, place).to_json() for place in right],
            "missed": [explained.of(found.truths, place).to_json() for place in missed],
            "wrong": [explained.of(found.hits, place).to_json() for place in wrong],
        }
