"""Work shared out among threads: pieces of it, their results in order, and working space that each piece borrows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import numpy as np

from kstep.matching.arrays import Ints

Space = TypeVar("Space")
Piece = TypeVar("Piece")
Result = TypeVar("Result")

PIECE = 20_000
"""Work in one piece, at most, if one value is one unit of work."""

FEW = 500
"""Work that is not worth being shared out."""


class Spaces(Generic[Space]):
    """Working spaces, each lent to one piece of work at a time; a new one is made where none is free."""

    def __init__(self, make: Callable[[], Space]) -> None:
        self._make = make
        self._free: SimpleQueue[Space] = SimpleQueue()

    @contextmanager
    def lent(self) -> Iterator[Space]:
        """A space that is nobody else's meanwhile."""
        try:
            space = self._free.get_nowait()
        except Empty:
            space = self._make()
        try:
            yield space
        finally:
            self._free.put(space)


def in_threads(function: Callable[[Piece], Result], parts: Sequence[Piece], workers: int) -> Iterable[Result]:
    """The results of all pieces of work, in order: by threads, if there are several."""
    if len(parts) < 2 or workers < 2:
        return map(function, parts)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, parts))


def pieces(values: Ints, workers: int, work: Ints | None = None) -> list[Ints]:
    """Several pieces of work for each worker, of about as much `work` each (1 a value if it is not given); one, if it is little."""
    done = np.arange(1, len(values) + 1) if work is None else np.cumsum(work)
    if not len(values) or done[-1] <= FEW:
        return [values] if len(values) else []
    number = max(4 * workers, int(done[-1]) // PIECE)
    edges = np.searchsorted(done, np.linspace(0, done[-1], number + 1)[1:-1])
    return [values[first:last] for first, last in pairwise([0, *edges.tolist(), len(values)]) if first < last]
