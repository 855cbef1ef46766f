"""Histories of files as plain data: what was recorded in one, minute by minute, and when that which is owed is due, by hand.

Nothing here knows kstep's engine: hours are counted as minutes, and the working days of New York are written out below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from random import Random
from typing import Any

from kstep.protocol.breaches import BreachKind

HOUR = 60
DAY = 24 * HOUR
MICROSECONDS = 60_000_000
"""Of a minute."""

_SUMMER_TIME = datetime(2027, 3, 14, 7, tzinfo=UTC)
_OPENS, _CLOSES = 8 * HOUR, 17 * HOUR
_WORKING_DAYS: Mapping[int, str] = {
    3: "1 2 3 4 5 8 9 10 11 12 15 16 17 18 19 22 23 24 25 26 29 30 31",
    4: "1 2 5 6 7 8 9 12 13 14 15 16 19 20 21 22 23 26 27 28 29 30",
    5: "3 4 5 6 7 10 11 12 13 14 17 18 19 20 21 24 25 26 27 28",  # not 31: Memorial Day
    6: "1 2 3 4 7 8 9 10 11 14 15 16 17 21 22 23 24 25 28 29 30",  # not 18: Juneteenth, a Saturday
    7: "1 2 6 7 8 9 12 13 14 15 16 19 20 21 22 23 26 27 28 29 30",  # not 5: Independence Day, a Sunday
    8: "2 3 4 5 6 9 10 11 12 13 16 17 18 19 20 23 24 25 26 27 30 31",
}
"""Of the year 2027, by month."""

_DAYS = tuple(
    datetime(2027, month, int(day), tzinfo=UTC) for month, days in _WORKING_DAYS.items() for day in days.split()
)


def minute_of(year: int, month: int, day: int, hour: int = 0) -> int:
    """A moment in UTC, in minutes since 1970."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) // 60


