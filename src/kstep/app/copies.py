"""What left about a person, each copy of it: messages of this node, what it handed out otherwise, and what other offices sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from kstep.dispatch.ladder import told_time
from kstep.dispatch.outbox import find_message, marking_of
from kstep.dispatch.receipts import State
from kstep.dispatch.tables import UNTRIED, handed, messages, recipients
from kstep.dispatch.tables import about as told_of
from kstep.encounters.service import MARKING
from kstep.encounters.tables import facts
from kstep.register.tables import is_of

PURPOSE = "reporting"
REFERRAL, CORRECTION, RETRACTION = "referral", "correction", "retraction"
_LISTED = 100
"""Things that were handed over, at most, that one correction names."""

SENDING = ("MessageQueued", "ReferralMade")
"""Kinds of facts that say that a message is sent."""

_SPENT = (RETRACTION, CORRECTION)
"""Kinds of messages that nobody corrects."""


@dataclass(frozen=True)
class Copy:
    """Something about a person that left or is to leave: its name, the message that it is, if any, and more for its correction."""

    recipient: str
    name: str
    purpose: str
    marking: str
    message: str = ""
    office: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def copies(connection: Connection, person: int) -> list[Copy]:
    """The messages about a person, or about whoever was found to be the same, that left or are to leave, and tell of something."""
    kept = messages.c.state.not_in((State.STOPPED, State.WITHDRAWN, State.SUPERSEDED)) | (messages.c.sent != UNTRIED)
    told = messages.c.message.in_(select(told_of.c.message).where(is_of(told_of, person)))
    asked = select(messages).where(told, messages.c.kind.not_in(_SPENT), kept).order_by(messages.c.queued)
    return [
        Copy(line.recipient, line.message, line.purpose, marking_of(line), line.message, line.office)
        for line in connection.execute(asked)
    ]


def handed_out(connection: Connection, person: int) -> list[Copy]:
    """What was handed out of them otherwise: one copy for each recipient and purpose."""
    order = (handed.c.recipient, handed.c.purpose, handed.c.handed, handed.c.item)
    found: dict[tuple[str, str], list[Any]] = {}
    for line in connection.execute(select(handed).where(is_of(handed, person)).order_by(*order)):
        found.setdefault((line.recipient, line.purpose), []).append(line)
    copies = []
    for (recipient, purpose), lines in found.items():
        items = [f"{line.item}, {told_time(line.handed)}"[:300] for line in lines[-_LISTED:]]
        name = f"handed:{recipient}/{purpose}/{lines[-1].handed}"  # what is handed out later is another copy
        copies.append(Copy(recipient, name, purpose, MARKING, more={"handed": items}))
    return copies


def elsewhere(connection: Connection, person: int) -> list[Copy]:
    """What other offices sent, as far as their histories were taken: one copy for each message."""
    asked = select(facts).where(is_of(facts, person), facts.c.elsewhere != "", facts.c.kind.in_(SENDING))
    copies = []
    for line in connection.execute(asked.order_by(facts.c.log, facts.c.number)):
        says = json.loads(line.says)
        kind, recipient, message = says.get("message", REFERRAL), says.get("to"), says.get("id")
        if recipient and message and kind not in _SPENT:
            more = {"handed": [f"{kind} {message} of {line.log}"[:300]]}
            copies.append(Copy(recipient, f"elsewhere:{message}", PURPOSE, MARKING, more=more))
    return copies


def is_known(connection: Connection, recipient: str) -> bool:
    asked = select(recipients.c.recipient).where(recipients.c.recipient == recipient)
    return connection.execute(asked).first() is not None


def copy_of(connection: Connection, message: str) -> str:
    """The copy that a correction, or what took the place of one, is about."""
    line = find_message(connection, message)
    while line.kind == CORRECTION and line.refers:
        line = find_message(connection, line.refers)
    return str(line.duty.rpartition("/")[0] if line.kind == CORRECTION else line.message)


__all__ = [
    "CORRECTION", "PURPOSE", "REFERRAL", "RETRACTION", "SENDING", "Copy", "copies", "copy_of", "elsewhere", "handed_out",
    "is_known",
]  # fmt: skip
