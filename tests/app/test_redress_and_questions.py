"""Every copy of what was wrong is corrected until each has signed; a question that came in is owed an answer until then."""

from __future__ import annotations

import re
from typing import Any

import pytest

from encounters.offices import HOUR, MINUTE, SECOND, Office
from headquarters import DESK, Headquarters, confirmed, decided, person_told
from kstep.app.handing import Handing
from kstep.dispatch.envelope import Payload
from kstep.dispatch.paper import page
from kstep.dispatch.protection import Protection
from kstep.dispatch.requests import Requests
from kstep.encounters.checking import FileError
from kstep.ledger.service import By
from kstep.model.markings import Marking
from messaging import HQ


def test_every_copy_is_corrected_until_each_has_signed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    hq.register(DESK, "headquarters")
    confirmed(office)
    hq.turn()
    for name in (HQ, DESK):
        (told,) = hq.got(name)
        hq.signs_for(told["id"], name=name)
    control = decided(office)
    assert re.fullmatch("([2-9B-DF-HJ-NP-TV-Z]{4}-){2}[2-9B-DF-HJ-NP-TV-Z]{4}", control)
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
        hq.signs_for(told["id"], name=name)
    assert office.owed()["corrections"] == "done"


def test_nobody_was_told_and_so_nothing_is_left_to_correct(office: Office, hq: Headquarters) -> None:
    control = decided(office)
    by = By(office.by("liaison").actor, "reporting")
    assert office.correspondence.correct(by, office.number(1), control, "w", "r") == []
    assert office.owed()["corrections"] == "done"


def came_in(office: Office) -> tuple[Requests, By, str]:
    """A question about the person of a file came in, and the file knows."""
    requests = Requests(office.correspondence.outbox)
    by = By(office.by("liaison").actor, "reporting")
    question = requests.take(
        {"from": HQ, "asks": "Is there anything of him?", "deadline": office.now + 48 * HOUR}, ["liaison"], by
    )
    office.does("liaison", "RequestArrived", about={"request": question})
    return requests, by, question


def test_answer_to_a_question_that_came_in_is_owed_until_it_is_signed_for(office: Office, hq: Headquarters) -> None:
    hq.register(HQ)
    requests, by, question = came_in(office)
    office.later(SECOND)
    message = requests.answer(
        question, {"people": person_told(office), "result": "record", "says": "There is."}, "restricted", by
    )
    office.later(13 * HOUR)
    hq.turn()
    hq.got()
    assert office.owed()["inbound-answer"] == "open", "an answer that was obtained and not signed for stays open"
    hq.signs_for(message)
    assert office.owed()["inbound-answer"] == "done"


def test_question_that_a_file_hears_of_after_its_answer_was_signed_for_is_done(
    office: Office, hq: Headquarters
) -> None:
    hq.register(HQ)
    requests = Requests(office.correspondence.outbox)
    by = By(office.by("liaison").actor, "reporting")
    asked = {"from": HQ, "asks": "Is there anything of them?", "deadline": office.now + 48 * HOUR}
    question = requests.take(asked, ["liaison"], by)
    message = requests.answer(question, {"result": "no record"}, "restricted", by)
    office.does("liaison", "RequestArrived", 2, about={"request": question})
    office.later(5 * HOUR)
    hq.turn()
    hq.got()
    hq.signs_for(message)
    assert office.owed(2)["inbound-answer"] == "done"
    told = office.does("liaison", "RequestArrived", about={"request": question})
    assert {one.step: str(one.state) for one in told.decision.obligations} == {"inbound-answer": "done"}
    assert office.owed()["inbound-answer"] == "done"
    other = requests.take({**asked, "deadline": office.now + 48 * HOUR}, ["liaison"], by)
    for one in (other, "by letter"):
        office.does("liaison", "RequestArrived", 3, about={"request": one})
        assert office.owed(3)["inbound-answer"] == "open"


def test_answer_that_was_taken_back_does_nothing_and_the_next_one_does(office: Office, hq: Headquarters) -> None:
    hq.register(HQ)
    requests, by, question = came_in(office)
    body = {"people": person_told(office), "result": "record", "says": "There is."}
    first = requests.answer(question, body, "restricted", by)
    office.later(5 * HOUR)
    hq.turn()
    hq.got()
    office.later(SECOND)
    retraction = office.correspondence.outbox.withdraw(first, "no longer true", by)
    with office.kept.home.database.read() as connection:
        last = office.files.history(connection, office.number(1)).facts[-1]
    assert (last.kind, last.says["message"], last.says["id"]) == ("MessageQueued", "retraction", retraction)
    assert dict(last.about) == {"request": question}
    signed = hq.inboxes[HQ].sign(first, "acknowledged")  # it comes late, as a file
    with office.ledger.unit(by) as unit:
        office.correspondence.outbox.take_file(unit, signed)
    assert (office.owed()["inbound-answer"], len(requests.open())) == ("open", 1)
    again = requests.answer(question, {**body, "says": "There was."}, "restricted", by)
    office.later(4 * HOUR)  # when the next answers leave
    hq.turn()
    hq.got()
    assert (office.owed()["inbound-answer"], len(requests.open())) == ("open", 1)
    hq.signs_for(again)
    assert (office.owed()["inbound-answer"], requests.open()) == ("done", [])


