"""What is known of a person as the register keeps it: one row of all their records, and what is counted of it."""

from __future__ import annotations

import json
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
    """What is counted of a person, and what somebody has to mend; `known` are bits of `Known`."""

    office: str
    custody: str
    known: int
    flaws: tuple[Flaw, ...]


def record_of(person: Person) -> dict[str, Any]:
    """A record of a row."""
    compared, rest = person_to_json(person)
    return compared | rest


def row_text(records: Sequence[dict[str, Any]], errors: Sequence[str] = ()) -> bytes:
    """The row of a person with these records, and the columns in which something could not be read: canonical JSON."""
    row = {"errors": sorted(set(errors)), "records": records}
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def records_of(row: dict[str, Any]) -> list[Person]:
    """The records of a row."""
    return [person_from_json(record) for record in row["records"]]


def counted(row: dict[str, Any]) -> Counted:
    """What is counted of a row. Of several records the first says the office and custody; fields and flaws add up."""
    known, flaws = 0, {Flaw.UNREADABLE} if row["errors"] else set()
    for record in row["records"]:
        found = flaws_of(record)
        known |= _known(record, found)
        flaws |= found
        if record["outcome"]:
            flaws.add(Flaw.CLOSED_AT_THE_SOURCE)
    first = row["records"][0]
    return Counted(first["office"], first["custody_place"], known, tuple(sorted(flaws)))


_NAME, _FULL_NAME, _YEAR, _DATE, _NATIONALITY, _DOCUMENT = map(int, Known)


def _known(record: dict[str, Any], flaws: set[Flaw]) -> int:
    known = 0
    if Flaw.NO_NAME not in flaws:
        known |= _NAME if flaws & {Flaw.ONE_NAME, Flaw.PLACEHOLDER_NAME} else _NAME | _FULL_NAME
    if record["birth_dates"]:
        whole = any(first == last for first, last, _ in record["birth_dates"])
        known |= _YEAR | _DATE if whole and Flaw.PLACEHOLDER_BIRTH_DATE not in flaws else _YEAR
    if record["nationalities"]:
        known |= _NATIONALITY
    if record["documents"] and Flaw.PLACEHOLDER_DOCUMENT not in flaws:
        known |= _DOCUMENT
    return known


__all__ = ["Counted", "Known", "counted", "record_of", "records_of", "row_text"]
