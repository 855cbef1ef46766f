"""Types of the engine's arrays, and the two shapes they come in: columns, and rows of varying length (offsets and
values).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Longs = NDArray[np.uint64]
Words = NDArray[np.uint32]
Bytes = NDArray[np.int8]
Octets = NDArray[np.uint8]


Value = TypeVar("Value", covariant=True)


class Decoded(Sequence[Value]):
    """Values that are made of arrays when they are asked for."""

    def __init__(self, length: int, decode: Callable[[int], Value]) -> None:
        """`decode` makes the value of a place from 0 to below `length`."""
        self._length, self._decode = length, decode

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._decode(at) for at in range(*place.indices(self._length))]
        if not -self._length <= place < self._length:
            raise IndexError(place)
        return self._decode(place % self._length)


class Ragged(NamedTuple):
    """Rows of varying length: row r is `values[start[r]:start[r+1]]`."""

    start: Ints
    values: Shorts


class Pairs(NamedTuple):
    """A sparse table: row r pairs with `other[start[r]:start[r+1]]` (ascending), each worth its `millibits`."""

    start: Ints
    other: Shorts
    millibits: Shorts


def ragged(rows: Iterable[Sequence[int]]) -> Ragged:
    """Rows of integers as offsets and values."""
    start: list[int] = [0]
    values: list[int] = []
    for row in rows:
        values.extend(row)
        start.append(len(values))
    return Ragged(np.array(start, np.int64), np.array(values, np.int32))


def places_of_rows(start: Ints, rows: Ints | Shorts) -> Ints:
    """Where the values of these rows lie, one row behind the other."""
    length = start[rows + 1] - start[rows]
    places: Ints = np.arange(length.sum(), dtype=np.int64) + np.repeat(
        start[rows] - (np.cumsum(length) - length), length
    )
    return places


def interleaved(left: Ragged, right: Ragged) -> Ragged:
    """Rows that hold the values of both."""
    start = left.start + right.start
    values = np.empty(start[-1], np.int32)
    for rows, shift in ((left, right.start), (right, left.start[1:])):
        places = np.arange(len(rows.values)) + np.repeat(shift[: len(rows.start) - 1], np.diff(rows.start))
        values[places] = rows.values
    return Ragged(start, values)


def pairs_of(rows: int, found: Sequence[tuple[int, int, int]]) -> Pairs:
    """The sparse table of (row, other, millibits) triples."""
    table = np.array(sorted(found), np.int64).reshape(-1, 3)
    start = np.searchsorted(table[:, 0], np.arange(rows + 1)).astype(np.int64)
    return Pairs(start, table[:, 1].astype(np.int32), table[:, 2].astype(np.int32))


class Texts(NamedTuple):
    """Texts: text t is the code points `letters[start[t]:start[t+1]]`."""

    start: Ints
    letters: Words


def letters_of(texts: Sequence[str]) -> Texts:
    """Texts as offsets and Unicode code points (writable: a kernel would be compiled again for an array that is not)."""
    start = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=start[1:])
    return Texts(start, np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).copy())


def texts_in(texts: Texts) -> Sequence[str]:
    """The texts of which `letters_of` made these."""
    start, letters = texts
    return Decoded(len(start) - 1, lambda at: letters[start[at] : start[at + 1]].tobytes().decode("utf-32-le"))


def plain(arrays: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Named arrays out of nested named tuples, for a file: `{"names.start": …}`."""
    flat: dict[str, NDArray[Any]] = {}
    for name, value in arrays.items():
        if isinstance(value, tuple):
            flat |= {f"{name}.{inner}": array for inner, array in plain(cast(Any, value)._asdict()).items()}
        else:
            flat[name] = value
    return flat
