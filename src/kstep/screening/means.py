"""What a run may use: how much memory, and a place where what it found outlives it.

A run that was stopped, at whatever moment, is continued by the same command, and ends in the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from kstep.matching import Index, Weights, configuration
from kstep.matching.arrays import plain
from kstep.matching.engine import SHARD
from kstep.matching.shards import Shards
from kstep.model import InputError
from kstep.model.folders import cache_folder
from kstep.screening.sources import OpenList

LEAST_ROOM = 128 << 20
"""Bytes that tables of tokens may always take: with less, most of the time would go into making them again and again."""

OWN = 512 << 20
"""Bytes that Python, its libraries and compiled code take."""

MANY = 200_000
"""People of whom an index that can be searched is worth its while."""

FEWER = 4
"""The side that is so many times smaller is looked for among the other."""

LEAST_MEMORY = 0.5
"""GiB that may be asked for, at least."""

MOST_MEMORY = 1 << 20
"""GiB that may be asked for, at most: more than any machine has."""

PEAK = 2
"""So many times what the tables of tokens take, while they are made."""


def memory_of(gib: float | None) -> int | None:
    """So many GiB in bytes. Raises `InputError` for less than a run can work in, and for what is no size."""
    if gib is None:
        return None
    if not gib >= LEAST_MEMORY:
        raise InputError(
            f"{gib:g} GiB is too little to work in", where="--memory", mend=f"give {LEAST_MEMORY:g} or more"
        )
    if gib > MOST_MEMORY:
        raise InputError(f"{gib:g} GiB is more than any machine has", where="--memory", mend="give what this one has")
    return int(gib * (1 << 30))


def room_of(memory: int | None, people: Index, entries: Index) -> int:
    """The room that tables of tokens may take where a run has so many bytes of memory, or half of the machine's."""
    if people.columns.records <= SHARD:  # they are looked for at once, whatever the room
        return LEAST_ROOM
    if memory is None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    columns = sum(_bytes(side.columns) for side in (people, entries)) + sum(
        array.nbytes for array in plain({"ways": entries.ways}).values()
    )
    return max(LEAST_ROOM, (memory - OWN - columns) // PEAK)


def _bytes(columns: object) -> int:
    kinds = ("names", "fields", "tokens", "natives")
    return sum(array.nbytes for array in plain({kind: getattr(columns, kind) for kind in kinds}).values())


def pays_to_search(people: Index, entries: Index) -> bool:
    """Whether so many more people are there than entries that it pays to make their index one that can be searched, once."""
    return people.columns.records >= MANY and entries.columns.records * FEWER < people.columns.records


def among_people(people: Index, entries: Index) -> bool:
    """Whether the entries are looked for among the people: if these are many more, and can be searched."""
    return people.ways is not None and entries.columns.records * FEWER < people.columns.records


def in_proportion(progress: Callable[[int], None], parts: int, whole: int) -> Callable[[int], None]:
    """A function that tells `progress` of `whole` as it is told of `parts`."""
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        progress(done * whole // parts - before * whole // parts)

    return advance


def run_folder(people: Index, lists: Sequence[OpenList]) -> Path | None:
    """Where a run of these people and lists records what it found, if all of them were read from files and kept."""
    if not people.edition or people.columns.records <= SHARD or not all(opened.digest for opened in lists):
        return None
    told = "\n".join([configuration(), people.edition, *sorted(opened.digest for opened in lists)])
    return cache_folder() / "runs" / hashlib.sha256(told.encode()).hexdigest()[:40]


def shards_of(
    folder: Path | None, people: Index, opened: OpenList, need: int, weights: Weights, say: Callable[[str], None]
) -> Shards:
    """The shards of a run against one of its lists; `say` is told if some of them are done."""
    if folder is None:
        return Shards()
    way = among_people(people, opened.index)
    told = f"{opened.digest} {need} {weights!r} {SHARD} {way}"
    shards = Shards(folder / hashlib.sha256(told.encode()).hexdigest()[:40], say)
    if done := shards.looked_for:
        share = done / (opened.index if way else people).columns.records
        say(f"continuing a run: {share:.0%} is done against {opened.label}")
    return shards


def forget_run(folder: Path | None) -> None:
    """Give up what a run recorded, once its result is written."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
