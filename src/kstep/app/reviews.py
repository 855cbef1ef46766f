"""From possible matches to files: each opens a review in the unit that found it, unless a clearance stands between; and clearances,
which end when what they were given for is so no more.

A clearance is of one pairing, by kstep's own numbers. It ends when a day comes, when somebody takes it back, when the person or the
entry is materially another than when it was given, or when more speaks for the pairing than then. A change of engine ends none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.editions.identity import compared_part
from kstep.editions.tables import entries
from kstep.encounters.checking import FileError, check_who, written
from kstep.encounters.facts import facts_of
from kstep.encounters.projection import pairing_key, pairing_of
from kstep.encounters.service import Files, Told
from kstep.encounters.tables import facts, files, pairings, protocols
from kstep.ledger.service import By, Ledger, Unit, lock_log
from kstep.ledger.verifier import canonical
from kstep.model import Person
from kstep.model.codec import identity_to_json
from kstep.protocol.facts import Fact
from kstep.protocol.matching import moment_of
from kstep.register.projection import subject_of
from kstep.register.service import Register
from kstep.register.tables import State, people
from kstep.screening.tables import matches

PRINT = "1"
"""The version of fingerprints: whatever it is next, those of this version are compared by its rule."""

RISE = 5_000
"""Millibits by which more has to speak for a pairing than when it was cleared, so that it is shown again."""


CORRECTED = "corrected"
"""The outcome of a request for redress by which something was wrong."""

_SHOWN = ("PossibleMatchFound", "PossibleMatchSuppressed")


@dataclass(frozen=True)
class Pairing:
    """A person and an entry, by kstep's numbers."""

    person: int
    list: str
    entry: int

    @property
    def key(self) -> str:
        """What files call it."""
        return pairing_key(self.list, self.entry)


