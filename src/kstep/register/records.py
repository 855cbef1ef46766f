"""What is known of a person as the register keeps it: one row of all their records, and what is counted of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from kstep.model import Person
from kstep.model.codec import person_from_json, person_to_json
from kstep.register.quality import Flaw, flaws_of


class Known(IntFlag):
    """Which fields of a record can be compared; together they decide how well it can be found."""

    NAME = 1
    FULL_NAME = 2
    BIRTH_YEAR = 4
    BIRTH_DATE = 8
    NATIONALITY = 16
    DOCUMENT = 32


@dataclass(frozen=True)
class Counted:
    """What is counted of a person, and what somebody has to mend."""

    office: str
    custody: str
    known: Known
    flaws: tuple[Flaw, ...]
    outcome: str


def row_of(records: Sequence[Person], errors: Sequence[str] = ()) -> dict[str, Any]:
    """The row of a person with these records, and the columns in which something could not be read."""
    return {"errors": sorted(set(errors)), "records": [_joined(*person_to_json(person)) for person in records]}


def records_of(row: dict[str, Any]) -> list[Person]:
    """The records of a row."""
    return [person_from_json(record) for record in row["records"]]


def counted(row: dict[str, Any]) -> Counted:
    """What is counted of a row. Of several records that differ the first counts, and fields add up."""
    records = records_of(row)
    known, flaws = Known(0), set[Flaw]()
    for record in records:
        found = flaws_of(record.identity)
        flaws.update(found)
        known |= _known(record, found)
    flaws.update(Flaw.UNREADABLE for _ in row["errors"])
    first = records[0]
    outcome = next((record.outcome for record in records if record.outcome), "")
    if outcome:
        flaws.add(Flaw.CLOSED_AT_THE_SOURCE)
    return Counted(first.office, first.custody_place, known, tuple(sorted(flaws)), outcome)


def _known(record: Person, flaws: Sequence[Flaw]) -> Known:
    identity, known = record.identity, Known(0)
    if identity.names and Flaw.NO_NAME not in flaws:
        known |= Known.NAME
        if Flaw.ONE_NAME not in flaws and Flaw.PLACEHOLDER_NAME not in flaws:
            known |= Known.FULL_NAME
    if identity.birth_dates:
        known |= Known.BIRTH_YEAR
        whole = any(day.earliest == day.latest for day in identity.birth_dates)
        if whole and Flaw.PLACEHOLDER_BIRTH_DATE not in flaws:
            known |= Known.BIRTH_DATE
    if identity.nationalities:
        known |= Known.NATIONALITY
    if identity.documents and Flaw.PLACEHOLDER_DOCUMENT not in flaws:
        known |= Known.DOCUMENT
    return known


def _joined(compared: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    return {**compared, **rest}


__all__ = ["Counted", "Known", "counted", "records_of", "row_of"]
