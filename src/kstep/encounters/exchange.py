"""Histories of files that other nodes wrote, taken in: two offices that worked apart come to hold the same facts, whatever the
order in which their logs meet.

What another node recorded keeps its name, its time and whoever did it, with the roles and the training that were theirs there.
Nobody is right for writing last: where two nodes that had not heard of each other answered the same otherwise, that is a fact of
its own, for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from kstep.access.roles import IN_PROTOCOL
from kstep.editions.tables import entries
from kstep.encounters.checking import FileError
from kstep.encounters.conflicts import note_conflicts
from kstep.encounters.facts import NoProtocol, kept_as, name_of, protocol_with
from kstep.encounters.projection import pairing_key, pairing_of
from kstep.encounters.service import MARKING, Files
from kstep.encounters.tables import facts, files, heard
from kstep.ledger import verifier
from kstep.ledger.service import INTERNAL, By, Unit, lock_log
from kstep.ledger.verifier import Bundle, Checkpoint, Key, Payloads, Tree, leaf_hash, parsed
from kstep.model import one_line
from kstep.model.events import (
    FILE_FACTS,
    AccountClosed,
    FactTaken,
    FileKnownAs,
    FileMoved,
    FileOpened,
    HistoryTaken,
    OfficeClosed,
    RoleGranted,
    RoleWithdrawn,
    TrainingCompleted,
)
from kstep.register.projection import RegisterProjection, subject_of
from kstep.register.service import Register
from kstep.register.tables import State, people

AHEAD = 3_600_000_000
"""Microseconds by which the clock of another node may be ahead of this one's."""

_ROLES = {fact.__name__ for fact in (AccountClosed, OfficeClosed, RoleGranted, RoleWithdrawn, TrainingCompleted)}


@dataclass(frozen=True)
class Taken:
    """What came of taking the history of a node in: facts that are new here, conflicts that this showed, people of the other node
    who are nobody here, facts that the bundle does not show (or that were erased there), and those whose files are kept there by
    another protocol.
    """

    log: str
    facts: int
    conflicts: int
    unknown: int
    hidden: int
    otherwise: Sequence[int]


@dataclass
class _Staff:
    """Who had which role and which training in another log, as far as it was read."""

    roles: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    courses: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, event: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        who, held = event["subject"], self.roles.setdefault(event["subject"], set())
        if event["type"] == RoleGranted.__name__:
            held.add((payload["role"], payload["office"]))
        elif event["type"] == RoleWithdrawn.__name__:
            held.discard((payload["role"], payload["office"]))
        elif event["type"] == AccountClosed.__name__:
            held.clear()
        elif event["type"] == TrainingCompleted.__name__:
            self.courses.setdefault(who, {})[payload["course"]] = payload["until"]
        else:
            office = who.partition(":")[2]
            self.roles = {one: {grant for grant in grants if grant[1] != office} for one, grants in self.roles.items()}

    def roles_of(self, actor: str, office: str) -> tuple[str, ...]:
        there = (role for role, at in self.roles.get(actor, ()) if at in ("", office) and role.startswith(IN_PROTOCOL))
        return tuple(sorted({role.removeprefix(IN_PROTOCOL) for role in there}))

    def courses_of(self, actor: str, moment: int) -> tuple[str, ...]:
        return tuple(sorted(course for course, until in self.courses.get(actor, {}).items() if moment < until))


