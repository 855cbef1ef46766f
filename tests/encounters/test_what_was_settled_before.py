"""What was answered before opens nothing later, whoever asks, wherever it was recorded, and however a file was kept meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.apart import NORTH, SOUTH, Apart
from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, START, Office
from kstep.encounters.checking import FileError
from nodes import people_file, person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    yield made
    made.kept.home.database.close()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    made = Apart(tmp_path, NORTH, SOUTH)
    yield made
    for office in made.offices.values():
        office.kept.home.database.close()


def review(office: Office, who: str, step: str, answer: dict[str, Any], person: int = 1) -> None:
    office.does(who, "ReviewGiven", person, about=PAIRING, step=step, **answer)


def clearance(office: Office) -> dict[str, Any]:
    return {"about": PAIRING, "expires": office.now + 99 * HOUR, "reason": "another father"}


def put_aside(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    review(office, "reviewer", "review", NOT_THE_SAME)
    review(office, "second", "second-review", NOT_THE_SAME)


def test_match_that_comes_back_is_cleared_on_new_reviews_alone(office: Office) -> None:
    put_aside(office)
    with pytest.raises(FileError, match="wrong role"):
        office.does("officer", "ClearanceGiven", **clearance(office))
    office.does("supervisor", "ClearanceGiven", **clearance(office))
    office.does("supervisor", "ClearanceEnded", about=PAIRING, reason="his papers were false")
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    for who in ("officer", "supervisor"):
        with pytest.raises(FileError, match=r"gate not open \(clearance\)"):
            office.does(who, "ClearanceGiven", **clearance(office))
    review(office, "reviewer", "review", REFER)
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    told = office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1").fact
    office.answered(told.about, "positive")
    with pytest.raises(FileError, match=r"gate not open \(clearance\)"):
        office.does("supervisor", "ClearanceGiven", **clearance(office))


def test_old_answer_refers_nothing(office: Office) -> None:
    office.reviewed()
    office.does("officer", "PossibleMatchWithdrawn", about=PAIRING)
    put_aside(office)
    with pytest.raises(FileError, match=r"gate not open \(referral\)"):
        office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1")


def test_file_that_moves_keeps_what_lacks_evidence(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    office.does("officer", "CheckEnded", step="records-check", result="returned-nothing")
    path = office.kept.home.path.parent / "bare.yaml"
    path.write_text((PROTOCOLS / "kstep.yaml").read_text().replace("    evidence: [check-return]\n", ""))
    hash = office.files.adopt(office.by("director"), path, "less paper").hash
    with pytest.raises(FileError, match="records-check would be owed no more by kstep"):
        office.files.move(office.by("director"), office.number(1), hash, "less paper")


@pytest.mark.parametrize("blank", [" ", "​", "—", "\t\n"])
def test_what_says_nothing_is_not_said(office: Office, blank: str) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    for field in ("reason", "fields"):
        with pytest.raises(FileError, match=f"what it says of {field} says nothing"):
            review(office, "reviewer", "review", {**REFER, field: blank})


def test_custody_never_outlasts_the_authority_that_it_began_on(office: Office) -> None:
    """A renewal of an authority that was lifted before custody began says nothing of how long that may last."""
    custody: dict[str, Any] = {"about": {"custody": "C"}}
    long = office.now + 9_000 * HOUR
    for kind, authority in (
        ("CustodyAuthorityIssued", "detainer"),
        ("CustodyAuthorityRenewed", "warrant"),
        ("CustodyAuthorityEnded", ""),
        ("CustodyAuthorityIssued", "detainer"),
        ("CustodyBegan", "detainer"),
    ):
        says: dict[str, Any] = {"authority": authority, "expires": long} if authority else {}
        office.does("officer", kind, **custody, **says)
    office.later(50 * HOUR)
    assert [str(one.state) for one in office.decide().obligations if one.is_standing] == ["late"]
    assert any(
        told.endswith("authority-ends is owed; told: director counsel")
        for told in office.files.fire(office.by("officer"))
    )


def test_third_reviewer_decides_between_two_offices_and_nothing_of_the_first_stays(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, answer in ((north, REFER), (south, NOT_THE_SAME)):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        review(office, "reviewer", "review", answer)
        office.does("officer", "EncounterOpened", nature="notice")
        for step in ("identity-check", "records-check"):
            office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    north.now = south.now = max(north.now, south.now) + HOUR
    apart.take(NORTH, SOUTH)
    review(north, "supervisor", "third-review", NOT_THE_SAME)
    assert north.owed()["referral"] == "void"
    with pytest.raises(FileError, match=r"gate not open \(referral\)"):
        north.does("liaison", "ReferralMade", about=PAIRING, reference="R-1")
    north.does("supervisor", "ClearanceGiven", **clearance(north))


def test_whoever_answered_first_is_no_third(apart: Apart) -> None:
    """Also if another office's answer did the step."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    ada = south.access.authenticate(south.kept.home.path.parent / "ada.key")
    south.access.grant(ada, south.accounts["supervisor"], "protocol:reviewer", "", "administration")
    for office, who, answer in ((north, "reviewer", REFER), (south, "supervisor", NOT_THE_SAME)):
        south.now += MINUTE
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        review(office, who, "review", answer)
    north.now = south.now = max(north.now, south.now) + HOUR
    apart.take(SOUTH, NORTH)
    with pytest.raises(FileError, match=r"not independent \(third-review\), did also: review"):
        review(south, "supervisor", "third-review", NOT_THE_SAME)