def test_correction_of_what_is_still_to_leave_and_again_in_other_words(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters")
    confirmed(office)  # the notification waits
    control, by = decided(office), By(office.by("liaison").actor, "reporting")
    (first,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert office.owed()["corrections"] == "open"
    office.later(SECOND)
    office.correspondence.outbox.withdraw(first, "sent in error", by)
    (again,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert again != first, "what was withdrawn corrects nothing"
    hq.turn()
    hq.got()
    hq.signs_for(again)
    assert office.owed()["corrections"] == "done"
    (other,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is a third man.")
    assert other not in (first, again)


def hands_out(office: Office, name: str, item: str, purpose: str = "reporting") -> None:
    """Something that is no message, with two people in it, is handed to somebody."""
    office.later(SECOND)
    by = By(office.by("supervisor").actor, purpose)
    handing = Handing.to(office.kept.home, office.ledger, name, by, Marking.parse("restricted"))
    handing.handed(item, 2, [office.number(0), office.number(1)])


def test_what_was_handed_out_otherwise_is_corrected_too(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, "headquarters", permitted=["reporting"])
    hq.register(DESK, permitted=["reporting", "review"])
    confirmed(office)
    hands_out(office, DESK, "matches:possible")
    hands_out(office, DESK, "people:show")
    hands_out(office, DESK, "files:print", "review")
    control, by = decided(office), By(office.by("liaison").actor, "reporting")
    words = (office.number(1), control, "It is he.", "It is another man.")
    messages = office.correspondence.correct(by, *words)
    assert office.correspondence.correct(by, *words) == messages, "each copy once"
    hq.turn()
    hq.sign(next(one["id"] for one in hq.got() if one["kind"] == "correction"))
    got = {one["purpose"]: one for one in hq.got(DESK)}
    assert {purpose: [what.partition(",")[0] for what in one["body"]["handed"]] for purpose, one in got.items()} == {
        "reporting": ["matches:possible", "people:show"], "review": ["files:print"],
    }  # fmt: skip
    assert all(one["refers"] is None and one["kind"] == "correction" for one in got.values())
    assert page(Payload.make({key: held for key, held in got["review"].items() if key != "format"})).startswith(b"%PDF")
    for one in got.values():
        office.later(5 * MINUTE)
        hq.turn()
        assert office.owed()["corrections"] == "open"
        hq.signs_for(one["id"], name=DESK)
    assert office.owed()["corrections"] == "done"
    assert set(office.correspondence.correct(by, *words)) == set(messages), "nothing was handed out since"
    hands_out(office, DESK, "people:show")
    assert len(set(office.correspondence.correct(by, *words)) - set(messages)) == 1, "what was handed out since"


def test_correction_that_was_withdrawn_is_made_again_for_what_was_handed_out(office: Office, hq: Headquarters) -> None:
    hq.register(DESK)
    hands_out(office, DESK, "people:show")
    control, by = decided(office), By(office.by("liaison").actor, "reporting")
    words = (office.number(1), control, "It is he.", "It is another man.")
    (first,) = office.correspondence.correct(by, *words)
    office.later(SECOND)
    office.correspondence.outbox.withdraw(first, "sent in error", by)
    (again,) = office.correspondence.correct(by, *words)
    assert again != first
    hq.turn()
    hq.got(DESK)
    hq.signs_for(again, name=DESK)
    assert office.owed()["corrections"] == "done"


def test_correction_that_may_not_leave_is_somebodys_word_and_anothers(office: Office, hq: Headquarters) -> None:
    """By then the person is protected from whoever has a copy: a correction would go home."""
    hq.register(DESK, states=["JO"])
    hands_out(office, DESK, "people:show")
    control, by = decided(office), By(office.by("liaison").actor, "reporting")
    Protection(office.ledger).record(office.number(1), ["JO"], "a claim", by)
    (message,) = office.correspondence.correct(by, office.number(1), control, "It is he.", "It is another man.")
    assert office.correspondence.is_stopped(message)
    assert office.owed()["corrections"] == "open"
    waived: dict[str, Any] = {
        "step": "corrections",
        "ground": "a correction would go home",
        "about": {"redress": control},
    }
    with pytest.raises(FileError):
        office.does("counsel", "StepWaived", **waived)
    office.does("counsel", "StepWaived", second="director", **waived)
    assert office.owed()["corrections"] == "waived"


def test_question_about_who_is_protected_is_answered_and_closed(office: Office, hq: Headquarters) -> None:
    hq.register(HQ, states=["JO"])
    by = By(office.by("liaison").actor, "reporting")
    Protection(office.ledger).record(office.number(1), ["JO"], "a claim", by)
    requests = Requests(office.correspondence.outbox)
    question = requests.take(
        {"from": HQ, "asks": "Is there anything?", "deadline": office.now + 48 * HOUR}, ["liaison"], by
    )
    office.does("liaison", "RequestArrived", about={"request": question})
    body = {"people": person_told(office), "result": "record", "says": "There is."}
    message = requests.answer(question, body, "restricted", by)
    office.later(13 * HOUR)
    hq.turn()
    (told,) = hq.got()
    assert told["body"]["result"] == "no record"
    hq.signs_for(message)
    assert office.owed()["inbound-answer"] == "done"
