"""A reviewer's word about a list is held against what is registered of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import NOT_THE_SAME, PAIRING, REFER, Office
from kept_homes import listed_file
from kstep.encounters.checking import FileError
from kstep.model.events import FileFact


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    made.kept.publish(listed_file(tmp_path))
    made.does("officer", "PossibleMatchFound", about=PAIRING)
    yield made
    made.kept.home.database.close()


def review(office: Office, **says: Any) -> dict[str, str]:
    told = {name: value for name, value in {**REFER, **says}.items() if value}
    fact = office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **told).recorded.fact
    assert isinstance(fact, FileFact)
    return dict(fact.says)


def test_list_of_the_persons_own_state_goes_to_counsel_whatever_the_reviewer_says(office: Office) -> None:
    office.kept.issued_by("JO")
    with pytest.raises(FileError, match="is issued by JO, a state of this person: say rests_on=own-state"):
        review(office)
    with pytest.raises(FileError, match="say rests_on=own-state"):
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    assert review(office, rests_on="")["rests_on"] == "own-state", "what is registered need not be said"
    assert office.owed()["counsel-opinion"] == "open"
    assert "referral" not in office.owed()


def test_papers_of_a_state_are_papers_of_those_that_give_its_people_papers(office: Office) -> None:
    office.kept.issued_by("PS")
    with pytest.raises(FileError, match="is issued by PS"):
        review(office)


def test_reviewer_may_know_more_of_the_person_than_the_register(office: Office) -> None:
    office.kept.issued_by("US")
    assert review(office, rests_on="own-state")["rests_on"] == "own-state"
    assert office.owed()["counsel-opinion"] == "open"


def test_list_of_another_state_is_said_by_itself(office: Office) -> None:
    office.kept.issued_by("US")
    assert review(office, rests_on="", authority="")["rests_on"] == "others"
    assert office.owed()["referral"] == "not yet", "it waits for the checks"


def test_list_without_an_authority_leads_to_an_inquiry_of_our_own(office: Office) -> None:
    office.kept.issued_by("", authority="")
    with pytest.raises(FileError, match="is registered without one: leave authority= out"):
        review(office)
    assert review(office, authority="")["authority"] == "none"
    assert office.owed()["own-inquiry"] == "not yet", "it waits for the checks"
    assert "referral" not in office.owed()


def test_list_with_an_authority_is_not_without_one(office: Office) -> None:
    with pytest.raises(FileError, match="is registered with the authority the desk of the list"):
        review(office, authority="none")


def test_who_issues_it_is_said_where_the_list_does_not(office: Office) -> None:
    with pytest.raises(FileError, match="rests_on"):
        review(office, rests_on="")
