"""Files: opening them, recording what happens in them, and telling who owes what. What a protocol does not let somebody do is
refused and leaves no trace; what happened in the world is recorded whatever a protocol says, and is a breach then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from kstep.encounters.checking import (
    FileError,
    check_answer,
    check_evidence,
    check_handling,
    check_happened,
    check_known,
    check_who,
    checked_about,
    checked_by_hand,
    checked_says,
    entry_of,
    written,
)
from kstep.encounters.evidence import Evidence
from kstep.encounters.facts import NoProtocol, facts_of, kept_as, name_of, own_log, protocol_with
from kstep.encounters.filing import filed
from kstep.encounters.judging import decide_file
from kstep.encounters.listing import of_its_list
from kstep.encounters.projection import ADULTS, JOINED, MINORS
from kstep.encounters.referring import check_referral, with_pairing
from kstep.encounters.tables import facts, files, obligations, protocols, rungs
from kstep.encounters.telling import Teller, names
from kstep.ledger.service import INTERNAL, By, Ledger, Unit, lock_log
from kstep.model import one_line
from kstep.model.events import FILE_FACTS, FileKnownAs, FileMoved, FileOpened, ProtocolAdopted, Recorded
from kstep.protocol.breaches import Breach
from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import KINDS, Fact
from kstep.protocol.gates import is_nobodys
from kstep.protocol.history import History
from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of
from kstep.protocol.text import Text
from kstep.register.projection import RegisterProjection, subject_of
from kstep.register.service import Register
from kstep.register.tables import State, people

MARKING = "restricted"
USES = (ADULTS, MINORS)

_NOT_OURS = frozenset({
    "AnswersConflict",
    "CitizenshipClaimed", "ConfirmationReceived", "CustodyAuthorityEnded", "CustodyAuthorityIssued",
    "CustodyBegan", "EncounterOpened", "PersonRelisted", "PossibleMatchFound", "PossibleMatchWithdrawn", "RedressRequested",
    "RemovalOrderEnded", "RemovalOrdered", "RequestArrived",
})  # fmt: skip
"""What happens whether or not a protocol lets it."""

AGE = ("AgeQuestioned", "AnswersConflict")
"""What can say that the person is a minor, or is none."""


@dataclass(frozen=True)
class Told:
    """A fact that was recorded: its name in the log, what it made of the file, what it broke, and what it asks for that nobody
    adopted.
    """

    id: str
    fact: Fact
    recorded: Recorded
    decision: Decision
    breaches: Sequence[Breach]
    lacking: str = ""


class Files:
    """The files of a ledger; a `teller` has others told of what is owed."""

    def __init__(self, ledger: Ledger, teller: Teller | None = None) -> None:
        self.ledger = ledger
        self.teller = teller

    def adopt(self, by: By, path: Path, ground: str, use: str = ADULTS) -> Protocol:
        """Keep files that are opened from now on, for this use, by the protocol in a file, and those that waited for one. Raises
        `InputError`, `FileError`.
        """
        text = Text.read(path)
        protocol = protocol_of(text)
        if use not in USES:
            raise FileError(f"{one_line(use, 40)!r} is nothing that files are opened for; say one of {', '.join(USES)}")
        fact = ProtocolAdopted(
            name=protocol.name, hash=protocol.hash, use=use, text=text.source, ground=written(ground, "a ground")
        )
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            unit.record(fact, subject=f"protocol:{protocol.name}", marking=INTERNAL)
            for person in self._of_some_age(unit.connection):
                if self.follow_age(unit, person):
                    self._send_in(unit, person)
        return protocol

    def _of_some_age(self, connection: Connection) -> list[int]:
        """In whose files it was said whether they are minors."""
        asked = select(facts.c.person).where(facts.c.kind == "AgeQuestioned").distinct().order_by(facts.c.person)
        return list(dict.fromkeys(kept_as(connection, person) for person in connection.execute(asked).scalars()))

    def in_force(self, connection: Connection, use: str = ADULTS) -> str:
        """The hash of the protocol by which files are opened. Raises `NoProtocol`."""
        asked = select(protocols.c.hash).where(protocols.c.use == use).order_by(protocols.c.adopted.desc()).limit(1)
        found = connection.execute(asked).scalar()
        if found is None:
            raise NoProtocol(f"no protocol was adopted for {use}; kstep protocol adopt FILE adopts one")
        return str(found)

    def record(
        self,
        by: By,
        person: int,
        kind: str,
        *,
        about: Mapping[str, str] | None = None,
        says: Mapping[str, str] | None = None,
        evidence: Sequence[Evidence] = (),
        second: str = "",
        happened: int | None = None,
    ) -> Told:
        """Record a fact in the file of a person, which is opened if there is none. Raises `FileError` for what makes no sense, and
        for what the protocol does not let this account do; nothing is recorded then.
        """
        said = checked_by_hand(kind, says or {})
        check_happened(kind, happened, self.ledger.clock())
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            if kind == "EvidenceFiled":
                said = filed(said, [one.kind for one in evidence], own_log(unit.connection))
            told = self.record_in(unit, person, kind, about or {}, said, evidence, second, happened)
            check_who(self.protocol(unit.connection, person), told.fact)
            return told

    def record_in(
        self,
        unit: Unit,
        person: int,
        kind: str,
        about: Mapping[str, str],
        says: Mapping[str, str],
        evidence: Sequence[Evidence] = (),
        second: str = "",
        happened: int | None = None,
    ) -> Told:
        """The same within a unit of work that holds the log."""
        checked = checked_says(kind, says)
        self._open(unit, person)
        self._follow_office(unit, person)
        before = self.history(unit.connection, person)
        keys = checked_about(unit.connection, kind, with_pairing(before, kind, about))
        if kind == "ReviewGiven":
            checked = of_its_list(unit.connection, self.ledger.vault, person, keys.get("pairing", ""), checked)
        if kind == "ConfirmationReceived":
            checked = {**entry_of(unit.connection, keys.get("pairing", "")), **checked}
            if checked.get("form") == "telephone" and not checked.get("words"):
                raise FileError(
                    f"{subject_of(person)}: what was said on the telephone is not recorded; say it with --says words=…"
                )
        check_known(before, kind, checked, (one.kind for one in evidence))
        check_handling(before, kind, keys, checked)
        check_referral(before, kind, keys)
        fact = FILE_FACTS[kind](
            about=keys, says=checked, evidence=tuple(one.to_json() for one in evidence), second=second
        )
        event = unit.record(fact, subject=subject_of(person), marking=MARKING, happened=happened)
        name = name_of(event.log, event.number)
        held = facts_of(unit.connection, person)
        this = next(one for one in held if one.id == name)
        check_answer(before, this)
        if kind == "EvidenceFiled":
            check_evidence(before, this)
        decided = self._decided(unit.connection, person, event.recorded, held)
        broken = [breach for breach in decided.breaches if breach.fact == name and breach.kind != "late"]
        happens = kind in _NOT_OURS or (kind in KINDS and KINDS[kind].outside)
        if broken and (not happens or is_nobodys(this, broken)):
            raise FileError(f"{subject_of(person)}: {kind} is not let by the protocol: {_why(broken)}")
        lacking = ""
        try:
            if kind in AGE and self.follow_age(unit, person):
                decided = self._decided(unit.connection, person, event.recorded, held)
        except NoProtocol as error:
            lacking = f"the file stays as it is: {error}"
        if kind == "RequestArrived" and self.teller and self.teller.arrived(unit, person, keys.get("request", "")):
            held = facts_of(unit.connection, person)
            decided = self._decided(unit.connection, person, held[-1].recorded, held)
        if self._send(unit, person, decided, held):
            decided = self.decide_in(unit.connection, person)
        return Told(name, this, event, decided, broken, lacking)

    def _send(self, unit: Unit, person: int, decided: Decision, held: Sequence[Fact]) -> int:
        """Have messages go out of what is owed and sends one, and has sent none; returns how many did."""
        protocol, count = self.protocol(unit.connection, person), 0
        for one in decided.obligations if self.teller else ():
            if not one.is_standing or protocol.steps[one.step].sends is None:
                continue
            if any(
                fact.kind == "MessageQueued" and names(fact) == (one.step, one.key, str(one.number)) for fact in held
            ):
                continue
            assert self.teller is not None
            for message in self.teller.begun(unit, person, one):
                of_step = {"step": one.step, "key": one.key, "number": str(one.number)}
                said = {"message": message.kind, "id": message.id, "to": message.to, **of_step}
                self.record_in(unit, person, "MessageQueued", {one.per: one.key} if one.key else {}, said)
                count += 1
        return count

    def send_what_waits(self, by: By) -> int:
        """Have messages go out that could not when their step began: nobody was registered to whom they go. Returns how many."""
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            sending = {
                line.hash: [step.id for step in protocol_with(unit.connection, line.hash).steps.values() if step.sends]
                for line in unit.connection.execute(select(protocols.c.hash).distinct())
            }
            asked = select(obligations.c.person).join(files, files.c.person == obligations.c.person).distinct()
            found = [
                person
                for hash, steps in sending.items()
                if steps
                for person in unit.connection.execute(
                    asked.where(
                        files.c.protocol == hash, obligations.c.settled == "", obligations.c.step.in_(steps)
                    ).order_by(obligations.c.person)
                ).scalars()
            ]
            return sum(self._send_in(unit, person) for person in found)

    def _send_in(self, unit: Unit, person: int) -> int:
        held = facts_of(unit.connection, person)
        return self._send(unit, person, self._decided(unit.connection, person, self.now(unit.connection), held), held)

    def _open(self, unit: Unit, person: int) -> None:
        there = unit.connection.execute(select(files.c.state).where(files.c.person == person)).first()
        if there is None or there.state == JOINED:
            state = unit.connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
            if state == State.MERGED:
                raise _goes_on_elsewhere(person)
            if state not in (State.PRESENT, State.LEFT):
                raise FileError(f"{subject_of(person)} is nobody in the register of whom a file can be kept")
            opened = FileOpened(protocol=self.in_force(unit.connection))
            unit.record(opened, subject=subject_of(person), marking=MARKING)
            self.know(unit, person)

    def know(self, unit: Unit, person: int) -> None:
        """Write down by which ids sources know the person of a file."""
        register = Register(self.ledger, RegisterProjection(self.ledger.vault))
        known = [record.person_id for one in register.records(unit.connection, [person]) for record in one.records]
        office = unit.connection.execute(select(people.c.office).where(people.c.person == person)).scalar() or ""
        told = FileKnownAs(ids=tuple(dict.fromkeys(known)), office=office)
        unit.record(told, subject=subject_of(person), marking=MARKING)

    def _follow_office(self, unit: Unit, person: int) -> None:
        """Write down where the person of a file is, if that is another office than it was: roles go by it, elsewhere too."""
        asked = select(facts.c.office).where(facts.c.person == person, facts.c.office.is_not(None))
        last = unit.connection.execute(asked.order_by(facts.c.number.desc()).limit(1)).scalar()
        office = unit.connection.execute(select(people.c.office).where(people.c.person == person)).scalar() or ""
        if last is not None and last != office:
            self.know(unit, person)

    def follow_age(self, unit: Unit, person: int) -> bool:
        """Keep the file of a minor, or of who may be one, by the protocol for minors; and back, if it was found otherwise. Says
        whether the file moved. What was recorded last counts, whenever it came in here; where two offices say otherwise, the age is
        in doubt. Raises `NoProtocol` if none was adopted for it.
        """
        age, since = "", 0
        for fact in facts_of(unit.connection, person):
            if fact.kind == "AgeQuestioned":
                age, since = fact.says.get("age", ""), fact.recorded
            elif fact.kind == "AnswersConflict" and fact.says.get("kind") == "AgeQuestioned":
                age, since = "doubtful", fact.recorded
        if not age:
            return False
        use = ADULTS if age == "adult" else MINORS
        kept = select(files.c.protocol).where(files.c.person == person).scalar_subquery()
        uses = select(protocols.c.use).where(protocols.c.hash == kept)
        if use in unit.connection.execute(uses).scalars().all():
            return False
        moved = FileMoved(protocol=self.in_force(unit.connection, use), reason=f"the person's age: {age}", since=since)
        unit.record(moved, subject=subject_of(person), marking=MARKING)
        return True

    def move(self, by: By, person: int, hash: str, reason: str) -> None:
        """Keep a file by another protocol that was adopted. Raises `FileError`, `NoProtocol`."""
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            protocol_with(unit.connection, hash)
            if kept_as(unit.connection, person) != person:
                raise _goes_on_elsewhere(person)
            if self.protocol(unit.connection, person).hash == hash:
                raise FileError(f"the file of {subject_of(person)} is kept by that protocol already")
            self._check_move(unit.connection, person, hash)
            moved = FileMoved(protocol=hash, reason=written(reason, "a reason"))
            unit.record(moved, subject=subject_of(person), marking=MARKING)
            self._send_in(unit, person)

    def _check_move(self, connection: Connection, person: int, hash: str) -> None:
        """Raise `FileError` if something that is owed in the file of a person would be owed no more by another protocol."""
        new = protocol_with(connection, hash)
        owed = [one for one in self.decide_in(connection, person).obligations if one.is_standing]
        found = decide(new, facts_of(connection, person), self.now(connection)).obligations
        known = {(one.step, one.key) for one in found if one.is_standing}
        if lost := list(dict.fromkeys(one.step for one in owed if (one.step, one.key) not in known)):
            what = f"{', '.join(lost)} would be owed no more by {new.name}"
            raise FileError(f"{subject_of(person)}: {what}; have it done or waived first")

    def protocol(self, connection: Connection, person: int) -> Protocol:
        """The protocol by which the file of a person is kept. Raises `FileError` if there is no file."""
        hash = connection.execute(select(files.c.protocol).where(files.c.person == person)).scalar()
        if hash is None:
            raise _has_none(person)
        return protocol_with(connection, hash)

    def history(self, connection: Connection, person: int) -> History:
        """The file of a person as it stands. Raises `FileError` if there is none."""
        return History.of(self.protocol(connection, person), facts_of(connection, person))

    def decide(self, person: int, now: int | None = None) -> Decision:
        """What is owed in the file of a person at a moment, or now. Raises `FileError` if there is no file."""
        with self.ledger.database.read() as connection:
            return self.decide_in(connection, person, now)

    def decide_in(self, connection: Connection, person: int, now: int | None = None) -> Decision:
        """The same, as a connection sees it."""
        return self._decided(connection, person, self.now(connection) if now is None else now)

    def _decided(self, connection: Connection, person: int, now: int, held: Sequence[Fact] | None = None) -> Decision:
        """Raises `FileError` if there is no file."""
        found = decide_file(connection, person, now, held)
        if found is None:
            raise _has_none(person)
        return found

    def now(self, connection: Connection) -> int:
        """What the clock shows, and not before what was recorded last: what comes at once is recorded one after another."""
        return max(self.ledger.clock(), self.ledger.moment(connection))

    def fire(self, by: By) -> list[str]:
        """Record of everybody who is to be told by now that they were, each once; returns what was told, by ids alone."""
        said = []
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            now = self.now(unit.connection)
            due = unit.connection.execute(
                select(rungs).where(rungs.c.at <= now).order_by(rungs.c.at, *rungs.primary_key)
            ).all()
            for line in due:
                told = {
                    "step": line.step,
                    "key": line.key,
                    "number": str(line.number),
                    "rung": str(line.rung),
                    "to": line.roles,
                }
                unit.record(FILE_FACTS["RungFired"](says=told), subject=subject_of(line.person), marking=MARKING)
                if self.teller:
                    self.teller.due(unit, line.person, told)
                verb = "told" if line.escalates else "reminded"
                said.append(f"{subject_of(line.person)}: {line.step} is owed; {verb}: {line.roles}")
        return said

    def late(self, now: int | None = None) -> int:
        """How much is late in all files."""
        with self.ledger.database.read() as connection:
            moment = self.now(connection) if now is None else now
            asked = (
                select(func.count())
                .select_from(obligations)
                .where(obligations.c.settled == "", obligations.c.due <= moment)
            )
            return int(connection.execute(asked).scalar_one())


def _goes_on_elsewhere(person: int) -> FileError:
    return FileError(f"{subject_of(person)} was found to be another, in whose file it goes on; see kstep people show")


def _has_none(person: int) -> FileError:
    return FileError(f"{subject_of(person)} has no file")


def _why(broken: Sequence[Breach]) -> str:
    return "; ".join(f"{breach.kind} ({breach.where}), {breach.why}" for breach in broken)


__all__ = ["MARKING", "USES", "Files", "Told"]
