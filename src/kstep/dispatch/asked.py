"""What the tables hold of what others ask, of what the two sides know differently, and of receivers that fell silent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from kstep.dispatch.tables import requests, silent, unmatched
from kstep.ledger.service import Handler
from kstep.model.events import (
    Fact,
    HeartbeatMissed,
    HeartbeatReturned,
    MessagesReconciled,
    QuestionAnswered,
    QuestionArrived,
    QuestionAssigned,
    QuestionConfirmed,
    QuestionFailedOver,
    QuestionRead,
    Recorded,
    UnmatchedSettled,
)
from kstep.register.projection import note_together, people_of

DAY = 24 * 3_600 * 1_000_000
AGREED = "agrees now"
LOST = "they lost it"
EXPLAINED = (LOST, "not ours", "their log is wrong")
"""How an item is settled that may stay as it is. Settled otherwise, it is to be the same on both sides from then on."""

IS_KNOWN = unmatched.c.settled.is_(None) | unmatched.c.how.in_(EXPLAINED)
"""Which items are nothing new when they are found again."""

IS_APART = unmatched.c.settled.is_(None) | (unmatched.c.how == LOST)
"""Of which items it is news that both sides agree."""


def _read(connection: Connection, event: Recorded) -> None:
    if people_of(event.subject):
        note_together(connection, [event.subject])


def _arrived(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, QuestionArrived)
    told = {name: getattr(fact, name) for name in ("request", "recipient", "written", "deadline", "release", "voice")}
    line = {
        **told,
        "owners": json.dumps(list(fact.owners)),
        "owner": fact.owners[0],
        "step": 0,
        "arrived": fact.at or event.recorded,
    }
    connection.execute(insert(requests), [{**line, "message": None}])


def _assigned(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, QuestionAssigned)
    this = requests.c.request == event.fact.request
    connection.execute(update(requests).where(this).values(owner=event.fact.owner))


def _failed_over(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, QuestionFailedOver)
    this = requests.c.request == event.fact.request
    connection.execute(update(requests).where(this).values(owner=event.fact.owner, step=event.fact.step))


def _confirmed(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, QuestionConfirmed)
    connection.execute(update(requests).where(requests.c.request == event.fact.request).values(voice=""))


def _answered(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, QuestionAnswered)
    this = requests.c.request == event.fact.request
    connection.execute(update(requests).where(this).values(message=event.fact.message))


def _reconciled(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, MessagesReconciled)
    for message in fact.agreed:
        this = (unmatched.c.recipient == fact.recipient) & (unmatched.c.message == message) & IS_APART
        connection.execute(update(unmatched).where(this).values(settled=event.recorded, how=AGREED))
    named = (("only here", fact.only_here), ("only there", fact.only_there), ("differs", fact.differs))
    for what, found in named:
        for message in found:
            item = f"{fact.recipient}/{message}/{what.replace(' ', '-')}"
            if connection.execute(select(unmatched.c.item).where(unmatched.c.item == item, IS_KNOWN)).first() is None:
                now = fact.at or event.recorded
                times = {"found": now, "due": now + DAY, "settled": None, "how": None}
                line = {"item": item, "recipient": fact.recipient, "message": message, "what": what, **times}
                connection.execute(delete(unmatched).where(unmatched.c.item == item))
                connection.execute(insert(unmatched), [line])


def _settled(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, UnmatchedSettled)
    this = unmatched.c.item == event.fact.item
    connection.execute(update(unmatched).where(this).values(settled=event.recorded, how=event.fact.how))


def _missed(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, HeartbeatMissed)
    not_silent(connection, event.fact.recipient)
    connection.execute(insert(silent), [{"recipient": event.fact.recipient, "since": event.fact.since}])


def _returned(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, HeartbeatReturned)
    not_silent(connection, event.fact.recipient)


def not_silent(connection: Connection, recipient: str) -> None:
    """Forget that a recipient's receiver is silent."""
    connection.execute(delete(silent).where(silent.c.recipient == recipient))


ASKED: Mapping[type[Fact], Handler] = {
    QuestionRead: _read, QuestionArrived: _arrived, QuestionAssigned: _assigned, QuestionFailedOver: _failed_over,
    QuestionConfirmed: _confirmed, QuestionAnswered: _answered, MessagesReconciled: _reconciled, UnmatchedSettled: _settled,
    HeartbeatMissed: _missed, HeartbeatReturned: _returned,
}  # fmt: skip
"""The handlers."""

__all__ = ["AGREED", "ASKED", "DAY", "EXPLAINED", "IS_APART", "IS_KNOWN", "not_silent"]
