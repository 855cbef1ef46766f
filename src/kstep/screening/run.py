"""A screening run: everyone against every entry of every list, by the engine or by brute force, explained and ordered.

Nothing is lost in silence: whoever is too poor to be found, and whatever a reader could not use, is counted and named.
"""

from __future__ import annotations

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
    columns_of,
    find_pairs,
    prepare,
    score,
    shipped_weights,
)  # fmt: skip
from kstep.matching.arrays import Ints
from kstep.model import InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.screening.matches import PossibleMatch, possible_match
from kstep.screening.sources import OpenList

ENGINES = ("local", "brute")
"""Engines that a run can use; their results are equal."""

DEFAULT_THRESHOLD = 0.5


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
    progress: Callable[[int], None] = lambda people: None,
) -> Screening:
    """Every pair of a person and an entry whose probability is at least `threshold`, in the order of the output.

    `progress` is called with the number of people done against one list since its last call.
    """
    with garbage_collector_paused():
        return _screen(people, lists, check_threshold(threshold), check_engine(engine), progress)


def _screen(
    people: Sequence[Person], lists: Sequence[OpenList], threshold: float, engine: str, progress: Callable[[int], None]
) -> Screening:
    need = shipped_weights().needed(threshold)
    weights = shipped_weights()
    prepared = [prepare(person.identity) for person in people]
    side = columns_of(prepared)
    matches: list[PossibleMatch] = []
    compared = 0
    for opened in lists:
        index = opened.index
        found = _find(prepared, side, index, need, weights, engine, progress)
        compared += found.compared
        listed: dict[int, Prepared] = {}
        for pair in found.pairs:
            entry = index.entries[pair.entry]
            if pair.entry not in listed:
                listed[pair.entry] = prepare(entry.identity)
            matches.append(possible_match(people[pair.person], prepared[pair.person], opened.label, index.edition, entry,
                                          listed[pair.entry], pair, weights))  # fmt: skip
    matches.sort(key=lambda match: match.order)
    return Screening(
        matches=matches,
        comparisons=len(people) * sum(len(opened.index.entries) for opened in lists),
        compared=compared,
        poor_people=_poor(prepared, need, weights) if engine == "brute" else _below(ceilings_of(side, weights), need),
        poor_entries={
            opened.label: _poor([prepare(entry.identity) for entry in opened.index.entries], need, weights)
            if engine == "brute"
            else _below(opened.index.ceilings, need)
            for opened in lists
        },
    )


def _below(ceilings: Ints, need: int) -> list[int]:
    return [int(number) for number in np.flatnonzero(ceilings < need)]


def _poor(records: Sequence[Prepared], need: int, weights: Weights) -> list[int]:
    return [number for number, record in enumerate(records) if score(record, record, weights).millibits < need]


def _find(
    prepared: Sequence[Prepared], side: Columns, index: Index, need: int, weights: Weights, engine: str,
    progress: Callable[[int], None],
) -> Found:  # fmt: skip
    if engine == "local":
        return find_pairs(side, index, need, weights, progress=progress)
    entries = [prepare(entry.identity) for entry in index.entries]
    found = brute_pairs(prepared, entries, need, weights)
    progress(len(prepared))
    return found
