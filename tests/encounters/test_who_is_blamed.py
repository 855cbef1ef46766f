"""What was broken is judged by the protocol that kept the file then, and by what was known to whoever did it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from encounters.apart import NORTH, SOUTH, Apart, finish
from encounters.offices import CHECK, HOUR, MINUTE, PAIRING, PROTOCOLS, Office
from kstep.encounters.tables import files

OTHER = {"pairing": "own#2"}
RELEASED: dict[str, Any] = {"about": {"custody": "C"}, "ground": "discretion"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    yield made
    made.finish()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    made = Apart(tmp_path, NORTH, SOUTH)
    yield made
    finish(made)


def broken(office: Office, person: int = 1) -> list[tuple[str, str]]:
    return [(str(one.kind), one.where) for one in office.decide(person).breaches]


def counted(office: Office, person: int = 1) -> int:
    """How many acts against the protocol are counted of a file."""
    with office.ledger.database.read() as connection:
        number = office.number(person)
        return int(connection.execute(select(files.c.breaches).where(files.c.person == number)).scalar_one())


def lenient(office: Office) -> str:
    """Another protocol in which nobody waits before a release, and reviews have time; returns its hash."""
    path = office.kept.home.path.parent / "lenient.yaml"
    text = (PROTOCOLS / "kstep.yaml").read_text()
    gate = "    waits_for: [referral, confirmation, unclear-answer, notification]\n"
    review = "    states: [reason, fields, rests_on, authority]\n    due: {within: 24 hours}\n"
    assert text.count(gate) == 1
    assert review in text
    text = text.replace(gate, "    waits_for: [notification]\n")
    path.write_text(text.replace(review, review.replace("24 hours", "90 days")))
    return office.files.adopt(office.by("director"), path, "a lenient policy").hash


def closed(office: Office, person: int) -> None:
    """The file of a person who was asked once, of whom nothing was found."""
    office.does("officer", "PossibleMatchFound", person, about=OTHER)
    office.does("officer", "PossibleMatchWithdrawn", person, about=OTHER)
    office.does("supervisor", "FileClosed", person)


def test_moving_a_file_undoes_no_breach(office: Office) -> None:
    office.reviewed()
    office.does("officer", "PersonReleased", **RELEASED)
    office.does("officer", "PossibleMatchFound", about=OTHER)
    office.later(30 * HOUR)
    before = broken(office)
    assert ("late", "review") in before
    assert ("gate not open", "release") in before
    hash = lenient(office)
    office.files.move(office.by("director"), office.number(1), hash, "a new policy")
    assert broken(office) == before
    assert counted(office) == 1
    office.does("officer", "PersonReleased", **RELEASED)
    office.does("officer", "PossibleMatchFound", about={"pairing": "own#3"})
    office.later(30 * HOUR)
    assert [one for one in broken(office) if one not in before] == []
    late = [one for one in office.decide().breaches if one.where == "review"]
    assert len(late) == 1, "the third has time now"
    assert counted(office) == 1
    office.later(91 * 24 * HOUR)
    assert office.decide().breaches[: len(before)][-1] in late
    assert len([one for one in office.decide().breaches if one.where == "review"]) == 2, "each is late once"


def test_being_found_another_blames_nobody_who_closed_a_file(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", 2, about=PAIRING)
    office.later(MINUTE)
    closed(office, 1)
    office.register.merge(office.number(1), office.number(2), "the same prints", office.by("director"))
    assert broken(office) == []
    assert [one.key for one in office.decide(1).obligations if one.is_standing] == [PAIRING["pairing"]]
    office.later(30 * HOUR)
    assert broken(office) == [("late", "review")], "what is owed now is late as ever"
    office.register.unmerge(office.number(2), "other prints", office.by("director"))
    assert broken(office, 2) == [("late", "review")], "they never were one"
    assert office.decide(1).state == "closed"


def test_what_was_done_in_one_file_for_two_is_late_in_neither(office: Office) -> None:
    office.reviewed()
    office.does("officer", "EncounterOpened", 2, nature="notice")
    office.register.merge(office.number(2), office.number(1), "the same prints", office.by("director"))
    office.does("officer", "PersonReleased", 2, **RELEASED)
    assert broken(office, 2) == [("gate not open", "release")], "a referral is owed in the file"
    office.register.unmerge(office.number(1), "other prints", office.by("director"))
    office.does("officer", "PersonReleased", 2, **RELEASED)
    assert broken(office, 2) == [("gate not open", "release")], "and nothing of it in that of one of them"
    office.register.merge(office.number(2), office.number(1), "the same after all", office.by("director"))
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", 2, step=step, result="returned-nothing", evidence=[CHECK])
    office.does("liaison", "ReferralMade", 2, about=PAIRING, reference="R-1")
    office.later(9 * HOUR)
    assert ("late", "referral") not in broken(office, 2)


def test_what_was_broken_in_a_file_goes_on_with_it(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", 2, about=PAIRING)
    office.later(30 * HOUR)
    office.does("officer", "PossibleMatchWithdrawn", 2, about=PAIRING)
    closed(office, 1)
    office.does("officer", "CitizenshipClaimed", 2)
    office.register.merge(office.number(1), office.number(2), "the same prints", office.by("director"))
    assert broken(office) == [("late", "review")]
    office.later(400 * HOUR)
    late = [("late", "review"), ("late", "citizenship-review"), ("late", "citizenship-opinion")]
    assert broken(office) == late, "once, though both had a file"
    office.register.unmerge(office.number(2), "other prints", office.by("director"))
    assert broken(office, 2) == late
    office.does("officer", "PersonReleased", 2, **RELEASED)
    assert counted(office, 2) == 0


@pytest.mark.parametrize("knew", [False, True])
def test_nobody_is_blamed_for_what_another_office_had_not_told(apart: Apart, knew: bool) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    south.does("officer", "PossibleMatchFound", about=PAIRING)
    south.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        south.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    south.does(
        "reviewer", "ReviewGiven", about=PAIRING, step="review", outcome="refer", rests_on="others", authority="some", reason="r",
        fields="name",
    )  # fmt: skip
    north.now = south.now + MINUTE
    if knew:
        apart.take(NORTH, SOUTH)
    north.does("officer", "ReleaseProposed", about={"custody": "C"})
    north.does("officer", "PersonReleased", **RELEASED)
    assert (("gate not open", "release") in broken(north)) is knew
    north.now = south.now = north.now + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    apart.agree()
    assert (("gate not open", "release") in broken(south)) is knew


def test_nobody_is_blamed_for_closing_what_another_office_had_opened(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    south.does("officer", "CitizenshipClaimed")
    north.now = south.now + MINUTE
    closed(north, 1)
    north.now = south.now = north.now + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    apart.agree()
    assert [kind for kind, _ in broken(south)] == []
    assert south.owed()["citizenship-review"] == "open"
    assert south.decide().state == "pending"


def test_history_that_comes_later_undoes_no_breach(apart: Apart) -> None:
    """South released though an answer was awaited; that North had it already, South could not know."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    about = south.referred()
    north.now = south.now + MINUTE
    apart.take(NORTH, SOUTH)
    north.answered(about, "negative")
    south.now = north.now + MINUTE
    south.does("officer", "PersonReleased", **RELEASED)
    assert broken(south) == [("gate not open", "release")]
    north.now = south.now = south.now + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    apart.agree()
    assert broken(south) == [("gate not open", "release")]


