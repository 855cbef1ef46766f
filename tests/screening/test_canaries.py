"""Canaries come back as possible matches or are missed, and nothing else ever knows of them: no count, no match, nothing that is
shown.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import func, insert, select

from databases import Copies
from kstep.editions.errors import EditionsError
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.ledger.segments import read_rows
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import rows, secrets
from kstep.matching import build_index, prepare, score
from kstep.model import Entry
from kstep.model.canaries import CANARIES, belongs
from kstep.model.codec import entry_from_json
from kstep.model.events import CanariesReturned, CanaryEntriesListed, Fact, PeopleScreened
from kstep.records.people import person_from_mapping
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
from kstep.screening import register_index
from kstep.screening.adoption import Adopted
from kstep.screening.canaries import EVERY, PATIENCE, Canaries, Night, alarms, last_nights, missed_pairs
from kstep.screening.canary_pairs import NoneToFind, drawn_pairs
from kstep.screening.certificate import NotCovered, certify
from kstep.screening.coverage import InUse, covered
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import canaries, canary_pairs, matches, poor, withdrawn
from kstep.store import Database, StoreError
from kstep.synth.writing import write_csv
from nodes import BY, Node, people_file, person
from screening.test_nobody_is_missed import STANDARD, Histories

PAIRS = 12
STRICT = Standard(0.999, 8_000)
BY_STANDARD = Adopted(STANDARD.engine, STANDARD.threshold, STANDARD.nominal_list, 30, "account:1", "a test", 0)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    node = Node(database).begin()
    node.register.import_people(people_file(tmp_path / "people.csv", [person(number) for number in range(20)]), BY)
    return node


def real_list() -> ListInUse:
    found = [person_from_mapping(person(number), person_id="x")[0].identity for number in (3, 7, 11)]
    entries = [Entry(f"E{number}", identity) for number, identity in enumerate(found)]
    return ListInUse("made", OpenList("made", "table", None, {}, (), build_index("made 1", entries)))


def canaries_of(node: Node, folder: Path, standard: Standard = STANDARD) -> Canaries:
    return Canaries(rescreening(node, folder, standard), node.projection)


def rescreening(node: Node, folder: Path, standard: Standard = STANDARD) -> Rescreening:
    return Rescreening(node.ledger, node.register, folder, standard)


def night_of(node: Node, folder: Path, standard: Standard = STANDARD) -> Night:
    """Bring home what was planted."""
    found = canaries_of(node, folder, standard).bring_home(BY)
    assert found is not None
    return found


def planted(node: Node) -> list[int]:
    with node.database.read() as connection:
        return list(connection.execute(select(canary_pairs.c.person).order_by(canary_pairs.c.person)).scalars())


def alarmed(node: Node) -> list[str]:
    with node.database.read() as connection:
        return alarms(connection, node.now)


def told(node: Node, kind: type[Fact]) -> list[Fact | None]:
    with node.database.read() as connection:
        return [event.fact for event in node.ledger.read(connection, types=[kind])]


# They come back.


def test_canaries_come_back_by_every_way(node: Node, tmp_path: Path) -> None:
    for number in (1, 2):
        canaries_of(node, tmp_path).plant(BY, PAIRS, seed=number)
        night = night_of(node, tmp_path)
        assert (night.night, night.pairs, night.found, night.missed) == (number, PAIRS, PAIRS, 0)
    returned = told(node, CanariesReturned)[-1]
    assert isinstance(returned, CanariesReturned)
    assert (returned.planted, returned.found, returned.missed, returned.need) == (PAIRS, PAIRS, (), STANDARD.need)
    ran = [run for run in told(node, PeopleScreened) if isinstance(run, PeopleScreened)]
    assert {(run.list, run.roster, run.found, run.gone) for run in ran} == {(CANARIES, PAIRS, PAIRS // 2, 0)}
    assert [(run.whole, run.people, run.entries) for run in ran] == [
        (True, 0, PAIRS // 2),  # everyone, when nobody was screened before
        (False, 0, PAIRS // 2),  # entries that came among people who were there
        (False, PAIRS, PAIRS // 2),  # people who came
        (False, 0, PAIRS // 2),
    ]
    assert alarmed(node) == []


def test_canaries_are_screened_with_everybody_else(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    (real, first) = rescreening(node, tmp_path).run([real_list(), *made.in_use()], BY)
    assert (real.list, real.roster, first.list) == ("made", 20, CANARIES)
    index = register_index.find(tmp_path)
    assert index is not None
    assert set(planted(node)) < set(index.numbers.tolist()), "they are in the roster's own index"
    assert night_of(node, tmp_path).missed == 0
    assert made.bring_home(BY) is None, "nobody waits for them any more"
    assert made.in_use() == []


def test_each_night_has_others_and_the_last_ones_are_gone_for_good(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).missed == 0
    before = planted(node)
    with node.database.read() as connection:
        names = {record.person_id for one in node.register.records(connection, before) for record in one.records}
    assert len(names) == PAIRS
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).night == 2
    assert not set(before) & set(planted(node))
    with node.database.read() as connection:
        assert not set(before) & set(connection.execute(select(people.c.person)).scalars())
        assert list(node.register.records(connection, before)) == []
        sealed = connection.execute(select(rows.c.segment, rows.c.subject)).all()
        of_them = {subject_of(number) for number in before}
        segments = {line.segment for line in sealed if line.subject in of_them}
        assert len(segments) == 4, "people, entries, and what two runs found"
        for segment in segments:
            for some in read_rows(connection, node.vault, segment):
                assert all(row.row is None for row in some if row.subject in of_them)
        alive = select(secrets.c.wrapped).where(secrets.c.subject.in_(of_them))
        assert set(connection.execute(alive).scalars()) == {b""}
    index = register_index.find(tmp_path)
    assert index is not None and not set(before) & set(index.numbers.tolist())


def test_what_is_planted_is_found_by_the_model_and_differs_in_many_ways(node: Node, tmp_path: Path) -> None:
    canaries_of(node, tmp_path, STRICT).plant(BY, PAIRS, seed=1)
    kinds, pairs = set(), 0
    (listed,) = told(node, CanaryEntriesListed)
    assert isinstance(listed, CanaryEntriesListed)
    with node.database.read() as connection:
        for some in read_rows(connection, node.vault, listed.segment["id"]):
            for row in some:
                (one,) = node.register.records(connection, [row.row["person"]])
                entry, (record,) = entry_from_json(row.row["entry"]), one.records
                assert score(prepare(record.identity), prepare(entry.identity), STRICT.weights).millibits >= STRICT.need
                assert record.identity != entry.identity
                kinds |= set(row.row["kinds"])
                pairs += 1
    assert pairs == PAIRS
    assert len({kind.partition(":")[0] for kind in kinds}) >= 4, "names, dates, sex, countries or papers"
    assert night_of(node, tmp_path, STRICT).missed == 0


def test_same_seed_draws_the_same_and_a_standard_that_finds_nothing_is_told() -> None:
    first, again = (drawn_pairs(5, 7, "canary", STANDARD.need, STANDARD.weights) for _ in range(2))
    assert first == again
    assert first != drawn_pairs(5, 8, "canary", STANDARD.need, STANDARD.weights)
    with pytest.raises(NoneToFind, match="0 reach the threshold"):
        drawn_pairs(1, 7, "canary", 10**9, STANDARD.weights)


# They are missed.


def test_records_that_were_exchanged_behind_the_register_are_missed_and_alarm(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    *_, one, other = planted(node)
    with node.database.write() as connection:
        lie = dict(
            connection.execute(select(people.c.person, people.c.place).where(people.c.person.in_([one, other]))).all()
        )
        for number, place in ((one, lie[other]), (other, lie[one])):
            connection.execute(people.update().where(people.c.person == number).values(place=place))
    night = night_of(node, tmp_path)
    assert (night.found, night.missed) == (PAIRS - 2, 2)
    (returned,) = told(node, CanariesReturned)
    assert isinstance(returned, CanariesReturned)
    assert returned.missed == (one, other)
    (alarm,) = alarmed(node)
    assert f"of {PAIRS} canaries" in alarm and "2 were missed" in alarm
    missed = missed_pairs(node.ledger)
    assert {pair.canary for pair in missed} == {-one, -other}
    assert all(pair.part in (1, 2) and pair.kinds for pair in missed)
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).missed == 0
    assert alarmed(node) == [], "the next night found all"
    assert missed_pairs(node.ledger) == []


@pytest.mark.parametrize("screened_before", [False, True])
def test_an_engine_that_asks_for_too_much_misses_canaries(node: Node, tmp_path: Path, screened_before: bool) -> None:
    """Even those that the first part of the night found by the other standard: what is not found any more did not come back."""
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS, seed=1)
    if screened_before:
        rescreening(node, tmp_path).run(made.in_use(), BY)
    night = night_of(node, tmp_path, Standard(0.999999999999999, 8_000))
    assert night.missed > 0
    assert len(alarmed(node)) == 1


def test_people_whose_secret_is_gone_are_missed(node: Node, tmp_path: Path) -> None:
    canaries_of(node, tmp_path).plant(BY, PAIRS)
    with node.database.write() as connection:
        for number in planted(node):
            node.vault.destroy(connection, subject_of(number))
    assert (night_of(node, tmp_path).found, len(alarmed(node))) == (0, 1)


def test_silence_is_an_alarm_after_two_days(node: Node, tmp_path: Path) -> None:
    node.now += 2 * PATIENCE
    assert alarmed(node) == [], "nobody was screened yet"
    rescreening(node, tmp_path).run([real_list()], BY)
    assert alarmed(node) == []
    node.now += PATIENCE + EVERY
    (alarm,) = alarmed(node)
    assert "no canaries came back since" in alarm
    made = canaries_of(node, tmp_path)
    assert made.are_due()
    made.plant(BY, PAIRS)
    assert len(alarmed(node)) == 1, "planted is not returned"
    night_of(node, tmp_path)
    assert alarmed(node) == []
    assert not made.are_due()
    node.now += EVERY
    assert (made.are_due(), alarmed(node)) == (True, [])
    node.now += PATIENCE
    assert len(alarmed(node)) == 1


# Nothing else knows of them.


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
