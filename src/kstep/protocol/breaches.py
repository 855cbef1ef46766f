"""Breaches of a protocol: what was done against it, apart from what was not done in time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BreachKind(StrEnum):
    """In what an act breaks a protocol."""

    WRONG_ROLE = "wrong role"
    UNTRAINED = "untrained"
    NOT_INDEPENDENT = "not independent"
    NOT_BLIND = "had seen the first answer"
    OUT_OF_ORDER = "out of order"
    GATE = "gate not open"
    OVERRIDE = "override not permitted"
    WAIVER = "waiver not permitted"
    PAUSE = "pause not permitted"
    CLOSED_EARLY = "closed too early"
    LATE = "late"


@dataclass(frozen=True)
class Breach:
    """A breach: of what kind, since when (microseconds since 1970, UTC), of which step or gate and for what, by which fact, and why
    in words. The fact of something late is the one that began it.
    """

    kind: BreachKind
    at: int
    where: str
    key: str
    fact: str
    why: str


__all__ = ["Breach", "BreachKind"]