class Exchange:
    """Taking in what other nodes recorded in the files of people whom both know."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.ledger = files.ledger

    def take(self, by: By, path: Path, keys: Sequence[Key], outside: Sequence[Checkpoint] = ()) -> list[Taken]:
        """Take in the logs of a bundle that are not this node's own, as verified by keys that were told from outside. Raises
        `FileError` if a bundle is not what it must be, or shows another history of a log than was taken before.
        """
        try:
            found = verifier.verify(path, keys, outside)
        except OSError as error:
            raise FileError(
                f"{path}: cannot be read ({error.strerror}), and nothing of it was taken; give a bundle of kstep ledger export"
            ) from None
        except (verifier.Refused, *verifier.DAMAGED) as error:
            raise FileError(f"{path}: {one_line(str(error), 200)}; nothing of it was taken") from None
        taken = []
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            own = self.ledger.origin(unit.connection)
            for place, log in enumerate(found):
                if log.origin != own:
                    taken.append(self._take(unit, own, path, place, log))
        if not taken:
            raise FileError(f"{path}: holds no log but this node's own")
        return taken

    def _take(self, unit: Unit, own: str, path: Path, place: int, log: verifier.Log) -> Taken:
        before = self._before(unit.connection, log.origin)
        if before and before.size > log.size:
            raise FileError(
                f"{path}: {log.origin} has {log.size:,} events there, but {before.size:,} were taken; take a later bundle"
            )
        reading = _Reading(self, unit, log.origin)
        tree, hidden = Tree(), 0
        for line, event, payload in _events(path, place):
            tree.add(leaf_hash(line))
            if before and tree.size == before.size and tree.root().hex() != before.root:
                raise FileError(
                    f"{path}: {log.origin} shows another history than was taken before; ask its keeper which is so"
                )
            if payload is not None:
                reading.read(event, payload)
            elif event["type"] in FILE_FACTS:
                hidden += 1
        conflicts = sum(note_conflicts(self.files, unit, person, names) for person, names in reading.taken.items())
        reading.follow_age()
        count = sum(map(len, reading.taken.values()))
        if count or not before or before.size < log.size:
            told = HistoryTaken(
                log=log.origin, size=log.size, root=tree.root().hex(), facts=count, unknown=len(reading.unknown)
            )
            unit.record(told, subject=f"log:{log.origin}", marking=INTERNAL)
        return Taken(log.origin, count, conflicts, len(reading.unknown), hidden, tuple(sorted(reading.otherwise)))

    def _before(self, connection: Connection, origin: str) -> Any:
        return connection.execute(select(heard).where(heard.c.log == origin)).one_or_none()


class _Reading:
    """One walk through the log of another node."""

    def __init__(self, exchange: Exchange, unit: Unit, origin: str) -> None:
        self.files, self.unit, self.origin = exchange.files, unit, origin
        self.register = Register(exchange.ledger, RegisterProjection(exchange.ledger.vault))
        self.staff, self.knew = _Staff(), dict[str, int]()
        self.now = exchange.ledger.clock()
        self.people, self.offices, self.protocols = dict[str, int](), dict[str, str](), dict[str, str]()
        self.entries = dict[tuple[str, str], str]()
        self.taken, self.unknown, self.otherwise = dict[int, set[str]](), set[str](), set[int]()

    def read(self, event: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        kind, subject = event["type"], event["subject"]
        if kind in _ROLES:
            self.staff.note(event, payload)
        elif kind == HistoryTaken.__name__:
            self.knew[payload["log"]] = payload["size"]
        elif kind == FileOpened.__name__ or kind == FileMoved.__name__:
            self.protocols[subject] = payload["protocol"]
        elif kind == FileKnownAs.__name__:
            self._meet(subject, payload["ids"])
            self.offices[subject] = payload.get("office", "")
        elif kind in FILE_FACTS:
            self._take(event, payload)

    def _meet(self, subject: str, ids: Sequence[str]) -> None:
        """Find out who a person of the other node is here."""
        for one in ids:
            person = self.register.known_as(self.unit.connection, one)
            asked = select(people.c.state).where(people.c.person == person)
            line = self.unit.connection.execute(asked).one_or_none()
            if person is not None and line is not None and line.state in (State.PRESENT, State.LEFT, State.MERGED):
                person = kept_as(self.unit.connection, person)
                self.people[subject] = person
                return

    def _take(self, event: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        connection, subject = self.unit.connection, event["subject"]
        person = self.people.get(subject)
        about = {key: self._translated(subject, event["type"], key, payload) for key in payload["about"]}
        if person is None:
            self.unknown.add(subject)
            return
        this = (facts.c.log == self.origin, facts.c.number == event["number"])
        if connection.execute(select(facts.c.person).where(*this)).first() is not None:
            return
        if event["recorded"] > self.now + AHEAD:
            hours = (event["recorded"] - self.now) // 3_600_000_000
            what = f"its clock is {hours:,} hours ahead of this one"
            raise FileError(f"{self.origin}: {what}; have whichever is wrong set right, and take it then")
        self._open(person, self.protocols.get(subject, ""))
        office, actor, second = self.offices.get(subject, ""), event["actor"], payload["second"]
        fact = FactTaken(
            log=self.origin, number=event["number"], type=event["type"], recorded=event["recorded"], happened=event["happened"],
            actor=actor, roles=self.staff.roles_of(actor, office), training=self.staff.courses_of(actor, event["recorded"]),
            second=second, second_roles=self.staff.roles_of(second, office), about=about, says=dict(payload["says"]),
            evidence=tuple(payload["evidence"]), knew=dict(self.knew),
        )  # fmt: skip
        self.unit.not_before(event["recorded"])  # what is done here now is done with knowledge of it
        self.unit.record(fact, subject=subject_of(person), marking=MARKING)
        self.taken.setdefault(person, set()).add(name_of(self.origin, event["number"]))

    def follow_age(self) -> None:
        """Keep the files of those who are minors, by what is known now, by the protocol for minors."""
        for person in self.taken:
            try:
                self.files.follow_age(self.unit, person)
            except NoProtocol:
                self.otherwise.add(person)

    def _open(self, person: int, protocol: str) -> None:
        """Open the file of a person, by the protocol by which the other node keeps it, if that was adopted here."""
        connection = self.unit.connection
        held = connection.execute(select(files.c.protocol).where(files.c.person == person)).scalar()
        if held is None:
            try:
                held = protocol_with(connection, protocol).hash
            except NoProtocol:
                held = self.files.in_force(connection)
            self.unit.record(FileOpened(protocol=held), subject=subject_of(person), marking=MARKING)
            self.files.know(self.unit, person)
        if held != protocol:
            self.otherwise.add(person)

    def _translated(self, subject: str, kind: str, key: str, payload: Mapping[str, Any]) -> str:
        """What this node calls something; entries have numbers of each node's own, and the same ids everywhere."""
        value = str(payload["about"][key])
        if key != "pairing":
            return value
        named = pairing_of(value)
        if named is None:
            return value
        name, _ = named
        if source := payload["says"].get("entry"):
            asked = select(entries.c.entry).where(entries.c.list == name, entries.c.source_id == source)
            number = self.unit.connection.execute(
                asked.order_by(entries.c.withdrawn.is_not(None), entries.c.entry.desc())
            ).scalar()
            self.entries[subject, value] = pairing_key(name, number) if number else f"{name}#{source} of {self.origin}"
        return self.entries.get((subject, value), value)


def _events(path: Path, place: int) -> Iterator[tuple[bytes, dict[str, Any], dict[str, Any] | None]]:
    """The events of a log of a bundle that was verified, with what is shown of what they say."""
    bundle = Bundle(path)
    payloads = Payloads(bundle, f"logs/{place}")
    for line in bundle.lines(f"logs/{place}/events.jsonl"):
        event = parsed(line)
        yield line, event, payloads.of(event)


__all__ = ["Exchange", "Taken"]
