"""A screening run: everyone against every entry of every list, by the engine or by brute force, explained and ordered.

Nothing is lost in silence: whoever is too poor to be found, and whatever a reader could not use, is counted and named.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kstep.matching import (
    Columns,
    Found,
    Index,
    Prepared,
    Weights,
    brute_pairs,
    ceilings_of,
    columns_of_identities,
    find_pairs,
    prepare,
    score,
    shipped_weights,
)  # fmt: skip
from kstep.matching.arrays import Ints
from kstep.model import Entry, InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.screening.matches import PossibleMatch, possible_match
from kstep.screening.sources import OpenList

ENGINES = ("local", "brute")
"""Engines that a run can use; their results are equal."""

DEFAULT_THRESHOLD = 0.5

PREPARED = 10_000
"""Records that are kept prepared while matches are explained."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What a run found. `comparisons` is people × entries; `compared` how many of them needed the whole model.

    `poor_people` are indexes of people, `poor_entries` by list label indexes of entries, whose perfect copy would stay
    below the threshold.
    """

    matches: Sequence[PossibleMatch]
    comparisons: int
    compared: int
    poor_people: Sequence[int]
    poor_entries: dict[str, Sequence[int]]
    prior: int


def check_threshold(threshold: float) -> float:
    """The threshold, if it is a probability that a run can use. Raises `InputError` otherwise."""
    if not 0 < threshold < 1:
        raise InputError(
            f"{threshold} is not a probability between 0 and 1", where="--threshold", mend="write one like 0.5"
        )
    return threshold


def check_engine(engine: str) -> str:
    """The engine, if there is one of that name. Raises `InputError` otherwise."""
    if engine not in ENGINES:
        raise InputError(
            f"{engine!r} is not an engine of this version", where="--engine", mend=f"write one of {', '.join(ENGINES)}"
        )
    return engine


def screen(
    people: Sequence[Person],
    lists: Sequence[OpenList],
    threshold: float = DEFAULT_THRESHOLD,
    engine: str = "local",
    *,
    nominal_list: int | None = None,
    progress: Callable[[int], None] = lambda people: None,
) -> Screening:
    """Every pair of a person and an entry whose probability is at least `threshold`, in the order of the output.

    The prior is that of a list of `nominal_list` entries: as many as the lists have, if that is not given. `progress` is called
    with the number of people done against one list since its last call.
    """
    with garbage_collector_paused():
        entries = sum(len(opened.index.entries) for opened in lists) if nominal_list is None else nominal_list
        weights = shipped_weights().for_list(entries)
        return _screen(people, lists, check_threshold(threshold), weights, check_engine(engine), progress)


def _screen(
    people: Sequence[Person], lists: Sequence[OpenList], threshold: float, weights: Weights, engine: str,
    progress: Callable[[int], None],
) -> Screening:  # fmt: skip
    need = weights.needed(threshold)
    side = columns_of_identities([person.identity for person in people])
    matches: list[PossibleMatch] = []
    compared = 0

    @functools.lru_cache(maxsize=PREPARED)
    def prepared(record: Person | Entry) -> Prepared:
        return prepare(record.identity)

    for opened in lists:
        index = opened.index
        found = _find(people, side, index, need, weights, engine, progress)
        compared += found.compared
        for pair in found.pairs:
            person, entry = people[pair.person], index.entries[pair.entry]
            matches.append(possible_match(person, prepared(person), opened.label, index.edition, entry, prepared(entry), pair,
                                          weights))  # fmt: skip
    matches.sort(key=lambda match: match.order)
    return Screening(
        matches=matches,
        comparisons=len(people) * sum(len(opened.index.entries) for opened in lists),
        compared=compared,
        poor_people=_poor(people, need, weights) if engine == "brute" else _below(ceilings_of(side, weights), need),
        poor_entries={
            opened.label: _poor(opened.index.entries, need, weights)
            if engine == "brute"
            else _below(opened.index.ceilings, need)
            for opened in lists
        },
        prior=weights.prior,
    )


def _below(ceilings: Ints, need: int) -> list[int]:
    return [int(number) for number in np.flatnonzero(ceilings < need)]


def _poor(records: Sequence[Person] | Sequence[Entry], need: int, weights: Weights) -> list[int]:
    prepared = (prepare(record.identity) for record in records)
    return [number for number, record in enumerate(prepared) if score(record, record, weights).millibits < need]


def _find(
    people: Sequence[Person], side: Columns, index: Index, need: int, weights: Weights, engine: str,
    progress: Callable[[int], None],
) -> Found:  # fmt: skip
    if engine == "local":
        return find_pairs(side, index, need, weights, progress=progress)
    prepared, entries = ([prepare(record.identity) for record in side] for side in (people, index.entries))
    found = brute_pairs(prepared, entries, need, weights)
    progress(len(prepared))
    return found
