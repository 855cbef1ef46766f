"""What a run may use: memory in bounds that can be reckoned, the side that is looked for, and a folder that is this run's alone."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kstep.matching import Index, build_index, shipped_weights
from kstep.matching.index import searched
from kstep.matching.shards import Shard
from kstep.model import Entry, Identity, InputError, Name, Person
from kstep.screening import means
from kstep.screening.means import (
    FEWER,
    LEAST_ROOM,
    OWN,
    PEAK,
    among_people,
    forget_run,
    in_proportion,
    memory_of,
    pays_to_search,
    room_of,
    run_folder,
    shards_of,
)
from kstep.screening.rosters import index_of_people
from kstep.screening.sources import OpenList

GIB = 1 << 30
WEIGHTS = shipped_weights()


def people(count: int) -> Index:
    """So many people of a file of which this is the digest."""
    some = [Person(str(at), Identity(names=(Name.of(f"Tariq Qasrawan {at}"),))) for at in range(count)]
    return replace(index_of_people(some), edition="the file's digest")


def listed(count: int, digest: str = "the list's digest") -> OpenList:
    entries = [Entry(str(at), Identity(names=(Name.of(f"Ingerid Oosterhaal {at}"),))) for at in range(count)]
    return OpenList("table", "table", None, {}, (), build_index("edition", entries), digest)


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "SHARD", 8)


@pytest.mark.parametrize(("gib", "memory"), [(None, None), (0.5, GIB // 2), (1, GIB), (2.25, 9 * GIB // 4)])
def test_memory_is_told_in_gib(gib: float | None, memory: int | None) -> None:
    assert memory_of(gib) == memory


@pytest.mark.parametrize("gib", [0, 0.4999, -1, float("nan"), float("-inf")])
def test_less_than_a_run_can_work_in_is_refused(gib: float) -> None:
    with pytest.raises(InputError, match=r"^--memory: .+ GiB is too little to work in; give 0\.5 or more$"):
        memory_of(gib)


@pytest.mark.parametrize("gib", [float("inf"), 1e300, (1 << 20) + 1])
def test_more_than_any_machine_has_is_refused(gib: float) -> None:
    with pytest.raises(InputError, match=r"^--memory: .+ GiB is more than any machine has; give what this one has$"):
        memory_of(gib)


@pytest.mark.usefixtures("small_shards")
def test_tables_take_what_is_left_of_the_memory_at_their_peak() -> None:
    side, index = people(9), listed(5).index
    rooms = [room_of(gib * GIB, side, index) for gib in (4, 8, 16)]
    assert [later - former for former, later in pairwise(rooms)] == [2 * GIB, 4 * GIB]
    assert rooms[0] * PEAK + OWN < 4 * GIB
    assert room_of(4 * GIB, people(900), index) < rooms[0] - 900 * 8
    assert room_of(4 * GIB, side, listed(900).index) < rooms[0] - 900 * 8


@pytest.mark.usefixtures("small_shards")
def test_there_is_always_room_to_get_on() -> None:
    assert room_of(GIB // 2, people(9), listed(5).index) == LEAST_ROOM
    assert room_of(16 * GIB, people(8), listed(5).index) == LEAST_ROOM, "few people need no more"


@pytest.mark.usefixtures("small_shards")
def test_memory_is_half_of_the_machines_unless_told() -> None:
    side, index = people(9), listed(5).index
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    assert room_of(None, side, index) == room_of(half, side, index)


@pytest.mark.usefixtures("small_shards")
def test_a_run_is_recorded_if_it_is_long_and_all_of_it_is_read_from_files(cache: Path) -> None:
    lists = [listed(2, "one"), listed(2, "other")]
    folder = run_folder(people(9), lists)
    assert folder is not None
    assert folder.parent == cache / "runs"
    assert run_folder(people(9), lists[::-1]) == folder
    assert run_folder(people(8), lists) is None, "one shard alone is not worth recording"
    assert run_folder(replace(people(9), edition=""), lists) is None
    assert run_folder(people(9), [*lists, listed(2, "")]) is None
    others = [
        run_folder(replace(people(9), edition="another file's"), lists),
        run_folder(people(9), [*lists, listed(2, "third")]),
        run_folder(people(9), [lists[0], listed(2, "third")]),
        run_folder(people(9), lists[:1]),
    ]
    assert len({folder, *others}) == 5


@pytest.mark.usefixtures("small_shards")
def test_what_is_recorded_is_found_by_the_same_search_alone(tmp_path: Path) -> None:
    told: list[str] = []
    side, opened = people(12), listed(2)
    kept = shards_of(tmp_path, side, opened, 4_000, WEIGHTS, told.append)
    kept.put(0, 3, Shard(np.zeros((1, 5), np.int64), 5))
    assert told == []
    assert shards_of(tmp_path, side, opened, 4_000, WEIGHTS, told.append).get(0, 3) is not None
    assert told == ["continuing a run: 25% is done against table"]
    for other in (
        shards_of(tmp_path, side, listed(2, "another"), 4_000, WEIGHTS, told.append),
        shards_of(tmp_path, side, opened, 4_001, WEIGHTS, told.append),
        shards_of(tmp_path, side, opened, 4_000, WEIGHTS.for_list(1 << 20), told.append),
        shards_of(tmp_path, searched(side), opened, 4_000, WEIGHTS, told.append),
        shards_of(None, side, opened, 4_000, WEIGHTS, told.append),
    ):
        assert other.get(0, 3) is None
    assert len(told) == 1


@pytest.mark.usefixtures("small_shards")
def test_what_is_done_is_told_of_the_side_that_is_looked_for(tmp_path: Path) -> None:
    told: list[str] = []
    side, opened = searched(people(12)), listed(2)
    shards_of(tmp_path, side, opened, 4_000, WEIGHTS, told.append).put(0, 1, Shard(np.zeros((1, 5), np.int64), 5))
    assert shards_of(tmp_path, side, opened, 4_000, WEIGHTS, told.append).looked_for == 1
    assert told == ["continuing a run: 50% is done against table"]


def test_a_finished_run_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "run" / "list").mkdir(parents=True)
    (tmp_path / "run" / "list" / "0-3.pairs").write_bytes(b"found")
    forget_run(tmp_path / "run")
    forget_run(tmp_path / "run")
    forget_run(None)
    assert list(tmp_path.iterdir()) == []


def test_entries_are_looked_for_among_people_who_are_many_more_and_can_be_searched() -> None:
    few, many = people(FEWER * 2), people(FEWER * 2 + 1)
    entries = listed(2).index
    assert among_people(searched(many), entries)
    assert not among_people(many, entries), "not searched"
    assert not among_people(searched(few), entries), "no more than so many times"


def test_only_many_people_are_made_searchable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "MANY", 9)
    assert pays_to_search(people(9), listed(2).index)
    assert not pays_to_search(people(8), listed(1).index)
    assert not pays_to_search(people(12), listed(3).index)


@pytest.mark.parametrize(("parts", "whole"), [(3, 10), (10, 3), (7, 7), (1, 100)])
def test_progress_of_one_side_is_told_in_proportion_of_the_other(parts: int, whole: int) -> None:
    told: list[int] = []
    advance = in_proportion(told.append, parts, whole)
    for _ in range(parts):
        advance(1)
    assert sum(told) == whole
    assert all(whole // parts <= more <= -(-whole // parts) for more in told)
