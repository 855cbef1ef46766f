"""What is to be mended has an owner and a time; what need not be kept goes when its time is over, and nothing of it is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from kstep.ledger.tables import secrets
from kstep.model import InputError
from kstep.model.events import RetentionApplied
from kstep.register.erasures import prove
from kstep.register.projection import RegisterProjection, subject_of
from kstep.register.quality import DAY
from kstep.register.reconciling import Reconciling, Source
from kstep.register.repair_queue import RepairQueue, office_of
from kstep.register.retention import Retention, schedule_of
from kstep.register.service import RegisterError
from kstep.register.tables import State
from kstep.store import Database
from nodes import BY, Node, people_file, person

SECOND = "account:2"
SCHEDULE = {"departed": 10, "removed": 30}


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    rows = [person(number) for number in range(6)] + [
        person(6, birth_date=""),
        person(7, name="FNU Haddad", birth_date=""),
    ]
    node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    return node


def replayed(node: Node) -> bool:
    before = node.dump()
    node.ledger.rebuild()
    return node.dump() == before


def test_repairs_are_found_by_office_reason_owner_and_time(node: Node) -> None:
    queue = RepairQueue(node.ledger)
    six, seven = node.register.find("P000006"), node.register.find("P000007")
    assert {(one.person, one.reason) for one in queue.open()} == {
        (six, "no birth date"), (seven, "no birth date"), (seven, "name is a placeholder"), (seven, "one name only"),
    }  # fmt: skip
    assert {one.person for one in queue.open(office="office 0")} == {six}
    assert {one.person for one in queue.open(reason="one name only")} == {seven}
    assert {one.reason for one in queue.open(due_by=node.now + 8 * DAY)} == {"name is a placeholder"}
    queue.assign(six, "no birth date", "Bo", node.now + DAY, BY)
    (mine,) = queue.open(owner="Bo")
    assert (mine.person, mine.office) == (six, "office 0")
    assert {one.person for one in queue.open(lambda columns: columns["office"].in_(["office 1"]))} == {seven}
    assert queue.open(lambda columns: columns["level"] < 1) == [], "rows are marked"
    queue.close(six, "no birth date", "nobody knows", BY)
    assert queue.open(owner="Bo") == []
    assert replayed(node)


def test_changed_record_is_mended(node: Node, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "next.csv", [person(6), person(7)]), BY)
    assert RepairQueue(node.ledger).open() == []


def test_what_cannot_be_assigned_or_closed_is_told(node: Node) -> None:
    queue, six = RepairQueue(node.ledger), node.register.find("P000006")
    with pytest.raises(RegisterError, match="a time that has passed"):
        queue.assign(six, "no birth date", "Bo", node.now - DAY, BY)
    with pytest.raises(RegisterError, match="nothing is to be mended for that reason, but no birth date"):
        queue.close(six, "no name", "x", BY)
    with pytest.raises(RegisterError, match="that is not a finding"):
        queue.close(six, "no birth date", " ", BY)
    with pytest.raises(RegisterError, match="nobody in the register has that number"):
        office_of(node.ledger, 5)


def retention(node: Node) -> Retention:
    return Retention(node.ledger, node.register, SCHEDULE)


@pytest.fixture
def left(node: Node) -> dict[str, int]:
    """People who left, by what becomes of them."""
    grounds = {"free": "departed", "held": "departed", "later": "removed", "never": "deceased", "there": "departed"}
    found = {}
    for number, (name, ground) in enumerate(grounds.items()):
        found[name] = node.register.find(f"P{number:06d}")
        node.register.leave(found[name], ground, "a paper", SECOND, BY)
    node.register.come_back(found["there"], "seen", BY)
    return found


def test_plan_says_whose_time_is_over_and_what_holds(node: Node, left: dict[str, int]) -> None:
    hold = retention(node).place(left["held"], "litigation", SECOND, BY)
    assert retention(node).plan(node.now + 9 * DAY) == []
    with pytest.raises(RegisterError, match="because of a legal hold"):
        node.register.erase(left["held"], "by hand", BY)
    planned = {one.person: one for one in retention(node).plan(node.now + 11 * DAY)}
    assert set(planned) == {left["free"], left["held"]}
    assert (planned[left["free"]].free, planned[left["held"]].free) == (True, False)
    assert planned[left["held"]].holds == [hold]
    assert planned[left["free"]].over - planned[left["free"]].left == 10 * DAY
    assert {one.person for one in retention(node).plan(node.now + 40 * DAY)} == {*planned, left["later"]}
    assert replayed(node)


def test_applied_erases_whom_nothing_holds_and_proves_it(node: Node, left: dict[str, int]) -> None:
    node.now += 11 * DAY
    hold = retention(node).place(left["held"], "litigation", SECOND, BY)
    for second in ("", BY.actor):
        with pytest.raises(RegisterError, match="takes two people"):
            retention(node).apply(node.now, second, BY)
    erased = retention(node).apply(node.now, SECOND, BY)
    assert [one.person for one in erased] == [left["free"]]
    assert node.register.counts() == {State.PRESENT: 4, State.LEFT: 3, State.ERASED: 1}
    proof = prove(node.ledger, [])
    (erasure,) = proof.erasures
    assert (erasure.person, erasure.proved, erasure.readable, erasure.kept) == (left["free"], True, 0, ())
    assert erasure.sealed >= 2
    assert proof.unsound == []
    assert proof.holds
    retention(node).lift(hold, "settled", SECOND, BY)
    assert [one.person for one in retention(node).apply(node.now, SECOND, BY)] == [left["held"]]
    assert retention(node).apply(node.now, SECOND, BY) == []
    assert retention(node).holds() == []
    with node.database.read() as connection:
        told = [event.fact for event in node.ledger.read(connection, types=[RetentionApplied])]
    assert [(fact.people, fact.held, fact.second) for fact in told if isinstance(fact, RetentionApplied)] == [
        ((left["free"],), 1, SECOND), ((left["held"],), 0, SECOND),
    ]  # fmt: skip
    assert replayed(node)
    assert prove(node.ledger, []).holds


def test_secret_that_is_back_disproves_the_erasure(node: Node, left: dict[str, int]) -> None:
    node.now += 11 * DAY
    subject = subject_of(left["free"])
    with node.database.read() as connection:
        wrapped = connection.execute(select(secrets.c.wrapped).where(secrets.c.subject == subject)).scalar_one()
    retention(node).apply(node.now, SECOND, BY)
    with node.database.write() as connection:
        connection.execute(delete(secrets).where(secrets.c.subject == subject))
        connection.execute(insert(secrets), [{"subject": subject, "generation": 0, "wrapped": wrapped}])
    proof = prove(node.ledger, [])
    assert not proof.holds
    (disproved,) = (erasure for erasure in proof.erasures if not erasure.proved)
    assert (disproved.person, disproved.readable > 0) == (left["free"], True)


def test_open_difference_stands_against_erasing(node: Node, left: dict[str, int], tmp_path: Path) -> None:
    file = people_file(tmp_path / "docket.csv", [person(number) for number in range(8)])
    Reconciling(node.ledger, RegisterProjection(node.vault)).run(file, Source("court", "docket"), BY)
    planned = retention(node).plan(node.now + 11 * DAY)
    assert [one.against for one in planned] == [["another source says otherwise; settle the difference first"]] * 2
    assert retention(node).apply(node.now + 11 * DAY, SECOND, BY) == []


def test_hold_takes_two_people_and_somebody_to_hold(node: Node, left: dict[str, int]) -> None:
    with pytest.raises(RegisterError, match="takes two people"):
        retention(node).place(left["held"], "litigation", BY.actor, BY)
    with pytest.raises(RegisterError, match="that is not a ground"):
        retention(node).place(left["held"], "", SECOND, BY)
    with pytest.raises(RegisterError, match="nothing is known of them"):
        retention(node).place(5, "litigation", SECOND, BY)
    with pytest.raises(RegisterError, match="no such hold"):
        retention(node).lift("abc", "settled", SECOND, BY)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"retention": 5}, "is no table"),
        ({"retention": {"gone": 5}}, "is nothing that has a time"),
        ({"retention": {"departed": "5"}}, "is no number of days"),
        ({"retention": {"departed": -1}}, "is no number of days"),
        ({"retention": {"departed": True}}, "is no number of days"),
    ],
)
def test_schedule_that_makes_no_sense_is_told(settings: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        schedule_of(settings)


def test_schedule_is_read_by_ground() -> None:
    assert schedule_of({"retention": {"registered_in_error": 0, "departed": 3650}}) == {
        "departed": 3650, "registered in error": 0,
    }  # fmt: skip
    assert schedule_of({}) == {}
