"""A possible match whose entry was withdrawn is owed a finding; one whose entry has another id is the same match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kstep.ledger.segments import read_rows
from kstep.matching import build_index
from kstep.model import Entry, KstepError
from kstep.model.events import PeopleScreened, WithdrawnMatchClosed
from kstep.records.people import person_from_mapping
from kstep.register.service import RegisterError
from kstep.screening.lookback import look_back
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import matches
from kstep.screening.withdrawn import WITHIN, NotWithdrawn, Withdrawn, WithdrawnMatches
from kstep.store import Database
from nodes import BY, Node, people_file, person

THREE, SEVEN = 3, 7
"""Of whom there are entries: E3 and E7, unless they are called otherwise."""


@dataclass
class Screened:
    """A node with people, and editions of one list against which they are screened one after the other."""

    node: Node
    folder: Path
    last: OpenList | None = None

    def screen(
        self,
        edition: str,
        entries: Mapping[str, int | str],
        moved: Mapping[str, Mapping[str, str | None]] | None = None,
    ) -> PeopleScreened | None:
        """Screen against an edition whose entries, by their ids, are people; a text is the third one's passport."""
        found = []
        for entry, who in entries.items():
            row = person(who) if isinstance(who, int) else person(THREE, documents=f"passport:JO:{who}")
            found.append(Entry(entry, person_from_mapping(row, person_id="x")[0].identity))
        opened = OpenList("made", "table", None, {}, (), build_index(edition, found))
        used = ListInUse("made", opened, self.last, moved or {})
        self.last = opened
        run = Rescreening(self.node.ledger, self.node.register, self.folder, Standard(0.5, 8_000))
        return next(iter(run.run([used], BY)), None)

    def of(self, number: int) -> int:
        """kstep's number of a person."""
        return self.node.register.find(f"P{number:06d}")

    def matches(self) -> dict[tuple[int, str], int]:
        """When each possible match was found."""
        with self.node.database.read() as connection:
            asked = select(matches.c.person, matches.c.entry, matches.c.found)
            return {(line.person, line.entry): line.found for line in connection.execute(asked)}

    def open(self, **some: Any) -> list[Withdrawn]:
        return list(WithdrawnMatches(self.node.ledger).open(**some))

    def close(self, number: int, entry: str = "E3", finding: str = "hold lifted") -> None:
        WithdrawnMatches(self.node.ledger).close(self.of(number), "made", entry, finding, BY)

    def told(self) -> list[dict[str, Any]]:
        """The rows of the last run."""
        with self.node.database.read() as connection:
            *_, last = self.node.ledger.read(connection, types=[PeopleScreened])
            assert isinstance(last.fact, PeopleScreened)
            pieces = read_rows(connection, self.node.vault, last.fact.segment["id"])
            return [row.row for rows in pieces for row in rows]

    def recorded(self) -> int:
        """When the last run was."""
        with self.node.database.read() as connection:
            return [event.recorded for event in self.node.ledger.read(connection, types=[PeopleScreened])][-1]

    def same_when_replayed(self) -> None:
        before = self.node.dump()
        self.node.ledger.rebuild()
        assert self.node.dump() == before


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Screened:
    """People 0 to 9, screened against E3 and E7."""
    node = Node(database).begin()
    node.register.import_people(people_file(tmp_path / "people.csv", [person(number) for number in range(10)]), BY)
    made = Screened(node, tmp_path)
    made.screen("first", {"E3": THREE, "E7": SEVEN})
    assert made.matches().keys() == {(made.of(THREE), "E3"), (made.of(SEVEN), "E7")}
    return made


