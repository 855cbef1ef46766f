"""Who is screened anew, and when; by nothing but what somebody adopted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kstep.ledger.service import By
from kstep.matching import build_index
from kstep.model import Entry, InputError
from kstep.model.events import CoverageCertified
from kstep.records.people import person_from_mapping
from kstep.register.quality import Flaw, due
from kstep.register.repair_queue import RepairQueue
from kstep.register.tables import Only, everything, people
from kstep.screening.adoption import (
    Adopted,
    AdoptedMeanwhile,
    NotAdopted,
    adopt,
    adopted,
    difference,
    in_force,
    proposed,
)
from kstep.screening.certificate import NotCovered, certify
from kstep.screening.coverage import WITHIN, Covered, InUse, covered
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import matches, poor
from kstep.store import Database
from nodes import BY, START, Node, people_file, person

STANDARD = Standard(0.5, 8_000)
DAYS = 5
POOR = {"name": "FNU LNU", "birth_date": "", "nationality": ""}


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database).begin()


def use(
    *numbers: int, edition: str = "made 1", before: ListInUse | None = None, called: dict[int, int] | None = None
) -> ListInUse:
    """A list of perfect copies of some people; one that is `called` by another number has that one's id."""
    found = [(number, person_from_mapping(person(number), person_id="x")[0].identity) for number in numbers]
    ids = called or {}
    index = build_index(edition, [Entry(f"E{ids.get(number, number)}", identity) for number, identity in found])
    return ListInUse("made", OpenList("made", "table", None, {}, (), index), before.opened if before else None)


def take_in(node: Node, folder: Path, *rows: dict[str, str]) -> None:
    node.register.import_people(people_file(folder / f"{node.now}.csv", rows), BY)


def screen(node: Node, folder: Path, *lists: ListInUse) -> None:
    Rescreening(node.ledger, node.register, folder, STANDARD, DAYS * WITHIN).run(lists, BY)


def found(node: Node) -> set[tuple[int, str]]:
    with node.database.read() as connection:
        return {tuple(line) for line in connection.execute(select(matches.c.person, matches.c.entry))}


def stands(node: Node, used: InUse, standard: Adopted, only: Only = everything) -> Covered:
    with node.database.read() as connection:
        (told,) = covered(connection, [used], standard, node.now, only=only)
    return told


def by(engine: str, moment: int) -> Adopted:
    return Adopted(engine, 0.5, 8_000, DAYS, "account:1", "for a test", moment)


def test_who_is_screened_with_another_is_screened_anew_when_the_others_record_changes(
    node: Node, tmp_path: Path
) -> None:
    used = use(3)
    take_in(node, tmp_path, person(1), person(2))
    kept, other = node.register.find("P000001"), node.register.find("P000002")
    node.register.merge(kept, other, "photograph", BY)
    screen(node, tmp_path, used)
    assert found(node) == set()
    take_in(node, tmp_path, {**person(3), "person_id": "P000002"})
    screen(node, tmp_path, used)
    assert found(node) == {(kept, "E3")}
    take_in(node, tmp_path, person(2))
    screen(node, tmp_path, used)
    assert found(node) == set()


def test_nothing_is_found_of_people_who_left_after_the_index_was_made(node: Node, tmp_path: Path) -> None:
    rows = [person(number) for number in range(60)]
    take_in(node, tmp_path, *rows[:58], *({**row, **POOR} for row in rows[58:]))
    first = use(0)
    screen(node, tmp_path, first)
    for gone in ("P000001", "P000059"):
        node.register.leave(node.register.find(gone), "departed", "ticket", "account:2", BY)
    screen(node, tmp_path, use(0, 1, 2, edition="made 2", before=first))
    assert {entry for _, entry in found(node)} == {"E0", "E2"}
    with node.database.read() as connection:
        assert connection.execute(select(poor.c.person)).scalars().all() == [node.register.find("P000058")]


def test_lists_against_which_others_are_owed_it_find_them_in_one_run(node: Node, tmp_path: Path) -> None:
    rows = [person(number) for number in range(60)]
    take_in(node, tmp_path, *rows)
    first = use(1)
    screen(node, tmp_path, first)
    take_in(node, tmp_path, *rows, person(70))
    screen(node, tmp_path, first)
    take_in(node, tmp_path, *rows, person(70), person(71))
    second = use(1, 70, 71)
    screen(node, tmp_path, first, replace(second, name="another"))
    assert found(node) >= {(node.register.find(f"P{number:06d}"), f"E{number}") for number in (1, 70, 71)}


