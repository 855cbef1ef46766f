"""Files as the work is done: what a protocol lets people do, what it refuses, and what it makes of what happened all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, Office
from kstep.encounters.checking import FileError
from kstep.encounters.facts import NoProtocol
from kstep.encounters.keeping import FileKeeper
from kstep.encounters.worklist import counts_in_files
from kstep.model.events import FileFact
from kstep.protocol.breaches import BreachKind
from kstep.register.retention import Retention


@pytest.fixture
def office(tmp_path: Path, empty_url: str) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home", None if empty_url.startswith("sqlite") else empty_url)
    yield made
    made.finish()


def test_possible_match_opens_a_review(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    assert office.owed() == {"review": "open"}


def test_no_file_without_a_protocol(tmp_path: Path) -> None:
    office = Office.begun(tmp_path / "home")
    with (
        office.ledger.database.read() as connection,
        pytest.raises(NoProtocol, match="no protocol was adopted for minors"),
    ):
        office.files.in_force(connection, "minors")
    with pytest.raises(FileError, match="person:99 is nobody in the register"):
        office.does("officer", "EncounterOpened", 99, nature="notice")
    with pytest.raises(FileError, match="has no file"):
        office.decide(2)


def test_second_reviewer_answers_blind_and_a_third_decides(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    with pytest.raises(FileError, match="not independent"):
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="second-review", **NOT_THE_SAME)
    office.does("second", "AnswerShown", about=PAIRING, step="review")
    with pytest.raises(FileError, match="had seen the first answer"):
        office.does("second", "ReviewGiven", about=PAIRING, step="second-review", **REFER)
    with pytest.raises(FileError, match="untrained"):
        office.does("learner", "ReviewGiven", about=PAIRING, step="second-review", **REFER)
    assert office.owed()["second-review"] == "open"


def test_disagreement_goes_to_a_third(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    office.does("second", "ReviewGiven", about=PAIRING, step="second-review", **REFER)
    assert office.owed()["third-review"] == "open"
    assert "clearance" not in office.owed()
    office.does("supervisor", "ReviewGiven", about=PAIRING, step="third-review", **NOT_THE_SAME)
    assert office.owed()["clearance"] == "open"


def test_referral_waits_for_checks_that_returned(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
    assert office.owed()["identity-check"] == "open", "nothing is referred before it"
    with pytest.raises(FileError, match="out of order"):
        office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1")
    for result in ("errored", "timed-out", "partial"):
        office.does("officer", "CheckEnded", step="identity-check", result=result, evidence=[CHECK])
        assert office.owed()["identity-check"] == "open"
    office.does("officer", "CheckEnded", step="identity-check", result="returned-hits")
    assert "evidence is missing: check-return" in [one.why for one in office.decide().obligations]
    office.does("officer", "CheckEnded", step="identity-check", result="returned-hits", evidence=[CHECK])
    office.does("officer", "CheckEnded", step="records-check", result="returned-nothing", evidence=[CHECK])
    office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1")
    assert office.owed()["confirmation"] == "open"


def test_only_a_positive_answer_in_writing_permits_the_word_confirmed(office: Office) -> None:
    referral = office.referred()["referral"]
    office.answered({**PAIRING, "referral": referral}, "positive", "telephone")
    assert office.owed()["written-confirmation"] == "open"
    link = [CHECK.__class__("link", pointer="vault 7", source="authority")]
    office.does("officer", "StepCompleted", about={"referral": referral}, step="evidence-of-link", evidence=link)
    with pytest.raises(FileError, match="gate not open"):
        office.does("supervisor", "DispositionGiven", outcome="confirmed", reason="the authority said so")
    office.answered({**PAIRING, "referral": referral}, "positive")
    office.does("supervisor", "DispositionGiven", outcome="confirmed", reason="the authority wrote so")
    assert office.owed()["disposition"] == "done"


def test_inconclusive_leaves_the_file_pending(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    (unclear,) = [one for one in office.decide().obligations if one.step == "unclear-answer"]
    assert (unclear.state, unclear.who, unclear.due) == ("open", ("liaison",), unclear.since + 72 * HOUR)
    with pytest.raises(FileError, match="closed too early"):
        office.does("supervisor", "FileClosed")


def test_release_waits_for_its_time_and_then_somebody_decides(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    custody = {"custody": "C1"}
    office.does("officer", "CustodyAuthorityIssued", about=custody, authority="warrant", expires=office.now + 90 * HOUR)
    assert not office.does(
        "officer", "CustodyBegan", about=custody, authority="warrant", expires=office.now + 90 * HOUR
    ).breaches
    office.does("officer", "ReleaseProposed", about=custody)
    office.later(24 * HOUR - MINUTE)
    (gate,) = office.decide().gates
    assert (str(gate.way), gate.then) == ("waits", "director")
    office.later(MINUTE)
    (gate,) = office.decide().gates
    assert str(gate.way) == "somebody decides"
    assert not office.does("director", "PersonReleased", about=custody, ground="discretion").breaches


def test_release_that_is_not_ours_to_hold_up_meets_no_gate(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    assert not office.does("officer", "PersonReleased", about={"custody": "C1"}, ground="court-order").breaches
    assert office.owed()["release-follow-up"] == "open"


def test_release_against_the_gate_is_recorded_and_a_breach(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    told = office.does("officer", "PersonReleased", about={"custody": "C1"}, ground="discretion")
    assert [breach.kind for breach in told.breaches] == [BreachKind.GATE]


def test_override_needs_a_reason_and_a_second_person_and_is_counted(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    with pytest.raises(FileError, match="there was no second person"):
        office.does("director", "GateOverridden", gate="release", ground="medical")
    with pytest.raises(FileError, match="its ground is none of"):
        office.does("director", "GateOverridden", gate="release", ground="because", second="counsel")
    office.does("director", "GateOverridden", gate="release", ground="medical", second="counsel")
    assert not office.does("officer", "PersonReleased", about={"custody": "C1"}, ground="discretion").breaches


def test_positive_answer_after_release_is_a_timed_task(office: Office) -> None:
    referral = office.referred()["referral"]
    office.does("officer", "PersonReleased", about={"custody": "C1"}, ground="statutory-limit")
    office.later(HOUR)
    office.answered({**PAIRING, "referral": referral}, "positive")
    (task,) = [one for one in office.decide().obligations if one.step == "positive-after-release"]
    assert (task.who, task.due) == (("supervisor",), task.since + 4 * HOUR)


def test_citizenship_claim_bars_transfer_and_removal(office: Office) -> None:
    office.does("officer", "CustodyAuthorityIssued", authority="order", expires=office.now + 999 * HOUR)
    office.does("supervisor", "RemovalOrdered")
    office.does("officer", "CitizenshipClaimed")
    for kind in ("TransferRequested", "RemovalProposed"):
        with pytest.raises(FileError, match="gate not open"):
            office.does("supervisor", kind)
    office.later(100 * HOUR)
    with pytest.raises(FileError, match="gate not open"):
        office.does("supervisor", "RemovalProposed")


def test_match_resting_on_the_persons_own_state_goes_to_counsel(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "rests_on": "own-state"})
    assert office.owed()["counsel-opinion"] == "open"
    assert "referral" not in office.owed()


def test_minor_has_a_protocol_of_their_own(office: Office) -> None:
    minors = office.files.adopt(office.by("director"), PROTOCOLS / "minors.yaml", "the law", "minors")
    office.does("officer", "EncounterOpened", nature="contact")
    office.later(HOUR)
    asked = office.does("officer", "AgeQuestioned", age="doubtful").recorded.recorded
    with office.ledger.database.read() as connection:
        assert office.files.protocol(connection, office.number(1)).hash == minors.hash
    assert office.owed()["guardian-notice"] == "open"
    (clock,) = [one for one in office.decide().obligations if one.step == "child-welfare"]
    assert clock.due == asked + 72 * HOUR, "whatever contact there was, or none"


def test_minor_waits_for_a_protocol_of_their_own(office: Office) -> None:
    """That somebody may be a child is written down though nobody adopted what follows from it; whoever does moves the file."""
    told = office.does("officer", "AgeQuestioned", age="minor")
    assert told.lacking.startswith("the file stays as it is: no protocol was adopted for minors")
    office.does("officer", "AgeQuestioned", 2, age="adult")
    office.does("officer", "EncounterOpened", 3, nature="contact")
    minors = office.files.adopt(office.by("director"), PROTOCOLS / "minors.yaml", "the law", "minors")
    with office.ledger.database.read() as connection:
        kept = [office.files.protocol(connection, office.number(number)).hash == minors.hash for number in (1, 2, 3)]
    assert kept == [True, False, False]
    assert office.owed()["guardian-notice"] == "open"


def test_whoever_is_owed_to_be_told_is_told_once_however_long_nobody_looked(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    assert office.files.fire(office.by("director")) == []
    office.later(19 * HOUR)
    assert office.files.fire(office.by("director")) == []
    office.later(900 * HOUR)
    assert office.files.fire(office.by("director")) == [
        f"person:{office.number(1)}: review is owed; reminded: reviewer",
        f"person:{office.number(1)}: review is owed; told: supervisor",
        f"person:{office.number(1)}: review is owed; told: director",
    ]
    assert office.files.fire(office.by("director")) == []
    assert office.files.late() == 1


def test_what_was_done_late_stays_known_late(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.later(24 * HOUR)
    told = office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    assert office.owed()["review"] == "known late"
    assert [(breach.kind, breach.at) for breach in told.decision.breaches] == [
        ("late", told.decision.obligations[0].due)
    ]


@pytest.mark.parametrize(
    ("kind", "about", "says", "told"),
    [
        ("Rumour", {}, {}, "'Rumour' is no kind of fact"),
        ("RungFired", {}, {}, "'RungFired' is no kind of fact"),
        (
            "EncounterOpened",
            {},
            {"nature": "rumour"},
            "EncounterOpened says of nature 'rumour'; say one of contact, notice",
        ),
        ("EncounterOpened", {"pairing": "own#1"}, {}, "EncounterOpened is about no pairing, but the file"),
        ("ReviewGiven", {}, {"step": "review"}, "ReviewGiven says not which pairing; say so"),
        ("PossibleMatchFound", {"pairing": "one"}, {}, "'one' names no pairing; write LIST#NUMBER"),
        ("StepCompleted", {}, {"step": "reveiw"}, "'reveiw' is no step of the protocol kstep; say which with step="),
        ("StepCompleted", {}, {"step": "disposition"}, "disposition is not owed in this file"),
        ("CustodyBegan", {"custody": "C1"}, {"expires": "soon"}, "'soon' is no moment"),
        (
            "ReviewGiven",
            PAIRING,
            {**REFER, "step": "review", "fields": "name, zzz"},
            "'zzz' is no field on which a review",
        ),
        ("StatementTaken", {}, {"interpreter": "x" * 4_001}, "is longer than 4,000 characters"),
        ("StatementTaken", {}, {"Inter preter": "x"}, "cannot name a field of StatementTaken"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    office: Office, kind: str, about: dict[str, str], says: dict[str, Any], told: str
) -> None:
    before = office.kept.dump()
    with pytest.raises(FileError) as refused:
        office.does("officer", kind, about=about, **says)
    assert told in str(refused.value)
    assert office.kept.dump() == before


def test_erased_person_leaves_no_file(office: Office) -> None:
    office.answered(office.referred(), "inconclusive")
    office.does("officer", "EncounterOpened", 2, nature="notice")
    number, other = office.number(1), office.number(2)
    office.later(400 * HOUR)
    with office.ledger.database.read() as connection:
        assert FileKeeper(office.files).owed_of(connection, number) > 0
        before = {(what, of): count for what, of, count in counts_in_files(connection)}
    late = sum(one.kind is BreachKind.LATE for one in office.decide().breaches)
    office.register.erase(number, "retention", office.by("director"))
    with office.ledger.database.read() as connection:
        assert FileKeeper(office.files).owed_of(connection, number) == 0
        after = {(what, of): count for what, of, count in counts_in_files(connection)}
    assert ("erased", "late") not in before
    assert after["erased", "late"] == late > 0, "what was late stays known"
    dump = office.kept.dump()
    for table in (
        "encounters_files",
        "encounters_facts",
        "encounters_obligations",
        "encounters_rungs",
        "encounters_pairings",
    ):
        assert number not in [row[2] if table == "encounters_facts" else row[0] for row in dump[table]], table
    assert [row[0] for row in dump["encounters_files"]] == [other]


def test_retention_lets_nobody_go_of_whom_something_is_owed(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    for number in (1, 2):
        office.register.leave(office.number(number), "departed", "ticket", "account:2", office.by("director"))
    office.later(HOUR)
    retention = Retention(office.ledger, office.register, {"departed": 0})
    plan = {one.person: list(one.against) for one in retention.plan(office.now)}
    assert plan == {
        office.number(1): ["3 still owed in their file; have it done or waived first, see kstep files show"],
        office.number(2): [],
    }


def test_texts_of_people_lie_in_sealed_events_alone(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "reason": "born in Xanadu"})
    assert "Xanadu" not in repr(office.kept.dump())


@pytest.mark.parametrize(("authority", "hours"), [("detainer", 48), ("warrant", 90 * 24), ("ten years", 0), ("", 0)])
def test_custody_lasts_as_its_kind_of_authority_does(office: Office, authority: str, hours: int) -> None:
    """The kind is in the tables, too, by which it is decided; one that the protocol does not know permits nothing."""
    custody, expires = {"custody": "C1"}, office.now + 90_000 * HOUR
    issued = office.does("officer", "CustodyAuthorityIssued", about=custody, authority=authority, expires=expires)
    began = office.does("officer", "CustodyBegan", about=custody, authority=authority, expires=expires)
    assert [one.where for one in began.breaches] == ([] if hours else ["custody"])
    (ends,) = [one for one in office.decide().obligations if one.step == "authority-ends"]
    assert ends.due == (issued.recorded.recorded + hours * HOUR if hours else began.recorded.recorded)
    assert str(ends.state) == ("open" if hours else "late")


def test_who_may_not_act_is_refused_and_what_happened_is_recorded(office: Office) -> None:
    """That somebody was taken into custody is recorded by whom it may be; what permits it, only by whoever has the role."""
    expires, custody = office.now + 99 * HOUR, {"custody": "C1"}
    warrant: dict[str, Any] = {"authority": "warrant", "expires": expires, "about": custody}
    for kind, gate in (("CustodyAuthorityIssued", "custody-authority"), ("CustodyAuthorityRenewed", "renewal")):
        with pytest.raises(FileError, match=rf"wrong role \({gate}\)"):
            office.does("liaison", kind, **warrant)
    office.does("officer", "CustodyAuthorityIssued", **warrant)
    began = office.does("reviewer", "CustodyBegan", **warrant)
    assert [(one.where, str(one.kind)) for one in began.breaches] == [("custody", "wrong role")]
    with pytest.raises(FileError, match=r"wrong role \(removal-order\), not done by: supervisor or counsel"):
        office.does("officer", "RemovalOrdered")
    office.does("supervisor", "RemovalOrdered")
    with pytest.raises(FileError, match=r"wrong role \(removal\), not done by: supervisor$"):
        office.does("officer", "RemovalProposed")
    with pytest.raises(FileError, match=r"wrong role \(transfer-request\)"):
        office.does("liaison", "TransferRequested", authority="state police")
    assert not office.does("supervisor", "RemovalProposed").breaches


def test_a_clearance_is_taken_back_by_a_supervisor_alone(office: Office) -> None:
    for name in ("officer", "reviewer", "director"):
        with pytest.raises(FileError, match=r"wrong role \(clearance-ended\), not done by: supervisor$"):
            office.does(name, "ClearanceEnded", about=PAIRING)
    with pytest.raises(FileError, match="ended is nothing to say, kstep computes it"):
        office.does("officer", "ClearanceEnded", about=PAIRING, ended="by-itself")
    assert not office.does("supervisor", "ClearanceEnded", about=PAIRING).breaches


def test_custody_authority_says_when_it_expires_and_may_say_by_what_and_since_when(office: Office) -> None:
    about = {"custody": "C-1"}
    with pytest.raises(FileError, match="does not say when it expires, and would permit nothing"):
        office.does("officer", "CustodyAuthorityIssued", about=about, authority="order")
    late: dict[str, Any] = {"authority": "order", "issued": office.now + 2 * HOUR, "expires": office.now + HOUR}
    with pytest.raises(FileError, match="would have expired before it was issued"):
        office.does("officer", "CustodyAuthorityIssued", about=about, **late)
    with pytest.raises(FileError, match="issued 'yesterday' is no moment"):
        office.does("officer", "CustodyAuthorityIssued", about=about, **{**late, "issued": "yesterday"})
    said: dict[str, Any] = {**late, "issued": office.now - HOUR, "reference": "8 USC 1226(a), order 17"}
    fact = office.does("officer", "CustodyAuthorityIssued", about=about, **said).recorded.fact
    assert isinstance(fact, FileFact)
    assert fact.says == {name: str(value) for name, value in said.items()}