def test_match_of_a_withdrawn_entry_is_owed_a_finding(made: Screened) -> None:
    found = made.matches()[made.of(THREE), "E3"]
    made.screen("second", {"E7": SEVEN})
    assert (made.of(THREE), "E3") not in made.matches()
    (owed,) = made.open()
    assert (owed.person, owed.list, owed.entry, owed.found) == (made.of(THREE), "made", "E3", found)
    assert (owed.edition, owed.office) == ("first", "office 0")
    assert (owed.since, owed.due - owed.since) == (made.recorded(), WITHIN)
    assert owed.millibits > 0
    assert [(row["entry"], row["millibits"], row["why"]) for row in made.told()] == [("E3", None, "withdrawn")]
    made.screen("third", {"E7": SEVEN, "E9": 9})
    assert made.open() == [owed], "it stays as it is until somebody closes it"
    made.same_when_replayed()


def test_person_closes_it_with_a_finding(made: Screened) -> None:
    made.screen("second", {"E7": SEVEN})
    cases: list[tuple[Callable[[], None], type[KstepError], str]] = [
        (lambda: made.close(THREE, finding=" "), RegisterError, "that is not a finding"),
        (lambda: made.close(THREE, finding="a\nb"), RegisterError, "that is not a finding"),
        (lambda: made.close(THREE, "E7"), NotWithdrawn, "nothing is open of 'E7' of 'made', but made E3"),
        (lambda: made.close(THREE, "\udcff\0"), NotWithdrawn, "nothing is open of"),
        (lambda: made.close(SEVEN), NotWithdrawn, "but nothing"),
    ]
    for refused, error, why in cases:
        with pytest.raises(error, match=why):
            refused()
    made.close(THREE)
    assert made.open() == []
    with pytest.raises(NotWithdrawn):
        made.close(THREE)
    with made.node.database.read() as connection:
        (told,) = made.node.ledger.read(connection, types=[WithdrawnMatchClosed])
    assert told.fact == WithdrawnMatchClosed(list="made", entry="E3", finding="hold lifted")
    assert (told.subject, told.marking, told.actor) == (f"person:{made.of(THREE)}", "restricted", BY.actor)
    made.screen("third", {"E3": THREE, "E7": SEVEN})
    assert made.matches()[made.of(THREE), "E3"] == made.recorded(), "what was closed before is found anew"
    made.same_when_replayed()


def test_entry_that_comes_back_ends_it(made: Screened) -> None:
    found = made.matches()[made.of(THREE), "E3"]
    made.screen("second", {"E7": SEVEN})
    made.screen("third", {"E3": THREE, "E7": SEVEN})
    assert made.open() == []
    assert made.matches()[made.of(THREE), "E3"] == found
    assert [(row["entry"], row["why"]) for row in made.told()] == [("E3", "returned")]
    made.same_when_replayed()


def test_entry_that_comes_back_as_somebody_else_ends_nothing(made: Screened) -> None:
    made.screen("second", {"E7": SEVEN})
    made.screen("third", {"E3": 9, "E7": SEVEN})
    assert [owed.entry for owed in made.open()] == ["E3"]


def test_it_comes_back_under_the_id_that_it_had_last(made: Screened) -> None:
    """The source gave the entry another id in an edition that nobody was screened against."""
    found = made.matches()[made.of(THREE), "E3"]
    made.screen("third", {"E7": SEVEN}, {"first": {"E3": None}})
    made.screen("fourth", {"E7": SEVEN, "X3": THREE}, {"first": {"E3": "X3"}, "third": {}})
    assert made.open() == []
    assert made.matches()[made.of(THREE), "X3"] == found
    made.same_when_replayed()


def test_whoever_left_is_still_owed_it_and_who_was_erased_is_not(made: Screened) -> None:
    made.screen("second", {})
    made.node.register.leave(made.of(THREE), "departed", "ticket", "account:2", BY)
    made.screen("third", {"E9": 9})
    assert {owed.person for owed in made.open()} == {made.of(THREE), made.of(SEVEN)}
    made.same_when_replayed()
    made.close(SEVEN, "E7")
    gone = made.of(THREE)
    made.node.register.erase(gone, "retention", BY)
    assert made.open() == []
    made.same_when_replayed()
    with pytest.raises(NotWithdrawn):
        WithdrawnMatches(made.node.ledger).close(gone, "made", "E3", "x", BY)


