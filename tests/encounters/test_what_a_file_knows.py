"""What is recorded is something that somebody would look for: fields, evidence and referrals that nobody knows are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, Office
from kstep.encounters.adopted import check_named
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import pointed_at
from nodes import people_file, person


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


def test_nothing_that_decides_is_left_out(office: Office) -> None:
    """A release without a ground would meet no gate, an answer without a word would be followed by nothing."""
    office.does(
        "officer", "CustodyAuthorityIssued", authority="order", expires=office.now + 99 * HOUR, about={"custody": "C"}
    )
    office.does("officer", "CustodyBegan", authority="order", expires=office.now + 99 * HOUR, about={"custody": "C"})
    for kind, missing in (("PersonReleased", "ground"), ("EncounterOpened", "nature"), ("AgeQuestioned", "age")):
        with pytest.raises(FileError, match=f"{kind} does not say {missing}, on which hangs what follows; say one of "):
            office.does("officer", kind, about={"custody": "C"} if kind == "PersonReleased" else {})


def test_nothing_happened_later_than_now(office: Office) -> None:
    def opened(ahead: int) -> None:
        who, about, says = office.by("officer"), office.number(1), {"nature": "notice"}
        office.files.record(who, about, "EncounterOpened", says=says, happened=office.now + ahead)

    before = office.kept.dump()
    for ahead in (6 * MINUTE, 9_999 * HOUR):
        with pytest.raises(FileError, match="it cannot have happened after now; say when it did"):
            opened(ahead)
    assert office.kept.dump() == before
    opened(4 * MINUTE)
    opened(-9_999 * HOUR)


def test_step_of_a_protocol_by_which_a_file_is_still_kept_is_known(office: Office, tmp_path: Path) -> None:
    def check(**named: str) -> None:
        with office.ledger.database.read() as connection:
            check_named(connection, **named)

    def adopt(old: str, new: str) -> None:
        office.later(MINUTE)
        path = tmp_path / "changed.yaml"
        path.write_text((PROTOCOLS / "kstep.yaml").read_text().replace(old, new))
        office.files.adopt(office.by("director"), path, "another policy")

    check()
    adopt("second-review", "other-review")
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    adopt("third-review", "last-review")
    for step in ("second-review", "third-review", "other-review", "last-review"):
        check(step=step, role="officer")
    adopt("statement", "talk")
    with pytest.raises(
        FileError, match="--step: 'last-review' is no step of a protocol by which files are kept here; say one"
    ):
        check(step="last-review")
    with pytest.raises(FileError, match=r"--role: 'child-welfare-officer' is no role of .*; say one of officer, "):
        check(role="child-welfare-officer")
    office.files.adopt(office.by("director"), PROTOCOLS / "minors.yaml", "the policy for minors", "minors")
    check(role="child-welfare-officer")


def test_answer_of_the_authority_is_recorded_by_who_could_be_owed_it(office: Office) -> None:
    about = office.referred()
    office.answered(about, "negative")
    told: dict[str, Any] = {"answer": "positive", "form": "written"}
    with pytest.raises(FileError, match="ConfirmationReceived is recorded by: liaison"):
        office.does("officer", "ConfirmationReceived", about=about, reference="A-2", desk="d", **told)
    with pytest.raises(FileError, match="by which reference the authority answered"):
        office.does("liaison", "ConfirmationReceived", about=about, **told)
    assert "notification" not in office.owed()
    office.does("liaison", "ConfirmationReceived", about=about, reference="A-2", desk="d", **told)
    assert office.owed()["notification"] == "open"


@pytest.mark.parametrize(
    ("kind", "says", "about", "told"),
    [
        ("StepWaived", {"step": "nonsense", "ground": "x"}, {}, "'nonsense' is not owed in this file"),
        ("ClockPaused", {"step": "statement", "ground": "x"}, {}, "'statement' is not owed in this file"),
        ("GateOverridden", {"gate": "nonsense", "ground": "x"}, {}, "'nonsense' is no gate of kstep; it has confirmed, "),
        ("StepWaived", {"step": "clearance", "ground": "x"}, {}, "says not of which pairing the clearance is: say --about"),
    ],
)  # fmt: skip
def test_what_sets_nothing_aside_is_not_recorded_as_if_it_did(
    office: Office, kind: str, says: dict[str, Any], about: dict[str, str], told: str
) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    for who, step in (("reviewer", "review"), ("second", "second-review")):
        office.does(who, "ReviewGiven", about=PAIRING, step=step, **NOT_THE_SAME)
    with pytest.raises(FileError) as refused:
        office.does("supervisor", kind, about=about, second="director", **says)
    assert told in str(refused.value)


def test_move_of_a_person_to_another_office_makes_nobody_wrong_who_was_right(office: Office) -> None:
    """Who had the role where the person was then had it."""
    ada = office.access.authenticate(office.kept.home.path.parent / "ada.key")
    for code in ("north", "south"):
        office.access.open_office(ada, code, code, "administration")
    office.register.import_people(_of(office, "north"), office.by("officer"))
    number = office.accounts["learner"]
    for role in ("officer", "reviewer", "liaison"):
        office.access.withdraw(ada, number, f"protocol:{role}", "", "another post", "administration")
    office.access.grant(ada, number, "protocol:officer", "north", "administration")
    for course in ("identity", "databases"):
        office.access.record_training(ada, number, course, office.now + 9_999 * HOUR, "administration")
    office.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        office.does("learner", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    before = (office.owed(), office.decide().breaches)
    office.later(HOUR)
    office.register.import_people(_of(office, "south"), office.by("officer"))
    assert (office.owed(), office.decide().breaches) == before
    office.does("officer", "EncounterOpened", nature="notice")
    with pytest.raises(FileError, match="wrong role"):
        office.does("learner", "CheckEnded", step="records-check", result="returned-nothing", evidence=[CHECK])


def _of(office: Office, code: str) -> Path:
    rows = [person(number, office=code) for number in range(4)]
    return people_file(office.kept.home.path.parent / f"{code}.csv", rows)


def test_file_moves_to_no_protocol_that_drops_what_is_owed(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    office.does("officer", "PossibleMatchFound", person=2, about=PAIRING)
    other = office.files.adopt(office.by("director"), PROTOCOLS / "resettlement-staff.yaml", "another use")
    with pytest.raises(
        FileError, match="identity-check, records-check, disposition would be owed no more by resettlement"
    ):
        office.files.move(office.by("director"), office.number(1), other.hash, "easier")
    assert office.owed()["identity-check"] == "open"
    office.files.move(office.by("director"), office.number(2), other.hash, "they work here")
    assert office.owed(2) == {"review": "open"}
