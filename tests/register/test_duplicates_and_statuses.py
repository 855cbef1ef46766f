"""Who may be twice on the roster is shown and not merged; whose status runs out is told in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.model import InputError
from kstep.register.duplicates import Duplicates
from kstep.register.quality import DAY
from kstep.register.service import RegisterError
from kstep.register.statuses import Status, Statuses
from kstep.register.tables import State
from kstep.store import Database
from nodes import BY, Node, people_file, person

TWIN = {"name": "Salvatore Quattrocchi", "birth_date": "1971-05-23", "nationality": "IT", "office": "office 0"}


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    rows = [person(number) for number in range(20)]
    rows += [
        person(30, **TWIN),
        person(31, **{**TWIN, "name": "Salvatore Quatrocchi"}),
        person(32, **TWIN, documents=""),
    ]
    rows[-1]["office"] = "office 2"
    node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    return node


def duplicates(node: Node) -> Duplicates:
    return Duplicates(node.ledger, node.register)


def test_likely_duplicates_are_shown_and_not_merged(node: Node) -> None:
    first, second, third = (node.register.find(f"P0000{number}") for number in (30, 31, 32))
    found = duplicates(node).find(0.9)
    assert {one.people for one in found} == {(first, second), (first, third), (second, third)}
    assert [one.millibits for one in found] == sorted((one.millibits for one in found), reverse=True)
    assert all(sum(part.millibits for part in one.evidence) == one.millibits for one in found)
    assert node.register.counts() == {State.PRESENT: 23}
    in_office = duplicates(node).find(0.9, lambda columns: columns["office"] == "office 0")
    assert {one.people for one in in_office} == {(first, second)}, "both have to be somebody's to see"
    node.register.merge(first, third, "one photograph", BY)
    assert {one.people for one in duplicates(node).find(0.9)} == {(first, second)}
    with pytest.raises(InputError, match="is no probability"):
        duplicates(node).find(1.0)


def test_what_hangs_on_duplicates_is_shown(node: Node, tmp_path: Path) -> None:
    poor = {**TWIN, "birth_date": "1971-01-01"}
    node.register.import_people(people_file(tmp_path / "next.csv", [person(31, **poor), person(32, name="Else")]), BY)
    second = node.register.find("P000031")
    Statuses(node.ledger).date(second, "bond", 0, DAY, "a paper", BY)
    (found,) = duplicates(node).find(0.5)
    assert found.hanging == ({}, {"repairs": 1, "statuses": 1})


def test_status_is_due_by_its_date_until_it_ends(node: Node) -> None:
    service, tariq, elena = Statuses(node.ledger), node.register.find("P000000"), node.register.find("P000002")
    now = node.now
    service.date(tariq, "parole", now - 9 * DAY, now + DAY, "order 7", BY)
    service.date(elena, "review", now - DAY, now + 30 * DAY, "calendar", BY)
    parole = Status(tariq, "parole", now - 9 * DAY, now + DAY, "office 0")
    assert [one.person for one in service.open()] == [tariq, elena]
    assert service.open(until=now + 7 * DAY) == [parole]
    assert service.open(until=now) == []
    assert service.open(office="office 2") == [Status(elena, "review", now - DAY, now + 30 * DAY, "office 2")]
    service.date(tariq, "parole", now - 9 * DAY, now + 60 * DAY, "order 8", BY)
    assert [one.until for one in service.open(person=tariq)] == [now + 60 * DAY], "it ends later"
    service.end(tariq, "parole", now - 9 * DAY, "served", BY)
    assert service.open(person=tariq) == []
    node.register.leave(elena, "departed", "ticket", "account:2", BY)
    assert service.open() == []
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


def test_status_that_makes_no_sense_is_told(node: Node) -> None:
    service, tariq = Statuses(node.ledger), node.register.find("P000000")
    with pytest.raises(RegisterError, match="is no kind of status"):
        service.date(tariq, "holiday", 0, DAY, "x", BY)
    with pytest.raises(RegisterError, match="ends after it begins"):
        service.date(tariq, "bond", DAY, DAY, "x", BY)
    with pytest.raises(RegisterError, match="that is not evidence"):
        service.date(tariq, "bond", 0, DAY, "", BY)
    with pytest.raises(RegisterError, match="is not on the roster"):
        service.date(5, "bond", 0, DAY, "x", BY)
    with pytest.raises(RegisterError, match="has no such status"):
        service.end(tariq, "bond", 0, "x", BY)
