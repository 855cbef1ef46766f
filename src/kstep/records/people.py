"""Files of people: every row becomes a person or is refused by name, and nothing of the file is dropped in silence.

A person without a name or without any readable field but the id is still a person; whether that is enough to screen is
for the matching to say.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kstep.model import Person, ValueRefused, one_line
from kstep.model.collector import garbage_collector_paused
from kstep.records.columns import Columns, Undeclared, shortened
from kstep.records.identity import LONGEST_VALUE, id_of, identity_of, values_of
from kstep.records.row import GIVEN_TWICE, FieldError, Fields, Row, Texts, by_column, row_of_values
from kstep.records.rows import read_rows

CODES = {
    "custody_place": ("agency", "state_local", "child_welfare", "hospital", "none", "unknown"),
    "release_basis": ("bond", "recognizance", "supervision_order", "parole", "monitoring", "none"),
    "outcome": ("departed", "removed", "status_granted", "citizen", "deceased", "absconded"),
}
"""The columns that hold one of a few codes; empty means that nothing is known, or no outcome yet."""

PERSON_COLUMNS = Columns.of("person_id", *CODES, "office", "address")

LONGEST_ADDRESS = 500
"""Characters of an address; a longer text is none."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row, or with one field of it.

    `line` is where the row begins: the line of a text file, the row of a Parquet file (the first is 1). `record_id` is
    the row's id if it could be read, `field` the column if one is at fault, `message` says what is wrong and the mend.
    """

    line: int
    record_id: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """Everyone in a file, in its order, with an account of the file: `rows` is `len(people) + len(refused)`.

    `errors` are fields that could not be read (their rows are among `people`), `refused` rows that are no person,
    `shared_ids` the number of rows of each id that more than one has, `notices` sentences for people, `misnamed` undeclared
    columns that look like one that would have been compared, with that column.
    """

    people: Sequence[Person]
    rows: int
    errors: tuple[RowError, ...]
    refused: tuple[RowError, ...]
    notices: tuple[str, ...]
    shared_ids: Mapping[str, int]
    misnamed: Mapping[str, str] = field(default_factory=dict)


class SomePeople(NamedTuple):
    """The people of some rows, in their order; `errors` and `refused` as in `PeopleFile`."""

    people: Sequence[Person]
    errors: tuple[RowError, ...]
    refused: tuple[RowError, ...]


def read_people(path: Path) -> PeopleFile:
    """The people of a `.csv`, `.jsonl`, `.ndjson` (each also with `.gz`) or `.parquet` file.

    Raises `InputError` if the file cannot be read to its end or lacks a required column.
    """
    with garbage_collector_paused():
        undeclared = Undeclared()
        found = people_of_rows(rows_of_people(path, undeclared))
        times = Counter(person.person_id for person in found.people)
        shared = {person_id: rows for person_id, rows in times.items() if rows > 1}
        return people_file(found, shared, undeclared)


def rows_of_people(path: Path, undeclared: Undeclared) -> Iterator[Row]:
    """The rows of a file of people, as `records.rows.read_rows` reads them."""
    return read_rows(path, PERSON_COLUMNS, undeclared)


def people_of_rows(rows: Iterable[Row]) -> SomePeople:
    """The people of some rows of a file of people."""
    people: list[Person] = []
    errors: list[RowError] = []
    refused: list[RowError] = []
    for row in rows:
        if row.refusal:
            refused.append(RowError(row.line, "", "", row.refusal))
            continue
        try:
            person_id = id_of(row, PERSON_COLUMNS)
        except ValueRefused as refusal:
            refused.append(RowError(row.line, "", PERSON_COLUMNS.id, str(refusal)))
            continue
        person, found = _person(person_id, row.fields)
        people.append(person)
        if row.errors or found:
            errors.extend(RowError(row.line, person_id, field, message) for field, message in (*row.errors, *found))
    return SomePeople(tuple(people), tuple(errors), tuple(refused))


def people_file(found: SomePeople, shared_ids: Mapping[str, int], undeclared: Undeclared) -> PeopleFile:
    """The account of a file of which all rows were read."""
    rows = len(found.people) + len(found.refused)
    return PeopleFile(
        people=found.people,
        rows=rows,
        errors=found.errors,
        refused=found.refused,
        misnamed=undeclared.meant(),
        notices=_notices(rows, shared_ids, undeclared),
        shared_ids=shared_ids,
    )


def person_from_mapping(fields: Mapping[str, object], person_id: str = "") -> tuple[Person, list[FieldError]]:
    """The person that one mapping of columns to values gives, by the rules of a row of a JSON lines file.

    `person_id` is used if `fields` has none. Returns the person and what is wrong with the fields, undeclared ones
    included. Raises `ValueRefused` if there is no id at all.
    """
    values, twice = by_column(list(fields.items()))
    undeclared = values.keys() - PERSON_COLUMNS.declared
    errors = [
        (column, "is not a column of the person input and was dropped") for column in values if column in undeclared
    ]
    errors += [(column, GIVEN_TWICE) for column in twice if column not in undeclared]
    row = row_of_values(1, {column: value for column, value in values.items() if column not in undeclared}, errors)
    if not person_id or values_of(row.fields.get(PERSON_COLUMNS.id, ())):
        person_id = id_of(row, PERSON_COLUMNS)
    person, found = _person(person_id, row.fields)
    return person, [*row.errors, *found]


def _person(person_id: str, fields: Fields) -> tuple[Person, list[FieldError]]:
    identity, errors = identity_of(fields)
    person = Person(
        person_id,
        identity,
        custody_place=_single(fields, "custody_place", errors),
        release_basis=_single(fields, "release_basis", errors),
        outcome=_single(fields, "outcome", errors),
        office=_single(fields, "office", errors),
        addresses=_addresses(fields, errors),
    )
    return person, errors


def _addresses(fields: Fields, errors: list[FieldError]) -> tuple[str, ...]:
    """The addresses, each whole: a semicolon is part of one."""
    found = values_of(fields.get("address", ()))
    errors += [
        ("address", f"has {len(text):,} characters; write at most {LONGEST_ADDRESS}")
        for text in found if len(text) > LONGEST_ADDRESS
    ]  # fmt: skip
    return tuple(text for text in found if len(text) <= LONGEST_ADDRESS)


def _single(fields: Fields, column: str, errors: list[FieldError]) -> str:
    texts = fields.get(column)
    if texts is None:
        return ""
    value, message = _one_value(column, texts)
    if message:
        errors.append((column, message))
    return value


@functools.lru_cache(maxsize=4096)
def _one_value(column: str, texts: Texts) -> tuple[str, str]:
    """The value of a column that holds one, or empty, and what is wrong with it, or empty."""
    values = values_of(texts)
    if not values:
        return "", ""
    if len(values) > 1:
        return "", f"has {len(values)} values; write one"
    value = values[0]
    if len(value) > LONGEST_VALUE:
        return "", f"has {len(value):,} characters; write at most {LONGEST_VALUE}"
    if column not in CODES:
        return value, ""
    if value.lower() in CODES[column]:
        return value.lower(), ""
    return "", one_line(
        f"{value!r} is not a value of {column}; write one of {', '.join(CODES[column])}, or leave it empty"
    )


def _notices(rows: int, shared: Mapping[str, int], undeclared: Undeclared) -> tuple[str, ...]:
    notices = [undeclared.notice()]
    if not rows:
        notices.append("there are no rows")
    if shared:
        notices.append(f"{sum(shared.values()):,} rows share a person_id with another row, and all of them are "
                       f"screened (person_id {shortened(shared)})")  # fmt: skip
    return tuple(notice for notice in notices if notice)