class Reviews:
    """The link between screening and the files of a ledger."""

    def __init__(self, ledger: Ledger, register: Register, files: Files) -> None:
        self.ledger = ledger
        self.register = register
        self.files = files

    def follow(self, by: By, advance: Callable[[int], None] = lambda more: None) -> int:
        """Have every possible match reviewed that no file knows of, and every file know what is none any more; returns how many
        facts that took. Nothing happens where no protocol was adopted. `advance` is told of each possible match that was seen to.
        """
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            return self.follow_in(unit, advance=advance)

    def follow_in(self, unit: Unit, list: str | None = None, advance: Callable[[int], None] = lambda more: None) -> int:
        """The same within a unit of work that holds the log, of all lists or of one."""
        connection = unit.connection
        if connection.execute(select(protocols.c.hash).limit(1)).first() is None:
            return 0
        there, known, count = _matched(connection, list), _known(connection, list), 0
        for pairing, millibits in there.items():
            advance(1)
            state = known.get(pairing)
            given = self._clearance(connection, pairing) if state else None
            ended = self._ended(connection, pairing, millibits, given) if given else ""
            cleared = given is not None and not ended
            if state == "found" and not ended and not cleared and not self._was_taken_back(connection, pairing):
                continue
            if ended:
                about = {"pairing": pairing.key}
                self.files.record_in(
                    unit, pairing.person, "ClearanceEnded", about, {"ended": "by-itself", "reason": ended}
                )
            kind = "PossibleMatchFound"
            if cleared:
                if state == "suppressed":
                    continue
                kind = "PossibleMatchSuppressed"
            says = {"entry": _source_id(connection, pairing), "entry_print": _entry_print(connection, pairing)}
            relisted = (
                self._relisted(connection, pairing.person, says["entry_print"]) if state in (None, "withdrawn") else ()
            )
            self.files.record_in(unit, pairing.person, kind, {"pairing": pairing.key}, says)
            for redress in relisted:
                self.files.record_in(unit, pairing.person, "PersonRelisted", {"redress": redress}, {})
            count += 1 + len(relisted)
        gone = _gone(connection)
        for pairing, state in known.items():
            if pairing not in there and state != "withdrawn" and pairing.person not in gone:
                about = {"pairing": pairing.key}
                self.files.record_in(unit, pairing.person, "PossibleMatchWithdrawn", about, {})
                count += 1
        return count

    def clear(self, by: By, person: int, pairing: str, expires: int, reason: str, second: str = "") -> Told:
        """Clear a pairing until a day: it alarms nobody again before, unless something material changes. Raises `FileError`."""
        with self.ledger.unit(by) as unit:
            lock_log(unit.connection)
            moment = self.ledger.clock()
            if expires <= moment:
                raise FileError("a clearance that ends before it begins clears nothing; give a day to come")
            this = next(
                (one for one in _known(unit.connection, None) if (one.person, one.key) == (person, pairing)), None
            )
            if this is None:
                raise FileError(
                    f"{subject_of(person)}: no possible match {pairing} is known; kstep files show PERSON says which are"
                )
            says = {
                "expires": str(expires),
                "reason": written(reason, "a reason"),
                **self._prints(unit.connection, this),
            }
            told = self.files.record_in(unit, person, "ClearanceGiven", {"pairing": pairing}, says, second=second)
            check_who(self.files.protocol(unit.connection, person), told.fact)
            return told

    def _prints(self, connection: Connection, pairing: Pairing) -> dict[str, str]:
        """What a clearance is given for: the person's identity and the entry's as they are, and how much speaks for the pairing."""
        matched = _matched(connection, pairing.list).get(pairing, 0)
        return {
            "print": PRINT, "person_print": self._person_print(connection, pairing.person),
            "entry_print": _entry_print(connection, pairing), "bits": str(matched),
        }  # fmt: skip

    def _person_print(self, connection: Connection, person: int) -> str:
        known = self.register.records(connection, [person])
        told = sorted(_material(record) for one in known for record in one.records)
        return self.ledger.vault.keyed("clearance", "\n".join(told).encode()).hex()[:32]

    def _clearance(self, connection: Connection, pairing: Pairing) -> Fact | None:
        """The clearance of a pairing, given here, that was not ended."""
        about, own = {"pairing": pairing.key}, f"{self.ledger.origin(connection)}#"
        found: Fact | None = None
        for fact in facts_of(connection, pairing.person):
            if fact.id.startswith(own) and fact.about == about and fact.kind in ("ClearanceGiven", "ClearanceEnded"):
                found = fact if fact.kind == "ClearanceGiven" else None
        return found

    def _was_taken_back(self, connection: Connection, pairing: Pairing) -> bool:
        """Whether somebody took the clearance of a pairing back, and it was not shown since."""
        last = ""
        for fact in facts_of(connection, pairing.person):
            if fact.about == {"pairing": pairing.key} and fact.kind in ("ClearanceEnded", "PossibleMatchFound"):
                last = fact.kind
        return last == "ClearanceEnded"

    def _ended(self, connection: Connection, pairing: Pairing, millibits: int, given: Fact) -> str:
        """Why a clearance of a pairing stands no more; nothing if it does."""
        if self.ledger.clock() >= moment_of(given, "expires"):
            return "its day came"
        if millibits > int(given.says.get("bits", "0")) + RISE:
            return "more speaks for the pairing than when it was cleared"
        now = self._prints(connection, pairing)
        for name, what in (("person_print", "the person"), ("entry_print", "the entry")):
            if now[name] != given.says.get(name):
                return f"{what} is materially another than when it was cleared"
        return ""

    def _relisted(self, connection: Connection, person: int, print: str) -> Sequence[str]:
        """The requests for redress by which an entry was found to be wrong that comes back as it was."""
        seen, found = False, dict[str, None]()
        for fact in facts_of(connection, person):
            if fact.kind in _SHOWN and fact.says.get("entry_print") == print:
                seen = True
            elif (
                seen
                and fact.kind == "StepCompleted"
                and fact.says.get("outcome") == CORRECTED
                and "redress" in fact.about
            ):
                found[fact.about["redress"]] = None
        return tuple(found)


