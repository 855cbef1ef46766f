"""An index on disk: all of it comes back, a damaged or foreign file is refused in one line, and writing is all or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adversarial_records import drawn_identity
from kstep.matching import Index, build_index, configuration, load_index, save_index
from kstep.matching.arrays import plain
from kstep.matching.index import DIGEST, FORMAT
from kstep.model import Entry, InputError

ABOUT = {"source_date": "2026-02-27", "left_out": {"vessel": 3}, "notes": ["ملاحظة", "two"]}


def some_entries(count: int, seed: int = 1) -> list[Entry]:
    chance = random.Random(seed)
    return [
        Entry(f"e{number}", drawn_identity(chance), ("SDGT",) * (number % 3), date(2020, 1, 1 + number % 28), (f"QI{number}",))
        for number in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> Index:
    return build_index("edition-1", some_entries(12), ABOUT)


@pytest.fixture(scope="module")
def written(index: Index, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("index") / "list.index"
    save_index(index, path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.index"


def arrays_of(index: Index) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    side = index.columns
    parts = {
        "names": side.names,
        "fields": side.fields,
        "tokens": side.tokens,
        "keys": index.keys,
        "walk": index.walk,
    }
    flat = plain({**parts, "ceilings": index.ceilings})
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in flat.items()}


def assert_same(loaded: Index, index: Index) -> None:
    assert (loaded.edition, dict(loaded.about)) == (index.edition, dict(index.about))
    assert list(loaded.entries) == list(index.entries)
    assert loaded.columns.token_texts == index.columns.token_texts
    assert (loaded.columns.dates, loaded.columns.documents) == (index.columns.dates, index.columns.documents)
    assert arrays_of(loaded) == arrays_of(index)


def refusal(path: Path) -> InputError:
    """The error with which the file is refused: one line that names it and says what to do."""
    with pytest.raises(InputError) as refused:
        load_index(path)
    message = str(refused.value)
    assert str(path) in message
    assert "delete it" in message
    assert len(message.splitlines()) == 1
    return refused.value


def signed(content: bytes) -> bytes:
    """A file that says of itself that it is whole: only what is inside can be refused."""
    return hashlib.sha256(content).digest() + content


def forged(written: bytes, **changes: Any) -> bytes:
    """The index's file with other arrays under the given names (None leaves one out)."""
    with np.load(io.BytesIO(written[DIGEST:])) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    out = io.BytesIO()
    np.savez(out, allow_pickle=True, **{name: array for name, array in arrays.items() if array is not None})
    return signed(out.getvalue())


def header(**changes: str) -> np.ndarray[Any, Any]:
    told = {"format": FORMAT, "configuration": configuration(), "edition": "edition-1", "about": ABOUT} | changes
    return np.frombuffer(json.dumps(told).encode(), np.uint8)


def test_everything_comes_back(index: Index, path: Path) -> None:
    save_index(index, path)
    assert_same(load_index(path), index)


@pytest.mark.parametrize("count", [0, 1, 300])
def test_an_index_of_any_size_comes_back(count: int, path: Path) -> None:
    index = build_index("", some_entries(count))
    save_index(index, path)
    assert_same(load_index(path), index)


def test_entries_that_come_back_are_a_sequence(written: bytes, index: Index, path: Path) -> None:
    path.write_bytes(written)
    entries = load_index(path).entries
    assert len(entries) == 12
    assert entries[3:7] == list(index.entries)[3:7]
    with pytest.raises(IndexError):
        entries[12]


def test_the_same_index_is_the_same_bytes(index: Index, written: bytes, path: Path) -> None:
    save_index(index, path)
    assert path.read_bytes() == written