def working_days_after(minute: int, days: int) -> int:
    """The same time of day in New York on the so manyeth working day after; within the hours of the office."""
    behind = 5 * HOUR if minute < _SUMMER_TIME.timestamp() // 60 else 4 * HOUR
    today, time = divmod(minute - behind, DAY)
    later = [day for day in _DAYS if day.timestamp() // 60 // DAY > today][days - 1]
    ahead = 5 * HOUR if later < _SUMMER_TIME else 4 * HOUR
    return int(later.timestamp()) // 60 + min(max(time, _OPENS), _CLOSES) + ahead


class DoesNotFit(Exception):
    """The minutes that were drawn leave no room for what has to happen; others have to be drawn."""


@dataclass(frozen=True)
class Raw:
    """A fact as it was recorded: in which minute after the file began, of which kind, by whom, about what, what it says (`@label`
    names another fact), and the kinds of evidence that came with it.
    """

    minute: int
    kind: str
    actor: str
    about: Mapping[str, str]
    says: Mapping[str, str]
    evidence: tuple[str, ...] = ()
    second: str = ""


@dataclass(frozen=True)
class Hired:
    """Somebody who is there for one file alone: their roles, everywhere or at one office; the courses that they took, each with the
    minute of the file from which it counts no more; and the minute at which a role is taken from them.
    """

    name: str
    roles: tuple[str, ...]
    courses: Mapping[str, int | None] = field(default_factory=dict)
    office: str = ""
    dismissed: int | None = None


@dataclass(frozen=True)
class Planted:
    """A breach: in what, of which step or gate, in which minute after the file began."""

    kind: BreachKind
    where: str
    minute: int


@dataclass
class FileHistory:
    """A file: when it began (minutes since 1970), its facts by labels, when that which they do is due, and what was planted in it:
    each breach, with whether what is late is owed for good.
    """

    shape: str
    start: int
    random: Random
    facts: dict[str, Raw] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    hired: list[Hired] = field(default_factory=list)
    planted: dict[Planted, bool] = field(default_factory=dict)

    def copy(self) -> FileHistory:
        """Another with the same facts, to be edited."""
        return replace(
            self, facts=dict(self.facts), due=dict(self.due), hired=self.hired[:], planted=dict(self.planted)
        )

    def at(self, label: str) -> int:
        """The minute of a fact. Raises `DoesNotFit` if there is none."""
        if label not in self.facts:
            raise DoesNotFit(label)
        return self.facts[label].minute

    def pick(self, low: int, high: int) -> int:
        """A minute from `low` to `high` in which nothing is recorded yet; often the last one, which is easily miscounted."""
        if low > high:
            raise DoesNotFit(f"{low} > {high}")
        taken = {raw.minute for raw in self.facts.values()}
        drawn = high if self.random.random() < 0.25 else self.random.randint(low, high)
        for minute in chain(range(drawn, low - 1, -1), range(drawn, high + 1)):
            if minute not in taken:
                return minute
        raise DoesNotFit(f"{low} to {high} are taken")

    def add(
        self, label: str, minute: int, kind: str, actor: str, about: str = "", /, *, second: str = "", **says: Any
    ) -> int:
        """Record something; `about` names keys, such as `pairing=own#2 referral`, the first if none is said. Returns its minute."""
        if label in self.facts or any(raw.minute == minute for raw in self.facts.values()):
            raise DoesNotFit(f"{label}: its minute is taken")
        evidence = says.pop("evidence", ())
        named = {key: value for key, _, value in (part.partition("=") for part in about.split())}
        keys = {key: value or ("own#1" if key == "pairing" else f"{key}-1") for key, value in named.items()}
        self.facts[label] = Raw(
            minute, kind, actor, keys, {name: str(value) for name, value in says.items()}, evidence, second
        )
        return minute

    def within(self, label: str, begun: int, length: int, *, floor: int = 0) -> int:
        """A minute in which something may be done that is due so many minutes after it began, later than another minute too."""
        self.due[label] = begun + length
        return self.pick(max(begun, floor) + 1, begun + length - 1)

    def within_days(self, label: str, begun: int, days: int, *, floor: int = 0) -> int:
        """The same, where it is due so many working days after it began."""
        self.due[label] = self.days_after(begun, days)
        return self.pick(max(begun, floor) + 1, self.due[label] - 1)

    def days_after(self, minute: int, days: int) -> int:
        """The minute that is so many working days later."""
        return working_days_after(self.start + minute, days) - self.start

    def moment(self, minute: int) -> int:
        """A minute of the file, in microseconds since 1970."""
        return (self.start + minute) * MICROSECONDS

    @property
    def last(self) -> int:
        """The minute of what was recorded last."""
        return max(raw.minute for raw in self.facts.values())

    def drop(self, *labels: str) -> None:
        """It was never recorded."""
        for label in labels:
            self.at(label)
            del self.facts[label]

    def change(self, label: str, **changes: Any) -> None:
        """It was recorded otherwise: with another actor, second person or evidence, or saying something else."""
        self.at(label)
        raw = self.facts[label]
        own = {name: changes.pop(name) for name in ("actor", "second", "evidence", "kind") if name in changes}
        said = {name: str(value) for name, value in changes.items()}
        self.facts[label] = replace(raw, says={**raw.says, **said}, **own)

    def repeat(self, label: str, other: str, minute: int, actor: str) -> None:
        """The same was recorded at another time too, by the same or by somebody else."""
        assert other not in self.facts
        self.facts[other] = replace(self.facts[label], minute=minute, actor=actor)

    def move(self, label: str, low: int, high: int) -> int:
        """It was recorded at another time. Returns its minute."""
        self.at(label)
        raw = self.facts.pop(label)
        minute = self.pick(low, high)
        self.facts[label] = replace(raw, minute=minute)
        return minute

    def expect(self, kind: BreachKind, where: str, minute: int, *, owed: bool = False) -> None:
        """A breach follows; `owed` tells of what is late whether it never came."""
        self.planted[Planted(kind, where, minute)] = owed

    def hire(self, hired: Hired) -> str:
        """Somebody comes for this file alone; returns their name."""
        self.hired.append(hired)
        return hired.name


__all__ = [
    "DAY",
    "HOUR",
    "MICROSECONDS",
    "DoesNotFit",
    "FileHistory",
    "Hired",
    "Planted",
    "Raw",
    "minute_of",
    "working_days_after",
]
