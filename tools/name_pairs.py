"""Pairs of real records that prices of names are fitted on: which are of one person, and how many pairs each stands for.

Across the lists, EM says how certain a pair is, by all fields; within a list, a name left out of its entry is of one person
with the rest, and of another than every other entry. Only pairs that look alike are all kept; of the others a share is,
and counts for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kstep.lists import read_list
from kstep.matching.arrays import Ints
from kstep.matching.columns import columns_of, vocabularies
from kstep.matching.kernels.find import Sides
from kstep.matching.kernels.names import name_scratch
from kstep.matching.kernels.pairwise import sum_up
from kstep.matching.pairwise import PAIRS_AT_ONCE, score_pairs
from kstep.matching.prepared import Prepared, PreparedName, prepare
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.vocabulary import join, token_keys
from kstep.matching.weights import Weights
from kstep.names.scripts import script_of
from kstep.names.similarity import OTHER_SCRIPT, RESPELLED, SAME
from kstep.names.variants import variants
from linked_records import OFAC, SHORTEST_NUMBER, UN, Record, is_in, read
from two_people import Floats

Flags = NDArray[np.bool_]

ALIKE, LESS_ALIKE = -4_000, -9_000
"""Millibits of names from which all pairs are kept, and from which one in `LESS_ALIKE_OF`; below it, one in `UNLIKE_OF`."""
LESS_ALIKE_OF, UNLIKE_OF = 10, 200
SEED = 11
ROUNDS = 30
NAMESAKES = 3_000
"""Millibits of names from which two entries of a list may be one person, if they share a whole name."""
OTHER_NAME = -3_000
"""Millibits below which a name that was left out is another name than the rest, not the same name written otherwise."""
LEFT_OUT = {"un": 1, "ofac-sdn": 3}
"""Of so many entries of a list that have several names, one name is left out of one entry."""
WITHIN = {"un": UN[-1], "ofac-sdn": OFAC[-1]}

RELATIONS = {"same": SAME, "other spelling": RESPELLED, "other script": OTHER_SCRIPT, "variant": 0}
"""What the relations of two tokens cost beside what their letters say, as `names/similarity.py` has it."""


class Sample:
    """Pairs of people and entries by their names alone: `certainty` that a pair is one person, and how many pairs each
    `stands_for`; `prior` is what share of all are of one person, in bits. The vocabularies are joined once, for all prices.
    """

    def __init__(self, people: Sequence[Prepared], entries: Sequence[Prepared], left: Ints, right: Ints, weights: Weights,
                 certainty: Floats, stands_for: Floats, prior: float) -> None:  # fmt: skip
        self.people, self.entries, self.left, self.right = people, entries, left, right
        self.certainty, self.stands_for, self.prior, self.weights = certainty, stands_for, prior, weights
        mine, theirs = (columns_of([names_alone(record) for record in side]) for side in (people, entries))
        self._sides = Sides(mine.names, mine.fields, theirs.names, theirs.fields)
        self._tables = join(vocabularies(mine), vocabularies(theirs), token_keys(theirs.tokens), weights, 1)
        tokens = self._tables.tokens
        rows = np.repeat(np.arange(len(tokens.start) - 1), np.diff(tokens.start))
        self._relation = np.array([_relation(mine.token_texts[a], theirs.token_texts[b])
                                   for a, b in zip(rows.tolist(), tokens.other.tolist(), strict=True)])  # fmt: skip

    def millibits(self, prices: Mapping[str, float]) -> tuple[Ints, Ints]:
        """What each pair's names earn at other prices, and which of their names compare best.

        `prices` are those of `Weights.name`, `choice`, and of `RELATIONS`; what is not said costs what it does now.
        """
        now = self.weights
        name = {key: round(prices.get(key, value)) for key, value in now.name.items()}
        weights = replace(now, name=name, choice=round(prices.get("choice", now.choice)))
        pairs = self._tables.tokens
        dearer = [round(prices.get(relation, cost)) - cost for relation, cost in RELATIONS.items()]
        tables = self._tables._replace(
            tokens=pairs._replace(millibits=pairs.millibits - np.array([*dearer, 0])[self._relation])
        )
        costs, fields = name_prices(weights), field_prices(weights)
        out = np.empty((len(self.left), 3), np.int64)

        def part(bounds: tuple[int, int]) -> None:
            sum_up(*bounds, self.left, self.right, self._sides, tables, costs, fields, name_scratch(), out)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(part, pairwise([*range(0, len(out), PAIRS_AT_ONCE), len(out)])))
        return out[:, 0], out[:, 1:]


def names_alone(record: Prepared) -> Prepared:
    """A record that has nothing but its names."""
    nothing: frozenset[str] = frozenset()
    return replace(record, dates=(), read_as=(), sex=None, nationalities=nothing, birth_countries=nothing, documents=())


def _relation(left: str, right: str) -> int:
    """The place of a relation among `RELATIONS`; one more for an initial, which costs nothing of its own."""
    if min(len(left), len(right)) == 1:
        return len(RELATIONS)
    if left == right:
        return 0
    return 2 if script_of(left) is not script_of(right) else 3 if right in variants(left) else 1


def _thinned(names: Ints, all_of: Flags, none_of: Flags, chance: np.random.Generator) -> tuple[Ints, Floats]:
    """Which pairs are kept, and how many each stands for: all that look alike or are in `all_of`, none in `none_of`."""
    stands_for = np.where(names >= LESS_ALIKE, float(LESS_ALIKE_OF), float(UNLIKE_OF))
    stands_for[(names >= ALIKE) | all_of] = 1
    kept = np.flatnonzero((chance.random(len(names)) * stands_for < 1) & ~none_of)
    return kept, stands_for[kept]


def every_pair(people: int, entries: Ints) -> tuple[Ints, Ints]:
    """All pairs of so many people with these entries."""
    return np.repeat(np.arange(people), len(entries)), np.tile(entries, people)


def across_lists(data: Path, half: str, weights: Weights) -> Sample:
    """The UN's people of one half beside OFAC's, where both have a birth date or they share a document number."""
    un, ofac = (
        [record for record in read(data, kind, editions, of) if record.identity.names]
        for kind, editions, of in (("un", UN, half), ("ofac-sdn", OFAC, "all"))
    )
    people, entries = ([prepare(record.identity) for record in side] for side in (un, ofac))
    left, right = every_pair(len(people), np.arange(len(entries)))
    certain = np.zeros(len(left), np.bool_)
    for i, j in _sharing_documents(un, ofac):
        certain[i * len(entries) + j] = True
    dated = [np.array([bool(record.dates) for record in side]) for side in (people, entries)]
    unsaid = ~((dated[0][left] & dated[1][right]) | certain)
    whole = score_pairs(columns_of(people), columns_of(entries), left, right, weights, workers=2).millibits
    mine, theirs = (columns_of([names_alone(record) for record in side]) for side in (people, entries))
    names = score_pairs(mine, theirs, left, right, weights, workers=2).millibits
    likely = (whole + weights.prior > 0) | certain
    kept, stands_for = _thinned(names, likely, unsaid, np.random.default_rng(SEED))
    certainty, prior = _settled(whole[kept] / 1000, certain[kept], stands_for)
    return Sample(people, entries, left[kept], right[kept], weights, certainty, stands_for, prior)


def _sharing_documents(un: Sequence[Record], ofac: Sequence[Record]) -> list[tuple[int, int]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(ofac):
        for key in {document.key for document in record.identity.documents if len(document.key) >= SHORTEST_NUMBER}:
            holders[key].append(place)
    return [(place, other) for place, record in enumerate(un)
            for other in {other for document in record.identity.documents for other in holders.get(document.key, ())}]  # fmt: skip


def _settled(bits: Floats, certain: Flags, stands_for: Floats) -> tuple[Floats, float]:
    """How certain each pair is, and the share of pairs of one person in bits, by EM: each follows from the other."""
    prior, certainty = -13.0, np.zeros(len(bits))
    for _ in range(ROUNDS):
        certainty = np.where(certain, 1.0, 1 / (1 + np.exp2(-np.clip(bits + prior, -99, 99))))
        of_one = float((certainty * stands_for).sum())
        prior = float(np.log2(of_one / (stands_for.sum() - of_one)))
    return certainty, prior


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sample of names left out of their entries, and the share of them that are another name than the rest."""

    sample: Sample
    other_names: float


