"""The outbox: what is owed to whom, from the unit of work in which the duty arose until its recipient has signed, or
somebody here has closed it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import Connection, select

from kstep.dispatch.egress import Leaving, Rule, refusals
from kstep.dispatch.envelope import Payload
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.receipts import CLOSED, Receipt, State, is_done
from kstep.dispatch.recipients import Recipient, find_recipient
from kstep.dispatch.tables import UNTRIED, messages
from kstep.dispatch.taking import Taken, take, take_file
from kstep.dispatch.templates import REFERS, WITHIN, WITHIN_OTHERS, checked, is_undecided, people_of, template_of
from kstep.ledger.service import By, Ledger, Unit
from kstep.model import InputError, one_line
from kstep.model.events import (
    EgressRefused,
    MessageOwed,
    MessageStopped,
    MessageSuperseded,
    MessageWithdrawn,
    MessageWritten,
)
from kstep.model.markings import Marking
from kstep.model.ports import Telling
from kstep.register.projection import subject_of, together
from kstep.register.tables import State as Standing
from kstep.register.tables import people

GROUNDS = ("sent in error", "no longer true", "court order", "told otherwise", "its text was erased")
"""On what a message is taken back. A ground says nothing of anybody, and stays when what the message said is erased."""

ANSWER = "answer"
"""The kind of messages that leave when their time has come, and by which questions are closed."""

NO_RECORD_MARKING, NO_RECORD_PURPOSE = "restricted", "reporting"
"""How every answer is marked that there is no record, and what for."""

_LONGEST_WITHIN = 30 * 24 * 3_600 * 1_000_000
_ID_BYTES = 16


class Correspondent(Protocol):
    """What messages mean to whoever keeps files of people: asked before one leaves, and told what becomes of it."""

    def answered(self, connection: Connection, person: int, name: str, entry: str) -> tuple[str, str]:
        """What the confirming authority answered last about a person and an entry, by the id that its list gives it, and in which
        form; empty if nothing.
        """
        ...

    def lists(self, connection: Connection, duty: str) -> frozenset[str]:
        """Of which lists the possible matches are of which a message tells that is sent because there is a file; none if it is
        sent for something else.
        """
        ...

    def acknowledged(self, unit: Unit, message: str) -> None:
        """A message is done: its recipient has signed for it."""
        ...

    def superseded(self, unit: Unit, message: str, new: str) -> None:
        """Another message takes the place of one."""
        ...

    def withdrawn(self, unit: Unit, message: str, retraction: str) -> None:
        """A message is taken back that had left, and its retraction goes after it."""
        ...


class Outbox:
    """The outbox of a ledger whose log has an origin. Without a `correspondent`, what a message says of an authority's answer
    is believed.
    """

    def __init__(self, ledger: Ledger, origin: str, correspondent: Correspondent | None = None) -> None:
        self.ledger = ledger
        self.origin = origin
        self.correspondent = correspondent

    def queue(self, unit: Unit, telling: Telling, *, release: int = 0) -> str:
        """Have somebody told, in this unit or not at all, and not before `release`; returns the message's id. Raises
        `InputError` if it makes no sense. What may not leave is stopped, and a task for somebody here.
        """
        connection = unit.connection
        recipient = find_recipient(connection, telling.recipient)
        if telling.duty and (before := _of_duty(connection, telling)):
            return before
        body = checked(telling.kind, dict(telling.body))
        telling = replace(telling, body=body)
        _check(connection, telling)
        payload = self._payload(telling, release)
        about = subject_about(people_of(body), telling.recipient)
        written = unit.record(MessageWritten(text=payload.text.decode()), subject=about, marking=telling.marking)
        fact = MessageOwed(
            message=payload.id, kind=telling.kind, recipient=telling.recipient, digest=payload.digest, written=written.number,
            about=about, office=telling.office, purpose=telling.purpose, refers=telling.refers, duty=telling.duty,
            within=telling.within or WITHIN.get(telling.kind, WITHIN_OTHERS), action=telling.action, release=release,
            at=self.ledger.clock(),
        )  # fmt: skip
        unit.record(fact, subject=subject_of_recipient(telling.recipient), marking=telling.marking)
        rule = self.refusals(connection, [payload], recipient)[0]
        if rule not in (None, Rule.UNVERIFIED):  # until its recipient is verified, it waits
            assert rule is not None
            stop(unit, payload, rule)
        return payload.id

    def tell(self, telling: Telling, by: By) -> str:
        """The same, in a unit of its own, of what is no answer to a question: that has a time at which it leaves."""
        if telling.kind == ANSWER:
            mend = "answer the question: kstep requests answer"
            raise InputError(
                "is sent by nobody by hand: it would leave at once, and close no question", where=ANSWER, mend=mend
            )
        with self.ledger.unit(by) as unit:
            return self.queue(unit, telling)

    def refusals(self, connection: Connection, payloads: list[Payload], recipient: Recipient) -> list[Rule | None]:
        """Why each of these messages may not leave now."""
        leaving = [self.leaving(connection, payload) for payload in payloads]
        return refusals(connection, self.ledger.vault, leaving, recipient)

    def take(self, unit: Unit, recipient: Recipient, texts: Iterable[bytes]) -> Taken:
        """Take receipts of a recipient, and tell whoever keeps files which messages are done by them."""
        taken = take(unit, recipient, texts)
        if self.correspondent:
            for name in dict.fromkeys(receipt.message for receipt in taken.new):
                if is_done(find_message(unit.connection, name).said, action=False):
                    self.correspondent.acknowledged(unit, name)
        return taken

    def take_file(self, unit: Unit, text: bytes) -> Receipt:
        """The same of a receipt that came as a file. Raises `InputError` if nothing is to be believed of it."""
        return take_file(unit, text, self.take)

    def leaving(self, connection: Connection, payload: Payload) -> Leaving:
        """What leaves with a message of this node, as it says itself and as files know it."""
        leaving = _leaving_of(payload)
        if self.correspondent is None:
            return leaving
        undecided = leaving.undecided or self._is_untrue(connection, payload.value["body"])
        lists = self.correspondent.lists(connection, find_message(connection, payload.id).duty)
        return replace(leaving, undecided=undecided, lists=leaving.lists | lists)

    def _is_untrue(self, connection: Connection, body: Mapping[str, Any]) -> bool:
        """Whether a body tells of an answer of the confirming authority that no file of whom it tells of holds."""
        match = body.get("match")
        if self.correspondent is None or match is None:
            return False
        said = (match["confirmation"].replace(" ", "-"), match["form"])
        for person in people_of(body):
            answer, form = self.correspondent.answered(connection, person, match["list"], match["entry"])
            if said not in ((answer, form), (answer, "telephone")):
                return True
        return not people_of(body)

    def supersede(self, message: str, telling: Telling, by: By) -> str:
        """Have another message take the place of one, to which it refers if its kind does. Raises `InputError`; of an answer, too:
        what took its place would leave at once, and close no question; and if it is for another recipient: the first would hear
        nothing.
        """
        with self.ledger.unit(by) as unit:
            line = _open(unit.connection, message)
            if ANSWER in (line.kind, telling.kind):
                mend = "withdraw it and answer again: kstep requests answer"
                raise InputError("is the answer to a question, whose place no message takes", where=message, mend=mend)
            if telling.recipient not in ("", line.recipient):
                mend = f"tell {one_line(telling.recipient, 80)} by itself, and withdraw this one if it was wrong"
                raise InputError(
                    f"is for {line.recipient}: nobody else gets what takes its place", where=message, mend=mend
                )
            refers = message if telling.kind in REFERS else telling.refers
            new = self.queue(unit, replace(telling, recipient=line.recipient, refers=refers))
            fact = MessageSuperseded(message=message, by=new)
            unit.record(fact, subject=subject_of_recipient(line.recipient), marking=marking_of(line))
            if self.correspondent:
                self.correspondent.superseded(unit, message, new)
        return new

    def withdraw(self, message: str, ground: str, by: By) -> str:
        """Take a message back; if it may have been sent, its recipient is owed a retraction, whose id is returned. Raises
        `InputError`.
        """
        with self.ledger.unit(by) as unit:
            return withdraw(self, unit, message, ground)

    def _payload(self, telling: Telling, release: int) -> Payload:
        """What leaves. An answer is made when it leaves: when somebody was ready tells something."""
        _, version = template_of(telling.kind)
        made = release or self.ledger.clock()
        return Payload.make(
            {
                "body": dict(telling.body), "id": secrets.token_hex(_ID_BYTES), "kind": telling.kind, "made": made,
                "marking": telling.marking, "nonce": secrets.token_hex(_ID_BYTES), "purpose": telling.purpose,
                "recipient": telling.recipient, "refers": telling.refers or None, "sender": self.origin, "template": version,
            }
        )  # fmt: skip


def _leaving_of(payload: Payload) -> Leaving:
    """What leaves with a message, as it says itself."""
    value, body = payload.value, payload.value["body"]
    match = body.get("match")
    told, listed = frozenset(people_of(body)), frozenset([match["list"]] if match else ())
    marking, is_referral = Marking.parse(value["marking"]), value["kind"] == "referral"
    return Leaving(value["purpose"], told, marking, is_undecided(body), is_referral, listed)


def withdraw(outbox: Outbox, unit: Unit, message: str, ground: str) -> str:
    """Take a message back in a unit; returns the id of the retraction, or nothing if nobody tried to send it. Raises
    `InputError`.
    """
    if ground not in GROUNDS:
        mend = f"write one of: {', '.join(GROUNDS)}"
        raise InputError(f"{one_line(ground, 60)!r} is no ground to take a message back", where="--ground", mend=mend)
    line = _open(unit.connection, message)
    retraction = ""
    if line.sent != UNTRIED:
        body = {"people": [], "ground": ground}
        telling = Telling(
            kind="retraction", recipient=line.recipient, body=body, marking=marking_of(line), purpose=line.purpose,
            office=line.office, refers=message,
        )  # fmt: skip
        retraction = outbox.queue(unit, telling)
    fact = MessageWithdrawn(message=message, ground=ground, retraction=retraction)
    unit.record(fact, subject=subject_of_recipient(line.recipient), marking=marking_of(line))
    if retraction and outbox.correspondent:
        outbox.correspondent.withdrawn(unit, message, retraction)
    return retraction


def stop(unit: Unit, payload: Payload, rule: Rule) -> None:
    """Let a message not leave. Why is sealed as the message is: of who is erased, nothing tells that they were protected."""
    recipient, marking = str(payload.value["recipient"]), str(payload.value["marking"])
    about = subject_about(people_of(payload.value["body"]), recipient)
    why = EgressRefused(message=payload.id, recipient=recipient, rule=rule.name.lower())
    unit.record(why, subject=about, marking=marking)
    unit.record(MessageStopped(message=payload.id), subject=subject_of_recipient(recipient), marking=marking)


def subject_about(people: tuple[int, ...], recipient: str) -> str:
    """The subject of what a message about these people says."""
    if not people:
        return subject_of_recipient(recipient)
    return subject_of(people[0]) if len(people) == 1 else together(people)


def find_message(connection: Connection, message: str) -> Any:
    """The line of a message. Raises `InputError` if there is none."""
    line = connection.execute(select(messages).where(messages.c.message == message)).one_or_none()
    if line is None:
        raise InputError("is no message of this node", where=one_line(message, 60), mend="see kstep messages list")
    return line


def marking_of(line: Any) -> str:
    """The marking of a message's line."""
    return str(Marking.of_columns(line._mapping))


