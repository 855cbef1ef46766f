"""What others ask: each question has an owner, a deadline, and somebody who takes over. It is open until its answer is
acknowledged.

An answer about somebody whose data must not go to who asks is the answer that there is no record; all answers leave at
the time that followed from when the question came.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from kstep.dispatch.egress import Leaving, Rule, refusals
from kstep.dispatch.ladder import tell_officers, told_time
from kstep.dispatch.outbox import Outbox, subject_about
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.receipts import State
from kstep.dispatch.recipients import find_recipient
from kstep.dispatch.replacing import NO_RECORD, no_record
from kstep.dispatch.tables import messages, requests
from kstep.dispatch.templates import checked, people_of
from kstep.ledger.service import INTERNAL, By, Unit
from kstep.model import InputError, one_line
from kstep.model.events import (
    EgressRefused,
    QuestionAnswered,
    QuestionArrived,
    QuestionAssigned,
    QuestionConfirmed,
    QuestionFailedOver,
    QuestionRead,
)
from kstep.model.ports import Telling

_MINUTE = 60 * 1_000_000
HOUR = 60 * _MINUTE
ANSWERS_AFTER = 4 * HOUR
"""Microseconds after a question came at which an answer leaves, however early it is ready: the time tells nothing."""

MARKING = "restricted"
_UNANSWERED = (State.STOPPED, State.REFUSED, State.WITHDRAWN)
"""How it stands with an answer in the place of which another is to be written."""

_LONGEST, _MOST_OWNERS = 8_000, 8


@dataclass(frozen=True)
class Request:
    """A question: who asks, who sees to it, by when; the answer, and how it stands with that. Times in microseconds since
    1970.
    """

    request: str
    recipient: str
    owner: str
    step: int
    arrived: int
    deadline: int
    voice: str
    message: str | None
    state: str | None

    def late(self, now: int) -> bool:
        """Whether it should have been answered."""
        return self.deadline <= now


class Requests:
    """The questions that came to a node."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ledger = outbox.ledger

    def take(self, told: Any, owners: Sequence[str], by: By) -> str:
        """Take a question of a registered recipient in, with who sees to it and who takes over; returns its id. Raises
        `InputError`.
        """
        asks, sender, voice = _asked(told)
        if not 0 < len(owners) <= _MOST_OWNERS or not all(one.strip() and one.isprintable() for one in owners):
            raise InputError(
                "a question has an owner, and others who take over", where="--owner", mend="name one to eight"
            )
        now, name = self._ledger.clock(), secrets.token_hex(16)
        deadline = told["deadline"]
        if not isinstance(deadline, int) or isinstance(deadline, bool) or deadline <= now:
            mend = "write one later than now, as 2027-03-01T09:00Z, 8 hours, or in microseconds since 1970"
            raise InputError("is no time to come", where="deadline", mend=mend)
        release = now + ANSWERS_AFTER
        if deadline <= release:
            soonest = (release // _MINUTE + 2) * _MINUTE
            what = f"is over before an answer leaves, {ANSWERS_AFTER // HOUR} hours after the question came"
            raise InputError(what, where="deadline", mend=f"write {soonest} ({told_time(soonest)}) or later")
        with self._ledger.unit(by) as unit:
            find_recipient(unit.connection, sender)
            about = f"request:{name}"
            written = unit.record(QuestionRead(asks=asks), subject=about, marking=MARKING)
            fact = QuestionArrived(
                request=name, recipient=sender, written=written.number, about=about, owners=tuple(owners), deadline=deadline,
                release=release, voice=voice, at=now,
            )  # fmt: skip
            unit.record(fact, subject=subject_of_recipient(sender), marking=INTERNAL)
        return name

    def assign(self, request: str, owner: str, by: By) -> None:
        """Have somebody else see to a question. Raises `InputError`."""
        if not owner.strip() or not owner.isprintable() or len(owner) > 200:
            raise InputError("names nobody", where="--owner", mend="name who sees to it")
        with self._ledger.unit(by) as unit:
            line = _line(unit.connection, request)
            fact = QuestionAssigned(request=request, owner=owner.strip())
            unit.record(fact, subject=subject_of_recipient(line.recipient), marking=INTERNAL)

    def confirm(self, request: str, reference: str, by: By) -> None:
        """Say that what was asked by telephone was confirmed in writing. Raises `InputError`."""
        if not reference.strip() or not reference.isprintable() or len(reference) > 200:
            raise InputError("names no paper", where="--reference", mend="name the paper that confirms it")
        with self._ledger.unit(by) as unit:
            line = _line(unit.connection, request)
            if not line.voice:
                raise InputError("needs no confirmation", where=request, mend="nothing needs to be done")
            fact = QuestionConfirmed(request=request, reference=reference.strip())
            unit.record(fact, subject=subject_of_recipient(line.recipient), marking=INTERNAL)

    def answer(self, request: str, body: Any, marking: str, by: By, *, purpose: str = "reporting") -> str:
        """Write the answer to a question; it is sent when its time has come. Returns the message's id. Raises
        `InputError`.
        """
        with self._ledger.unit(by) as unit:
            line = _line(unit.connection, request)
            before = (
                line.message
                and unit.connection.execute(select(messages.c.state).where(messages.c.message == line.message)).scalar()
            )
            if before is not None and before not in _UNANSWERED:
                mend = "if that was wrong, take it back first: kstep messages withdraw"
                raise InputError("is answered already", where=request, mend=mend)
            telling = self._telling(unit, line, body, marking, purpose)
            message = self._outbox.queue(unit, telling, release=_leaves(line, self._ledger.clock()))
            fact = QuestionAnswered(request=request, message=message)
            unit.record(fact, subject=subject_of_recipient(line.recipient), marking=INTERNAL)
        return message

    def _telling(self, unit: Unit, line: Any, body: Any, marking: str, purpose: str) -> Telling:
        held = checked("answer", {"people": [], **body, "request": line.request} if isinstance(body, dict) else body)
        if held["result"] == NO_RECORD:
            return no_record(line.request, line.recipient)
        recipient, people = find_recipient(unit.connection, line.recipient), people_of(held)
        leaving = Leaving(purpose, frozenset(people))
        if refusals(unit.connection, self._ledger.vault, [leaving], recipient)[0] is Rule.HOME:
            why = EgressRefused(message=line.request, recipient=line.recipient, rule=Rule.HOME.name.lower())
            unit.record(why, subject=subject_about(people, line.recipient), marking=MARKING)
            return no_record(line.request, line.recipient)
        return Telling(kind="answer", recipient=line.recipient, body=held, marking=marking, purpose=purpose)

    def open(self) -> list[Request]:
        """The questions whose answers are not acknowledged, by deadline."""
        with self._ledger.database.read() as connection:
            return open_requests(connection)

    def asks(self, request: str) -> str:
        """What a question asks. Raises `InputError` if there is none, or what it said was erased."""
        with self._ledger.database.read() as connection:
            found = self._ledger.payload(connection, _line(connection, request).written)
        if found is None:
            raise InputError("what it asks was erased", where=request)
        return str(found[1]["asks"])

    def turn(self, by: By) -> list[str]:
        """Have the next owner see to each question that is not answered when its share of the time is over, or the answer to which
        was stopped, refused or withdrawn, and the duty officers told, also when its time is over; returns which moved.
        """
        now, moved = self._ledger.clock(), []
        for one in self.open():
            if one.message is not None and one.state not in _UNANSWERED:
                continue
            with self._ledger.unit(by) as unit:
                line = _line(unit.connection, one.request)
                owners, share = json.loads(line.owners), (line.deadline - line.arrived)
                step = min(len(owners) - 1, max(0, (now - line.arrived) * len(owners) // max(share, 1)))
                for number in range(line.step + 1, step + 1):
                    fact = QuestionFailedOver(request=one.request, owner=owners[number], step=number)
                    unit.record(fact, subject=subject_of_recipient(line.recipient), marking=INTERNAL)
                    moved.append(one.request)
                    what = f"The question {one.request} is not answered; the next who sees to it does now."
                    tell_officers(self._outbox, unit, what, f"{one.request}/{number}")
                if one.late(now):
                    what = f"The question {one.request} was not answered by its deadline."
                    tell_officers(self._outbox, unit, what, one.request)
        return moved


def open_requests(connection: Connection) -> list[Request]:
    """The questions whose answers are not acknowledged, by deadline."""
    columns = [
        requests.c[name]
        for name in ("request", "recipient", "owner", "step", "arrived", "deadline", "voice", "message")
    ]
    asked = select(*columns, messages.c.state).join_from(
        requests, messages, messages.c.message == requests.c.message, isouter=True
    )
    still = or_(requests.c.message.is_(None), messages.c.finished.is_(None), messages.c.state == State.WITHDRAWN)
    lines: Any = connection.execute(asked.where(still).order_by(requests.c.deadline, requests.c.request))
    return [Request(*line) for line in lines]


def _leaves(line: Any, now: int) -> int:
    """When an answer leaves: a whole number of times after the question came, whenever somebody was ready. Where that would be too
    late, the time is an hour.
    """
    for every in (ANSWERS_AFTER, HOUR):
        at: int = line.release + max(0, -(-(now - line.release) // every)) * every
        if at < line.deadline:
            return at
    return max(now, int(line.release))


def _line(connection: Connection, request: str) -> Any:
    line = connection.execute(select(requests).where(requests.c.request == request)).one_or_none()
    if line is None:
        raise InputError("is no question that came in", where=one_line(request, 60), mend="see kstep requests list")
    return line


def _asked(told: Any) -> tuple[str, str, str]:
    """What is asked, by whom, and by which voice."""
    needed = {"from", "asks", "deadline"}
    if not isinstance(told, dict) or not needed <= set(told) <= needed | {"voice"}:
        raise InputError(
            "is no question", where="the request", mend='write {"from", "asks", "deadline"}, and perhaps "voice"'
        )
    asks, voice = told["asks"], told.get("voice")
    if not isinstance(asks, str) or not 0 < len(asks.strip()) <= _LONGEST:
        raise InputError("asks nothing, or too much", where="asks", mend=f"write up to {_LONGEST:,} characters")
    if voice is None:
        return asks.strip(), str(told["from"]), ""
    if (
        not isinstance(voice, dict)
        or set(voice) != {"desk", "reference"}
        or not all(map(str.strip, map(str, voice.values())))
    ):
        raise InputError("names no desk and reference", where="voice", mend='write {"desk": "…", "reference": "…"}')
    return asks.strip(), str(told["from"]), f"{voice['desk']}, {voice['reference']}"


__all__ = ["ANSWERS_AFTER", "Request", "Requests", "open_requests"]