def names_left_out(data: Path, kind: str, half: str, weights: Weights) -> LeftOut:
    """A strong alias of every n-th entry beside the rest of the entry, and beside all the other entries of the list."""
    listed = [entry for entry in read_list(kind, data / WITHIN[kind]).entries if entry.identity.names]
    entries = [names_alone(prepare(entry.identity)) for entry in listed]
    people, rests, own = [], [], []
    for place, (entry, record) in enumerate(zip(listed, entries, strict=True)):
        able = [name for name in record.names[1:] if not name.weak and _alone(name, record.names)]
        if able and is_in(half, entry.entry_id) and place % LEFT_OUT[kind] == 0:
            chosen = able[place % len(able)]
            people.append(replace(record, names=(chosen,)))
            rests.append(replace(record, names=tuple(name for name in record.names if name is not chosen)))
            own.append(place)
    left, right = every_pair(len(people), np.arange(len(entries)))
    names = score_pairs(columns_of(people), columns_of(entries), left, right, weights, workers=2).millibits
    mine = np.array(own)[left]
    not_two = mine == right
    for at in np.flatnonzero(names >= NAMESAKES).tolist():
        not_two[at] |= not _whole_names(entries[mine[at]]).isdisjoint(_whole_names(entries[right[at]]))
    kept, stands_for = _thinned(names, np.zeros(len(left), np.bool_), not_two, np.random.default_rng(SEED))
    ones = np.arange(len(people))
    found = Sample(people, [*entries, *rests], np.append(left[kept], ones), np.append(right[kept], ones + len(entries)), weights,
                   np.append(np.zeros(len(kept)), np.ones(len(ones))), np.append(stands_for, np.ones(len(ones))),
                   -float(np.log2(len(entries))))  # fmt: skip
    other = (found.certainty == 1) & (found.millibits({})[0] < OTHER_NAME)
    found.stands_for[other] = 0
    return LeftOut(found, float(other.sum() / len(ones)))


def _alone(name: PreparedName, names: Sequence[PreparedName]) -> bool:
    """Whether no other name has the same tokens in another order."""
    return sum(sorted(other.tokens) == sorted(name.tokens) for other in names) == 1


def _whole_names(record: Prepared) -> set[tuple[str, ...]]:
    return {tuple(sorted(name.tokens)) for name in record.names if len(name.tokens) > 1}
