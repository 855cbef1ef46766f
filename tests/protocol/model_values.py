"""What the model of a protocol speaks of: what it reads of a fact, what is owed, what is wrong, and how something stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from protocol.minutes_model import Countdown, Text

About = Mapping[str, str]

OUTSIDE = {"MessageAcknowledged", "EveryCopyCorrected", "PersonReleased", "CustodyAuthorityRenewed", "TransferAnswered"}
NAMING = {"CheckEnded", "ReviewGiven", "StepCompleted"}
"""The facts that have to name the step that they answer."""
LIBERTY = {"CustodyBegan", "TransferRequested", "RemovalProposed", "PersonReleased"}
"""What is done to somebody's liberty has happened, whoever did it."""


class Recorded(Protocol):
    """What the model reads of a fact."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def recorded(self) -> int: ...
    @property
    def actor(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def training(self) -> frozenset[str]: ...
    @property
    def second(self) -> str: ...
    @property
    def second_roles(self) -> frozenset[str]: ...
    @property
    def about(self) -> Mapping[str, str]: ...
    @property
    def says(self) -> Mapping[str, str]: ...
    @property
    def evidence(self) -> tuple[str, ...]: ...


def alike(one: About, other: About) -> bool:
    """Whether two things are about the same."""
    return all(other[key] == value for key, value in one.items() if key in other)


def moment(fact: Recorded, name: str) -> int:
    """The moment that a field of a fact says; when it was recorded, if it says none."""
    said = fact.says.get(name, "")
    return int(said) if 0 < len(said) < 19 and set(said) <= set("0123456789") else fact.recorded


@dataclass(frozen=True)
class Match:
    """A fact, or a step that was done: what a pattern can ask for."""

    name: str
    about: About
    fact: Recorded
    at: int
    is_step: bool
    place: int

    @property
    def order(self) -> tuple[int, str]:
        return self.at, self.fact.id


@dataclass(eq=False)
class Owed:
    """A step that is or was owed."""

    step: str
    key: str
    number: int
    about: About
    fact: Recorded
    saying: Recorded
    """What it says that began it: the same fact, or the one that did the step by which it began."""
    claims: list[Recorded] = field(default_factory=list)
    clock: Countdown | None = None
    fixed: int | None = None
    stopped_until: int = 0
    stopped_for: int = 0
    """Microseconds in all until now."""
    how: str = ""
    settled: int | None = None
    by: Recorded | None = None

    @property
    def stands(self) -> bool:
        return not self.how

    @property
    def due(self) -> int | None:
        """When it was due, if that is known by now."""
        return self.clock.due if self.clock else self.fixed

    def is_late(self, now: int) -> bool:
        return self.due is not None and self.due <= (now if self.settled is None else self.settled)


@dataclass(frozen=True)
class Wrong:
    """A breach; of a gate, the document does not say for what it is, and the key is empty."""

    kind: str
    at: int
    where: str
    key: str
    fact: str


@dataclass(frozen=True)
class Stand:
    """How a gate stands."""

    gate: str
    way: str
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class Seen:
    """A file as it stood at a moment. Of each obligation: step, key and number; how it stood, when it was due (if that had
    come), and when it was settled.
    """

    now: int
    state: str
    obligations: Mapping[tuple[str, str, int], tuple[str, int | None, int | None]]
    wrongs: tuple[Wrong, ...]
    asked: tuple[Stand, ...]


def permitted(exemption: Text | None, fact: Recorded) -> bool:
    """Whether somebody may set something aside: by role, on a ground, and with a second person where one is asked for."""
    if not exemption or not fact.roles & set(exemption["who"]) or fact.says.get("ground") not in exemption["grounds"]:
        return False
    if "second" not in exemption:
        return True
    return fact.second not in ("", fact.actor) and exemption["second"] in fact.second_roles


__all__ = ["About", "Match", "Owed", "Recorded", "Seen", "Stand", "Wrong", "alike", "moment", "permitted"]