def test_moving_a_file_forth_and_back_hides_nothing_late(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    with office.ledger.database.read() as connection:
        strict = office.files.protocol(connection, office.number(1)).hash
    hash = lenient(office)
    office.later(23 * HOUR)
    office.files.move(office.by("director"), office.number(1), hash, "more time")
    office.later(10 * HOUR)
    assert broken(office) == [], "it has time"
    office.files.move(office.by("director"), office.number(1), strict, "less time")
    assert broken(office) == [("late", "review")]


def test_what_was_done_in_time_then_is_not_late_by_a_stricter_protocol(office: Office) -> None:
    lenient_hash = lenient(office)
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.later(30 * HOUR)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", outcome="refer", rests_on="others", authority="none",
                reason="r", fields="name")  # fmt: skip
    with office.ledger.database.read() as connection:
        assert office.files.protocol(connection, office.number(1)).hash == lenient_hash
    strict = office.files.adopt(office.by("director"), PROTOCOLS / "kstep.yaml", "strict").hash
    office.files.move(office.by("director"), office.number(1), strict, "less time")
    assert ("late", "review") not in broken(office)


def test_two_offices_find_the_same_late_of_a_child(apart: Apart) -> None:
    """A file is kept for a child from when that was said, wherever it is heard."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for one in (north, south):
        one.files.adopt(one.by("director"), PROTOCOLS / "minors.yaml", "the law", "minors")
    north.does("officer", "EncounterOpened", nature="notice")
    north.does("officer", "AgeQuestioned", age="minor")
    north.later(400 * HOUR)
    south.now = north.now
    apart.take(SOUTH, NORTH)
    apart.agree()
    assert ("late", "guardian-notice") in broken(south)


def test_what_was_late_of_another_stays_with_the_other(office: Office) -> None:
    office.does("officer", "EncounterOpened", 1, nature="notice")
    office.does("officer", "PossibleMatchFound", 2, about=PAIRING)
    office.register.merge(office.number(1), office.number(2), "the same prints", office.by("director"))
    office.later(30 * HOUR)
    assert ("late", "review") in broken(office, 1)
    office.register.unmerge(office.number(2), "other prints", office.by("director"))
    assert ("late", "review") not in broken(office, 1)
    assert broken(office, 2) == [("late", "review")]
