"""A search in shards and in little room finds what a search at once finds, and is continued where it was stopped."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adversarial_records import drawn_identity
from brute_force import EVERYTHING, WEIGHTS, entries_of
from kstep.matching import Columns, Found, Index, build_index, columns_of_identities, engine, find_pairs
from kstep.matching.shards import Shards
from kstep.matching.stored import open_arrays

NEED = 4_000


@pytest.fixture(scope="module")
def sides() -> tuple[Columns, Index]:
    chance = random.Random("shards")
    people = [drawn_identity(chance) for _ in range(60)]
    entries = [*(drawn_identity(chance) for _ in range(60)), *people[:20]]
    return columns_of_identities(people), build_index("edition", entries_of(entries))


@pytest.fixture(scope="module")
def at_once(sides: tuple[Columns, Index]) -> Found:
    found = find_pairs(*sides, NEED, WEIGHTS)
    assert len(found.pairs) > 20
    return found


@pytest.mark.parametrize(("shard", "first"), [(1, 1), (7, 2), (59, 5), (60, 1)])
@pytest.mark.parametrize("room", [1, 20_000, 1 << 30])
def test_shards_of_any_size_in_any_room_find_the_same(
    sides: tuple[Columns, Index], at_once: Found, shard: int, first: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SHARD", shard)
    monkeypatch.setattr(engine, "FIRST_SHARDS", first)
    assert find_pairs(*sides, NEED, WEIGHTS, room=room) == at_once


class Stopped(Exception):
    """What ends a search in its middle."""


def stopped_after(people: int) -> Callable[[int], None]:
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if done >= people:
            raise Stopped

    return progress


def people_of(folder: Path) -> int:
    """How many people are in the shards that are kept."""
    return sum(last - first for first, last in (map(int, file.stem.split("-")) for file in folder.glob("*.pairs")))


@pytest.mark.parametrize("people", [1, 11, 37, 60])
def test_a_search_that_was_stopped_is_continued(
    sides: tuple[Columns, Index], at_once: Found, people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SHARD", 7)
    with pytest.raises(Stopped):
        find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path), progress=stopped_after(people))
    kept = people_of(tmp_path)
    assert kept >= people - 7
    steps: list[int] = []
    assert find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path), progress=steps.append) == at_once
    assert steps[0] == kept
    assert sum(steps) == 60
    assert people_of(tmp_path) == 60


def test_what_is_done_is_not_done_again(
    sides: tuple[Columns, Index], at_once: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SHARD", 7)
    find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path))
    monkeypatch.setattr(engine, "_Search", None)
    assert find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path)) == at_once


def test_a_damaged_shard_is_searched_again(
    sides: tuple[Columns, Index], at_once: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SHARD", 7)
    find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path))
    files = sorted(tmp_path.glob("*.pairs"))
    whole = files[0].read_bytes()
    files[0].write_bytes(whole[:-1])
    files[1].write_bytes(b"")
    files[2].write_bytes(whole[:70] + bytes([whole[70] ^ 1]) + whole[71:])
    assert find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path)) == at_once
    assert files[0].read_bytes() == whole
    for file in files:
        open_arrays(file)


def test_where_nothing_can_be_recorded_the_search_goes_on_and_says_so(
    sides: tuple[Columns, Index], at_once: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SHARD", 7)
    (tmp_path / "file").write_text("no folder")
    told: list[str] = []
    assert find_pairs(*sides, NEED, WEIGHTS, shards=Shards(tmp_path / "file" / "run", told.append)) == at_once
    assert len(told) == 1
    assert "cannot be recorded" in told[0]


@pytest.mark.parametrize("most", [0, 3, 1 << 30])
def test_searches_one_after_the_other_use_the_same_space(
    sides: tuple[Columns, Index], at_once: Found, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one search left in its working space is nothing to the next, also where marks begin anew."""
    monkeypatch.setattr(engine, "MOST_MARKS", most)
    monkeypatch.setattr(engine, "PEOPLE_AT_ONCE", 2)
    people, index = sides
    assert find_pairs(people, index, NEED, WEIGHTS, workers=1) == at_once
    made = len(index.spaces)
    for need in (EVERYTHING, NEED + 5_000, NEED):
        found = find_pairs(people, index, need, WEIGHTS, workers=1)
        assert found.pairs == find_pairs(people, replace(index, spaces={}), need, WEIGHTS).pairs
    assert found == at_once
    assert len(index.spaces) == made > 0
