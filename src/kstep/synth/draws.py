"""The one source of chance: a generator seeded by numbers and words, of which only uniform numbers are taken.

The same seeds give the same numbers in every process. Everything else (choices, orders, counts) is made from uniform
numbers here, so that nothing depends on how a library turns them into choices.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Draws:
    """Chance for one purpose, seeded by `seed` and the words or numbers that name the purpose."""

    def __init__(self, seed: int, *purpose: str | int) -> None:
        words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in purpose]
        self._generator = np.random.default_rng([seed, *words])

    def uniform(self, size: int) -> Floats:
        """`size` uniform numbers in [0, 1)."""
        return self._generator.random(size)

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
        return bool(self._generator.random() < rate)

    def number(self, bound: int) -> int:
        """One whole number from 0 up to but not including `bound`."""
        return int(self._generator.random() * bound)

    def one(self, items: Sequence[T]) -> T:
        """One of `items`, all as likely."""
        return items[self.number(len(items))]

    def one_by_weight(self, weights: Mapping[T, float]) -> T:
        """One key of `weights`, each as likely as its weight."""
        point = self._generator.random() * sum(weights.values())
        chosen = next(iter(weights))
        for item, weight in weights.items():
            chosen = item
            point -= weight
            if point < 0:
                break
        return chosen
