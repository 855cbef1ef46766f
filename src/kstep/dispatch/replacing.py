"""An answer that must not go home is not held back, which would tell something, but is the answer that there is no
record.
"""

from __future__ import annotations

from sqlalchemy import select

from kstep.dispatch.egress import Rule
from kstep.dispatch.envelope import Payload
from kstep.dispatch.outbox import NO_RECORD_MARKING, NO_RECORD_PURPOSE, Outbox, find_message, marking_of, subject_about
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.tables import requests
from kstep.dispatch.templates import people_of
from kstep.ledger.service import Unit
from kstep.model.events import EgressRefused, MessageSuperseded, QuestionAnswered
from kstep.model.ports import Telling

NO_RECORD = "no record"


def no_record(request: str, recipient: str, office: str = "") -> Telling:
    """The answer that there is no record: the same whatever the reason, but for the id of the request."""
    body = {"people": [], "request": request, "result": NO_RECORD, "says": ""}
    return Telling(
        kind="answer",
        recipient=recipient,
        body=body,
        marking=NO_RECORD_MARKING,
        purpose=NO_RECORD_PURPOSE,
        office=office,
    )


def replace_answer(outbox: Outbox, unit: Unit, payload: Payload, rule: Rule) -> bool:
    """Put the answer that there is no record in the place of one that must not go home; whether this was such a one. One that left
    already is what it is: another after it would tell that there is something.
    """
    if rule is not Rule.HOME or payload.value["kind"] != "answer":
        return False
    line, body = find_message(unit.connection, payload.id), payload.value["body"]
    if line.sent >= 0:
        return False
    new = outbox.queue(unit, no_record(body["request"], line.recipient, line.office), release=line.release)
    why = EgressRefused(message=payload.id, recipient=line.recipient, rule=rule.name.lower())
    unit.record(why, subject=subject_about(people_of(body), line.recipient), marking=marking_of(line))
    told, subject = MessageSuperseded(message=payload.id, by=new), subject_of_recipient(line.recipient)
    unit.record(told, subject=subject, marking=marking_of(line))
    if outbox.correspondent:
        outbox.correspondent.superseded(unit, payload.id, new)
    request = unit.connection.execute(select(requests.c.request).where(requests.c.message == payload.id)).scalar()
    if request is not None:
        unit.record(QuestionAnswered(request=request, message=new), subject=subject, marking=marking_of(line))
    return True


__all__ = ["NO_RECORD", "no_record", "replace_answer"]
