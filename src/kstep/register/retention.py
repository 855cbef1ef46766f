"""How long what is known of people is kept after they left, by the ground on which they did, unless it is held.

Nobody is erased who is on the roster, of whom something is still to be settled, or whose ground has no time in the schedule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from kstep.ledger.service import By, Ledger, Unit
from kstep.ledger.tables import rows
from kstep.model import InputError, one_line
from kstep.model.events import DifferenceForgotten, LegalHoldLifted, LegalHoldPlaced, Recorded, RetentionApplied
from kstep.register.importing import MARKING
from kstep.register.projection import stranger, subject_of
from kstep.register.quality import DAY
from kstep.register.repair_queue import written
from kstep.register.service import GROUNDS, Register, RegisterError
from kstep.register.tables import Only, State, declared, differences, everything, holds, leavings, merged_into, people
from kstep.register.tasks import Difference, may_be

SECTION = "retention"
FORGOTTEN = "forgotten:"
STRANGERS = "settled differences"
"""In a schedule: of whoever is in another source, and nobody of ours."""

_MOST_DAYS = 200 * 366


def schedule_of(settings: Mapping[str, Any]) -> dict[str, int]:
    """Days after leaving, by ground, and after a difference about nobody of ours was settled, as the settings of a home have them.
    Raises `InputError` at what cannot be understood.
    """
    section = settings.get(SECTION, {})
    where = f"kstep.toml, [{SECTION}]"
    if not isinstance(section, dict):
        raise InputError("is no table", where=where, mend="write lines such as departed = 3650 below it")
    known = {re.sub(r"\W", "_", ground): ground for ground in (*GROUNDS, STRANGERS)}
    found = {}
    for name, days in section.items():
        ground = known.get(re.sub(r"\W", "_", name))
        if ground is None:
            mend = f"write one of {', '.join(known)}"
            raise InputError(f"{one_line(name, 40)!r} is nothing that has a time", where=where, mend=mend)
        if type(days) is not int or not 0 <= days <= _MOST_DAYS:
            raise InputError(f"{name} is no number of days", where=where, mend=f"write 0 to {_MOST_DAYS}")
        found[ground] = days
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Planned:
    """Somebody whose time is over: since when it is (microseconds since 1970), and what stands against erasing them."""

    person: int
    office: str
    ground: str
    left: int
    over: int
    holds: Sequence[str]
    against: Sequence[str]

    @property
    def free(self) -> bool:
        """Whether they may be erased."""
        return not self.holds and not self.against


@dataclass(frozen=True)
class Stranger:
    """A settled difference about somebody who is nobody of ours, and whose time is over since a moment."""

    difference: str
    office: str
    settled: int
    over: int


@dataclass(frozen=True)
class Hold:
    """Why something is kept, of whom, and since when."""

    hold: str
    person: int
    ground: str
    placed: int


class Retention:
    """Keeping and erasing by a schedule: days after leaving, by ground."""

    def __init__(self, ledger: Ledger, register: Register, schedule: Mapping[str, int]) -> None:
        self._ledger = ledger
        self._register = register
        self._schedule = dict(schedule)

    def plan(self, now: int, only: Only = everything) -> list[Planned]:
        """Everyone whose time is over at a moment, by number. Raises `RegisterError` if grounds of leaving are not known."""
        with self._ledger.database.read() as connection:
            return self._plan(connection, now, only)

    def _plan(self, connection: Connection, now: int, only: Only) -> list[Planned]:
        gone = select(func.count()).select_from(people).where(
            people.c.state == State.LEFT, ~select(leavings.c.person).where(leavings.c.person == people.c.person).exists()
        )  # fmt: skip
        if missing := connection.execute(gone).scalar_one():
            raise RegisterError(f"of {missing:,} who left it is not computed on what ground; run kstep ledger rebuild")
        columns = (leavings.c.person, leavings.c.ground, leavings.c.recorded, people.c.office)
        asked = select(*columns).join_from(leavings, people, leavings.c.person == people.c.person)
        asked = asked.where(people.c.state == State.LEFT, only(declared(people.c.office, MARKING)))
        found = []
        for ground, days in self._schedule.items():
            if ground == STRANGERS:
                continue
            over = (leavings.c.ground == ground) & (leavings.c.recorded <= now - days * DAY)
            for line in connection.execute(asked.where(over)):
                held = select(holds.c.hold).where(holds.c.person == line.person).order_by(holds.c.hold)
                found.append(
                    Planned(
                        line.person, line.office, ground, line.recorded, line.recorded + days * DAY,
                        connection.execute(held).scalars().all(), self._against(connection, line.person),
                    )
                )  # fmt: skip
        return sorted(found, key=lambda planned: planned.person)

    def _against(self, connection: Connection, person: int) -> list[str]:
        """What is still to be settled of somebody."""
        found = []
        if connection.execute(merged_into(person)).first():
            found.append("another record is screened with theirs; take them apart first")
        unsettled = ((differences.c.person == person) | may_be(connection, person)) & differences.c.settled.is_(None)
        if connection.execute(select(differences.c.difference).where(unsettled)).first():
            found.append("another source says otherwise; settle the difference first")
        if self._register.keeper and (owed := self._register.keeper.owed_of(connection, person)):
            found.append(f"{owed:,} still owed in their file; have it done or waived first, see kstep files show")
        return found

    def apply(self, now: int, second: str, by: By, only: Only = everything) -> list[Planned]:
        """Erase whom the plan of a moment lets go, as two people say, and return them. What a stop leaves undone, the next time
        does. Raises `RegisterError`.
        """
        _two(second, by)
        planned = self.plan(now, only)
        free = [one for one in planned if one.free]
        if not free:
            return []
        with self._ledger.unit(by) as unit:
            fact = RetentionApplied(
                schedule=self._schedule, people=tuple(one.person for one in free), held=len(planned) - len(free), second=second
            )  # fmt: skip
            unit.record(fact, subject="register:retention", marking=MARKING)
        erased = []
        for one in free:
            if self._is_free(one, now):
                self._register.erase(one.person, f"retention: {one.ground}, {self._schedule[one.ground]} days", by)
                erased.append(one)
        return erased

    def _is_free(self, planned: Planned, now: int) -> bool:
        """Whether somebody may still be erased: nobody placed a hold meanwhile, and they did not come back."""

        def this(columns: Any) -> ColumnElement[bool]:
            return people.c.person == planned.person

        with self._ledger.database.read() as connection:
            return any(found.free for found in self._plan(connection, now, this))

    def strangers(self, now: int, only: Only = everything) -> list[Stranger]:
        """Whoever is nobody of ours, and was told of by another source, and whose time is over at a moment."""
        if (days := self._schedule.get(STRANGERS)) is None:
            return []
        of_nobody = (differences.c.what == Difference.ONLY_THERE) & (differences.c.settled <= now - days * DAY)
        row = (rows.c.segment == differences.c.segment) & (rows.c.place == differences.c.place)
        alone = select(rows.c.place).where(row, rows.c.subject == stranger("") + differences.c.difference).exists()
        asked = select(differences).where(of_nobody, alone, only(declared(differences.c.office, MARKING)))
        with self._ledger.database.read() as connection:
            return [
                Stranger(line.difference, line.office, line.settled, line.settled + days * DAY)
                for line in connection.execute(asked.order_by(differences.c.settled, differences.c.difference))
            ]

    def forget(self, now: int, second: str, by: By, only: Only = everything) -> list[Stranger]:
        """Destroy what other sources said of them, as two people say, and return of whom. Raises `RegisterError`."""
        _two(second, by)
        forgotten = []
        for one in self.strangers(now, only):
            with self._ledger.unit(by) as unit:
                this = (differences.c.difference == one.difference) & (differences.c.settled == one.settled)
                if unit.connection.execute(select(differences.c.difference).where(this)).first() is None:
                    continue  # it was found again meanwhile
                generation = self._ledger.vault.secret(unit.connection, stranger(one.difference)).generation
                record_forgotten(unit, one.difference, generation, self._schedule[STRANGERS], second)
            forgotten.append(one)
        return forgotten

    def place(self, person: int, ground: str, second: str, by: By) -> str:
        """Have what is known of somebody kept, and return the name of the hold. Raises `RegisterError`."""
        _two(second, by)
        hold = token_hex(4)
        with self._ledger.unit(by) as unit:
            state = unit.connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
            if state in (None, State.ERASED, State.CANARY):
                raise RegisterError(f"person {person}: nothing is known of them")
            fact = LegalHoldPlaced(hold=hold, ground=written(ground, "a ground"), second=second)
            unit.record(fact, subject=subject_of(person), marking=MARKING)
        return hold

    def lift(self, hold: str, ground: str, second: str, by: By) -> Recorded:
        """Have it kept no longer on that account. Raises `RegisterError`."""
        _two(second, by)
        with self._ledger.unit(by) as unit:
            person = unit.connection.execute(select(holds.c.person).where(holds.c.hold == hold)).scalar()
            if person is None:
                raise RegisterError("there is no such hold; see kstep retention holds")
            fact = LegalHoldLifted(hold=hold, ground=written(ground, "a ground"), second=second)
            return unit.record(fact, subject=subject_of(person), marking=MARKING)

    def holds(self, only: Only = everything) -> list[Hold]:
        """The holds there are, by when they were placed."""
        asked = select(holds).join_from(holds, people, holds.c.person == people.c.person)
        asked = asked.where(only(declared(people.c.office, MARKING))).order_by(holds.c.placed)
        with self._ledger.database.read() as connection:
            return [Hold(*line) for line in connection.execute(asked)]

    def person_of(self, hold: str) -> int:
        """Of whom something is held. Raises `RegisterError` if there is no such hold."""
        with self._ledger.database.read() as connection:
            person = connection.execute(select(holds.c.person).where(holds.c.hold == hold)).scalar()
        if person is None:
            raise RegisterError("there is no such hold; see kstep retention holds")
        return int(person)


def record_forgotten(unit: Unit, difference: str, generation: int, days: int = 0, second: str = "") -> None:
    """Record, in a unit of work, that what a source said of whoever is nobody of ours is destroyed: the secret of a generation."""
    fact = DifferenceForgotten(difference=difference, generation=generation, days=days, second=second)
    unit.record(fact, subject=f"{FORGOTTEN}{difference}", marking=MARKING)


def _two(second: str, by: By) -> None:
    if second in ("", by.actor):
        raise RegisterError("this takes two people; have a second person agree")


__all__ = ["STRANGERS", "Hold", "Planned", "Retention", "Stranger", "record_forgotten", "schedule_of"]
