"""Files and messages joined, with a real headquarters at a real folder: what a step sends leaves with the fact that began it, and
what headquarters signs for does the step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import CHECK, HOUR, MINUTE, PAIRING, REFER, SECOND, Office
from kept_homes import listed_file
from kstep.app.sending import Sending
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.paper import page
from kstep.dispatch.receipts import State
from kstep.dispatch.recipients import Recipients
from kstep.encounters.answers import is_decided
from kstep.encounters.service import FileError
from kstep.ledger.service import By
from kstep.model import InputError
from kstep.model.events import FileFact
from kstep.model.ports import Telling
from kstep.protocol.facts import Fact
from messaging import HQ, key_of, told_recipient

AUTHORITY = "authority.example/confirm"
DESK = "desk.example/duty"


class Headquarters:
    """Everybody who is told: each with a folder in which letters come, and receipts go."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder, self.inboxes = office, folder, dict[str, Inbox]()

    def register(self, name: str, *roles: str, **more: Any) -> None:
        drop = self.folder / name.replace("/", "-")
        drop.mkdir(exist_ok=True)
        told = told_recipient(name, channels=[f"file:{drop}"], roles=list(roles), **more)
        recipients = Recipients(self.office.ledger)
        recipients.register(told, self.office.by("director"))
        recipients.verify(name, "called back", self.office.by("director"))
        if name not in self.inboxes:
            keys = [self.office.kept.home.signing_key.key]
            self.inboxes[name] = Inbox.open(drop / "inbox.db", key_of(name), keys, lambda: self.office.now)

    def turn(self) -> list[str]:
        self.office.later(SECOND)
        return Sending(self.office.kept.home, self.office.ledger, By("account:2", "reporting")).turn()

    def got(self, name: str = HQ) -> list[dict[str, Any]]:
        """Take what lies in the folder, sign that it is there, and say all that came so far, the oldest first."""
        drop, inbox = self.folder / name.replace("/", "-"), self.inboxes[name]
        for letter in sorted(drop.glob("letters/*.json")):
            for message, answer in inbox.take([letter.read_bytes()]):
                for receipt in answer.receipts:
                    self._answer(drop, message, "received", receipt)
        found = [json.loads(inbox.text(line["message"])) for line in inbox.all()]
        return sorted((json.loads(json.dumps(one)) for one in found), key=lambda one: one["made"])

    def sign(self, message: str, state: str = "acknowledged", name: str = HQ, **more: Any) -> None:
        self.office.later(SECOND)
        text = self.inboxes[name].sign(message, state, **more)
        self._answer(self.folder / name.replace("/", "-"), message, state, text)

    @staticmethod
    def _answer(drop: Path, message: str, state: str, text: bytes) -> None:
        (drop / "receipts").mkdir(exist_ok=True)
        (drop / "receipts" / f"{message}.{state}.receipt.json").write_bytes(text)

    def close(self) -> None:
        for inbox in self.inboxes.values():
            inbox.database.close()


@pytest.fixture
def office(tmp_path: Path, empty_url: str) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home", None if empty_url.startswith("sqlite") else empty_url)
    made.kept.publish(listed_file(tmp_path))
    yield made
    assert made.kept.findings() == []
    before = made.kept.dump()
    made.ledger.rebuild()
    assert made.kept.dump() == before, "the tables follow from the log"
    made.kept.home.database.close()


@pytest.fixture
def hq(office: Office, tmp_path: Path) -> Iterator[Headquarters]:
    made = Headquarters(office, tmp_path)
    yield made
    made.close()


def confirmed(office: Office, answer: str = "positive", form: str = "written") -> str:
    """A file in which the authority answered; returns the referral."""
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
    fact = office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1").recorded.fact
    assert isinstance(fact, FileFact)
    answered(office, fact.about["referral"], answer, form)
    return fact.about["referral"]


def answered(office: Office, referral: str, answer: str, form: str) -> None:
    about = {**PAIRING, "referral": referral}
    said: dict[str, Any] = {"reference": "A-1", "desk": "day", "words": "as they said"}
    office.does("liaison", "ConfirmationReceived", about=about, answer=answer, form=form, **said)


