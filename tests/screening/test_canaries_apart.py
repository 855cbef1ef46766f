"""Nothing but screening ever knows of canaries: no count, no match, nothing that is shown; and their end is for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import func, insert, select

from databases import Copies
from histories import STANDARD, Histories
from kstep.editions.errors import EditionsError
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import secrets
from kstep.matching import build_index
from kstep.model.canaries import CANARIES, belongs
from kstep.model.events import PeopleScreened
from kstep.register import tables as register_tables
from kstep.register.addresses import overused
from kstep.register.canaries import ImportUnderWay, Planting, take_away
from kstep.register.duplicates import Duplicates
from kstep.register.erasures import prove
from kstep.register.importing import Importing
from kstep.register.projection import subject_of
from kstep.register.reconciling import Reconciling, Source
from kstep.register.repair_queue import RepairQueue, office_of
from kstep.register.retention import Retention
from kstep.register.service import RegisterError
from kstep.register.tables import State, people
from kstep.screening.canaries import last_nights
from kstep.screening.canary_pairs import drawn_pairs
from kstep.screening.certificate import NotCovered, certify
from kstep.screening.coverage import InUse, covered
from kstep.screening.rescreen import ListInUse
from kstep.screening.sources import OpenList
from kstep.screening.tables import canaries, matches, poor, withdrawn
from kstep.store import Database, StoreError
from kstep.synth.writing import write_csv
from nodes import BY, Node, people_file, person
from planted_canaries import (
    BY_STANDARD,
    PAIRS,
    canaries_of,
    night_of,
    node_with_people,
    planted,
    real_list,
    rescreening,
    told,
)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return node_with_people(database, tmp_path)


def test_canaries_are_in_no_count_and_in_nothing_that_is_shown(node: Node, tmp_path: Path) -> None:
    made, used = canaries_of(node, tmp_path), real_list()
    rescreening(node, tmp_path).run([used], BY)
    source = Source("county jail", "bookings")
    file = people_file(tmp_path / "jail.csv", [person(number) for number in range(2, 22)])

    def shown() -> dict[str, object]:
        """Everything that counts or shows people."""
        found: dict[str, object] = {}
        with node.database.read() as connection:
            lists = [InUse("made", "made 1", node.now)]
            for by in ((), ("office",), ("status",), ("class",)):
                found[f"coverage {by}"] = covered(connection, lists, BY_STANDARD, node.now, by=by)
            found["roster"] = sorted(one.person for one in node.register.roster(connection))
            for table in (matches, withdrawn, poor, *register_tables.TASKS, *register_tables.PROJECTED):
                if table not in (people, register_tables.reconciliations):
                    lines = connection.execute(select(table).order_by(*table.primary_key.columns))
                    found[table.name] = [tuple(line) for line in lines]
        found["counts"] = node.register.counts()
        found["balance"] = node.register.balance(0, node.now)
        found["duplicates"] = Duplicates(node.ledger, node.register).find(0.001)
        found["repairs"] = RepairQueue(node.ledger).open()
        found["addresses"] = overused(node.ledger, most=0)
        found["retention"] = Retention(node.ledger, node.register, {"departed": 0}).plan(node.now)
        found["erased"] = prove(node.ledger, []).erasures
        stated = certify(node.ledger, "made", BY).fact
        found["certificate"] = stated and stated.payload()
        return found

    Reconciling(node.ledger, node.projection).run(file, source, BY)
    before = shown()
    made.plant(BY, PAIRS)
    between = shown()
    assert night_of(node, tmp_path).missed == 0
    after = shown()
    for name, held in before.items():
        assert between[name] == held and after[name] == held, name
    assert Reconciling(node.ledger, node.projection).run(file, source, BY).already, "nobody of ours changed"
    assert rescreening(node, tmp_path).run([used], BY) == [], "nobody real is owed a screening because of them"
    fewer = people_file(tmp_path / "fewer.csv", [person(number) for number in range(19)])
    assert node.register.import_people(fewer, BY).absent == 1, "one real person, and no canary"


def test_twins_of_canaries_among_real_people_and_entries_match_each_other_alone(node: Node, tmp_path: Path) -> None:
    twins = drawn_pairs(PAIRS, 1, "twin", STANDARD.need, STANDARD.weights)
    write_csv(tmp_path / "twins.csv", [pair.person for pair in twins])
    node.register.import_people(people_file(tmp_path / "poor.csv", [person(50, name="FNU", birth_date="")]), BY)
    entries = [pair.entry for pair in twins]
    used = ListInUse("made", OpenList("made", "table", None, {}, (), build_index("made 1", entries[: PAIRS // 2])))
    later = ListInUse("made", OpenList("made", "table", None, {}, (), build_index("made 2", entries)), used.opened)
    made = canaries_of(node, tmp_path)
    for comes in (used, later):
        made.plant(BY, PAIRS, seed=1)
        rescreening(node, tmp_path).run([comes, *made.in_use()], BY)
        assert night_of(node, tmp_path).missed == 0
        node.register.import_people(tmp_path / "twins.csv", BY)
        rescreening(node, tmp_path).run([comes], BY)
        with node.database.read() as connection:
            found = [(line.person, line.list, line.entry) for line in connection.execute(select(matches))]
            of_canaries = [(line.person, line.list, line.entry) for line in connection.execute(select(canaries))]
        wanted = {(node.register.find(pair.person.person_id), "made", pair.entry.entry_id) for pair in twins}
        assert {pair for pair in wanted if pair[2] in comes.opened.index.ids} <= set(found)
        assert all(number > 0 and name == "made" for number, name, _ in found)
        assert all(number < 0 and name == CANARIES for number, name, _ in of_canaries)
    ran = [run for run in told(node, PeopleScreened) if isinstance(run, PeopleScreened)]
    of_real = [run for run in ran if run.list == "made"]
    assert sum(run.found for run in of_real) == len(found), "not even the rows of a run tell of another pair"
    assert {run.gone for run in ran} == {0}
    assert {run.found for run in ran if run.list == CANARIES} == {PAIRS // 2}
    assert {len(run.poor) for run in of_real} == {1}
    assert {run.poor for run in ran if run.list == CANARIES} == {()}


def test_nobody_can_do_anything_with_a_canary(node: Node, tmp_path: Path) -> None:
    canaries_of(node, tmp_path).plant(BY, PAIRS)
    number, real = planted(node)[0], node.register.find("P000001")
    with node.database.read() as connection:
        (one,) = node.register.records(connection, [number])
    id = one.records[0].person_id
    with pytest.raises(RegisterError, match="nobody in the register has that id"):
        node.register.find(id)
    for refused in (
        lambda: office_of(node.ledger, number),
        lambda: node.register.erase(number, "retention", BY),
        lambda: node.register.leave(number, "departed", "ticket", "account:2", BY),
        lambda: node.register.merge(real, number, "photograph", BY),
        lambda: node.register.merge(number, real, "photograph", BY),
        lambda: Retention(node.ledger, node.register, {}).place(number, "litigation", "account:2", BY),
    ):
        with pytest.raises(RegisterError):
            refused()
    with pytest.raises(NotCovered, match="made-up"):
        certify(node.ledger, CANARIES, BY)
    stolen = people_file(tmp_path / "stolen.csv", [person(1, person_id=id)])
    assert node.register.import_people(stolen, BY).new == 1, "a real person who has a canary's id is another person"
    assert node.register.find(id) > 0


@pytest.mark.parametrize("line", [{"person": -5, "list": "made"}, {"person": 5, "list": CANARIES}])
def test_database_refuses_a_canary_among_the_possible_matches(database: Database, line: dict[str, object]) -> None:
    with pytest.raises(StoreError, match="no_canary"), database.write() as connection:
        connection.execute(insert(matches), [{**line, "entry": "E", "millibits": 1, "edition": "e", "found": 1}])


def test_no_list_can_have_their_name(node: Node, tmp_path: Path) -> None:
    with pytest.raises(EditionsError, match="choose another name"):
        Editions(node.ledger, tmp_path).register(BY, ListSource(list=CANARIES, kind="table"))


# Beside imports.


def test_canaries_wait_for_an_import_of_people(node: Node, tmp_path: Path) -> None:
    file = people_file(tmp_path / "more.csv", [person(number) for number in range(30)])
    stopped = Importing(node.ledger, node.projection, file, lambda rows: None)
    stopped._begun()  # and then the machine died
    made = canaries_of(node, tmp_path)
    with pytest.raises(ImportUnderWay):
        made.plant(BY, PAIRS)
    with pytest.raises(ImportUnderWay):  # it began when the canaries were on their way
        Planting(
            node.ledger, node.projection, people_file(tmp_path / "late.csv", [person(1)]), [], lambda *told: None
        ).run(BY)
    assert planted(node) == []
    assert node.register.import_people(file, BY).new == 10
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).missed == 0


def test_planting_that_was_stopped_is_given_up(node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = canaries_of(node, tmp_path)

    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    for mended in (lambda: made.plant(BY, PAIRS), lambda: node.register.import_people(tmp_path / "more.csv", BY)):
        with monkeypatch.context() as broken:
            broken.setattr(Importing, "_end", dies)
            with pytest.raises(Killed):
                made.plant(BY, PAIRS)
        people_file(tmp_path / "more.csv", [person(number) for number in range(25)])
        mended()
        with node.database.read() as connection:
            alive = connection.execute(select(secrets.c.subject).where(secrets.c.wrapped != b"")).scalars()
            assert {subject for subject in alive if subject.startswith("canary:")} == {
                subject_of(n) for n in planted(node)
            }
    assert [str(finding) for finding in Soundness(node.ledger, []).findings()] == []


# Replay.


def test_replay_gives_the_same_tables_at_every_time(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)

    def same() -> None:
        before = node.dump()
        node.ledger.rebuild()
        assert node.dump() == before

    for _ in range(2):
        made.plant(BY, PAIRS)
        same()
        rescreening(node, tmp_path).run([real_list(), *made.in_use()], BY)
        same()
        assert night_of(node, tmp_path).missed == 0
        same()
    with node.ledger.unit(BY) as unit:
        assert take_away(unit) == PAIRS
    same()
    assert planted(node) == []
    with node.database.read() as connection:
        nights = last_nights(connection, 5)
        assert connection.execute(select(func.count()).select_from(canaries)).scalar_one() == 0
    assert [(night.night, night.found, night.gone is None) for night in nights] == [
        (2, PAIRS, False),
        (1, PAIRS, False),
    ]
    assert [str(finding) for finding in Soundness(node.ledger, []).findings()] == []


# By property.


class WithCanaries(Histories):
    """The histories of people and lists, with canaries among them at any time."""

    @rule()
    def plant(self) -> None:
        canaries_of(self.node, self.folder).plant(BY, 3)

    @rule()
    def bring_home(self) -> None:
        night = canaries_of(self.node, self.folder).bring_home(BY)
        assert night is None or night.missed == 0

    def in_use(self) -> list[ListInUse]:
        return [*super().in_use(), *canaries_of(self.node, self.folder).in_use()]

    @invariant()
    def no_match_is_of_a_canary(self) -> None:
        with self.database.read() as connection:
            for table in (matches, canaries):
                for line in connection.execute(select(table.c.person, table.c.list)):
                    assert belongs(line.person, line.list)
                    assert (table is canaries) == (line.list == CANARIES)
            for table in (withdrawn, poor, *register_tables.TASKS, *register_tables.PROJECTED):
                if "person" in table.c and table is not people:
                    least = connection.execute(select(func.min(table.c.person))).scalar()
                    assert least is None or least > 0, table.name
            states = connection.execute(select(people.c.person, people.c.state)).all()
        assert all((line.person < 0) == (line.state == State.CANARY) for line in states)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_canaries_change_nothing_of_what_is_found(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    machine = type("WithCanaries", (WithCanaries,), {"copies": Copies(tmp_path, server)})
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), phases=phases
        ),
    )  # fmt: skip
