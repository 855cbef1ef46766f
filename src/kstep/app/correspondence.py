"""Files and messages, joined: what a step sends goes into the outbox in the unit in which it began; what a recipient signs for is a
fact in the file in the unit in which the receipt was taken; and no message says more of an authority's answer than its file does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from kstep.app.copies import (
    CORRECTION,
    PURPOSE,
    REFERRAL,
    RETRACTION,
    SENDING,
    copies,
    copy_of,
    elsewhere,
    handed_out,
    is_known,
)
from kstep.dispatch.ladder import told_time
from kstep.dispatch.outbox import ANSWER, Outbox, find_message
from kstep.dispatch.receipts import CLOSED, State, is_done
from kstep.dispatch.recipients import Recipient, find_recipient, with_role
from kstep.dispatch.tables import about as told_of
from kstep.dispatch.tables import messages, requests
from kstep.dispatch.templates import checked
from kstep.editions.tables import entries
from kstep.encounters.answers import DECIDED, answered
from kstep.encounters.checking import FileError, check_redress
from kstep.encounters.evidence import Evidence
from kstep.encounters.facts import facts_of, kept_as
from kstep.encounters.projection import pairing_key, pairing_of
from kstep.encounters.referring import check_match, matches_in
from kstep.encounters.service import MARKING, Files, Told
from kstep.encounters.tables import facts
from kstep.encounters.telling import Written
from kstep.ledger.service import By, Ledger, Unit, lock_log
from kstep.model.ports import Telling
from kstep.protocol.decide import Obligation
from kstep.protocol.facts import KINDS, Fact
from kstep.protocol.wording import plain
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register

_SOON, _LONGEST = 60_000_000, 30 * 24 * 3_600_000_000
"""Microseconds in which a message that is sent by itself is to be done, at least and at most."""

_BY_ITSELF = ("file", "rung")
"""How the duties begin of messages that files send by themselves."""


@dataclass
class Correspondence:
    """The correspondence about the files of a ledger whose log has an origin."""

    ledger: Ledger
    origin: str

    def __post_init__(self) -> None:
        self.files = Files(self.ledger, self)
        self.outbox = Outbox(self.ledger, self.origin, self)

    # what files ask of it

    def begun(self, unit: Unit, person: int, owed: Obligation) -> Sequence[Written]:
        """Have those told to whom a step goes that is owed; nobody, as long as nobody in the registry is that."""
        step = self.files.protocol(unit.connection, person).steps[owed.step]
        assert step.sends is not None
        held = facts_of(unit.connection, person)
        began = next(fact for fact in held if fact.id == owed.fact)
        body = self._body(unit.connection, person, held, began, f"{step.title}: {_meant(began)}.")
        found = []
        for recipient in with_role(unit.connection, step.sends.to):
            duty = f"file:{person}/{owed.step}/{owed.key}/{owed.number}"
            telling = _telling(step.sends.message, recipient, body, duty)
            if owed.due is not None:  # the ladder of the message climbs when the step is late, not later
                telling = replace(telling, within=min(max(owed.due - self.ledger.clock(), _SOON), _LONGEST))
            found.append(Written(self.outbox.queue(unit, telling), step.sends.message, recipient.recipient))
        return found

    def due(self, unit: Unit, person: int, told: Mapping[str, str]) -> None:
        """Tell those in the registry who have a role that is told of something owed: that it is, and in which file, by number.
        What it is could tell of a match that nobody decided.
        """
        what = f"Something is still owed in the file of person {person}."
        body = {"people": [{"person": person}], "what": what, "happened": told_time(self.ledger.clock())}
        for role in told["to"].split():
            for recipient in with_role(unit.connection, role):
                duty = f"rung:{person}/{told['step']}/{told['key']}/{told['number']}/{told['rung']}"
                self.outbox.queue(unit, _telling("notification", recipient, body, duty))

    def arrived(self, unit: Unit, person: int, request: str) -> bool:
        """Put it into the file of who is asked about that the answer is signed for, if that came first."""
        asked = select(messages).join(requests, requests.c.message == messages.c.message)
        line = unit.connection.execute(asked.where(requests.c.request == request)).one_or_none()
        if line is None or line.state in CLOSED or not is_done(line.said, action=False):
            return False
        self._answer_in(unit, person, request, line.message)
        return True

    # what the outbox asks of it

    def answered(self, connection: Connection, person: int, name: str, entry: str) -> tuple[str, str]:
        """What the confirming authority answered last about a person and an entry, and in which form."""
        asked = select(entries.c.entry).where(entries.c.list == name, entries.c.source_id == entry)
        keys = {pairing_key(name, number) for number in connection.execute(asked).scalars()}
        return answered(facts_of(connection, kept_as(connection, person)), keys)

    def lists(self, connection: Connection, duty: str) -> frozenset[str]:
        """Of which lists the possible matches are that stand in the file which had a message sent by itself."""
        kind, _, of = duty.partition(":")
        person = of.partition("/")[0]
        if kind not in _BY_ITSELF or not person.isdecimal():
            return frozenset()
        return frozenset(name for name, _ in matches_in(connection, kept_as(connection, int(person))))

    def acknowledged(self, unit: Unit, message: str) -> None:
        """Put it into the files that had it sent, and into those whose question it answers; not what was taken back since."""
        line = find_message(unit.connection, message)
        if line.state in CLOSED:
            return
        recipient = find_recipient(unit.connection, line.recipient)
        if line.kind == ANSWER:
            self._answer_acknowledged(unit, message)
        for person, queued in self._sent_by(unit.connection, message):
            held = facts_of(unit.connection, person)
            if any(fact.kind == "MessageAcknowledged" and fact.says.get("id") == message for fact in held):
                continue
            said = {name: queued.says[name] for name in ("step", "key", "number") if name in queued.says}
            kind = REFERRAL if queued.kind == "ReferralMade" else queued.says["message"]
            about = {key: value for key, value in queued.about.items() if key in KINDS["MessageAcknowledged"].about}
            said |= {"message": kind, "id": message}
            for role in recipient.roles or ("",):
                signed = {**said, "signed_as": role} if role else said
                self.files.record_in(unit, person, "MessageAcknowledged", about, signed)
            if kind == CORRECTION and "redress" in about:
                self._corrected(unit, person, about["redress"])

    def _answer_acknowledged(self, unit: Unit, message: str) -> None:
        """Whatever the answer is: that there is no record tells of nobody."""
        for person, request in _asked_in(unit.connection, message):
            self._answer_in(unit, person, request, message)

    def _answer_in(self, unit: Unit, person: int, request: str, message: str) -> None:
        said = {"message": ANSWER, "id": message}
        self.files.record_in(unit, person, "MessageAcknowledged", {"request": request}, said)

    def superseded(self, unit: Unit, message: str, new: str) -> None:
        """Have the new one count for what the old one was sent for, as what it is: a retraction is no report."""
        self._goes_after(unit, message, new)

    def withdrawn(self, unit: Unit, message: str, retraction: str) -> None:
        """Write into the files that had it sent, and into those whose question it answered, that it is taken back."""
        self._goes_after(unit, message, retraction)
        line = find_message(unit.connection, message)
        for person, request in _asked_in(unit.connection, message) if line.kind == ANSWER else ():
            said = {"message": RETRACTION, "id": retraction, "to": line.recipient}
            self.files.record_in(unit, person, "MessageQueued", {"request": request}, said)

    def _goes_after(self, unit: Unit, message: str, new: str) -> None:
        """Write of a message that goes after another into the files that had that one sent."""
        line = find_message(unit.connection, new)
        for person, queued in list(self._sent_by(unit.connection, message)):
            kept = {name: queued.says[name] for name in ("step", "key", "number") if name in queued.says}
            about = {key: value for key, value in queued.about.items() if key in KINDS["MessageQueued"].about}
            said = {"message": line.kind, "id": new, "to": line.recipient, **kept}
            self.files.record_in(unit, person, "MessageQueued", about, said)

    # what people do

    def send(
        self, by: By, person: int, telling: Telling, *, about: Mapping[str, str], says: Mapping[str, str],
        evidence: Sequence[Evidence] = (),
    ) -> tuple[str, Told | None]:  # fmt: skip
        """Have somebody told of the person of a file, and write into the file that they are; returns the message's id. A body that
        tells of nobody tells of that person. What may not leave does nothing in the file. Raises `InputError`, `FileError`.
        """
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            check_match(unit.connection, self.files.history(unit.connection, person), about, telling.body)
            body = {"people": self._told(unit.connection, person), **telling.body}
            body = checked(telling.kind, body)
            if person not in {one["person"] for one in body["people"]}:
                raise FileError(f"the message does not tell of person {person}, whose file it is; name them in people")
            message = self.outbox.queue(unit, replace(telling, body=body))
            if find_message(unit.connection, message).state == State.STOPPED:
                return message, None
            said = {**says, "id": message, "to": telling.recipient}
            if telling.kind == REFERRAL:
                return message, self.files.record_in(
                    unit, person, "ReferralMade", about, {"reference": message, **said}, evidence
                )
            said |= {"message": telling.kind}
            return message, self.files.record_in(unit, person, "MessageQueued", about, said, evidence)

    def correct(self, by: By, person: int, redress: str, wrong: str, right: str) -> list[str]:
        """Have every recipient of a message about a person, and whoever was handed anything of them, told what was wrong in it, and
        what is right, by whichever office; returns the messages that took. Once all have signed, so does the file say. Whom another
        office told and nobody registered here stays to be told. Raises `InputError`, `FileError`.
        """
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            self.files.protocol(unit.connection, person)
            check_redress(unit.connection, person, redress)
            body: dict[str, Any] = {"people": self._told(unit.connection, person), "wrong": wrong, "right": right}
            found: list[str] = []
            words = hashlib.sha256(repr((wrong, right)).encode()).hexdigest()[:16]
            told = (one for one in elsewhere(unit.connection, person) if is_known(unit.connection, one.recipient))
            for copy in (*copies(unit.connection, person), *handed_out(unit.connection, person), *told):
                telling = Telling(
                    kind=CORRECTION, recipient=copy.recipient, body={**body, **copy.more}, marking=copy.marking,
                    purpose=copy.purpose, office=copy.office, refers=copy.message, duty=f"redress:{redress}/{copy.name}/{words}",
                )  # fmt: skip
                message = self.outbox.queue(unit, telling)
                found.append(message)
                if any(person == one for one, _ in self._sent_by(unit.connection, message)):
                    continue
                said = {"message": CORRECTION, "id": message, "to": copy.recipient}
                self.files.record_in(unit, person, "MessageQueued", {"redress": redress}, said)
            self._corrected(unit, person, redress)
        return found

    def nobody_here(self, person: int) -> list[str]:
        """Whom other offices told of a person, and nobody registered here."""
        with self.ledger.database.read() as connection:
            told = {copy.recipient for copy in elsewhere(connection, person)}
            return sorted(name for name in told if not is_known(connection, name))

    def is_stopped(self, message: str) -> bool:
        """Whether the egress check let a message not leave."""
        with self.ledger.database.read() as connection:
            return str(find_message(connection, message).state) == State.STOPPED

    def _corrected(self, unit: Unit, person: int, redress: str) -> None:
        """Say that every copy is corrected, once it is."""
        own = f"{self.ledger.origin(unit.connection)}#"
        of_this = [
            fact
            for fact in facts_of(unit.connection, person)
            if fact.about.get("redress") == redress and fact.id.startswith(own)
        ]
        owed, signed = (
            {copy_of(unit.connection, fact.says["id"]) for fact in of_this if _is_about(fact, kind, CORRECTION)}
            for kind in ("MessageQueued", "MessageAcknowledged")
        )
        waiting = {
            copy_of(unit.connection, fact.says["id"])
            for fact in of_this
            if _is_about(fact, "MessageQueued", CORRECTION) and _is_open(unit.connection, fact.says["id"])
        }
        owed |= {f"redress:{redress}/{copy.name}" for copy in elsewhere(unit.connection, person)}
        if owed <= signed and not waiting:
            self.files.record_in(unit, person, "EveryCopyCorrected", {"redress": redress}, {})

    def _sent_by(self, connection: Connection, message: str) -> Iterator[tuple[int, Fact]]:
        """The files in which a message was sent, and the facts by which it was."""
        for person in _people_told(connection, message):
            for fact in facts_of(connection, person):
                if fact.says.get("id") == message and fact.kind in SENDING:
                    yield person, fact
                    break

    def _body(
        self, connection: Connection, person: int, held: Sequence[Fact], began: Fact, what: str
    ) -> dict[str, Any]:
        """The body of a notification about what began a step."""
        moment = began.recorded if began.happened is None else began.happened
        body: dict[str, Any] = {"people": self._told(connection, person), "what": what, "happened": told_time(moment)}
        if named := pairing_of(key := began.about.get("pairing", "")):
            name, number = named
            asked = select(entries.c.source_id).where(entries.c.list == name, entries.c.entry == number)
            answer, form = answered(held, [key])
            source = connection.execute(asked).scalar()
            if source and answer in DECIDED:
                body["match"] = {"list": name, "entry": source, "confirmation": answer, "form": form}
        return body

    def _told(self, connection: Connection, person: int) -> list[dict[str, Any]]:
        """A person as messages tell of them: whoever is told has to know who it is, and no more than that."""
        register = Register(self.ledger, RegisterProjection(self.ledger.vault))
        records = [record for one in register.records(connection, [person]) for record in one.records]
        known = [record.identity for record in records]
        name = next((name.full for one in known for name in one.names), "")
        born = next((str(date) for one in known for date in one.birth_dates), "")
        return [checked("notification", _somebody(person, name, born))["people"][0]]


def _somebody(person: int, name: str, born: str) -> dict[str, Any]:
    told = {"person": person, "name": name[:300], "birth_date": born if born[:4].isdigit() else ""}
    return {"people": [told], "what": "-", "happened": "2000-01-01"}


def _meant(fact: Fact) -> str:
    """What happened, in words, with what was chosen of few values: the ground of a release, but no authority's answer, of which
    the match of a message says what holds when it leaves.
    """
    kind = KINDS[fact.kind]
    chosen = () if kind.reply else (name for name, values in kind.fields.items() if values and fact.says.get(name))
    said = ", ".join(f"{plain(name)}: {plain(fact.says[name])}" for name in chosen)
    return f"{kind.meaning} ({said})" if said else kind.meaning


def _telling(kind: str, recipient: Recipient, body: Mapping[str, Any], duty: str) -> Telling:
    return Telling(kind=kind, recipient=recipient.recipient, body=body, marking=MARKING, purpose=PURPOSE, duty=duty)


def _is_about(fact: Fact, kind: str, message: str) -> bool:
    return fact.kind == kind and fact.says.get("message") == message and "id" in fact.says


def _asked_in(connection: Connection, message: str) -> list[tuple[int, str]]:
    """The files in which the question came that a message answers, and the question."""
    request = connection.execute(select(requests.c.request).where(requests.c.message == message)).scalar()
    arrived = select(facts.c.person, facts.c.about).where(facts.c.kind == "RequestArrived").order_by(facts.c.person)
    lines = connection.execute(arrived).all() if request else ()
    of_this = [person for person, about in lines if json.loads(about).get("request") == request]
    return [(person, str(request)) for person in dict.fromkeys(kept_as(connection, one) for one in of_this)]


def _people_told(connection: Connection, message: str) -> Sequence[int]:
    """Whom a message tells of, or that which it takes back: in whose files they are."""
    line = find_message(connection, message)
    if line.kind == RETRACTION and line.refers:
        of_question = [person for person, _ in _asked_in(connection, line.refers)]
        return list(dict.fromkeys([*_people_told(connection, line.refers), *of_question]))
    asked = select(told_of.c.person).where(told_of.c.message == message).order_by(told_of.c.person)
    return list(dict.fromkeys(kept_as(connection, person) for person in connection.execute(asked).scalars().all()))


def _is_open(connection: Connection, message: str) -> bool:
    return find_message(connection, message).finished is None


__all__ = ["Correspondence"]
