"""How well each class of records is found, as it was measured: what coverage says beside each count, and who is not counted by it.

A class is which fields of a person are known (`kstep.register.records.Known`). A measurement counts for the engine and the standard
by which it was made, and for no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.model.intervals import Interval, wilson
from kstep.screening.tables import power

WEAK_BELOW = 0.5
"""A class of which surely less than this share is found is weak: whoever of it is listed is rather missed than found, so that no
match says less than the toss of a coin.
"""


@dataclass(frozen=True, slots=True)
class Recall:
    """Of `sampled` copies of entries with the fields of a class, so many were `found`; by which engine, and when (microseconds)."""

    fields: int
    sampled: int
    found: int
    engine: str
    measured: int

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the share that is found; none if no entry has a copy with these fields."""
        return wilson(self.found, self.sampled)

    def holds(self, engine: str) -> bool:
        """Whether it says how well this engine finds them."""
        return self.engine == engine and self.sampled > 0

    def is_weak(self, engine: str) -> bool:
        """Whether it shows that this engine misses more of them than it finds."""
        interval = self.interval
        return self.holds(engine) and interval is not None and interval.high < WEAK_BELOW


def recalls(connection: Connection) -> dict[int, Recall]:
    """What was measured last of each class that was ever measured."""
    return {line[0]: Recall(*line) for line in connection.execute(select(*power.c))}


def weak_classes(known: Mapping[int, Recall], engine: str) -> list[int]:
    """The classes that this engine was measured to miss more than it finds."""
    return sorted(fields for fields, recall in known.items() if recall.is_weak(engine))


__all__ = ["WEAK_BELOW", "Recall", "recalls", "weak_classes"]