def test_erased_after_it_was_closed_stays_replayable(made: Screened) -> None:
    made.screen("second", {"E7": SEVEN})
    made.close(THREE)
    made.node.register.erase(made.of(THREE), "retention", BY)
    made.same_when_replayed()


def test_what_goes_for_another_reason_is_not_withdrawn(made: Screened, tmp_path: Path) -> None:
    made.node.register.leave(made.of(THREE), "departed", "ticket", "account:2", BY)
    other = person(SEVEN, name="Nobody Alike", birth_date="1931-01-01")
    made.node.register.import_people(people_file(tmp_path / "other.csv", [other]), BY)
    made.screen("second", {"E7": SEVEN})
    assert (made.matches(), made.open()) == ({}, [])
    assert [row["entry"] for row in made.told() if "why" in row] == []
    made.screen("third", {"E7": 9})
    assert made.open() == [], "the entry is otherwise, and still there"


def test_those_of_an_office_and_overdue_ones_are_shown(made: Screened) -> None:
    made.screen("second", {})
    offices = {owed.office for owed in made.open()}
    assert offices == {"office 0", "office 1"}
    assert [owed.person for owed in made.open(office="office 1")] == [made.of(SEVEN)]
    assert made.open(office="\udcff") == []
    due = made.open()[0].due
    assert made.open(due_by=due - 1) == []
    assert len(made.open(due_by=due)) == 2


def test_match_keeps_when_it_was_found_under_another_id(made: Screened) -> None:
    before = made.matches()
    made.screen("second", {"X3": THREE, "E7": SEVEN}, {"first": {"E3": "X3"}})
    after = made.matches()
    assert after == {(person, "X3" if entry == "E3" else entry): found for (person, entry), found in before.items()}
    assert made.open() == []
    assert [(row["entry"], row["why"]) for row in made.told()] == [("E3", "renumbered"), ("X3", "renumbered")]
    made.same_when_replayed()


def test_another_entry_under_the_old_id_is_a_match_of_its_own(made: Screened) -> None:
    """Three entries are of one name and birth date, with passports A, B and C, and somebody may be each."""
    three = made.of(THREE)
    made.screen("second", {"E3": "A11111", "E9": "B22222"})
    found, second = made.matches()[three, "E3"], made.recorded()
    assert found < second == made.matches()[three, "E9"]
    made.screen("third", {"X3": "A11111", "E9": "B22222", "E3": "C33333"}, {"second": {"E3": "X3"}})
    third = made.recorded()
    assert {entry: when for (_, entry), when in made.matches().items()} == {"X3": found, "E9": second, "E3": third}
    made.screen("fourth", {"E9": "C33333"}, {"third": {"X3": None, "E9": None, "E3": "E9"}})
    assert made.matches() == {(three, "E9"): third}, "it is the third entry, and not the second"
    assert {owed.entry: owed.found for owed in made.open() if owed.person == three} == {"X3": found, "E9": second}
    with made.node.database.read() as connection:
        then = look_back(
            made.node.ledger, made.node.register, connection, made.of(THREE), made.node.now, [("made", "fourth", 1)]
        )
    assert [entry for entry, _ in then.lists[0].matches] == ["E9"]
    made.same_when_replayed()


def test_ids_that_are_swapped_take_their_matches_along(made: Screened) -> None:
    before = made.matches()
    made.screen("second", {"E3": SEVEN, "E7": THREE}, {"first": {"E3": "E7", "E7": "E3"}})
    swapped = {"E3": "E7", "E7": "E3"}
    assert made.matches() == {(person, swapped[entry]): found for (person, entry), found in before.items()}
    assert made.open() == []
    made.same_when_replayed()
