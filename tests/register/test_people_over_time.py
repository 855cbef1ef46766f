"""Who was on the roster when, what was known of them then, and that the roster always adds up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from kstep.ledger.tables import secrets
from kstep.model.events import PeopleMerged, PersonErased, RosterMoved
from kstep.register.erasures import prove
from kstep.register.projection import subject_of
from kstep.register.service import RegisterError
from kstep.register.tables import State
from kstep.store import Database
from nodes import BY, Node, people_file, person


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    node.register.import_people(people_file(tmp_path / "first.csv", [person(number) for number in range(8)]), BY)
    return node


def number_of(node: Node, number: int) -> int:
    return node.register.find(f"P{number:06d}")


def names(node: Node, number: int, moment: int) -> tuple[State | None, list[str] | None]:
    with node.database.read() as connection:
        state, records = node.register.as_of(connection, number, moment)
    return state, None if records is None else [record.identity.names[0].full for record in records]


def test_past_is_as_it_was(node: Node, tmp_path: Path) -> None:
    tariq, before = number_of(node, 0), node.now
    node.register.import_people(people_file(tmp_path / "second.csv", [person(0, name="Tarik Kasrawan")]), BY)
    between = node.now
    node.register.leave(tariq, "departed", "ticket", "account:2", BY)
    assert names(node, tariq, before) == (State.PRESENT, ["Tariq Qasrawan"])
    assert names(node, tariq, between) == (State.PRESENT, ["Tarik Kasrawan"])
    assert names(node, tariq, node.now) == (State.LEFT, ["Tarik Kasrawan"])
    assert names(node, tariq, before - 1_000_000_000) == (None, None)


def test_roster_adds_up(node: Node, tmp_path: Path) -> None:
    start = node.now
    node.register.leave(number_of(node, 0), "departed", "ticket", "account:2", BY)
    node.register.leave(number_of(node, 1), "deceased", "certificate", "account:2", BY)
    node.register.come_back(number_of(node, 0), "found at an address", BY)
    node.register.erase(number_of(node, 2), "retention", BY)
    node.register.import_people(people_file(tmp_path / "more.csv", [person(number) for number in range(20, 25)]), BY)
    balance = node.register.balance(start, node.now)
    moved = {"deceased": -1, "departed": -1, "erased": -1, "imported": 5, "returned": 1}
    assert (balance.opening, balance.moved, balance.closing, balance.holds) == (8, moved, 11, True)
    assert node.register.counts()[State.PRESENT] == balance.closing


@pytest.mark.parametrize(
    ("ground", "evidence", "second", "said"),
    [
        ("gone", "ticket", "account:2", "is no ground on which somebody leaves"),
        ("departed", "", "account:2", "nobody leaves without evidence"),
        ("departed", "ticket", "", "have a second person agree"),
        ("departed", "ticket", "account:1", "have a second person agree"),
    ],
)
def test_nobody_leaves_silently(node: Node, ground: str, evidence: str, second: str, said: str) -> None:
    with pytest.raises(RegisterError, match=said):
        node.register.leave(number_of(node, 0), ground, evidence, second, BY)
    assert node.register.counts() == {State.PRESENT: 8}


def test_who_is_not_there_cannot_leave(node: Node) -> None:
    tariq = number_of(node, 0)
    node.register.leave(tariq, "departed", "ticket", "account:2", BY)
    with pytest.raises(RegisterError, match="is not on the roster"):
        node.register.leave(tariq, "departed", "ticket", "account:2", BY)
    with pytest.raises(RegisterError, match="has not left"):
        node.register.come_back(number_of(node, 1), "", BY)
    with pytest.raises(RegisterError, match="nobody in the register has that id"):
        node.register.find("P999999")


def test_who_is_erased_is_known_no_more(node: Node, tmp_path: Path) -> None:
    tariq, before = number_of(node, 0), node.now
    node.register.erase(tariq, "retention", BY)
    assert names(node, tariq, before) == (State.PRESENT, None)
    with node.database.read() as connection:
        assert connection.execute(select(secrets.c.wrapped).where(secrets.c.subject == subject_of(tariq))).all() == [
            (b"",)
        ]
        assert tariq not in {one.person for one in node.register.roster(connection)}
        (erased,) = node.ledger.read(connection, types=[PersonErased])
    assert erased.subject == f"erasure:{tariq}"
    assert erased.fact == PersonErased(person=tariq, generation=0, ground="retention"), "that it was erased can be read"
    with pytest.raises(RegisterError, match="nobody in the register has that id"):
        number_of(node, 0)
    with pytest.raises(RegisterError, match="nothing is known of them"):
        node.register.erase(tariq, "retention", BY)
    account = node.register.import_people(people_file(tmp_path / "again.csv", [person(0)]), BY)
    assert account.new == 1, "who comes again is somebody new"


def test_replayed_erasure_takes_nothing_that_came_later(node: Node) -> None:
    """A secret that was made for the same subject after the erasure is another one, and stays."""
    tariq = number_of(node, 0)
    node.register.erase(tariq, "retention", BY)
    with node.database.write() as connection:
        made = node.vault.secret(connection, subject_of(tariq))
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before
    with node.database.read() as connection:
        assert node.vault.find(connection, [subject_of(tariq)]) == {subject_of(tariq): made}
    assert made.generation == 1


def test_who_is_found_the_same_is_screened_with_the_other(node: Node) -> None:
    kept, other = number_of(node, 0), number_of(node, 1)
    node.register.merge(kept, other, "one photograph", BY)
    with node.database.read() as connection:
        records = [one.records[0].person_id for one in node.register.records(connection, [kept])]
        assert sorted(records) == ["P000000", "P000001"]
        assert sorted({one.person for one in node.register.roster(connection)}) == sorted(
            number_of(node, at) for at in (0, *range(2, 8))
        )
    assert node.register.counts() == {State.PRESENT: 7, State.MERGED: 1}
    with pytest.raises(RegisterError, match="take them apart first"):
        node.register.erase(other, "retention", BY)
    with pytest.raises(RegisterError, match="is not on the roster"):
        node.register.merge(kept, other, "one photograph", BY)
    node.register.unmerge(other, "two fingerprints", BY)
    assert node.register.counts() == {State.PRESENT: 8}
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


def test_somebody_is_found_by_the_number_that_lists_show(node: Node) -> None:
    number = number_of(node, 3)
    assert node.register.find(f"person:{number}") == number
    for nobody in ("person:1", f"person:-{number}", f"person:{number} ", str(number), "canary:1"):
        with pytest.raises(RegisterError, match="or write person:NUMBER"):
            node.register.find(nobody)


def test_merges_that_an_earlier_kstep_recorded_are_read(node: Node) -> None:
    kept, other = number_of(node, 0), number_of(node, 1)
    with node.ledger.unit(BY) as unit:
        fact = PeopleMerged(kept=kept, other=other, ground="one photograph")
        unit.record(RosterMoved(reason="merged", people=-1), subject="register:roster", marking="restricted")
        unit.record(fact, subject=f"merge:{other}", marking="restricted")
    assert node.register.counts() == {State.PRESENT: 7, State.MERGED: 1}
    node.register.unmerge(other, "two fingerprints", BY)
    node.register.erase(other, "retention", BY)
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


@pytest.mark.parametrize("erased", [0, 1])
def test_why_two_were_found_one_goes_with_either_of_them(node: Node, erased: int) -> None:
    kept, other = numbers = number_of(node, 0), number_of(node, 1)
    node.register.merge(kept, other, "both have the scar that Tariq told of", BY)
    node.register.unmerge(other, "the scar is on the other hand", BY)
    assert "scar" in payloads(node)
    node.register.erase(numbers[erased], "retention", BY)
    assert "scar" not in payloads(node)
    (erasure,) = prove(node.ledger, []).erasures
    assert (erasure.proved, erasure.sealed) == (True, 3), "the row of the import, the merge, and that it was taken back"
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


def payloads(node: Node) -> str:
    with node.database.read() as connection:
        return json.dumps([one.payload for one in node.ledger.opened(connection, 0)])
