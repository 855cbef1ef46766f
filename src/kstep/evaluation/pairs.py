"""Labelled pairs: `{"left": person, "right": person, "match": true}` a line, scored by the engine in blocks.

The right one stands where an entry stands. Only figures are kept of a block, so that a million pairs need little room.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kstep.evaluation.lines import field_of, labelled_rows
from kstep.evaluation.records import Record, Records
from kstep.matching import Columns, Finding, Scores, Weights, columns_of, score_pairs
from kstep.matching.arrays import Ints
from kstep.model import ValueRefused
from kstep.screening.matches import evidence_of

MOST_RECORDS, MOST_PAIRS = 8_000, 100_000
"""Where a block of pairs ends: joining the vocabularies of more records takes more time than it saves, and more pairs more
room.
"""

SHAPE = '{"left": {…}, "right": {…}, "match": true}'


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two records and whether they are one person, from `line` of the file."""

    line: int
    left: Record
    right: Record
    match: bool


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Labelled pairs with what the engine found of each."""

    pairs: Sequence[LabelledPair]
    scores: Scores

    def evidence(self, place: int, weights: Weights) -> tuple[Finding, ...]:
        """The evidence of one pair, which adds up to its score."""
        pair = self.pairs[place]
        millibits = int(self.scores.millibits[place])
        return evidence_of(pair.left.prepared, pair.right.prepared, self.scores.best_names(place), millibits, weights,
                           what=f"the pair of line {pair.line}")  # fmt: skip


def read_pairs(path: Path, records: Records) -> Iterator[LabelledPair]:
    """The pairs of a file, in its order. Raises `InputError` at the first line that is not one, and if there is none."""

    def pair_of(line: int, row: dict[str, Any]) -> LabelledPair:
        left, right, match = (field_of(row, name, SHAPE) for name in ("left", "right", "match"))
        if not isinstance(match, bool):
            raise ValueRefused(
                "has a 'match' that is neither true nor false; write true or false, without quotation marks"
            )
        return LabelledPair(line, records.read(line, "left", left), records.read(line, "right", right), match)

    return labelled_rows(path, pair_of)


class Scorer:
    """Scores pairs block by block: `preparing` is the seconds that columns took, `scoring` those of the rest."""

    def __init__(self, weights: Weights) -> None:
        self.preparing = self.scoring = 0.0
        self._weights = weights

    def blocks(self, pairs: Iterable[LabelledPair]) -> Iterator[ScoredPairs]:
        """The pairs in their order, scored."""
        for block in _blocks(pairs):
            started = time.perf_counter()
            left, lefts = _side([pair.left for pair in block])
            right, rights = _side([pair.right for pair in block])
            prepared = time.perf_counter()
            scores = score_pairs(left, right, lefts, rights, self._weights)
            self.preparing += prepared - started
            self.scoring += time.perf_counter() - prepared
            yield ScoredPairs(block, scores)


def _blocks(pairs: Iterable[LabelledPair]) -> Iterator[list[LabelledPair]]:
    block: list[LabelledPair] = []
    distinct: set[Record] = set()
    for pair in pairs:
        block.append(pair)
        distinct.update((pair.left, pair.right))
        if len(distinct) >= MOST_RECORDS or len(block) >= MOST_PAIRS:
            yield block
            block, distinct = [], set()
    if block:
        yield block


def _side(records: Sequence[Record]) -> tuple[Columns, Ints]:
    """The distinct records as columns, and the place of each record among them."""
    places: dict[Record, int] = {}
    numbers = np.array([places.setdefault(record, len(places)) for record in records], np.int64)
    return columns_of([record.prepared for record in places]), numbers
