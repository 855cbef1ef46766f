"""Addresses are checked on entry and counted without being shown; nothing else of a record depends on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kstep.model import Identity, Person
from kstep.model.codec import person_from_json, person_to_json
from kstep.records.people import read_people
from kstep.register.addresses import overused
from kstep.register.quality import is_address
from kstep.register.repair_queue import RepairQueue
from kstep.register.tables import addresses
from kstep.store import Database
from nodes import BY, Node


def jsonl(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    "text", ["12 Main Street", "Calle Mayor", "улица Ленина 5", "Building 7; flat b", "5th Ave, NYC"]
)
def test_where_somebody_may_live(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["P.O. Box 123", "PO Box 9", "unknown", "Homeless", "General Delivery, 10001", "NYC", "somewhere"]
)
def test_where_nobody_lives(text: str) -> None:
    assert not is_address(text)


def test_addresses_are_read_whole_and_several_from_lists(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"person_id": "1", "name": "Ann Lee", "address": ["1 Road; flat 2", "2 Road"]},
        {"person_id": "2", "name": "Ann Lee", "address": "x" * 501},
    ]
    found = read_people(jsonl(tmp_path / "people.jsonl", rows))
    assert [person.addresses for person in found.people] == [("1 Road; flat 2", "2 Road"), ()]
    assert [(error.record_id, error.field) for error in found.errors] == [("2", "address")]


def test_person_without_an_address_is_written_as_before() -> None:
    person = Person("1", Identity())
    compared, rest = person_to_json(person)
    assert "addresses" not in rest
    with_one = Person("1", Identity(), addresses=("1 Road",))
    assert person_to_json(with_one)[0] == compared, "it is not among what is compared"
    for one in (person, with_one):
        assert person_from_json({**person_to_json(one)[0], **person_to_json(one)[1]}) == one


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    places = ["77 Shared Street", "77, shared street", "77 SHARED STREET.", "5 Own Road", "PO Box 1", ""]
    rows: list[dict[str, object]] = [
        {
            "person_id": f"P{at}",
            "name": "Ann Lee",
            "birth_date": "1980-02-03",
            "release_basis": "bond",
            "address": place,
        }
        for at, place in enumerate(places)
    ]
    rows.append({"person_id": "P9", "name": "Ann Lee", "birth_date": "1980-02-03"})
    node.register.import_people(jsonl(tmp_path / "people.jsonl", rows), BY)
    return node


def test_missing_and_invalid_addresses_are_to_be_mended(node: Node) -> None:
    assert {(one.person, one.reason) for one in RepairQueue(node.ledger).open()} == {
        (node.register.find("P4"), "address is none where somebody lives"), (node.register.find("P5"), "no address"),
    }  # fmt: skip


def test_address_that_many_have_is_counted_and_not_shown(node: Node) -> None:
    (found,) = overused(node.ledger, most=2)
    assert (found.people, found.person) == (3, node.register.find("P0"))
    assert overused(node.ledger, most=3) == []
    assert b"shared" not in repr(node.dump()[addresses.name]).lower().encode()
    node.register.erase(found.person, "retention", BY)
    assert overused(node.ledger, most=2) == []
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before
