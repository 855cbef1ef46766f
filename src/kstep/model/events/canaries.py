"""What happens with canaries: made-up pairs of a person and an entry that screening has to find, night by night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CanariesPlanted(Fact):
    """Made-up people are among those who are screened, and on no roster: the rows of `segment`. `night` counts on from 1."""

    night: int
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CanaryEntriesListed(Fact):
    """The entries of a night's `pairs`, rows of `segment`: each with the person who is its altered copy, what differs, and with
    which of the night's two editions of the list `canaries` it comes.
    """

    night: int
    pairs: int
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CanariesReturned(Fact):
    """Everyone was screened against a night's entries, by an engine and what a possible match needs: of `planted` pairs `found`
    were possible matches; `missed` are the people of the others.
    """

    night: int
    engine: str
    need: int
    planted: int
    found: int
    missed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CanariesTakenAway(Fact):
    """These made-up people are gone, with all that was found of them: their secrets were destroyed."""

    people: tuple[int, ...]


__all__ = ["CanariesPlanted", "CanariesReturned", "CanariesTakenAway", "CanaryEntriesListed"]