def test_match_ends_with_what_made_it_one(node: Node, tmp_path: Path) -> None:
    take_in(node, tmp_path, *(person(number) for number in range(1, 30)))
    first = use(1, 2, 3)
    screen(node, tmp_path, first)
    assert {entry for _, entry in found(node)} == {"E1", "E2", "E3"}
    second = use(1, 3, edition="made 2", before=first, called={3: 2})  # an id that is now somebody else's
    screen(node, tmp_path, second)
    assert found(node) == {(node.register.find("P000001"), "E1"), (node.register.find("P000003"), "E2")}
    take_in(node, tmp_path, person(1, name="Somebody Else", birth_date="1931"))
    screen(node, tmp_path, second)
    assert found(node) == {(node.register.find("P000003"), "E2")}


def test_edition_against_which_nobody_was_screened_is_not_passed_over(node: Node, tmp_path: Path) -> None:
    take_in(node, tmp_path, *(person(number) for number in range(1, 30)))
    screen(node, tmp_path, use(1))
    missed = use(1, 2, edition="made 2")
    screen(node, tmp_path, use(1, 2, 3, edition="made 3", before=missed))
    assert {entry for _, entry in found(node)} == {"E1", "E2", "E3"}


def test_everyone_is_compared_with_everything_anew_after_a_time(node: Node, tmp_path: Path) -> None:
    used = use(1)
    take_in(node, tmp_path, person(1), person(2))
    screen(node, tmp_path, used)
    run = Rescreening(node.ledger, node.register, tmp_path, STANDARD, DAYS * WITHIN)
    assert run.run([used], BY) == []
    node.now += DAYS * WITHIN
    listed = InUse("made", "made 1", START)
    counted = stands(node, listed, by(STANDARD.engine, START))
    assert (counted.screened, counted.owed) == (0, 2)
    (again,) = run.run([used], BY)
    assert (again.whole, again.people, again.entries, again.found) == (True, 0, 1, 1), (
        "the index of everyone is at hand"
    )
    assert stands(node, listed, by(STANDARD.engine, START)).screened == 2


def test_who_came_an_hour_ago_is_owed_a_screening_and_not_overdue(node: Node, tmp_path: Path) -> None:
    listed, standard = InUse("made", "made 1", START - 10 * WITHIN), by(STANDARD.engine, START - 20 * WITHIN)
    take_in(node, tmp_path, person(1), person(2))
    came = node.now
    counted = stands(node, listed, standard)
    assert (counted.owed, counted.overdue) == (2, 0)
    assert counted.oldest is not None
    assert START < counted.oldest <= came
    node.now += WITHIN + 1
    take_in(node, tmp_path, person(1), person(2), person(3))
    first = counted.oldest
    counted = stands(node, listed, standard)
    assert (counted.owed, counted.overdue, counted.oldest) == (1, 2, first)


def test_oldest_is_the_first_change_that_nobody_screened(node: Node, tmp_path: Path) -> None:
    listed, standard, used = InUse("made", "made 1", START), by(STANDARD.engine, START), use(1)
    take_in(node, tmp_path, person(1), person(2))
    screen(node, tmp_path, used)
    take_in(node, tmp_path, person(1, nationality="SY"), person(2))
    first = node.now
    node.now += WITHIN // 2
    take_in(node, tmp_path, person(1, nationality="IQ"), person(2))
    counted = stands(node, listed, standard)
    assert counted.oldest is not None
    assert (counted.owed, counted.oldest <= first) == (1, True)


def test_another_engine_makes_everyone_owed_from_when_it_was_adopted(node: Node, tmp_path: Path) -> None:
    listed = InUse("made", "made 1", START)
    take_in(node, tmp_path, person(1), person(2))
    screen(node, tmp_path, use(1))
    node.now += 3 * WITHIN
    moment = node.now
    assert stands(node, listed, by(STANDARD.engine, START)).screened == 2
    other = by("another engine", moment)
    counted = stands(node, listed, other)
    assert (counted.owed, counted.overdue, counted.oldest) == (2, 0, moment)
    node.now += WITHIN + 1
    assert stands(node, listed, other).overdue == 2


