"""Every copy of what was wrong is corrected until each has signed; a question that came in is owed an answer until then."""

from __future__ import annotations

import re
from typing import Any

import pytest

from encounters.offices import HOUR, MINUTE, SECOND, Office
from headquarters import DESK, Headquarters, confirmed, person_told
from kstep.encounters.checking import FileError
from kstep.ledger.service import By
from kstep.model.events import FileFact
from messaging import HQ


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
        question, {"people": person_told(office), "result": "record", "says": "There is."}, "restricted", by
    )
    office.later(13 * HOUR)
    hq.turn()
    hq.got()
    assert office.owed()["inbound-answer"] == "open", "an answer that was obtained and not signed for stays open"
    hq.sign(message)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["inbound-answer"] == "done"


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
    body = {"people": person_told(office), "result": "record", "says": "There is."}
    message = requests.answer(question, body, "restricted", by)
    office.later(13 * HOUR)
    hq.turn()
    (told,) = hq.got()
    assert told["body"]["result"] == "no record"
    hq.sign(message)
    office.later(5 * MINUTE)
    hq.turn()
    assert office.owed()["inbound-answer"] == "done"
