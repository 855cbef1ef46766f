"""A screening run: everyone against every entry of every list, by the engine or by brute force, explained and ordered.

Nothing is lost in silence: whoever is too poor to be found, and whatever a reader could not use, is counted and named.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kstep.matching import (
    Found,
    Index,
    Prepared,
    Weights,
    brute_pairs,
    find_pairs,
    prepare,
    score,
    shipped_weights,
)  # fmt: skip
from kstep.matching.arrays import Ints
from kstep.matching.reverse import find_among_people
from kstep.model import Entry, InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.screening.changes import Changes, find_changes, of_changes
from kstep.screening.distributed.find import find_on_cluster
from kstep.screening.distributed.session import check_cluster
from kstep.screening.kept import kept_index
from kstep.screening.matches import PossibleMatch, possible_match
from kstep.screening.means import among_people, in_proportion, room_of, shards_of
from kstep.screening.rosters import index_of_people
from kstep.screening.sources import OpenList

ENGINES = ("local", "brute", "spark")
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


@dataclass(frozen=True, slots=True)
class Means:
    """What a run may use, none of which changes its result: bytes of memory (None: half of the machine's), and a folder where
    what is found is recorded as it goes, so that a run that was stopped is continued; `say` is told if it cannot be.
    `master` is that of the Spark cluster, if the engine is `spark`.
    """

    memory: int | None = None
    folder: Path | None = None
    say: Callable[[str], None] = lambda text: None
    master: str | None = None


def check_threshold(threshold: float) -> float:
    """The threshold, if it is a probability that a run can use. Raises `InputError` otherwise."""
    if not 0 < threshold < 1:
        raise InputError(
            f"{threshold} is not a probability between 0 and 1", where="--threshold", mend="write one like 0.5"
        )
    return threshold


def check_engine(engine: str, master: str | None = None) -> str:
    """The engine, if there is one of that name and it is at hand; `spark`, and no other, has a `master`.

    Raises `InputError` otherwise.
    """
    if engine not in ENGINES:
        raise InputError(
            f"{engine!r} is not an engine of this version", where="--engine", mend=f"write one of {', '.join(ENGINES)}"
        )
    if engine == "spark" and master is None:
        mend = "write --master spark://HOST:7077, or --master 'local[*]' to try it on this machine"
        raise InputError("spark needs a master", where="--engine", mend=mend)
    if engine != "spark" and master is not None:
        raise InputError("is for --engine spark", where="--master", mend="add it, or leave --master out")
    if master is not None:
        check_cluster(master)
    return engine


@garbage_collector_paused()
def screen(
    people: Sequence[Person] | Index,
    lists: Sequence[OpenList],
    threshold: float = DEFAULT_THRESHOLD,
    engine: str = "local",
    *,
    nominal_list: int | None = None,
    progress: Callable[[int], None] = lambda people: None,
    means: Means | None = None,
    changes: Changes | None = None,
) -> Screening:
    """Every pair of a person and an entry whose probability is at least `threshold`, in the order of the output.

    `people` are those of an index, if they have one. The prior is that of a list of `nominal_list` entries: as many as the
    lists have, if that is not given. `progress` is called with the number of people done against one list since its last
    call. With `changes`, only pairs of which a side is among them are looked for.
    """
    entries = sum(opened.index.columns.records for opened in lists) if nominal_list is None else nominal_list
    weights = shipped_weights().for_list(entries)
    need = weights.needed(check_threshold(threshold))
    side = people if isinstance(people, Index) else index_of_people(people)
    means = means or Means()
    check_engine(engine, means.master)
    matches: list[PossibleMatch] = []
    compared = 0

    @functools.lru_cache(maxsize=PREPARED)
    def person(place: int) -> tuple[Person, Prepared]:
        found = side.people[place]
        return found, prepare(found.identity)

    @functools.lru_cache(maxsize=PREPARED)
    def entry(number: int, place: int) -> tuple[Entry, Prepared]:
        found: Entry = lists[number].index.entries[place]
        return found, prepare(found.identity)

    there: list[Found] = []
    if means.master:
        paths = [kept_index(opened.digest) for opened in lists]
        there = find_on_cluster(side.records, paths, need, weights, means.master, progress)
    for number, opened in enumerate(lists):
        changed = (changes.people, changes.entries[number]) if changes else None
        if there:
            found = of_changes(there[number], *changed) if changed else there[number]
        else:
            found = _find(side, opened, need, weights, engine, progress, means, changed)
        compared += found.compared
        for pair in found.pairs:
            edition = opened.index.edition
            matches.append(
                possible_match(*person(pair.person), opened.label, edition, *entry(number, pair.entry), pair, weights)
            )

    def poor(index: Index, changed: Ints | None) -> Sequence[int]:
        below = _poor(index, need, weights) if engine == "brute" else index.poor(need)
        return below if changed is None else sorted(set(below).intersection(changed.tolist()))

    everyone, sizes = side.columns.records, [opened.index.columns.records for opened in lists]
    matches.sort(key=lambda match: match.order)
    return Screening(
        matches=matches,
        comparisons=changes.comparisons(everyone, sizes) if changes else everyone * sum(sizes),
        compared=compared,
        poor_people=poor(side, changes.people if changes else None),
        poor_entries={
            opened.label: poor(opened.index, changes.entries[number] if changes else None)
            for number, opened in enumerate(lists)
        },
        prior=weights.prior,
    )


def _poor(index: Index, need: int, weights: Weights) -> list[int]:
    prepared = [prepare(identity) for identity in index.identities]
    return [number for number, record in enumerate(prepared) if score(record, record, weights).millibits < need]


def _find(
    side: Index, opened: OpenList, need: int, weights: Weights, engine: str, progress: Callable[[int], None], means: Means,
    changed: tuple[Ints, Ints] | None,
) -> Found:  # fmt: skip
    index = opened.index
    if engine == "local":
        room = room_of(means.memory, side, index)
        if changed:
            return find_changes(side, index, *changed, need, weights, progress, room)
        kept = shards_of(means.folder, side, opened, need, weights, means.say)
        if not among_people(side, index):
            return find_pairs(side.columns, index, need, weights, progress=progress, shards=kept, room=room)
        of_entries = in_proportion(progress, index.columns.records, side.columns.records)
        return find_among_people(
            side, index.columns, index.identities, need, weights, progress=of_entries, shards=kept, room=room
        )
    people, entries = ([prepare(identity) for identity in records.identities] for records in (side, index))
    found = brute_pairs(people, entries, need, weights)
    progress(len(people))
    return of_changes(found, *changed) if changed else found
