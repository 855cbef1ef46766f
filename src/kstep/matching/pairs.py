"""What an engine returns, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that was kept: indexes of person and entry, millibits, and of the best names (None where a side has
    none).
    """

    person: int
    entry: int
    millibits: int
    names: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs kept, ordered by person and entry, and how many pairs were compared in full."""

    pairs: Sequence[Pair]
    compared: int
