"""A file of arrays of many chunks: all of it comes back, in any order of writing, and damage in any chunk is seen."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from kstep.matching import stored
from kstep.matching.stored import ArraysWriter, open_arrays
from kstep.model import InputError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stored, "CHUNK", 1000)
    chance = np.random.default_rng(1)
    with ArraysWriter(tmp_path / "some.arrays", {"told": ["ملاحظة"]}) as file:
        file.add("long", chance.integers(-9, 9, 7_777, np.int64))
        file.begin("grown", "<i4", (3,))
        for rows in (0, 1, 500, 2):
            file.extend(np.full((rows, 3), rows, np.int32))
        file.add("none", np.empty(0, np.uint8))
        file.add("small", np.arange(5, dtype=np.int8))
        file.add("not in a row", np.arange(100, dtype=np.uint64)[::7])
    return tmp_path / "some.arrays"


def test_every_array_comes_back(path: Path) -> None:
    about, arrays = open_arrays(path)
    assert about == {"told": ["ملاحظة"]}
    assert list(arrays) == ["long", "grown", "none", "small", "not in a row"]
    assert np.array_equal(arrays["long"], np.random.default_rng(1).integers(-9, 9, 7_777, np.int64))
    assert arrays["grown"].shape == (503, 3)
    assert arrays["grown"].sum() == 3 * (1 + 500 * 500 + 4)
    assert arrays["none"].shape == (0,)
    assert arrays["small"].tolist() == [0, 1, 2, 3, 4]
    assert arrays["not in a row"].tolist() == [*range(0, 100, 7)]
    assert {array.ctypes.data % stored.ALIGNED for array in arrays.values() if len(array)} == {0}
    assert all(array.flags.writeable for array in arrays.values())


def test_damage_in_any_chunk_is_seen(path: Path) -> None:
    whole, chance = path.read_bytes(), random.Random(2)
    for chunk in range(len(whole) // 1000 + 1):
        place = min(1000 * chunk + chance.randrange(1000), len(whole) - 1)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        with pytest.raises(InputError, match="is damaged"):
            open_arrays(path)


def test_chunks_in_another_order_are_damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:1000] + whole[2000:3000] + whole[1000:2000] + whole[3000:])
    with pytest.raises(InputError, match="is damaged"):
        open_arrays(path)


def test_a_type_that_is_none_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(AssertionError), ArraysWriter(tmp_path / "bad.arrays", {}) as file:
        file.add("texts", np.array(["a", "b"]))
    assert list(tmp_path.iterdir()) == []