def _open(connection: Connection, message: str) -> Any:
    line = find_message(connection, message)
    if line.state in CLOSED:
        raise InputError(f"is {line.state} already", where=message, mend="nothing needs to be done")
    return line


def _of_duty(connection: Connection, telling: Telling) -> str:
    this = (
        (messages.c.duty == telling.duty)
        & (messages.c.recipient == telling.recipient)
        & (messages.c.state != State.WITHDRAWN)
    )
    return str(connection.execute(select(messages.c.message).where(this)).scalar() or "")


def _check(connection: Connection, telling: Telling) -> None:
    if telling.within is not None and not 0 < telling.within <= _LONGEST_WITHIN:
        raise InputError("is no time in which anybody can answer", where="within", mend="give up to 30 days")
    if telling.kind in REFERS and not telling.refers and not telling.body.get("handed"):
        raise InputError(f"a {telling.kind} is about an earlier message", where="refers", mend="name its id")
    if telling.refers:
        find_message(connection, telling.refers)
    wanted = people_of(telling.body)
    known = people.c.person.in_(wanted) & people.c.state.not_in((Standing.ERASED, Standing.CANARY))
    found = set(connection.execute(select(people.c.person).where(known)).scalars()) if wanted else set()
    if missing := sorted(set(wanted) - found):
        what = f"there is no record of person {missing[0]} that could be told"
        raise InputError(what, where="people", mend="look the number up again")


__all__ = [
    "ANSWER", "GROUNDS", "NO_RECORD_MARKING", "NO_RECORD_PURPOSE", "Correspondent", "Outbox", "find_message", "marking_of",
    "stop", "subject_about", "withdraw",
]  # fmt: skip
