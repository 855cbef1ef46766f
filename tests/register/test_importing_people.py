"""A file of people is read into the register once, to its end, whatever happens; and nothing of it is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from kstep.ledger.tables import rows, secrets
from kstep.model import InputError
from kstep.model.events import PeopleImported
from kstep.register import importing
from kstep.register.importing import Account
from kstep.register.repair_queue import RepairQueue
from kstep.register.tables import State, people, staged, underway
from kstep.store import Database
from nodes import BY, Node, people_file, person


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database).begin()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 10)


def told(account: Account) -> tuple[int, ...]:
    return account.rows, account.new, account.changed, account.unchanged, account.absent


def test_everyone_of_a_file_is_on_the_roster(node: Node, tmp_path: Path) -> None:
    file = people_file(tmp_path / "people.csv", [person(number) for number in range(25)])
    assert told(node.register.import_people(file, BY)) == (25, 25, 0, 0, 0)
    with node.database.read() as connection:
        found = {record.person_id: record for one in node.register.roster(connection) for record in one.records}
    assert sorted(found) == [f"P{number:06d}" for number in range(25)]
    assert found["P000007"].identity.names[0].full == "Mohammed Okafor"


def test_next_file_is_new_changed_unchanged_and_absent(node: Node, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "one.csv", [person(number) for number in range(25)]), BY)
    rows = [person(number) for number in range(5, 23)] + [person(3, birth_date="1990"), person(90), person(91)]
    assert told(node.register.import_people(people_file(tmp_path / "two.csv", rows), BY)) == (21, 2, 1, 18, 6)
    assert node.register.counts() == {State.PRESENT: 27}, "nobody leaves because a file does not name them"


def test_same_file_again_is_nothing_new(node: Node, tmp_path: Path) -> None:
    first = people_file(tmp_path / "one.csv", [person(number) for number in range(12)])
    second = people_file(tmp_path / "two.csv", [person(0, name="Else Body")])
    assert not node.register.import_people(first, BY).already
    before = node.dump()
    assert node.register.import_people(first, BY).already
    assert node.dump() == before
    node.register.import_people(second, BY)
    again = node.register.import_people(first, BY)
    assert (again.already, again.changed, again.unchanged) == (False, 1, 11), (
        "what the second file changed is as the first has it"
    )


def test_rows_of_one_person_are_all_kept(node: Node, tmp_path: Path) -> None:
    rows = [person(number) for number in range(25)]
    rows += [person(2, name="Other Name"), person(24, name="Third Name"), person(24, name="Fourth Name")]
    account = node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    assert told(account)[:2] == (28, 25)
    assert account.shared == 3
    with node.database.read() as connection:
        names = {
            one.records[0].person_id: [record.identity.names[0].full for record in one.records]
            for one in node.register.roster(connection)
        }
    assert names["P000002"] == ["Elena Okafor", "Other Name"]
    assert names["P000024"] == ["Tariq Haddad", "Third Name", "Fourth Name"]
    assert len(names) == 25


def test_what_is_refused_is_counted_and_named(node: Node, tmp_path: Path) -> None:
    rows = [person(0), {"name": "Nobody"}, person(2, birth_date="31 February"), person(3, custody_place="moon")]
    account = node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    assert (account.rows, account.new) == (4, 3)
    assert account.refused == {"person_id": 1}
    assert account.errors == {"birth_date": 1, "custody_place": 1}
    assert {(error.line, error.field) for error in account.wrong} == {
        (3, "person_id"),
        (4, "birth_date"),
        (5, "custody_place"),
    }
    assert len(RepairQueue(node.ledger).open(reason="a field cannot be read")) == 2


class Stopped(Exception):
    pass


def stop_after(pieces: int) -> object:
    left = iter(range(pieces + 1))  # the first call tells what was done before

    def progress(rows: int) -> None:
        if next(left, None) is None:
            raise Stopped

    return progress


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_import_that_was_stopped_goes_on_where_it_was(node: Node, tmp_path: Path, pieces: int) -> None:
    file = people_file(tmp_path / "people.csv", [person(number) for number in range(35)])
    with pytest.raises(Stopped):
        node.register.import_people(file, BY, stop_after(pieces))  # type: ignore[arg-type]
    assert node.register.counts() == {}, "nobody of the file is there before all are"
    with node.database.read() as connection:
        written = connection.execute(select(func.count()).select_from(rows)).scalar_one()
    assert written == min(35, 10 * (pieces + 1))
    seen: list[int] = []
    assert told(node.register.import_people(file, BY, seen.append)) == (35, 35, 0, 0, 0)
    assert seen[0] == written
    with node.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(rows)).scalar_one() == 35, "no row is written twice"
        assert connection.execute(select(func.count()).select_from(staged)).scalar_one() == 0


def test_import_that_never_ends_is_forgotten(node: Node, tmp_path: Path) -> None:
    """What it wrote of people cannot be read any more when another file is imported."""
    first = people_file(tmp_path / "one.csv", [person(number) for number in range(35)])
    with pytest.raises(Stopped):
        node.register.import_people(first, BY, stop_after(2))  # type: ignore[arg-type]
    second = people_file(tmp_path / "two.csv", [person(number) for number in range(50, 55)])
    assert told(node.register.import_people(second, BY)) == (5, 5, 0, 0, 0)
    with node.database.read() as connection:
        people_with_secrets = connection.execute(
            select(secrets.c.subject).where(secrets.c.subject.like("person:%"), secrets.c.wrapped != b"")
        ).all()
        assert len(people_with_secrets) == 5
        assert connection.execute(select(underway)).all() == []
    assert told(node.register.import_people(first, BY)) == (35, 35, 0, 0, 5)


def test_who_left_and_is_in_the_file_is_counted(node: Node, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "one.csv", [person(number) for number in range(5)]), BY)
    node.register.leave(node.register.find("P000003"), "departed", "ticket", "account:2", BY)
    account = node.register.import_people(people_file(tmp_path / "two.csv", [person(3), person(4)]), BY)
    assert (account.left, account.absent, account.unchanged) == (1, 3, 2)
    assert node.register.counts() == {State.PRESENT: 4, State.LEFT: 1}


def test_import_that_was_given_up_meanwhile_records_nothing(node: Node, tmp_path: Path) -> None:
    first = people_file(tmp_path / "one.csv", [person(number) for number in range(35)])
    second = people_file(tmp_path / "two.csv", [person(number) for number in range(50, 55)])
    done = 0

    def import_another(rows: int) -> None:
        nonlocal done
        done += rows
        if done == 35:  # all is written, and not yet recorded
            assert told(node.register.import_people(second, BY)) == (5, 5, 0, 0, 0)

    with pytest.raises(InputError, match="another process imports this file or another one"):
        node.register.import_people(first, BY, import_another)
    assert node.register.counts() == {State.PRESENT: 5}
    assert told(node.register.import_people(first, BY)) == (35, 35, 0, 0, 5)
    with node.database.read() as connection:
        assert all(one.row is not None for one in node.register.roster(connection))


def test_import_does_not_go_on_under_another_that_began_it_anew(node: Node, tmp_path: Path) -> None:
    first = people_file(tmp_path / "one.csv", [person(number) for number in range(35)])
    second = people_file(tmp_path / "two.csv", [person(number) for number in range(50, 55)])
    asked = 0

    def begin_it_anew(rows: int) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            node.register.import_people(second, BY)
            with pytest.raises(Stopped):
                node.register.import_people(first, BY, stop_after(-1))  # type: ignore[arg-type]

    with pytest.raises(InputError, match="another process"):
        node.register.import_people(first, BY, begin_it_anew)


def test_file_that_ends_badly_imports_nobody(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    lines = [b'{"person_id": "A%d", "name": "Somebody"}\n' % number for number in range(30_000)]
    file.write_bytes(b"".join(lines) + b'{"person_id": "B", "name": "\xff"}\n')
    with pytest.raises(InputError, match="line 30001: is not UTF-8 text"):
        node.register.import_people(file, BY)
    assert node.register.counts() == {}
    file.write_bytes(b"".join(lines[:25]) + b"{")
    account = node.register.import_people(file, BY)
    assert (account.new, account.refused.total()) == (25, 1)


def test_file_that_cannot_be_read_is_told(node: Node, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv: cannot be read"):
        node.register.import_people(tmp_path / "gone.csv", BY)
    (tmp_path / "no_id.csv").write_text("name\nSomebody\n")
    with pytest.raises(InputError, match="person_id"):
        node.register.import_people(tmp_path / "no_id.csv", BY)


def test_import_is_one_event_whose_rows_can_be_proved(node: Node, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "people.csv", [person(number) for number in range(35)]), BY)
    with node.database.read() as connection:
        event, _ = node.ledger.read(connection)
        assert isinstance(event.fact, PeopleImported)
        assert (event.fact.rows, event.fact.segment["rows"], event.actor) == (35, 35, "account:1")
        assert connection.execute(select(func.count(people.c.reference.distinct()))).scalar_one() == 35


def test_tables_are_computed_from_events(node: Node, tmp_path: Path) -> None:
    rows = [person(number, birth_date="1970-01-01") for number in range(25)] + [person(3, name="FNU Someone")]
    node.register.import_people(people_file(tmp_path / "one.csv", rows), BY)
    node.register.import_people(people_file(tmp_path / "two.csv", [person(1), person(40)]), BY)
    number = node.register.find("P000001")
    node.register.leave(number, "departed", "ticket 7", "account:2", BY)
    node.register.erase(node.register.find("P000002"), "retention", BY)
    before = node.dump()
    assert node.ledger.rebuild() == 8
    assert node.dump() == before
