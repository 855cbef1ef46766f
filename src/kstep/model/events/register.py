"""What happens to the register: who comes in, changes, leaves, and is erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class PeopleImported(Fact):
    """A file of people was read to its end. Its `digest` is that of its bytes; `segment` has a row for each person who is new or
    otherwise than before. `absent` are those on the roster of whom the file says nothing: they stay.
    """

    source: str
    digest: str
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: dict[str, int]
    errors: dict[str, int]
    absent: int
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RosterMoved(Fact):
    """So many people came onto the roster, or less than 0 went, for a reason. It tells of nobody, and so outlives what is known of
    them.
    """

    reason: str
    people: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Fact):
    """Somebody is no longer on the roster, on a ground, with evidence, and a second person who agreed."""

    ground: str
    evidence: str
    second: str


@dataclass(frozen=True, kw_only=True)
class PersonReturned(Fact):
    """Somebody who had left is on the roster again."""

    ground: str


@dataclass(frozen=True, kw_only=True)
class PersonErased(Fact):
    """What was known of somebody was destroyed, lawfully: the secret of the person with this number, of this generation. `second`
    agreed, unless a retention schedule asked for it. It is about the erasure, not about the person, so that it can still be read.
    """

    person: int
    generation: int
    ground: str
    second: str = ""


@dataclass(frozen=True, kw_only=True)
class PeopleMerged(Fact):
    """Two records are one person's, as somebody decided: the other's record is screened with the one that is kept. Its subject
    names both, because that can still be read when one of them was erased.
    """

    kept: int
    other: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class PeopleUnmerged(Fact):
    """They are two people after all."""

    kept: int
    other: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class RepairAssigned(Fact):
    """Somebody is to mend a record, by a time in microseconds since 1970."""

    reason: str
    owner: str
    due: int


@dataclass(frozen=True, kw_only=True)
class RepairClosed(Fact):
    """What was wrong with a record is as it should be, or cannot be known; `finding` says which."""

    reason: str
    finding: str


__all__ = [
    "PeopleImported", "PeopleMerged", "PeopleUnmerged", "PersonErased", "PersonLeft", "PersonReturned", "RepairAssigned",
    "RepairClosed", "RosterMoved",
]  # fmt: skip
