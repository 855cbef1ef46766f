"""What identifies a person, the same on both sides: people of a register and entries of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kstep.model.dates import PartialDate
from kstep.model.documents import Document
from kstep.model.errors import ValueRefused
from kstep.model.name import Name


class Sex(StrEnum):
    """Sex as a document states it."""

    MALE = "M"
    FEMALE = "F"
    UNSPECIFIED = "X"


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything that is compared. Each field holds all that is known, in the source's order; empty means unknown.

    Countries are ISO 3166 alpha-2 codes. `birth_places` are texts for people to read and are not compared.
    """

    names: tuple[Name, ...] = ()
    birth_dates: tuple[PartialDate, ...] = ()
    sexes: tuple[Sex, ...] = ()
    nationalities: tuple[str, ...] = ()
    birth_countries: tuple[str, ...] = ()
    birth_places: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the register. Custody and status never decide who is screened; `addresses` are kept, and compared with nothing."""

    person_id: str
    identity: Identity
    custody_place: str = ""
    release_basis: str = ""
    outcome: str = ""
    office: str = ""
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.person_id:
            raise ValueRefused("a person has no person_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on a list, under the publisher's own id."""

    entry_id: str
    identity: Identity
    programmes: tuple[str, ...] = ()
    listed_on: date | None = None
    references: tuple[str, ...] = field(default=())
    """Other ids of the same entry: reference numbers of this publisher and of the lists it points at."""

    def __post_init__(self) -> None:
        if not self.entry_id:
            raise ValueRefused("an entry has no entry_id")