def report(**body: Any) -> Telling:
    told = {"summary": "What happened.", "happened": "2027-03-01", **body}
    return Telling(kind="incident-report", recipient=HQ, body=told, marking="restricted", purpose="reporting")


def sends(office: Office, telling: Telling, about: Mapping[str, str], who: str = "officer", **says: str) -> str:
    office.later(SECOND)
    by = By(office.by(who).actor, "reporting")
    return office.correspondence.send(by, office.number(1), telling, about=about, says=says)[0]


def test_what_a_step_sends_leaves_with_the_fact_that_began_it(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    referral = confirmed(office)
    assert office.owed()["notification"] == "open"
    assert hq.turn() == []
    (told,) = hq.got()
    assert told["kind"] == "notification"
    assert [one["name"] for one in told["body"]["people"]] == ["Tariq Qasrawan 1"] or told["body"]["people"][0]["name"]
    assert told["body"]["match"] == {
        "list": "own", "entry": "E-own", "confirmation": "positive", "form": "written", "reference": "",
    }  # fmt: skip
    hq.turn()
    assert office.owed()["notification"] == "open", "that it lies there is no signature that somebody took it up"
    hq.sign(told["id"])
    office.later(5 * MINUTE)
    hq.turn()
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
    hq.sign(message)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["incident-report"] == "done"


def test_what_takes_the_place_of_a_report_does_the_step_too(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    message = sends(office, report(), {"referral": confirmed(office)})
    office.later(SECOND)
    new = office.correspondence.outbox.supersede(message, report(people=told_person(office)), office.by("officer"))
    hq.turn()
    hq.got()
    hq.sign(new)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["incident-report"] == "done"


def told_person(office: Office) -> list[dict[str, Any]]:
    return [{"person": office.number(1), "name": "x"}]


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
    of_another = sends(office, report(match={**match, "entry": "F-1"}), about)
    assert [office.correspondence.is_stopped(one) for one in (by_telephone, in_writing, of_another)] == [
        False,
        True,
        True,
    ]
    answered(office, about["referral"], "positive", "written")
    answered(office, about["referral"], "positive", "telephone")
    assert not office.correspondence.is_stopped(sends(office, report(match=match), about)), "written once is written"
    answered(office, about["referral"], "negative", "written")
    hq.turn()
    assert office.correspondence.is_stopped(by_telephone), "the authority took it back before it left"


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
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
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
    hq.sign(message, name=AUTHORITY)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["confirmation"] == "open", "that the question was read is no answer"


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
    assert re.fullmatch(
        r"Still owed in the file of person \d+: Review the possible match\. Told: supervisor\.", told["body"]["what"]
    )
    assert told["body"]["people"][0]["name"] == "", "who has to see to it looks into the file"
    assert hq.got() == []


def test_every_copy_is_corrected_until_each_has_signed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    hq.register(DESK, "headquarters")
    confirmed(office)
    hq.turn()
    for name in (HQ, DESK):
        (told,) = hq.got(name)
        hq.sign(told["id"], name=name)
    office.later(5 * MINUTE)
    hq.turn()
    fact = office.does("liaison", "RedressRequested").recorded.fact
    assert isinstance(fact, FileFact)
    control = fact.about["redress"]
    assert re.fullmatch("([2-9B-DF-HJ-NP-TV-Z]{4}-){2}[2-9B-DF-HJ-NP-TV-Z]{4}", control)
    about = {"redress": control}
    office.does(
        "adjudicator", "StepCompleted", about=about, step="redress-decision", outcome="corrected", reason="another man"
    )
    assert office.owed()["corrections"] == "open"
    by = By(office.by("liaison").actor, "reporting")
    with pytest.raises(FileError, match="no request for redress"):
        office.correspondence.correct(by, office.number(1), "R-1", "w", "r")
    messages = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.") == messages
    hq.turn()
    for name in (HQ, DESK):
        assert office.owed()["corrections"] == "open"
        told = hq.got(name)[-1]
        assert (told["kind"], told["id"] in messages, told["refers"] is not None) == ("correction", True, True)
        hq.sign(told["id"], name=name)
        office.later(5 * MINUTE)
        hq.turn()
    assert office.owed()["corrections"] == "done"


def test_nobody_was_told_and_so_nothing_is_left_to_correct(office: Office, hq: Headquarters) -> None:
    fact = office.does("liaison", "RedressRequested").recorded.fact
    assert isinstance(fact, FileFact)
    office.does(
        "adjudicator", "StepCompleted", about=fact.about, step="redress-decision", outcome="corrected", reason="r"
    )
    by = By(office.by("liaison").actor, "reporting")
    assert office.correspondence.correct(by, office.number(1), fact.about["redress"], "w", "r") == []
    assert office.owed()["corrections"] == "done"


def test_answer_to_a_question_that_came_in_is_owed_until_it_is_signed_for(office: Office, hq: Headquarters) -> None:
    from kstep.dispatch.requests import Requests

    hq.register(HQ)
    requests = Requests(office.correspondence.outbox)
    by = By(office.by("liaison").actor, "reporting")
    question = requests.take(
        {"from": HQ, "asks": "Is there anything of him?", "deadline": office.now + 48 * HOUR}, ["liaison"], by
    )
    office.does("liaison", "RequestArrived", about={"request": question})
    office.later(SECOND)
    message = requests.answer(
        question, {"people": told_person(office), "result": "record", "says": "There is."}, "restricted", by
    )
    office.later(13 * HOUR)
    hq.turn()
    hq.got()
    assert office.owed()["inbound-answer"] == "open", "an answer that was obtained and not signed for stays open"
    hq.sign(message)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["inbound-answer"] == "done"


def test_refused_report_stays_owed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    message = sends(office, report(), {"referral": confirmed(office)})
    hq.turn()
    hq.got()
    hq.sign(message, State.REFUSED, reason="not-ours")
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["incident-report"] == "open"


def test_stopped_referral_does_nothing_in_the_file(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
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
    hq.sign(message, name=DESK)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["incident-report"] == "open", "who signed for it is not headquarters"


def test_correction_of_what_is_still_to_leave_and_again_in_other_words(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    confirmed(office)  # the notification waits
    fact = office.does("liaison", "RedressRequested").recorded.fact
    assert isinstance(fact, FileFact)
    control, by = fact.about["redress"], By(office.by("liaison").actor, "reporting")
    decision: dict[str, Any] = {"step": "redress-decision", "outcome": "corrected", "reason": "another man"}
    office.does("adjudicator", "StepCompleted", about=fact.about, **decision)
    (first,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert office.owed()["corrections"] == "open"
    office.later(SECOND)
    office.correspondence.outbox.withdraw(first, "sent in error", by)
    (again,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert again != first, "what was withdrawn corrects nothing"
    hq.turn()
    hq.got()
    hq.sign(again)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["corrections"] == "done"
    (other,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is a third man.")
    assert other not in (first, again)


def test_question_about_who_is_protected_is_answered_and_closed(office: Office, hq: Headquarters) -> None:
    from kstep.dispatch.protection import Protection
    from kstep.dispatch.requests import Requests

    hq.register(HQ, states=["JO"])
    by = By(office.by("liaison").actor, "reporting")
    Protection(office.ledger).record(office.number(1), ["JO"], "a claim", by)
    requests = Requests(office.correspondence.outbox)
    question = requests.take(
        {"from": HQ, "asks": "Is there anything?", "deadline": office.now + 48 * HOUR}, ["liaison"], by
    )
    office.does("liaison", "RequestArrived", about={"request": question})
    body = {"people": told_person(office), "result": "record", "says": "There is."}
    message = requests.answer(question, body, "restricted", by)
    office.later(13 * HOUR)
    hq.turn()
    (told,) = hq.got()
    assert told["body"]["result"] == "no record"
    hq.sign(message)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["inbound-answer"] == "done"


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


def test_answers_that_differ_decide_nothing_until_somebody_has() -> None:
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
    assert is_decided([positive, negative, conflict, decided], "own#1")
