"""The records that somebody has to mend: why, who, and by when. A changed record takes its flaws off the queue by itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.ledger.service import By, Ledger
from kstep.model.events import Recorded, RepairAssigned, RepairClosed
from kstep.register.importing import MARKING
from kstep.register.projection import subject_of
from kstep.register.service import RegisterError
from kstep.register.tables import Only, State, declared, everything, people, repairs

_LONGEST = 200


@dataclass(frozen=True)
class Repair:
    """A flaw of a record that somebody has to mend: since when, and by when, in microseconds since 1970."""

    person: int
    reason: str
    office: str
    owner: str
    since: int
    due: int


class RepairQueue:
    """The queue of a ledger's register."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(
        self,
        only: Only = everything,
        *,
        office: str | None = None,
        reason: str | None = None,
        owner: str | None = None,
        due_by: int | None = None,
    ) -> list[Repair]:
        """What is to be mended, by when it is due; of an office, for one reason, by one owner, or due by a moment."""
        columns = (repairs.c.person, repairs.c.reason, people.c.office, repairs.c.owner, repairs.c.since, repairs.c.due)
        asked = select(*columns).join_from(repairs, people, repairs.c.person == people.c.person)
        asked = asked.where(people.c.state != State.LEFT, only(declared(people.c.office, MARKING)))
        for column, value in ((people.c.office, office), (repairs.c.reason, reason), (repairs.c.owner, owner)):
            asked = asked if value is None else asked.where(column == value)
        if due_by is not None:
            asked = asked.where(repairs.c.due <= due_by)
        with self._ledger.database.read() as connection:
            lines = connection.execute(asked.order_by(repairs.c.due, repairs.c.person, repairs.c.reason))
            return [Repair(*line) for line in lines]

    def assign(self, person: int, reason: str, owner: str, due: int, by: By) -> Recorded:
        """Let somebody mend a record by a time. Raises `RegisterError`."""
        if due <= self._ledger.clock():
            raise RegisterError("nobody can mend anything by a time that has passed; name a later one")
        fact = RepairAssigned(reason=reason, owner=written(owner, "an owner"), due=due)
        with self._ledger.unit(by) as unit:
            _check(unit.connection, person, reason)
            return unit.record(fact, subject=subject_of(person), marking=MARKING)

    def close(self, person: int, reason: str, finding: str, by: By) -> Recorded:
        """Say that a record is as it should be, or that more cannot be known. Raises `RegisterError`."""
        fact = RepairClosed(reason=reason, finding=written(finding, "a finding"))
        with self._ledger.unit(by) as unit:
            _check(unit.connection, person, reason)
            return unit.record(fact, subject=subject_of(person), marking=MARKING)


def office_of(ledger: Ledger, person: int) -> str:
    """To which office somebody belongs. Raises `RegisterError` if nobody has that number."""
    with ledger.database.read() as connection:
        this = (people.c.person == person) & (people.c.state != State.CANARY)
        found = connection.execute(select(people.c.office).where(this)).scalar()
    if found is None:
        raise RegisterError(f"person {person}: nobody in the register has that number")
    return str(found)


def written(text: str, what: str) -> str:
    """A text that somebody wrote. Raises `RegisterError` if it says nothing, or too much."""
    found = text.strip()
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise RegisterError(f"that is not {what}; write 1 to {_LONGEST} printable characters")
    return found


def _check(connection: Connection, person: int, reason: str) -> None:
    this = (repairs.c.person == person) & (repairs.c.reason == reason)
    if connection.execute(select(repairs.c.person).where(this)).first() is None:
        known = connection.execute(select(repairs.c.reason).where(repairs.c.person == person)).scalars()
        raise RegisterError(
            f"person {person}: nothing is to be mended for that reason, but {', '.join(sorted(known)) or 'nothing'}"
        )


__all__ = ["Repair", "RepairQueue", "office_of", "written"]
