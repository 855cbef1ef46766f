"""An index on disk: all of it comes back, a damaged or foreign file is refused in one line, and writing is all or nothing."""

from __future__ import annotations

import io
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
from kstep.matching.index import FORMAT
from kstep.matching.stored import MAGIC, TRAILER, ArraysWriter, open_arrays
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
        "natives": side.natives,
        "records": index.records,
        "keys": index.keys,
        "walk": index.walk,
    }
    flat = plain({**parts, "ceilings": index.ceilings})
    return {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in flat.items()}


def assert_same(loaded: Index, index: Index) -> None:
    assert (loaded.edition, dict(loaded.about)) == (index.edition, dict(index.about))
    assert list(loaded.entries) == list(index.entries)
    mine, theirs = index.columns, loaded.columns
    for values in ("token_texts", "dates", "documents"):
        assert list(getattr(theirs, values)) == list(getattr(mine, values))
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


def forged(path: Path, header: dict[str, Any] | None = None, **changes: Any) -> None:
    """Write the index at `path` again with other arrays under the given names (None leaves one out): a file that says of itself
    that it is whole, so that only what is inside can be refused.
    """
    about, arrays = open_arrays(path)
    with ArraysWriter(path, about if header is None else header) as file:
        for name, array in (arrays | changes).items():
            if array is not None:
                file.add(name, array)


def header(**changes: str) -> dict[str, Any]:
    return {"format": FORMAT, "configuration": configuration(), "edition": "edition-1", "about": ABOUT} | changes


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
    ends = (len(MAGIC), TRAILER - 1, TRAILER, TRAILER + 1, len(written) - TRAILER, len(written) - len(MAGIC))
    for length in (0, 1, *ends, *some, len(written) - 1):
        path.write_bytes(written[:length])
        refusal(path)


def test_a_flipped_bit_anywhere_is_refused(written: bytes, path: Path) -> None:
    chance = random.Random(3)
    some = range(0, len(written), len(written) // 60)
    for place in (0, len(MAGIC) - 1, *some, *range(len(written) - TRAILER - 25, len(written))):
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
    [b"", b"\0" * 64, b"PK\x03\x04", b"not an index\n" * 9, random.Random(5).randbytes(5000), pickle.dumps({"a": 1}),
     MAGIC, MAGIC * 9, MAGIC + bytes(40) + MAGIC],
)  # fmt: skip
def test_a_file_of_anything_else_is_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    refusal(path)


def test_an_array_alone_is_refused(path: Path) -> None:
    out = io.BytesIO()
    np.save(out, np.arange(5))
    path.write_bytes(out.getvalue())
    refusal(path)


def test_a_forged_file_as_it_was_is_read(written: bytes, index: Index, path: Path) -> None:
    """The other tests' forgeries are refused for what is in them, not for how they are made."""
    path.write_bytes(written)
    forged(path, header())
    assert_same(load_index(path), index)


@pytest.mark.parametrize("changes", [{"format": "kstep index 0"}, {"configuration": "0123456789abcdef"}])
def test_the_index_of_another_engine_is_refused(changes: dict[str, str], written: bytes, path: Path) -> None:
    path.write_bytes(written)
    forged(path, header(**changes))
    assert "another engine" in refusal(path).what


@pytest.mark.parametrize(
    "name",
    [
        "documents.number.start",
        "ceilings",
        "records.start",
        "names.of_record",
        "names.tokens.values",
        "ways.keys.tokens.spelling",
    ],
)
def test_an_index_without_one_of_its_parts_is_refused(name: str, written: bytes, path: Path) -> None:
    path.write_bytes(written)
    forged(path, **{name: None})
    refusal(path)


@pytest.mark.parametrize("about", [{}, {"format": FORMAT}, {"format": FORMAT, "configuration": configuration()}])
def test_an_index_that_does_not_say_whose_it_is_is_refused(about: dict[str, str], written: bytes, path: Path) -> None:
    path.write_bytes(written)
    forged(path, about)
    refusal(path)


def test_what_is_written_to_an_array_stays_here(written: bytes, index: Index, path: Path) -> None:
    path.write_bytes(written)
    loaded = load_index(path)
    loaded.ceilings[:] = 7
    assert path.read_bytes() == written
    assert_same(load_index(path), index)


def test_arrays_lie_in_pages_that_are_shared(written: bytes, path: Path) -> None:
    path.write_bytes(written)
    loaded = load_index(path)
    assert str(path) in Path("/proc/self/maps").read_text()
    assert not loaded.columns.tokens.letters.flags.owndata


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