def test_a_truncated_index_is_refused(written: bytes, path: Path) -> None:
    some = range(100, len(written), len(written) // 20)
    for length in (0, 1, DIGEST - 1, DIGEST, DIGEST + 1, *some, len(written) - 1):
        path.write_bytes(written[:length])
        refusal(path)


def test_a_flipped_bit_anywhere_is_refused(written: bytes, path: Path) -> None:
    chance = random.Random(3)
    some = range(DIGEST, len(written), len(written) // 60)
    for place in (0, DIGEST - 1, *some, *range(len(written) - 25, len(written))):
        damaged = bytearray(written)
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        refusal(path)


def test_bytes_added_are_refused(written: bytes, path: Path) -> None:
    for damaged in (written + b"\0", b"\0" + written, written + written):
        path.write_bytes(damaged)
        refusal(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 64, b"PK\x03\x04", b"not an index\n" * 9, random.Random(5).randbytes(5000), pickle.dumps({"a": 1})],
)
@pytest.mark.parametrize("whole", [False, True])
def test_a_file_of_anything_else_is_refused(content: bytes, whole: bool, path: Path) -> None:
    path.write_bytes(signed(content) if whole else content)
    refusal(path)


def test_an_array_alone_is_refused(path: Path) -> None:
    out = io.BytesIO()
    np.save(out, np.arange(5))
    path.write_bytes(signed(out.getvalue()))
    refusal(path)


class Trap:
    """What a pickle would run when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_a_pickle_inside_is_refused_and_not_run(written: bytes, path: Path, tmp_path: Path) -> None:
    trap = Trap(tmp_path / "ran")
    path.write_bytes(forged(written, ceilings=np.array([trap], dtype=object)))
    refusal(path)
    path.write_bytes(signed(pickle.dumps(trap)))
    refusal(path)
    assert not trap.mark.exists()
    pickle.loads(pickle.dumps(trap))
    assert trap.mark.exists()


def test_a_forged_file_as_it_was_is_read(written: bytes, index: Index, path: Path) -> None:
    """The other tests' forgeries are refused for what is in them, not for how they are made."""
    path.write_bytes(forged(written, header=header()))
    assert_same(load_index(path), index)


@pytest.mark.parametrize("changes", [{"format": "kstep index 0"}, {"configuration": "0123456789abcdef"}])
def test_the_index_of_another_engine_is_refused(changes: dict[str, str], written: bytes, path: Path) -> None:
    path.write_bytes(forged(written, header=header(**changes)))
    assert "another engine" in refusal(path).what


@pytest.mark.parametrize("name", ["header", "texts", "ceilings", "entry_start", "names.of_record", "keys.spelling"])
def test_an_index_without_one_of_its_parts_is_refused(name: str, written: bytes, path: Path) -> None:
    path.write_bytes(forged(written, **{name: None}))
    refusal(path)


@pytest.mark.parametrize("name", ["header", "texts"])
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"{", b"\xff", b"7", b'{"dates": [["x", "y", 1]]}'])
def test_an_index_whose_texts_are_not_what_they_should_be_is_refused(
    name: str, content: bytes, written: bytes, path: Path
) -> None:
    path.write_bytes(forged(written, **{name: np.frombuffer(content, np.uint8)}))
    refusal(path)


def test_no_file_is_told_apart_from_a_damaged_one(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_index(path)


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """No file of this process can grow beyond `size` bytes: a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_index_and_no_rest(written: bytes, index: Index, path: Path) -> None:
    path.write_bytes(written)
    other = build_index("edition-2", some_entries(200, seed=2))
    with files_at_most(20_000), pytest.raises(OSError, match="File too large"):
        save_index(other, path)
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]
    assert_same(load_index(path), index)


def test_an_index_that_cannot_be_written_down_leaves_the_old_one(written: bytes, index: Index, path: Path) -> None:
    path.write_bytes(written)
    with pytest.raises(TypeError):
        save_index(build_index("edition-2", [], {"notes": {1, 2}}), path)
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]
    assert_same(load_index(path), index)


def test_a_folder_that_is_not_there_is_made(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "list.index"
    save_index(index, path)
    assert_same(load_index(path), index)