def test_people_of_other_offices_are_not_counted_for_who_may_not_see_them(node: Node, tmp_path: Path) -> None:
    take_in(node, tmp_path, *(person(number) for number in range(9)))
    only: Only = lambda columns: people.c.office == "office 1"  # noqa: E731
    counted = stands(node, InUse("made", "made 1", START), by(STANDARD.engine, START), only)
    assert (counted.roster, counted.owed) == (3, 3)


def test_nobody_is_screened_by_what_nobody_adopted(node: Node) -> None:
    with node.database.read() as connection, pytest.raises(NotAdopted, match="nobody said by what"):
        in_force(connection)
    adopt(node.ledger, BY, "as it came", proposed(None))
    with node.database.read() as connection:
        first = adopted(connection)
    what = proposed(first, threshold=0.75)
    adopt(node.ledger, By("account:7", "testing"), "many chance matches", what, before=first)
    with node.database.read() as connection:
        told = in_force(connection)
        assert (told.actor, told.threshold, told.nominal_list, told.ground) == (
            "account:7",
            0.75,
            8_000,
            "many chance matches",
        )
        assert told.standard == Standard(0.75, 8_000)
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


def test_standard_is_not_adopted_over_one_that_somebody_else_adopted_meanwhile(node: Node) -> None:
    adopt(node.ledger, BY, "as it came", proposed(None))
    with node.database.read() as connection:
        before = adopted(connection)
    theirs = proposed(before, threshold=0.9)
    adopt(node.ledger, By("account:7", "testing"), "too many", theirs, before=before)
    with pytest.raises(AdoptedMeanwhile, match="account:7 did so meanwhile; see kstep standard show"):
        adopt(node.ledger, BY, "too few", proposed(before, threshold=0.3), before=before)
    with node.database.read() as connection:
        assert in_force(connection).threshold == 0.9


def test_record_too_poor_to_screen_is_to_be_mended_until_it_changes_or_somebody_closes_it(
    node: Node, tmp_path: Path
) -> None:
    queue, reason = RepairQueue(node.ledger), Flaw.TOO_POOR.value

    def to_mend() -> list[tuple[int, str, str]]:
        return [(one.person, one.office, one.owner) for one in queue.open(reason=reason)]

    poor_one, poor_other = ({**person(number), **POOR} for number in (1, 2))
    used = use(3)
    take_in(node, tmp_path, poor_one, poor_other, person(3))
    assert to_mend() == []
    screen(node, tmp_path, used)
    one, other = node.register.find("P000001"), node.register.find("P000002")
    asked = [(one, poor_one["office"], poor_one["office"]), (other, poor_other["office"], poor_other["office"])]
    assert to_mend() == asked
    assert {one.due - one.since for one in queue.open(reason=reason)} == {due(Flaw.TOO_POOR, 0)}
    queue.close(one, reason, "nobody knows more", BY)
    take_in(node, tmp_path, poor_one, person(2), person(3), person(4))
    screen(node, tmp_path, used)
    assert to_mend() == [], "who closed it is not asked again, and the other's record can be found now"
    take_in(node, tmp_path, {**poor_one, "name": "LNU FNU"}, person(2), person(3), person(4))
    screen(node, tmp_path, used)
    assert to_mend() == asked[:1], "another record that is too poor"
    queue.close(one, reason, "nobody knows more", BY)
    screen(node, tmp_path, used, replace(used, name="another"))
    assert to_mend() == [], "nor by a list that is new"
    before = node.dump()
    node.ledger.rebuild()
    assert node.dump() == before


def test_task_of_a_record_too_poor_ends_when_what_was_adopted_finds_it(node: Node, tmp_path: Path) -> None:
    take_in(node, tmp_path, {**person(1), **POOR, "name": "Ali", "birth_date": "1970"}, person(2))
    screen(node, tmp_path, use(3))
    assert len(RepairQueue(node.ledger).open(reason=Flaw.TOO_POOR.value)) == 1
    easier = Rescreening(node.ledger, node.register, tmp_path, Standard(0.01, 2), DAYS * WITHIN)
    easier.run([use(3)], BY)
    assert RepairQueue(node.ledger).open(reason=Flaw.TOO_POOR.value) == []


