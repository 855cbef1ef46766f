"""Files and messages joined, with a real headquarters at a real folder: what a step sends leaves with the fact that began it, and
what headquarters signs for does the step.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from encounters.offices import HOUR, MINUTE, PAIRING, SECOND, Office
from headquarters import AUTHORITY, DESK, Headquarters, confirmed, person_told, report, sends
from kstep.app.file_signatures import signatures
from kstep.dispatch.paper import page
from kstep.dispatch.receipts import State
from kstep.encounters.answers import is_decided
from kstep.encounters.checking import FileError
from kstep.encounters.paper.gathering import gather
from kstep.encounters.paper.words import moment
from kstep.ledger.service import By
from kstep.model import InputError
from kstep.model.ports import Telling
from kstep.protocol.facts import Fact
from messaging import HQ
from nodes import person


def test_what_a_step_sends_leaves_with_the_fact_that_began_it(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    referral = confirmed(office)
    assert office.owed()["notification"] == "open"
    assert hq.turn() == []
    (told,) = hq.got()
    assert told["kind"] == "notification"
    known = person(1)
    told_person = {"person": office.number(1), "name": known["name"], "birth_date": known["birth_date"]}
    assert told["body"]["people"] == [{**told_person, "nationality": "", "documents": []}]
    assert told["body"]["match"] == {
        "list": "own", "entry": "E-own", "confirmation": "positive", "form": "written", "reference": "",
    }  # fmt: skip
    hq.turn()
    assert office.owed()["notification"] == "open", "that it lies there is no signature that somebody took it up"
    hq.signs_for(told["id"])
    assert office.owed()["notification"] == "done"
    (done,) = [one for one in office.decide().obligations if one.step == "notification"]
    assert done.key == referral
    office.later(5 * MINUTE)
    hq.turn()
    with office.kept.home.database.read() as connection:
        facts = [one.kind for one in office.files.history(connection, office.number(1)).facts]
    assert facts.count("MessageAcknowledged") == facts.count("MessageQueued") == 1


def test_whoever_is_registered_later_is_told_then(office: Office, hq: Headquarters) -> None:
    confirmed(office)
    by = By("account:2", "supervision")
    assert office.files.send_what_waits(by) == 0
    hq.register(HQ, "headquarters")
    assert office.files.send_what_waits(by) == 1
    assert office.files.send_what_waits(by) == 0
    hq.turn()
    assert [one["kind"] for one in hq.got()] == ["notification"]


def test_report_is_done_by_the_signature_alone(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    about = {"referral": confirmed(office)}
    for kind in ("MessageQueued", "MessageAcknowledged", "EveryCopyCorrected"):
        with pytest.raises(FileError, match="kstep files"):
            office.does("officer", kind, about=about, message="incident-report")
    message = sends(office, report(), about)
    assert {step: state for step, state in office.owed().items() if "report" in step} == {
        "report-writing": "done", "incident-report": "open",
    }  # fmt: skip
    hq.turn()
    assert {one["kind"] for one in hq.got()} == {"notification", "incident-report"}
    hq.signs_for(message)
    assert office.owed()["incident-report"] == "done"


def test_what_takes_the_place_of_a_report_does_the_step_too(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    message = sends(office, report(), {"referral": confirmed(office)})
    office.later(SECOND)
    new = office.correspondence.outbox.supersede(message, report(people=person_told(office)), office.by("officer"))
    hq.turn()
    hq.got()
    hq.signs_for(new)
    assert office.owed()["incident-report"] == "done"


def test_report_that_is_superseded_by_a_retraction_is_not_sent(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    message = sends(office, report(), {"referral": confirmed(office)})
    hq.turn()
    hq.got()
    office.later(SECOND)
    retraction = Telling(kind="retraction", recipient=HQ, body={"people": person_told(office), "ground": "sent in error"},
                         marking="restricted", purpose="reporting")  # fmt: skip
    new = office.correspondence.outbox.supersede(message, retraction, By(office.by("officer").actor, "reporting"))
    hq.turn()
    hq.got()
    hq.signs_for(new)
    assert said_of(office, new) == [("MessageQueued", "retraction"), ("MessageAcknowledged", "retraction")]
    assert office.owed()["incident-report"] == "open"


def test_what_was_told_is_taken_back_by_whichever_referral_the_authority_does(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    confirmed(office)
    hq.turn()
    (told,) = hq.got()
    hq.signs_for(told["id"])
    again = office.does("liaison", "ReferralMade", about=PAIRING, reference="R-2").fact.about["referral"]
    office.answered({"referral": again}, "negative")
    assert office.owed()["taking-back"] == "open"
    right = {"people": person_told(office), "wrong": "that it is the same person", "right": "the authority says no"}
    correction = replace(report(), kind="correction", body=right, refers=told["id"])
    message = sends(office, correction, {"referral": again})
    hq.turn()
    hq.got()
    hq.signs_for(message)
    assert office.owed()["taking-back"] == "done"
    with office.kept.home.database.read() as connection:
        held = office.files.history(connection, office.number(1)).facts
    assert {fact.about.get("pairing") for fact in held if "referral" in fact.about} == {PAIRING["pairing"]}


def test_report_that_is_taken_back_leaves_its_retraction_in_the_file(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    about = {"referral": confirmed(office)}
    message = sends(office, report(), about)
    never_sent = sends(office, report(), about)
    by = By(office.by("officer").actor, "reporting")
    assert office.correspondence.outbox.withdraw(never_sent, "sent in error", by) == ""
    hq.turn()
    hq.got()
    hq.signs_for(message)
    office.later(SECOND)
    retraction = office.correspondence.outbox.withdraw(message, "no longer true", by)
    assert said_of(office, retraction) == [("MessageQueued", "retraction")]
    hq.turn()
    hq.got()
    hq.signs_for(retraction)
    assert said_of(office, retraction) == [("MessageQueued", "retraction"), ("MessageAcknowledged", "retraction")]
    with office.kept.home.database.read() as connection:
        held = office.files.history(connection, office.number(1)).facts
    (fact,) = [one for one in held if one.says.get("id") == retraction and one.kind == "MessageQueued"]
    assert (dict(fact.about), fact.says["to"]) == ({**PAIRING, **about}, HQ)


def said_of(office: Office, message: str) -> list[tuple[str, str]]:
    """What a file says of a message, in order: each kind of fact, and of message."""
    with office.kept.home.database.read() as connection:
        held = office.files.history(connection, office.number(1)).facts
    return [(fact.kind, fact.says["message"]) for fact in held if fact.says.get("id") == message]


def test_who_may_not_send_sends_nothing(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    about = {"referral": confirmed(office)}
    hq.turn()
    before = len(hq.got())
    with pytest.raises(FileError, match="wrong role"):
        sends(office, report(), about, who="reviewer")
    with pytest.raises(FileError, match="does not tell of person"):
        sends(office, report(people=[{"person": office.number(2), "name": "x"}]), about)
    with pytest.raises(InputError, match="is no kind of message"):
        sends(office, Telling(kind="rumour", recipient=HQ, body={}, marking="restricted", purpose="reporting"), about)
    hq.turn()
    assert len(hq.got()) == before


def test_no_message_says_more_than_the_file(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    about = {"referral": confirmed(office, "positive", "telephone")}
    match = {"list": "own", "entry": "E-own", "confirmation": "positive"}
    by_telephone = sends(office, report(match={**match, "form": "telephone"}), about)
    in_writing = sends(office, report(match=match), about)
    assert [office.correspondence.is_stopped(one) for one in (by_telephone, in_writing)] == [False, True]
    with pytest.raises(FileError, match="tells of a match with the entry F-1 of own; it is sent for own#1"):
        sends(office, report(match={**match, "entry": "F-1"}), about)
    office.answered({**PAIRING, **about}, "positive", "written")
    office.answered({**PAIRING, **about}, "positive", "telephone")
    assert not office.correspondence.is_stopped(sends(office, report(match=match), about)), "written once is written"
    office.answered({**PAIRING, **about}, "negative", "written")
    hq.turn()
    assert office.correspondence.is_stopped(by_telephone), "the authority took it back before it left"


def test_paper_says_who_signed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    confirmed(office)
    hq.turn()
    (told,) = hq.got()
    hq.sign(told["id"])
    signed = moment(office.now)
    office.later(5 * MINUTE)
    hq.turn()
    number = office.number(1)
    paper = gather(office.ledger, number, office.by("supervisor"), signers=signatures(office.ledger, number))
    (fact,) = [one for one in paper.history if one.title == "A message was signed for by its recipient"]
    assert ("signed by", f"{HQ} on {signed}", False) in [(one.label, one.text, one.quoted) for one in fact.says]
    (owed,) = [one for one in paper.owed if one.title == "Notify headquarters at once"]
    assert owed.by is not None
    assert owed.by.account == f"{HQ} on {signed}"


def test_page_calls_nobody_confirmed_by_telephone(office: Office, hq: Headquarters) -> None:
    from kstep.dispatch.envelope import Payload
    from kstep.dispatch.paper import _parts

    hq.register(HQ, "headquarters")
    confirmed(office, "positive", "telephone")
    hq.turn()
    (told,) = hq.got()
    payload = Payload.make({name: value for name, value in told.items() if name != "format"})
    assert page(payload).startswith(b"%PDF")
    said = json.dumps(_parts(payload))
    assert "by telephone: provisional until it is written" in said
    assert "confirmed by the authority" not in said


def test_referral_goes_to_the_authority_and_nobody_else(office: Office, hq: Headquarters) -> None:
    hq.register(AUTHORITY, "confirming-authority")
    hq.register(HQ, "headquarters")
    office.reviewed()
    body = {
        "match": {"list": "own", "entry": "E-own", "confirmation": "not asked"},
        "question": "Is it the same person?",
    }

    def asking(recipient: str) -> Telling:
        return Telling(kind="referral", recipient=recipient, body=body, marking="restricted", purpose="reporting")

    message = sends(office, asking(AUTHORITY), PAIRING, who="liaison")
    assert office.owed()["referral"] == "done"
    assert office.owed()["confirmation"] == "open"
    assert not office.correspondence.is_stopped(message)
    hq.turn()
    assert [one["kind"] for one in hq.got(AUTHORITY)] == ["referral"]
    hq.signs_for(message, name=AUTHORITY)
    assert office.owed()["confirmation"] == "open", "that the question was read is no answer"


@pytest.mark.parametrize(
    ("issuer", "states", "leaves"),
    [
        ("JO", ["JO"], False),
        ("JO", ["US", "JO"], False),
        ("JO", ["US"], True),
        ("US", ["JO"], True),
        ("", ["JO"], True),
    ],
)
def test_match_never_goes_back_to_the_state_that_listed_its_own(
    office: Office, hq: Headquarters, issuer: str, states: list[str], leaves: bool
) -> None:
    """Nobody here is protected: it is enough that the person is of the state that issues the list."""
    hq.register(AUTHORITY, "confirming-authority", states=states)
    office.reviewed()
    office.kept.issued_by(issuer)
    body = {"match": {"list": "own", "entry": "E-own", "confirmation": "not asked"}, "question": "Who is it?"}
    told = Telling(kind="referral", recipient=AUTHORITY, body=body, marking="restricted", purpose="reporting")
    message = sends(office, told, PAIRING, who="liaison")
    assert office.correspondence.is_stopped(message) != leaves
    assert (office.owed()["referral"] == "done") == leaves
    hq.turn()
    assert len(hq.got(AUTHORITY)) == leaves


def test_who_climbs_a_ladder_is_told_once(office: Office, hq: Headquarters) -> None:
    hq.register(DESK, "duty-officer", "supervisor")
    hq.register(HQ, "headquarters")
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.later(25 * HOUR)
    by = By("account:2", "supervision")
    assert len(office.files.fire(by)) == 2
    assert office.files.fire(by) == []
    hq.turn()
    (told,) = hq.got(DESK)
    assert re.fullmatch(r"Something is still owed in the file of person \d+\.", told["body"]["what"]), "number alone"
    assert told["body"]["people"][0]["name"] == "", "who has to see to it looks into the file"
    assert hq.got() == []


@pytest.mark.parametrize(
    ("issuer", "states", "leaves"),
    [("JO", ["JO"], False), ("JO", ["US"], True), ("US", ["JO"], True), ("", ["JO"], True)],
)
def test_own_state_hears_of_no_file_with_a_match_of_its_list(
    office: Office, hq: Headquarters, issuer: str, states: list[str], leaves: bool
) -> None:
    """Neither that something is owed in it, nor what a step sends by itself: of a match that nobody decided, both would tell."""
    hq.register(DESK, "supervisor", states=states)
    hq.register(HQ, "headquarters", states=states)
    office.kept.issued_by(issuer)
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.later(25 * HOUR)
    office.files.fire(By("account:2", "supervision"))
    hq.turn()
    assert len(hq.got(DESK)) == leaves
    office.does("officer", "CustodyBegan", about={"custody": "C-1"})
    office.does("officer", "PersonReleased", about={"custody": "C-1"}, ground="court-order")
    hq.turn()
    told = "Tell headquarters that the person was released: the person was released (ground: court order)."
    assert [one["body"]["what"] for one in hq.got()] == [told] * leaves


def test_refused_report_stays_owed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    message = sends(office, report(), {"referral": confirmed(office)})
    hq.turn()
    hq.got()
    hq.signs_for(message, State.REFUSED, reason="not-ours")
    assert office.owed()["incident-report"] == "open"


def test_stopped_referral_does_nothing_in_the_file(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    office.reviewed()
    body = {
        "match": {"list": "own", "entry": "E-own", "confirmation": "not asked"},
        "question": "Is it the same person?",
    }
    told = Telling(kind="referral", recipient=HQ, body=body, marking="restricted", purpose="reporting")
    assert office.correspondence.is_stopped(sends(office, told, PAIRING, who="liaison"))
    assert office.owed()["referral"] == "open"
    assert "confirmation" not in office.owed()


def test_report_is_done_by_headquarters_alone(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    hq.register(DESK, "duty-officer")
    about = {"referral": confirmed(office)}
    message = sends(office, replace(report(), recipient=DESK), about)
    hq.turn()
    hq.got(DESK)
    hq.signs_for(message, name=DESK)
    assert office.owed()["incident-report"] == "open", "who signed for it is not headquarters"


def test_receipt_about_who_was_found_to_be_another_reaches_their_file(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    confirmed(office)
    hq.turn()
    (told,) = hq.got()
    office.register.merge(office.number(2), office.number(1), "the same prints", office.by("director"))
    hq.sign(told["id"])
    office.later(5 * MINUTE)
    assert hq.turn() == []
    assert office.owed(2)["notification"] == "done"


def test_answers_that_differ_decide_nothing_until_the_authority_has_said_which() -> None:
    about = {"pairing": "own#1", "referral": "R"}

    def said(number: int, fact: str, about: dict[str, str], **says: str) -> Fact:
        return Fact(str(number), fact, number, about=about, says=says)

    positive = said(1, "ConfirmationReceived", about, answer="positive", form="written")
    negative = said(2, "ConfirmationReceived", about, answer="negative", form="written")
    conflict = said(3, "AnswersConflict", {"pairing": "own#1", "conflict": "K"}, kind="ConfirmationReceived")
    decided = said(4, "StepCompleted", {"conflict": "K"}, step="conflict", outcome="one-stands")
    assert is_decided([positive], "own#1")
    assert not is_decided([positive], "own#2")
    assert not is_decided([positive, negative, conflict], "own#1")
    assert not is_decided([positive, negative, conflict, decided], "own#1"), (
        "a ruling here is no answer of the authority"
    )
    again = said(5, "ConfirmationReceived", about, answer="negative", form="written")
    assert is_decided([positive, negative, conflict, decided, again], "own#1")
    assert not is_decided([positive, negative, conflict, decided, again], "own#2")
