"""Pairs of real records that prices of names are fitted on: what their names earn at any prices, and what else is known of them.

Across the lists, dates, countries and documents say which pairs are of one person; within a list, a name left out of its
entry is of one person with the rest, and of another than every other entry. Only pairs that look alike are all kept; of the
others a share is, and counts for all of them.
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
from kstep.matching import build_index, find_pairs
from kstep.matching.arrays import Ints
from kstep.matching.columns import columns_of, vocabularies
from kstep.matching.joinable import joinable
from kstep.matching.kernels.names import name_scratch
from kstep.matching.kernels.pairwise import sum_up
from kstep.matching.kernels.walk import Sides
from kstep.matching.pairwise import PAIRS_AT_ONCE, score_pairs
from kstep.matching.prepared import Prepared, PreparedName, prepare
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.vocabulary import join
from kstep.matching.weights import Weights
from kstep.model import Entry, Identity
from linked_records import OFAC, SHORTEST_NUMBER, UN, Record, is_in, read
from two_people import Floats

Flags = NDArray[np.bool_]

HALVES = ("fit", "test")
ALIKE = 1_000
"""Millibits of names from which all pairs are kept."""
LIKELY = 8_000
"""Millibits of dates, sex and countries from which all pairs are kept."""
UNLIKE_OF = 200
"""Of so many other pairs one is kept, by lot, and counts for all."""
SEED = 11
KNOWN = 99.0
"""Bits of what is known for certain, for or against."""
LEFT_OUT = {"un": 1, "ofac-sdn": 3}
"""Of so many entries of a list that have several names, one name is left out of one entry."""
WITHIN = {"un": UN[-1], "ofac-sdn": OFAC[-1]}


class Comparison:
    """The names of people and of entries, of which the vocabularies are joined once for all prices."""

    def __init__(self, people: Sequence[Prepared], entries: Sequence[Prepared], weights: Weights) -> None:
        self.people, self.entries, self._weights = people, entries, weights
        mine, theirs = (columns_of([names_alone(record) for record in side]) for side in (people, entries))
        self._sides = Sides(mine.names, mine.fields, theirs.names, theirs.fields)
        self._tokens = len(theirs.token_texts)
        sides = vocabularies(mine), vocabularies(theirs)
        self._tables = join(*sides, joinable(sides[1]), weights, 1)

    def millibits(self, left: Ints, right: Ints, prices: Mapping[str, float]) -> tuple[Ints, Ints]:
        """What the names of each pair earn at other prices, and which of them compare best.

        `prices` are those of `Weights.name` and `choice`; what is not said costs what the weights say.
        """
        name = {key: round(prices.get(key, value)) for key, value in self._weights.name.items()}
        weights = replace(self._weights, name=name, choice=round(prices.get("choice", self._weights.choice)))
        costs, fields = name_prices(weights), field_prices(weights)
        out = np.empty((len(left), 3), np.int64)

        def part(bounds: tuple[int, int]) -> None:
            sum_up(*bounds, left, right, self._sides, self._tables, costs, fields, name_scratch(self._tokens), out)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(part, pairwise([*range(0, len(out), PAIRS_AT_ONCE), len(out)])))
        return out[:, 0], out[:, 1:]


@dataclass(frozen=True)
class Sample:
    """Pairs by their names, and what `else_known` says of each in bits: how much likelier it is of one person than of two.

    `left` and `right` are the places of person and entry, `stands_for` of how many pairs it is one, `fit` whether the person
    belongs to the half that is fitted on.
    """

    comparison: Comparison
    left: Ints
    right: Ints
    else_known: Floats
    stands_for: Floats
    fit: Flags

    @property
    def person(self) -> Ints:
        """The person of each pair."""
        return self.left

    def half(self, half: str) -> Sample:
        """The pairs of the people of one half, `fit` or `test`."""
        return self.those(self.fit == (half == "fit"))

    def those(self, chosen: Flags) -> Sample:
        """Some of the pairs."""
        return Sample(self.comparison, self.left[chosen], self.right[chosen], self.else_known[chosen],
                      self.stands_for[chosen], self.fit[chosen])  # fmt: skip

    def bits(self, prices: Mapping[str, float]) -> Floats:
        """What the names of each pair earn at these prices."""
        return self.comparison.millibits(self.left, self.right, prices)[0] / 1000


def names_alone(record: Prepared) -> Prepared:
    """A record that has nothing but its names."""
    nothing: frozenset[str] = frozenset()
    return replace(record, dates=(), read_as=(), sex=None, nationalities=nothing, birth_countries=nothing, documents=())


def every_pair(people: int, entries: int) -> tuple[Ints, Ints]:
    """All pairs of so many people and entries, person by person."""
    return np.repeat(np.arange(people), entries), np.tile(np.arange(entries), people)


def alike(people: Sequence[Prepared], entries: Sequence[Identity], weights: Weights) -> Flags:
    """Of all pairs, person by person, those of which the names earn `ALIKE` or more."""
    index = build_index("", [Entry(str(place), Identity(names=entry.names)) for place, entry in enumerate(entries)])
    found = find_pairs(columns_of([names_alone(record) for record in people]), index, ALIKE, weights, workers=2).pairs
    flags = np.zeros(len(people) * len(entries), np.bool_)
    flags[[pair.person * len(entries) + pair.entry for pair in found]] = True
    return flags


def thinned(all_of: Flags, none_of: Flags) -> tuple[Ints, Floats]:
    """Which pairs are kept, and how many each stands for: all of `all_of`, none of `none_of`, of the others some by lot."""
    drawn = np.random.default_rng(SEED).random(len(all_of)) * UNLIKE_OF < 1
    kept = np.flatnonzero((all_of | drawn) & ~none_of)
    return kept, np.where(all_of[kept], 1.0, float(UNLIKE_OF))


def across_lists(data: Path, weights: Weights) -> Sample:
    """The UN's people beside OFAC's, where both have a birth date or they share a document number."""
    halves = [_named(read(data, "un", UN, half)) for half in HALVES]
    un, ofac = [*halves[0], *halves[1]], _named(read(data, "ofac-sdn", OFAC, "all"))
    people, entries = ([prepare(record.identity) for record in side] for side in (un, ofac))
    left, right = every_pair(len(un), len(ofac))
    certain = np.zeros(len(left), np.bool_)
    certain[[place * len(ofac) + other for place, other in sharing_documents(un, ofac)]] = True
    dated = [np.array([bool(record.dates) for record in side]) for side in (people, entries)]
    unsaid = ~((dated[0][left] & dated[1][right]) | certain)
    mine, theirs = (columns_of([replace(record, names=()) for record in side]) for side in (people, entries))
    fields = score_pairs(mine, theirs, left, right, weights, workers=2).millibits
    names = alike(people, [record.identity for record in ofac], weights)
    kept, stands_for = thinned(names | certain | (fields >= LIKELY), unsaid)
    else_known = np.where(certain[kept], KNOWN, fields[kept] / 1000)
    return Sample(Comparison(people, entries, weights), left[kept], right[kept], else_known, stands_for,
                  left[kept] < len(halves[0]))  # fmt: skip


def _named(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.identity.names]


def sharing_documents(mine: Sequence[Record], theirs: Sequence[Record]) -> list[tuple[int, int]]:
    """The places of all records that have a document number in common."""
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for place, record in enumerate(theirs):
        for key in _numbers(record):
            holders[key].add(place)
    return [(place, other) for place, record in enumerate(mine)
            for other in sorted(set().union(*(holders.get(key, set()) for key in _numbers(record))))]  # fmt: skip


def _numbers(record: Record) -> set[str]:
    return {document.key for document in record.identity.documents if len(document.key) >= SHORTEST_NUMBER}


def names_left_out(data: Path, kind: str, weights: Weights) -> Sample:
    """A strong alias of every n-th entry beside the rest of the entry, and beside all the other entries of the list."""
    listed = [entry for entry in read_list(kind, data / WITHIN[kind]).entries if entry.identity.names]
    entries = [names_alone(prepare(entry.identity)) for entry in listed]
    people, rests, own, fit = [], [], [], []
    for place, (entry, record) in enumerate(zip(listed, entries, strict=True)):
        able = [name for name in record.names[1:] if not name.weak and _alone(name, record.names)]
        if able and place % LEFT_OUT[kind] == 0:
            chosen = able[place % len(able)]
            people.append(replace(record, names=(chosen,)))
            rests.append(replace(record, names=tuple(name for name in record.names if name is not chosen)))
            own.append(place)
            fit.append(is_in("fit", entry.entry_id))
    left, right = every_pair(len(people), len(entries))
    near = alike(people, [entry.identity for entry in listed], weights)
    mine = np.array(own)[left]
    not_two = mine == right
    for at in np.flatnonzero(near).tolist():
        not_two[at] |= not _whole_names(entries[mine[at]]).isdisjoint(_whole_names(entries[right[at]]))
    kept, stands_for = thinned(near, not_two)
    ones = np.arange(len(people))
    left, right = np.append(left[kept], ones), np.append(right[kept], ones + len(entries))
    return Sample(Comparison(people, [*entries, *rests], weights), left, right, np.where(right < len(entries), -KNOWN, KNOWN),
                  np.append(stands_for, np.ones(len(ones))), np.array(fit)[left])  # fmt: skip


def _alone(name: PreparedName, names: Sequence[PreparedName]) -> bool:
    """Whether no other name has the same tokens in another order."""
    return sum(sorted(other.tokens) == sorted(name.tokens) for other in names) == 1


def _whole_names(record: Prepared) -> set[tuple[str, ...]]:
    return {tuple(sorted(name.tokens)) for name in record.names if len(name.tokens) > 1}