def test_engine_that_was_not_adopted_screens_nobody() -> None:
    with pytest.raises(NotAdopted, match="was adopted; look at what is different, and adopt it"):
        _ = by("kstep 0.0.1 of another time", START).standard


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"threshold": 1.5}, "--threshold"),
        ({"threshold": float("nan")}, "--threshold"),
        ({"nominal_list": 0}, "--nominal-list"),
        ({"days": 0}, "--days"),
    ],
)
def test_standard_that_makes_no_sense_is_refused(node: Node, options: dict[str, float], where: str) -> None:
    with pytest.raises(InputError, match=where):
        proposed(None, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="--ground"):
        adopt(node.ledger, BY, " ", proposed(None))
    with node.database.read() as connection:
        assert adopted(connection) is None


def test_what_another_standard_gains_and_loses_is_told_before_it_is_adopted(node: Node, tmp_path: Path) -> None:
    used = use(1, 4)
    take_in(node, tmp_path, person(1), person(2), person(4, birth_date="1954"), person(5))
    screen(node, tmp_path, used)
    exact, loose = (node.register.find(f"P00000{number}") for number in (1, 4))
    assert found(node) == {(exact, "E1"), (loose, "E4")}
    before = node.dump()
    strict = Rescreening(node.ledger, node.register, tmp_path, Standard(0.99, 8_000), DAYS * WITHIN)
    told = difference(strict, used)
    assert (told.kept, told.gained, told.lost) == ([(exact, "E1")], [], [(loose, "E4")])
    assert node.dump() == before
    strict.run([used], BY)
    lenient = difference(Rescreening(node.ledger, node.register, tmp_path, STANDARD, DAYS * WITHIN), used)
    assert (lenient.kept, lenient.gained, lenient.lost) == ([(exact, "E1")], [(loose, "E4")], [])
    node.register.leave(exact, "departed", "ticket", "account:2", BY)
    assert difference(strict, used).kept == []


def test_record_that_was_mended_is_owed_a_screening_and_not_in_repair(node: Node, tmp_path: Path) -> None:
    listed, standard, used = InUse("made", "made 1", START), by(STANDARD.engine, START), use(1)
    take_in(node, tmp_path, {**person(1), **POOR}, person(2))
    screen(node, tmp_path, used)
    assert stands(node, listed, standard).in_repair == 1
    take_in(node, tmp_path, person(1), person(2))
    counted = stands(node, listed, standard)
    assert (counted.screened, counted.owed, counted.in_repair) == (1, 1, 0)
    node.now += WITHIN + 1
    assert stands(node, listed, standard).overdue == 1


def test_who_is_back_today_with_a_change_of_long_ago_is_overdue(node: Node, tmp_path: Path) -> None:
    used, standard = use(1), by(STANDARD.engine, START)
    take_in(node, tmp_path, person(1), person(2))
    screen(node, tmp_path, used)
    take_in(node, tmp_path, person(1, nationality="SY"), person(2))
    published, back = node.now, node.register.find("P000001")
    node.now += 3 * WITHIN
    node.register.leave(back, "departed", "ticket", "account:2", BY)
    node.register.come_back(back, "seen", BY)
    assert stands(node, InUse("made", "made 2", published), standard).overdue == 2


def test_list_can_be_certified_when_somebody_left(node: Node, tmp_path: Path) -> None:
    used = use(1)
    take_in(node, tmp_path, person(1), person(2))
    screen(node, tmp_path, used)
    node.register.leave(node.register.find("P000001"), "departed", "ticket", "account:2", BY)
    with pytest.raises(NotCovered, match="run kstep rescreen first"):
        certify(node.ledger, "made", BY)
    screen(node, tmp_path, used)
    fact = certify(node.ledger, "made", BY).fact
    assert isinstance(fact, CoverageCertified)
    assert (fact.people, fact.matches) == (1, 0)
    run = Rescreening(node.ledger, node.register, tmp_path, STANDARD, DAYS * WITHIN)
    assert run.run([used], BY) == [], "once is enough"
