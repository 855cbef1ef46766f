"""By which protocol the file of a child is kept, and who can say that a person is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.apart import NORTH, SOUTH, Apart
from encounters.offices import HOUR, MINUTE, PROTOCOLS, Office
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import pointed_at

INQUIRY = pointed_at("age-inquiry", "vault 7, folder 14", "child welfare")
CHILDS = {"guardian-notice", "counsel-notice", "child-welfare"}


def for_minors(office: Office) -> None:
    office.files.adopt(office.by("director"), PROTOCOLS / "minors.yaml", "the law", "minors")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    for_minors(made)
    yield made
    made.kept.home.database.close()


def protocol(office: Office) -> str:
    with office.ledger.database.read() as connection:
        return office.files.protocol(connection, office.number(1)).name


def doubted(office: Office) -> None:
    """The age is in doubt, and guardian and counsel know."""
    office.does("officer", "AgeQuestioned", age="doubtful")
    office.does("officer", "StepCompleted", step="guardian-notice", outcome="guardian-told", name="x")
    office.does("officer", "StepCompleted", step="counsel-notice", name="x")


def test_nobody_says_that_a_child_is_an_adult_before_that_was_found(office: Office) -> None:
    office.does("officer", "AgeQuestioned", age="minor")
    assert office.owed().keys() > CHILDS
    for who in ("learner", "director"):
        with pytest.raises(FileError, match=r"gate not open \(age\)"):
            office.does(who, "AgeQuestioned", age="adult")
    doubted(office)
    found: dict[str, Any] = {"step": "age-finding", "outcome": "still-in-doubt", "reason": "no papers"}
    office.does("welfare", "StepCompleted", evidence=[INQUIRY], **found)
    with pytest.raises(FileError, match=r"gate not open \(age\)"):
        office.does("officer", "AgeQuestioned", age="adult")
    doubted(office)
    office.does("welfare", "StepCompleted", evidence=[INQUIRY], **{**found, "outcome": "adult"})
    assert protocol(office) == "minors", "somebody finds it, and then it is said"
    office.does("officer", "AgeQuestioned", age="adult")
    assert protocol(office) == "kstep"


def test_age_that_is_not_said_moves_no_file(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="contact")
    with pytest.raises(
        FileError, match="AgeQuestioned does not say age, on which hangs what follows; say one of minor"
    ):
        office.does("learner", "AgeQuestioned")
    assert protocol(office) == "kstep"
    assert office.owed()["statement"] == "open"


def test_adult_kept_by_an_earlier_protocol_stays_there(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="contact")
    with office.ledger.database.read() as connection:
        before = office.files.protocol(connection, office.number(1)).hash
    later = office.kept.home.path.parent / "later.yaml"
    later.write_text((PROTOCOLS / "kstep.yaml").read_text().replace("within: 4 hours", "within: 5 hours"))
    office.files.adopt(office.by("director"), later, "a later policy")
    office.does("officer", "AgeQuestioned", age="adult")
    with office.ledger.database.read() as connection:
        assert office.files.protocol(connection, office.number(1)).hash == before


@pytest.mark.parametrize("first", ["minor", "adult"])
def test_two_offices_that_say_otherwise_keep_the_file_of_a_child(tmp_path: Path, first: str) -> None:
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office in (north, south):
        for_minors(office)
        office.does("officer", "EncounterOpened", nature="contact")
    north.does("officer", "AgeQuestioned", age=first)
    south.later(10 * MINUTE)
    south.does("officer", "AgeQuestioned", age="adult" if first == "minor" else "minor")
    north.now = south.now = south.now + HOUR
    for _ in range(2):
        apart.meet([(SOUTH, NORTH), (NORTH, SOUTH)])
    for office in (north, south):
        assert protocol(office) == "minors"
        assert {"age-finding", "conflict"} < office.owed().keys()
        with pytest.raises(FileError, match=r"gate not open \(age\)"):
            office.does("officer", "AgeQuestioned", age="adult")
        office.kept.home.database.close()
    assert north.owed() == south.owed()
