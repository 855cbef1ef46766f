"""What is recorded is something that somebody would look for: fields, evidence and referrals that nobody knows are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import CHECK, NOT_THE_SAME, PAIRING, REFER, Office
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import pointed_at


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    yield made
    made.kept.home.database.close()


@pytest.mark.parametrize(
    ("kind", "says", "told"),
    [
        (
            "ReviewGiven",
            {"step": "review", **REFER, "reasn": "x"},
            "ReviewGiven of review has no field 'reasn'; it can say step, outcome, rests_on, authority, reason, fields",
        ),
        ("EncounterOpened", {"natur": "contact"}, "EncounterOpened has no field 'natur'; it can say nature, reason"),
        ("EncounterOpened", {"step": "review"}, "EncounterOpened has no field 'step'; it can say nature, reason"),
        ("StepCompleted", {"step": "gathering", "plan": "x"}, "StepCompleted of gathering has no field 'plan'; it can say step, "
         "outcome, findings, reason"),
        ("StepWaived", {"step": "statement", "grund": "x"}, "StepWaived of statement has no field 'grund'"),
    ],
)  # fmt: skip
def test_field_that_nobody_knows_is_refused_with_those_that_there_are(
    office: Office, kind: str, says: dict[str, Any], told: str
) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    before = office.kept.dump()
    with pytest.raises(FileError) as refused:
        office.does("reviewer", kind, about=PAIRING if kind == "ReviewGiven" else {}, **says)
    assert told in str(refused.value)
    assert office.kept.dump() == before


def test_evidence_that_the_protocol_does_not_know_is_refused(office: Office) -> None:
    piece = pointed_at("chek-return", "vault 7", "records office")
    with pytest.raises(
        FileError, match="'chek-return' is no evidence that the protocol kstep knows; it knows check-return, st"
    ):
        office.does("officer", "EncounterOpened", nature="notice", evidence=[piece])
    office.does("officer", "EncounterOpened", nature="notice", evidence=[CHECK])


def test_nobody_says_what_a_clearance_is_held_against(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    with pytest.raises(FileError, match="bits is nothing to say, kstep computes it; leave it out"):
        office.does("supervisor", "ClearanceGiven", about=PAIRING, expires=office.now, bits=999_999)


def test_answer_to_a_referral_that_nobody_made_is_refused(office: Office) -> None:
    with pytest.raises(
        FileError, match=r"there is no referral 'R-9' in this file; it has none; a referral is made first"
    ):
        office.answered({**PAIRING, "referral": "R-9"}, "positive")
    about = office.referred()
    key = about["referral"]
    with pytest.raises(FileError, match=rf"there is no referral 'R-9' in this file; it has {key} \(own#1\)"):
        office.answered({**PAIRING, "referral": "R-9"}, "positive")
    with pytest.raises(FileError, match=rf"the referral {key} is of own#1, not of own#2; say which it is"):
        office.answered({"pairing": "own#2", "referral": key}, "positive")
    office.answered(about, "positive")


def test_pairing_is_not_referred_twice_while_nobody_answered(office: Office) -> None:
    about = office.referred()
    key = about["referral"]
    with pytest.raises(
        FileError, match=rf"own#1 is referred already, as {key}, and nobody answered yet; record the answer"
    ):
        office.does("liaison", "ReferralMade", about=PAIRING, reference="R-2")
    with pytest.raises(FileError, match=rf"there is a referral {key} already"):
        office.does("liaison", "ReferralMade", about=about, reference="R-2")
    office.answered(about, "inconclusive")
    office.does("liaison", "ReferralMade", about=PAIRING, reference="R-2")


def test_match_that_came_back_is_referred_anew(office: Office) -> None:
    office.referred()
    office.does("officer", "PossibleMatchWithdrawn", about=PAIRING)
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
    office.does("liaison", "ReferralMade", about=PAIRING, reference="R-2")
    assert office.owed()["referral"] == "done"


def test_reason_can_be_said_of_anything(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice", reason="a call from the desk")
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
