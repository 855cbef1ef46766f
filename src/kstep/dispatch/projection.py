"""What the tables of messages hold, computed from events: whom one may tell, what is owed to them, and what became of it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kstep.dispatch.asked import ASKED, not_silent
from kstep.dispatch.receipts import CLOSED, RANK, STUCK, State, is_done, outcome
from kstep.dispatch.tables import PROJECTED, TRIED, UNTRIED, about, handed, messages, protected, receipts, recipients
from kstep.ledger.service import Projection
from kstep.model.events import (
    HandedOut,
    MessageOwed,
    MessagesEscalated,
    MessagesSent,
    MessageStopped,
    MessagesTried,
    MessageSuperseded,
    MessageWithdrawn,
    MessageWritten,
    PersonErased,
    ProtectionEnded,
    ProtectionRecorded,
    ReceiptsTaken,
    RecipientRegistered,
    RecipientRetired,
    RecipientVerified,
    Recorded,
)
from kstep.model.markings import Marking
from kstep.register.projection import note_together, people_of, person_of
from kstep.register.tasks import erased_person

_AT_ONCE = 500


def subject_of_recipient(recipient: str) -> str:
    """What events about a recipient have as their subject, and those about messages that tell of nobody."""
    return f"recipient:{recipient}"


def people_told_of(subject: str) -> tuple[int, ...]:
    """Whom a message with this subject is about."""
    return (person_of(subject),) if subject.startswith("person:") else people_of(subject)


def _registered(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, RecipientRegistered)
    listed = {name: json.dumps(list(getattr(fact, name)), ensure_ascii=False) for name in _LISTS}
    line = {"owner": fact.owner, "highest": fact.highest, "registered": event.recorded, **listed}
    this = recipients.c.recipient == fact.recipient
    before = connection.execute(select(recipients).where(this)).one_or_none()
    verified = None
    if before and before.retired is None and all(getattr(before, name) == listed[name] for name in _MADE_SURE_OF):
        verified = before.verified
    connection.execute(delete(recipients).where(this))
    if not any(channel.startswith("https:") for channel in fact.channels):
        not_silent(connection, fact.recipient)
    connection.execute(
        insert(recipients), [{"recipient": fact.recipient, "verified": verified, "retired": None, **line}]
    )
    if before is not None:
        _readdress(connection, fact, json.loads(before.channels))


def _readdress(connection: Connection, fact: RecipientRegistered, before: list[str]) -> None:
    """What is open was not sent over the first channel that is another now, nor over those after it."""
    told = list(fact.channels)
    rung = next((rung for rung, channel in enumerate(before) if told[rung : rung + 1] != [channel]), len(before))
    this = (messages.c.recipient == fact.recipient) & messages.c.finished.is_(None) & messages.c.state.not_in(STUCK)
    sent = rung - 1 if rung else TRIED
    connection.execute(update(messages).where(this, messages.c.sent >= rung).values(sent=sent))


_LISTS = ("states", "channels", "keys", "permitted", "prohibited", "roles")
_MADE_SURE_OF = ("states", "channels", "keys")
"""What somebody made sure of who verified a recipient: where its channels lead, whose it is, and by which keys it signs."""


def _verified(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, RecipientVerified)
    this = recipients.c.recipient == event.fact.recipient
    connection.execute(update(recipients).where(this).values(verified=event.recorded))


def _retired(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, RecipientRetired)
    this = recipients.c.recipient == event.fact.recipient
    connection.execute(update(recipients).where(this).values(retired=event.recorded))
    not_silent(connection, event.fact.recipient)


def _protected(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, ProtectionRecorded):
        person = person_of(event.subject)
        connection.execute(delete(protected).where(protected.c.person == person))
        line = {"person": person, "states": json.dumps(sorted(event.fact.states)), "since": event.recorded}
        connection.execute(insert(protected), [line])


def _unprotected(connection: Connection, event: Recorded) -> None:
    connection.execute(delete(protected).where(protected.c.person == person_of(event.subject)))


def _written(connection: Connection, event: Recorded) -> None:
    if people_of(event.subject):
        note_together(connection, [event.subject])


def _queued(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, MessageOwed)
    told = (
        "message",
        "kind",
        "recipient",
        "digest",
        "written",
        "purpose",
        "refers",
        "duty",
        "action",
        "office",
        "release",
        "within",
    )
    due = max(fact.at or event.recorded, fact.release) + fact.within
    line = {
        **{name: getattr(fact, name) for name in told}, **Marking.parse(event.marking).columns(), "state": State.QUEUED,
        "queued": event.recorded, "due": due, "rung": 0, "sent": UNTRIED, "rises": due, "said": "", "finished": None,
    }  # fmt: skip
    connection.execute(insert(messages), [line])
    people = [{"message": fact.message, "person": person} for person in people_told_of(fact.about)]
    if people:
        connection.execute(insert(about), people)


def _handed(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, HandedOut)
    for person in people_told_of(fact.about) if fact.about else ():
        this = (handed.c.recipient == fact.recipient) & (handed.c.person == person) & (handed.c.item == fact.item)
        connection.execute(delete(handed).where(this))
        line = {"recipient": fact.recipient, "person": person, "item": fact.item, "purpose": event.purpose}
        connection.execute(insert(handed), [{**line, "handed": event.recorded}])


def _stopped(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, MessageStopped)
    this = (messages.c.message == event.fact.message) & messages.c.finished.is_(None)
    connection.execute(update(messages).where(this).values(state=State.STOPPED))


def _tried(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, MessagesTried)
    for first in range(0, len(fact.messages), _AT_ONCE):
        these = messages.c.message.in_(fact.messages[first : first + _AT_ONCE]) & (messages.c.sent == UNTRIED)
        connection.execute(update(messages).where(these).values(sent=TRIED))


def _sent(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, MessagesSent)
    for first in range(0, len(fact.messages), _AT_ONCE):
        these = messages.c.message.in_(fact.messages[first : first + _AT_ONCE])
        connection.execute(update(messages).where(these, messages.c.sent < fact.rung).values(sent=fact.rung))
        waiting = these & (messages.c.state == State.QUEUED)
        connection.execute(update(messages).where(waiting).values(state=State.SENT))


def _receipts(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, ReceiptsTaken)
    told = [json.loads(text)["receipt"] for text in fact.receipts]
    for first in range(0, len(told), _AT_ONCE):
        some = told[first : first + _AT_ONCE]
        lines = _lines(connection, {receipt["message"] for receipt in some})
        taken = [
            {
                **{name: receipt[name] for name in ("message", "state", "time", "reason", "reference")},
                "taken": event.recorded,
            }
            for receipt in some
        ]
        connection.execute(insert(receipts), taken)
        for receipt in some:
            _say(lines[receipt["message"]], receipt["state"], receipt["time"], event.recorded)
        changed = [{f"new_{name}": line[name] for name in _CHANGED} | {"this": name} for name, line in lines.items()]
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _CHANGED}
        connection.execute(update(messages).where(messages.c.message == bindparam("this")).values(values), changed)


_CHANGED = ("state", "said", "finished", "rises")


def _lines(connection: Connection, names: set[str]) -> dict[str, dict[str, Any]]:
    """How it stands with messages, with the time of what was last said of each."""
    columns = (messages.c.message, messages.c.action, *(messages.c[name] for name in _CHANGED))
    asked = select(*columns, receipts.c.time).join_from(
        messages,
        receipts,
        (receipts.c.message == messages.c.message) & (receipts.c.state == messages.c.said),
        isouter=True,
    )
    found = connection.execute(asked.where(messages.c.message.in_(names))).mappings()
    return {line["message"]: dict(line) for line in found}


def _say(line: dict[str, Any], state: str, time: int, recorded: int) -> None:
    if not outcome(state, time, line["said"], line["time"] or 0):
        return
    line |= {"said": state, "time": time}
    if line["state"] in CLOSED:
        return
    line["state"] = (
        state if RANK[state] >= RANK.get(line["state"], 0) or line["state"] == State.STOPPED else line["state"]
    )
    if state == State.REFUSED:
        line["finished"] = None
    elif is_done(state, line["action"]):
        line |= {"finished": line["finished"] or recorded, "rises": None}


def _escalated(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, MessagesEscalated)
    rises = None if fact.last else messages.c.due + messages.c.within * fact.rung
    for first in range(0, len(fact.messages), _AT_ONCE):
        these = messages.c.message.in_(fact.messages[first : first + _AT_ONCE]) & messages.c.rises.is_not(None)
        connection.execute(update(messages).where(these).values(rung=fact.rung, rises=rises))


def _superseded(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, MessageSuperseded)
    _close(connection, event, event.fact.message, State.SUPERSEDED)


def _withdrawn(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, MessageWithdrawn)
    _close(connection, event, event.fact.message, State.WITHDRAWN)


def _close(connection: Connection, event: Recorded, message: str, state: State) -> None:
    closed = {"state": state, "finished": event.recorded, "rises": None}
    connection.execute(update(messages).where(messages.c.message == message).values(closed))


def _erased(connection: Connection, event: Recorded) -> None:
    person = erased_person(event)
    for table in (about, handed, protected):
        connection.execute(delete(table).where(table.c.person == person))


DISPATCH = Projection(
    PROJECTED,
    {
        RecipientRegistered: _registered, RecipientVerified: _verified, RecipientRetired: _retired,
        ProtectionRecorded: _protected, ProtectionEnded: _unprotected, PersonErased: _erased, MessageWritten: _written,
        MessageOwed: _queued, HandedOut: _handed, MessageStopped: _stopped, MessagesSent: _sent, ReceiptsTaken: _receipts,
        MessagesTried: _tried, MessagesEscalated: _escalated, MessageSuperseded: _superseded, MessageWithdrawn: _withdrawn, **ASKED,
    },
)  # fmt: skip
"""The tables, and what changes them."""

__all__ = ["DISPATCH", "people_told_of", "subject_of_recipient"]