def test_supervisor_who_is_counsel_does_not_decide_alone_who_is_a_citizen(office: Office) -> None:
    ada = office.access.authenticate(office.kept.home.path.parent / "ada.key")
    office.access.grant(ada, office.accounts["supervisor"], "protocol:counsel", "", "administration")
    about = office.does("officer", "CitizenshipClaimed").fact.about
    says: dict[str, Any] = {"outcome": "not-shown", "reason": "no papers"}
    inquiry = [CHECK.__class__("citizenship-inquiry", pointer="vault 3")]
    office.does("supervisor", "StepCompleted", about=about, step="citizenship-review", evidence=inquiry, **says)
    with pytest.raises(FileError, match=r"not independent \(citizenship-opinion\)"):
        office.does("supervisor", "StepCompleted", about=about, step="citizenship-opinion", **says)


@pytest.mark.parametrize("merged", ["", "before", "after"])
def test_conflict_is_seen_in_the_file_of_whoever_was_found_to_be_another(apart: Apart, merged: str) -> None:
    """Be it that the two were found to be one when the other office's history was there already."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, answer, number in ((south, NOT_THE_SAME, 2), (north, REFER, 3 if merged == "after" else 2)):
        office.does("officer", "PossibleMatchFound", number, about=PAIRING)
        review(office, "reviewer", "review", answer, number)
    south.now = north.now = max(north.now, south.now) + HOUR
    if merged == "before":
        south.register.merge(south.number(1), south.number(2), "the same prints", south.by("director"))
    south.later(MINUTE)
    assert apart.take(SOUTH, NORTH).conflicts == (merged != "after")
    if merged == "after":
        south.register.merge(south.number(3), south.number(2), "the same prints", south.by("director"))
    assert south.owed({"before": 1, "after": 3}.get(merged, 2))["third-review"] == "open"


def test_roles_at_an_office_count_elsewhere_as_they_did_there(apart: Apart) -> None:
    """Each office calls the place where the person is what it likes, and that can change."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, code in ((north, "north desk"), (south, "south desk")):
        ada = office.access.authenticate(office.kept.home.path.parent / "ada.key")
        office.access.open_office(ada, code, code, "administration")
        for role in ("reviewer", "second"):
            office.access.withdraw(ada, office.accounts[role], "protocol:reviewer", "", "moved", "administration")
            office.access.grant(ada, office.accounts[role], "protocol:reviewer", code, "administration")
    north.does("officer", "PossibleMatchFound", about=PAIRING)
    for office, code in ((north, "north desk"), (south, "south desk")):
        rows = [{**person(number), "office": code} for number in range(4)]
        file = people_file(office.kept.home.path.parent / "moved.csv", rows)
        office.register.import_people(file, office.by("officer"))
    review(north, "reviewer", "review", NOT_THE_SAME)
    south.now = north.now = north.now + HOUR
    apart.take(SOUTH, NORTH)
    apart.agree()
    assert south.owed()["second-review"] == "open"
    assert south.decide().breaches == ()


def test_training_ends_when_it_is_said_anew_to_end(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    ada = north.access.authenticate(north.kept.home.path.parent / "ada.key")
    north.access.record_training(ada, north.accounts["reviewer"], "reviewing", START + 5 * HOUR, "administration")
    north.later(6 * HOUR)
    north.does("officer", "PossibleMatchFound", about=PAIRING)
    with pytest.raises(FileError, match="no current training: reviewing"):
        review(north, "reviewer", "review", NOT_THE_SAME)
    review(north, "second", "review", NOT_THE_SAME)
    south.now = north.now + MINUTE
    apart.take(SOUTH, NORTH)
    apart.agree()
