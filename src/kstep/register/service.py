"""What one can ask of the register: import a file, look at people as they are or were, let them leave and come back, and count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from kstep.ledger.segments import read_rows, some_rows
from kstep.ledger.service import By, Ledger, Projection, Unit
from kstep.model import KstepError, Person
from kstep.model.events import (
    PeopleMerged,
    PeopleUnmerged,
    PersonErased,
    PersonLeft,
    PersonReturned,
    Recorded,
    RosterMoved,
)
from kstep.model.ports import Keeper
from kstep.register.importing import MARKING, Account, Importing
from kstep.register.projection import ROSTER, RegisterProjection, subject_of, together
from kstep.register.records import records_of
from kstep.register.tables import State, holds, merged_into, movements, people, standings, versions

GROUNDS = ("departed", "removed", "status_granted", "citizen", "deceased", "absconded", "registered in error")
"""Why somebody leaves the roster."""

_AT_ONCE = 5_000
_NUMBER = re.compile(r"person:([0-9]{1,18})")
_SCREENED = (State.PRESENT, State.CANARY)


class RegisterError(KstepError):
    """What was asked of the register cannot be done."""


class NoRecord(RegisterError):
    """There is no record of somebody: the same words whatever was asked for."""

    def __init__(self) -> None:
        super().__init__("nobody in the register has that id; look it up in the source, or write person:NUMBER")


@dataclass(frozen=True)
class Balance:
    """Opening + in - out = closing, each by reason, between two moments."""

    opening: int
    moved: dict[str, int]
    closing: int

    @property
    def holds(self) -> bool:
        """Whether it adds up, and to the people who are there."""
        return self.opening + sum(self.moved.values()) == self.closing


class Registered(NamedTuple):
    """A person on the roster: the number, and the row of what is known of them; None if it was destroyed."""

    person: int
    row: dict[str, Any] | None

    @property
    def records(self) -> list[Person]:
        """What is known, in one record or several."""
        return [] if self.row is None else records_of(self.row)


class Register:
    """The register of a ledger; a `keeper` keeps more of people than the register does."""

    def __init__(self, ledger: Ledger, projection: RegisterProjection, keeper: Keeper | None = None) -> None:
        self._ledger = ledger
        self._projection = projection
        self.keeper = keeper

    @staticmethod
    def projections(projection: RegisterProjection) -> Sequence[Projection]:
        """What is computed from events for it."""
        return (projection.projection(),)

    def import_people(self, path: Path, by: By, progress: Callable[[int], None] = lambda rows: None) -> Account:
        """Read a file of people into the register. Raises `InputError` and `StoreError`."""
        return Importing(self._ledger, self._projection, path, progress).run(by)

    def find(self, person_id: str) -> int:
        """The number of the person whom a source knows by this id, or whom kstep's lists name by `person:NUMBER`. Raises
        `RegisterError` if there is none.
        """
        with self._ledger.database.read() as connection:
            found = self.known_as(connection, person_id)
            if found is None and (number := _NUMBER.fullmatch(person_id)):
                this = (people.c.person == int(number[1]), people.c.state != State.CANARY)
                found = connection.execute(select(people.c.person).where(*this)).scalar()
        if found is None:
            raise NoRecord
        return int(found)

    def known_as(self, connection: Connection, person_id: str) -> int | None:
        """The number of the person whom a source knows by this id; None if there is none."""
        this = (people.c.reference == self._projection.reference(person_id), people.c.state != State.CANARY)
        found = connection.execute(select(people.c.person).where(*this)).scalar()
        return None if found is None else int(found)

    def records(self, connection: Connection, numbers: Iterable[int]) -> Iterator[Registered]:
        """What is known of these people on the roster, or canaries, and of those whom somebody found to be the same, by ascending
        number.
        """
        wanted = sorted(numbers)
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            alone = and_(people.c.person.in_(some), people.c.merged_into.is_(None))
            of_these = or_(alone, people.c.merged_into.in_(some))
            asked = select(_who.label("who"), people.c.state, people.c.segment, people.c.place).where(of_these)
            lines = connection.execute(
                asked.order_by(_who)
            ).all()  # where they stand is looked at here: it would hide the index
            there = {line.who for line in lines if line.state in _SCREENED}
            at = [
                (line.who, (line.segment, line.place))
                for line in lines
                if line.who in there and line.state in (*_SCREENED, State.MERGED)
            ]
            rows = some_rows(connection, self._ledger.vault, [place for _, place in at])
            for person, place in at:
                yield Registered(person, rows[place].row)

    def roster(self, connection: Connection, *too: State) -> Iterator[Registered]:
        """Everyone on the roster, and perhaps who stands elsewhere `too`, with what is known of each, in the order in which it
        lies.
        """
        places: dict[str, dict[int, int]] = {}
        for person, segment, place in connection.execute(_on_roster(*too)):
            places.setdefault(segment, {})[place] = person
        for segment in sorted(places):
            wanted = places[segment]
            for rows in read_rows(connection, self._ledger.vault, segment):
                for row in rows:
                    if row.place in wanted:
                        yield Registered(wanted[row.place], row.row)

    def as_of(self, connection: Connection, person: int, moment: int) -> tuple[State | None, list[Person] | None]:
        """Where somebody stood at a moment (microseconds since 1970), and what the register said of them; None if it did not."""
        before = standings.c.recorded <= moment
        stood = (
            select(standings.c.state).where(standings.c.person == person, before).order_by(standings.c.recorded.desc())
        )
        state = connection.execute(stood.limit(1)).scalar()
        known = select(versions).where(versions.c.person == person, versions.c.recorded <= moment)
        line = connection.execute(known.order_by(versions.c.recorded.desc()).limit(1)).one_or_none()
        if line is None:
            return (None if state is None else State(state)), None
        at = (line.segment, line.place)
        row = some_rows(connection, self._ledger.vault, [at])[at].row
        return (None if state is None else State(state)), (None if row is None else records_of(row))

    def leave(self, person: int, ground: str, evidence: str, second: str, by: By) -> Recorded:
        """Take somebody off the roster, as two people say. Raises `RegisterError`."""
        if ground not in GROUNDS:
            raise RegisterError(f"{ground!r} is no ground on which somebody leaves; write one of {', '.join(GROUNDS)}")
        if not evidence:
            raise RegisterError("nobody leaves without evidence; name the paper that shows the ground")
        if second in ("", by.actor):
            raise RegisterError("nobody leaves on one person's word; have a second person agree")
        with self._ledger.unit(by) as unit:
            _check(unit.connection, person, State.PRESENT, "is not on the roster")
            _move(unit, ground, -1)
            fact = PersonLeft(ground=ground, evidence=evidence, second=second)
            return unit.record(fact, subject=subject_of(person), marking=MARKING)

    def come_back(self, person: int, ground: str, by: By) -> Recorded:
        """Put somebody who had left on the roster again. Raises `RegisterError`."""
        with self._ledger.unit(by) as unit:
            _check(unit.connection, person, State.LEFT, "has not left")
            _move(unit, "returned", 1)
            return unit.record(PersonReturned(ground=ground), subject=subject_of(person), marking=MARKING)

    def merge(self, kept: int, other: int, ground: str, by: By) -> Recorded:
        """Have a person screened with another's record too, because both are one. Raises `RegisterError`."""
        if kept == other:
            raise RegisterError(f"person {kept} is one already")
        with self._ledger.unit(by) as unit:
            for person in (kept, other):
                _check(unit.connection, person, State.PRESENT, "is not on the roster")
            if unit.connection.execute(merged_into(other)).first():
                raise RegisterError(
                    f"person {other}: somebody is screened with them; keep that one, or take them apart first"
                )
            _move(unit, "merged", -1)
            fact = PeopleMerged(kept=kept, other=other, ground=ground)
            merged = unit.record(fact, subject=together((kept, other)), marking=MARKING)
            if self.keeper:
                self.keeper.note_joined(unit, kept)
            return merged

    def unmerge(self, other: int, ground: str, by: By) -> Recorded:
        """Put a person on the roster again who was screened with another. Raises `RegisterError`."""
        with self._ledger.unit(by) as unit:
            _check(unit.connection, other, State.MERGED, "is screened with nobody else")
            kept = unit.connection.execute(select(people.c.merged_into).where(people.c.person == other)).scalar_one()
            _move(unit, "unmerged", 1)
            fact = PeopleUnmerged(kept=kept, other=other, ground=ground)
            return unit.record(fact, subject=together((kept, other)), marking=MARKING)

    def erase(self, person: int, ground: str, by: By, second: str = "") -> Recorded:
        """Destroy what is known of somebody, for good, as a second person agreed. Raises `RegisterError`."""
        with self._ledger.unit(by) as unit:
            found = unit.connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
            if found in (None, State.ERASED, State.CANARY):
                raise RegisterError(f"person {person}: nothing is known of them")
            if unit.connection.execute(select(holds.c.hold).where(holds.c.person == person)).first():
                raise RegisterError(
                    f"person {person}: must be kept, because of a legal hold; see kstep retention holds"
                )
            with_them = unit.connection.execute(merged_into(person)).scalar()
            if found == State.MERGED or with_them:
                raise RegisterError(f"person {person} and another were found to be one; take them apart first")
            if found == State.PRESENT:
                _move(unit, "erased", -1)
            if self.keeper:
                self.keeper.note_erasure(unit, person)
            subject = subject_of(person)
            generation = self._ledger.vault.look(unit.connection, [subject])[subject].generation
            fact = PersonErased(person=person, generation=generation, ground=ground, second=second)
            return unit.record(fact, subject=f"erasure:{person}", marking=MARKING)

    def balance(self, first: int, last: int) -> Balance:
        """How the roster changed from one moment to another, both in microseconds since 1970."""
        with self._ledger.database.read() as connection:

            def total(until: int) -> int:
                asked = select(func.coalesce(func.sum(movements.c.people), 0)).where(movements.c.recorded <= until)
                return int(connection.execute(asked).scalar_one())

            between = (movements.c.recorded > first) & (movements.c.recorded <= last)
            by_reason = (
                select(movements.c.reason, func.sum(movements.c.people)).where(between).group_by(movements.c.reason)
            )
            moved = {reason: int(number) for reason, number in connection.execute(by_reason)}
            return Balance(total(first), dict(sorted(moved.items())), total(last))

    def counts(self) -> dict[State, int]:
        """How many people stand where."""
        with self._ledger.database.read() as connection:
            asked = select(people.c.state, func.count()).where(people.c.state != State.CANARY).group_by(people.c.state)
            return {State(state): count for state, count in connection.execute(asked)}


_who = func.coalesce(people.c.merged_into, people.c.person)


def _on_roster(*too: State) -> Any:
    """Who is on the roster, or stands elsewhere `too`, and whose record is screened with another's: whose it is, where it lies."""
    states = [State.PRESENT, *too]
    kept = people.alias("kept")
    with_another = select(kept.c.person).where(kept.c.person == people.c.merged_into, kept.c.state.in_(states)).exists()
    there = or_(people.c.state.in_(states), and_(people.c.state == State.MERGED, with_another))
    return select(_who.label("who"), people.c.segment, people.c.place).where(there)


def _move(unit: Unit, reason: str, number: int) -> None:
    unit.record(RosterMoved(reason=reason, people=number), subject=ROSTER, marking=MARKING)


def _check(connection: Connection, person: int, state: State, otherwise: str) -> None:
    found = connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
    if found != state:
        raise RegisterError(f"person {person}: {otherwise}")


__all__ = ["GROUNDS", "Balance", "NoRecord", "Register", "RegisterError", "Registered"]
