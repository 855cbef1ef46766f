"""What was recorded of a person at a moment is told as it was recorded, whatever is known today."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.matching import build_index
from kstep.model import Entry
from kstep.records.people import person_from_mapping
from kstep.register.tables import State
from kstep.screening.lookback import ListThen, Then, look_back
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.store import Database
from nodes import BY, Node, people_file, person


def opened(edition: str, *numbers: int) -> OpenList:
    entries = [
        Entry(f"E{number}", person_from_mapping(person(number), person_id="x")[0].identity) for number in numbers
    ]
    return OpenList("made", "table", None, {}, (), build_index(edition, entries))


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database).begin()


def test_past_is_told_as_it_was_recorded(node: Node, tmp_path: Path) -> None:
    run = Rescreening(node.ledger, node.register, tmp_path, Standard(0.5, 8_000))
    editions: list[tuple[str, str, int]] = []
    moments: dict[str, int] = {}

    def then(when: str, number: int) -> Then:
        with node.database.read() as connection:
            return look_back(node.ledger, node.register, connection, number, moments[when], editions)

    moments["before all"] = node.now
    node.register.import_people(people_file(tmp_path / "one.csv", [person(number) for number in range(9)]), BY)
    number = node.register.find("P000007")
    moments["registered"] = node.now
    first = opened("first", 3, 7)
    editions.append(("made", "first", node.clock()))
    moments["published"] = node.now
    run.run([ListInUse("made", first)], BY)
    moments["screened"] = node.now
    node.register.import_people(
        people_file(tmp_path / "two.csv", [person(7, name="Nobody Alike", birth_date="1931")]), BY
    )
    moments["changed"] = node.now
    second = opened("second", 3, 7, 8)
    editions.append(("made", "second", node.clock()))
    run.run([ListInUse("made", second, first)], BY)
    moments["screened again"] = node.now
    node.register.leave(number, "departed", "ticket", "account:2", BY)
    moments["left"] = node.now

    assert then("before all", number) == Then(moments["before all"], None, None, ())
    assert (then("registered", number).state, then("registered", number).lists) == (State.PRESENT, ())
    assert then("published", number).lists == (ListThen("made", "first", None, None, None, ()),)
    (screened,) = then("screened", number).lists
    assert (screened.was_screened, screened.against, [entry for entry, _ in screened.matches]) == (
        True,
        "first",
        ["E7"],
    )
    changed = then("changed", number)
    assert changed.records is not None
    assert changed.records[0].identity.names[0].full == "Nobody Alike"
    assert not changed.lists[0].was_screened, "what is known of her now was not screened yet"
    (again,) = then("screened again", number).lists
    assert (again.was_screened, again.against, again.matches) == (True, "second", ())
    assert then("left", number).state is State.LEFT
    assert then("screened", number).lists == (screened,), "and what was then stays so"
    node.register.erase(number, "retention", BY)
    assert then("screened", number).records is None
    assert then("screened", number).lists[0].matches == ()


def test_nobody_is_called_screened_who_came_back_since_or_is_too_poor(node: Node, tmp_path: Path) -> None:
    run = Rescreening(node.ledger, node.register, tmp_path, Standard(0.5, 8_000))
    poor = {**person(2), "name": "FNU LNU", "birth_date": "", "nationality": ""}
    node.register.import_people(people_file(tmp_path / "one.csv", [person(1), poor, person(3)]), BY)
    editions = [("made", "first", node.clock())]
    run.run([ListInUse("made", opened("first", 3))], BY)

    def screened(person_id: str) -> bool:
        with node.database.read() as connection:
            found = look_back(
                node.ledger, node.register, connection, node.register.find(person_id), node.clock(), editions
            )
        return found.lists[0].was_screened

    back = node.register.find("P000001")
    assert [screened(person_id) for person_id in ("P000001", "P000002", "P000003")] == [True, False, True]
    node.register.leave(back, "departed", "ticket", "account:2", BY)
    assert not screened("P000001")
    node.register.come_back(back, "seen", BY)
    assert not screened("P000001"), "not since they are back"
