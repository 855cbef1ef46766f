"""Named arrays in one file that is mapped into memory: opened at once whatever its size, and shared by all who map it.

A file is written whole or not at all, and every byte of it is covered by a checksum; nothing in it is run. Layout:
docs/matching.md.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from kstep.model import InputError

MAGIC = b"kstep arrays 1\n\0"
"""What a file begins and ends with."""

ALIGNED = 64
"""Bytes: where an array may begin, as processors load them."""

CHUNK = 1 << 24
"""Bytes that share a checksum."""

TRAILER = 8 + hashlib.sha256().digest_size + len(MAGIC)
"""Bytes behind the directory: its length, its hash, the magic bytes."""

KINDS = frozenset({"|i1", "|u1", "<i4", "<u4", "<i8", "<u8"})
"""Types of arrays."""


class ArraysWriter:
    """Writes arrays to a file one after the other; used in a `with` statement, at the end of which the file is there, unless
    that is left by an exception.
    """

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        """`about` are JSON values that stand beside the arrays. Raises `OSError` if nothing can be written there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".arrays-")
        self._path, self._temporary, self._about = path, Path(temporary), dict(about)
        self._out: BinaryIO = os.fdopen(handle, "wb")
        self._checksums: list[int] = []
        self._written, self._of_chunk = 0, 0
        self._arrays: dict[str, list[Any]] = {}
        self._write(MAGIC)

    def __enter__(self) -> ArraysWriter:
        return self

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Write an array of one dimension or more."""
        self.begin(name, array.dtype.str, array.shape[1:])
        self.extend(array)

    def begin(self, name: str, kind: str, shape: tuple[int, ...] = ()) -> None:
        """Begin an array of rows of this shape, which `extend` fills."""
        assert name not in self._arrays and kind in KINDS, (name, kind)
        self._write(bytes(-self._written % ALIGNED))
        self._arrays[name] = [kind, [0, *shape], self._written]
        self._last = self._arrays[name]

    def extend(self, array: NDArray[Any]) -> None:
        """Write more rows of the array that was begun last."""
        kind, shape, _ = self._last
        assert array.dtype.str == kind and list(array.shape[1:]) == shape[1:], (array.dtype, kind)
        shape[0] += len(array)
        self._write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)

    def _write(self, content: bytes | memoryview) -> None:
        at = 0
        while at < len(content):
            if self._written % CHUNK == 0:
                self._checksums.append(0)
            piece = content[at : at + CHUNK - self._written % CHUNK]
            self._out.write(piece)
            self._checksums[-1] = zlib.crc32(piece, self._checksums[-1])
            self._written += len(piece)
            at += len(piece)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            with self._out:
                if error is None:
                    self._finish()
            if error is None:
                self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)

    def _finish(self) -> None:
        directory = {"about": self._about, "arrays": self._arrays, "size": self._written, "checksums": self._checksums}
        content = json.dumps(directory, ensure_ascii=False).encode()
        self._out.write(content)
        self._out.write(len(content).to_bytes(8, "little") + hashlib.sha256(content).digest() + MAGIC)
        self._out.flush()
        os.fsync(self._out.fileno())


def open_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What stands beside the arrays of a file, and the arrays, by name. They lie in the file's own pages; whoever writes to one
    writes to a copy.

    Raises `InputError` if the file is damaged or another one, `OSError` if it cannot be read.
    """
    with path.open("rb") as stored:
        size = stored.seek(0, os.SEEK_END)
        try:
            directory = _directory(stored, size)
            if not _sound(stored.fileno(), directory):
                raise ValueError("another checksum")
            pages = mmap.mmap(stored.fileno(), 0, access=mmap.ACCESS_COPY)
            arrays = {name: _array(pages, *place) for name, place in directory["arrays"].items()}
            return dict(directory["about"]), arrays
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise InputError(f"is damaged ({error})", where=str(path), mend="delete it") from None


def _directory(stored: BinaryIO, size: int) -> dict[str, Any]:
    stored.seek(max(0, size - TRAILER))
    trailer = stored.read(TRAILER)
    length = int.from_bytes(trailer[:8], "little")
    if trailer[-len(MAGIC) :] != MAGIC or len(MAGIC) + length + TRAILER > size:
        raise ValueError("it does not end as it must")
    stored.seek(size - TRAILER - length)
    content = stored.read(length)
    if hashlib.sha256(content).digest() != trailer[8 : -len(MAGIC)]:
        raise ValueError("its directory has another hash")
    directory: dict[str, Any] = json.loads(content)
    if directory["size"] != size - TRAILER - length:
        raise ValueError("another size")
    return directory


def _sound(file: int, directory: dict[str, Any]) -> bool:
    """Whether every chunk has its checksum. The file is read rather than mapped: what nobody asks for shall not stay in memory."""
    size, checksums = directory["size"], directory["checksums"]

    def sound(chunk: int) -> bool:
        checksum, at, stop = 0, chunk * CHUNK, min((chunk + 1) * CHUNK, size)
        while at < stop:
            piece = os.pread(file, min(1 << 20, stop - at), at)
            checksum = zlib.crc32(piece, checksum)
            at += len(piece) or size
        return bool(checksum == checksums[chunk])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return len(checksums) == -(-size // CHUNK) and all(pool.map(sound, range(len(checksums))))


def _array(pages: mmap.mmap, kind: str, shape: list[int], offset: int) -> NDArray[Any]:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a type of arrays")
    count = int(np.prod(shape, dtype=np.int64))
    if not count:  # there may be no byte left in the file to point at
        return np.empty(shape, kind)
    return np.frombuffer(pages, kind, count, offset).reshape(shape)
