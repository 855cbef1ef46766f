"""One mapping of columns to values becomes a person by the rules of a row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kstep.model import Identity, Name, PartialDate, Person, ValueRefused
from kstep.records import person_from_mapping, read_people


def test_mapping_reads_as_the_row_of_a_file(tmp_path: Path) -> None:
    fields = {"person_id": 12, "name": "Ann Lee", "birth_date": ["1990", "1990-13"], "sex": "f", "aliases": "A;B",
              "documents": "passport:IR:1", "outcome": "lost"}  # fmt: skip
    path = tmp_path / "people.jsonl"
    path.write_text(json.dumps(fields))
    found = read_people(path)
    person, errors = person_from_mapping(fields)
    assert person == found.people[0]
    assert errors == [(error.field, error.message) for error in found.errors]
    assert [field for field, _ in errors] == ["birth_date", "outcome"]


def test_id_is_the_callers_where_the_mapping_has_none() -> None:
    fields: dict[str, object] = {"name": "Ann", "birth_date": date(1990, 5, 6), "person_id": " "}
    expected = Person("left 1", Identity((Name("Ann"),), (PartialDate.of(1990, 5, 6),)))
    assert person_from_mapping(fields, "left 1") == (expected, [])
    assert person_from_mapping({**fields, "person_id": "mine"}, "left 1")[0].person_id == "mine"


def test_no_id_at_all_is_refused() -> None:
    with pytest.raises(ValueRefused, match=r"^has no person_id; give every row an id$"):
        person_from_mapping({"name": "Ann"})


def test_undeclared_and_repeated_fields_are_reported() -> None:
    person, errors = person_from_mapping({"name": "Ann", "Name": "Eve", "shoe_size": 43}, "p")
    assert [name.full for name in person.identity.names] == ["Ann", "Eve"]
    assert errors == [
        ("shoe_size", "is not a column of the person input and was dropped"),
        ("name", "is given more than once and every value was read; give it once, several values as a list"),
    ]