def cleared(connection: Connection, now: int) -> set[tuple[int, str, str]]:
    """The pairings that are cleared at a moment: the person, the list, and the id that it gives the entry."""
    kept = func.coalesce(people.c.merged_into, facts.c.person).label("kept")
    asked = select(kept, facts.c.about, facts.c.kind, facts.c.says).join(people, people.c.person == facts.c.person)
    asked = asked.where(facts.c.kind.in_(("ClearanceGiven", "ClearanceEnded")), facts.c.elsewhere == "")
    standing: dict[tuple[int, str], int] = {}
    for line in connection.execute(asked.order_by(facts.c.number)):
        key = line.kept, json.loads(line.about)["pairing"]
        standing[key] = int(json.loads(line.says)["expires"]) if line.kind == "ClearanceGiven" else 0
    found = set()
    for (person, pairing), expires in standing.items():
        if expires > now and (named := pairing_of(pairing)) is not None:
            found.add((person, named[0], _source_id(connection, Pairing(person, *named))))
    return found


def _matched(connection: Connection, list: str | None) -> dict[Pairing, int]:
    """The possible matches of people on the roster with entries of editions in force, with their millibits."""
    same = (entries.c.list == matches.c.list) & (entries.c.source_id == matches.c.entry) & entries.c.withdrawn.is_(None)
    asked = select(matches.c.person, matches.c.list, entries.c.entry, matches.c.millibits).join(entries, same)
    asked = asked.join(people, people.c.person == matches.c.person).where(people.c.state == State.PRESENT)
    asked = asked if list is None else asked.where(matches.c.list == list)
    order = (matches.c.person, matches.c.list, entries.c.entry)
    return {Pairing(line[0], line[1], line[2]): line[3] for line in connection.execute(asked.order_by(*order))}


def _known(connection: Connection, list: str | None) -> dict[Pairing, str]:
    """The pairings of which files know, and how each stands."""
    kept = func.coalesce(people.c.merged_into, pairings.c.person)  # in whose file it is
    asked = select(kept, pairings.c.list, pairings.c.entry, pairings.c.state)
    asked = asked.join(files, files.c.person == pairings.c.person).join(people, people.c.person == pairings.c.person)
    asked = asked if list is None else asked.where(pairings.c.list == list)
    order = (kept, pairings.c.list, pairings.c.entry, people.c.merged_into.is_(None))  # what is their own counts
    return {Pairing(line[0], line[1], line[2]): line[3] for line in connection.execute(asked.order_by(*order))}


def _gone(connection: Connection) -> set[int]:
    """Who is on the roster no more, and so is not screened: what was found of them is still to be reviewed."""
    asked = select(pairings.c.person).join(people, people.c.person == pairings.c.person)
    return set(
        connection.execute(asked.where(people.c.state != State.PRESENT, people.c.merged_into.is_(None))).scalars()
    )


def _entry_print(connection: Connection, pairing: Pairing) -> str:
    this = (entries.c.list == pairing.list, entries.c.entry == pairing.entry)
    return compared_part(connection.execute(select(entries.c.fingerprint).where(*this)).scalar())


def _source_id(connection: Connection, pairing: Pairing) -> str:
    """The id that the list gives an entry: by it other nodes know which it is."""
    this = (entries.c.list == pairing.list, entries.c.entry == pairing.entry)
    return str(connection.execute(select(entries.c.source_id).where(*this)).scalar_one())


def _material(person: Person) -> str:
    """What of a record is material, as one text, whatever the order in which it is said: who it is, not where they are."""
    said = identity_to_json(person.identity)
    ordered = {
        name: sorted(map(canonical, value)) if isinstance(value, list) else value for name, value in said.items()
    }
    return repr(sorted(ordered.items()))


Following = Callable[[Unit, str], object]
"""What follows in the unit in which people were screened against a list."""

__all__ = ["RISE", "Following", "Pairing", "Reviews", "cleared"]
