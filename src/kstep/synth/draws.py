"""The one source of chance: a generator seeded by numbers and words, of which only uniform numbers are taken.

The same seeds give the same numbers in every process. Everything else (choices, orders, counts) is made from uniform
numbers here, so that nothing depends on how a library turns them into choices.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_AT_ONCE = 1024
"""Numbers that are fetched together where they are used one at a time; that changes nothing of their order."""


class Draws:
    """Chance for one purpose, seeded by `seed` and the words or numbers that name the purpose."""

    def __init__(self, seed: int, *purpose: str | int) -> None:
        words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in purpose]
        self._generator = np.random.default_rng([seed, *words])
        self._fetched: Iterator[float] = iter(())
        self.point: Callable[[], float] = chain.from_iterable(self._blocks()).__next__
        """One uniform number in [0, 1)."""

    def _blocks(self) -> Iterator[Iterator[float]]:
        while True:
            self._fetched = iter(self._generator.random(_AT_ONCE).tolist())
            yield self._fetched

    def uniform(self, size: int) -> Floats:
        """`size` uniform numbers in [0, 1)."""
        first = list(islice(self._fetched, size))
        rest = self._generator.random(size - len(first))
        return np.concatenate([first, rest]) if first else rest

    def below(self, bound: int, size: int) -> Integers:
        """`size` whole numbers from 0 up to but not including `bound`."""
        return np.floor(self.uniform(size) * bound).astype(np.int64)

    def happens(self, rate: float, size: int) -> NDArray[np.bool_]:
        """`size` answers, true at `rate`."""
        return np.asarray(self.uniform(size) < rate)

    def by_weight(self, weights: Sequence[float], size: int) -> Integers:
        """`size` positions in `weights`, each as likely as its weight."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(cumulative, self.uniform(size) * cumulative[-1], side="right")
        return np.asarray(np.minimum(found, len(weights) - 1), np.int64)

    def chance(self, rate: float) -> bool:
        """One answer, true at `rate`."""
        return self.point() < rate

    def number(self, bound: int) -> int:
        """One whole number from 0 up to but not including `bound`."""
        return int(self.point() * bound)

    def one(self, items: Sequence[T]) -> T:
        """One of `items`, all as likely."""
        return items[int(self.point() * len(items))]

    def one_by_weight(self, weights: Mapping[T, float]) -> T:
        """One key of `weights`, each as likely as its weight."""
        point = self.point() * sum(weights.values())
        chosen = next(iter(weights))
        for item, weight in weights.items():
            chosen = item
            point -= weight
            if point < 0:
                break
        return chosen
