"""Statuses that run out (parole, a bond, an order) or are to be reviewed: each has a time, and whose time comes is told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from kstep.ledger.service import By, Ledger
from kstep.model.events import Recorded, StatusDated, StatusEnded
from kstep.register.importing import MARKING
from kstep.register.projection import subject_of
from kstep.register.repair_queue import written
from kstep.register.service import RegisterError
from kstep.register.tables import Only, State, declared, everything, people, statuses

KINDS = ("parole", "bond", "order", "review")


@dataclass(frozen=True)
class Status:
    """A status of somebody on the roster, from a moment to another, in microseconds since 1970."""

    person: int
    kind: str
    since: int
    until: int
    office: str


class Statuses:
    """The dated statuses of a ledger's register."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(
        self, only: Only = everything, *, person: int | None = None, office: str | None = None, until: int | None = None
    ) -> list[Status]:
        """Statuses of people on the roster by when they run out: of one, of an office, or those that have by a moment."""
        columns = (statuses.c.person, statuses.c.kind, statuses.c.since, statuses.c.until, people.c.office)
        asked = select(*columns).join_from(statuses, people, statuses.c.person == people.c.person)
        asked = asked.where(people.c.state != State.LEFT, only(declared(people.c.office, MARKING)))
        for column, value in ((statuses.c.person, person), (people.c.office, office)):
            asked = asked if value is None else asked.where(column == value)
        if until is not None:
            asked = asked.where(statuses.c.until <= until)
        order = (statuses.c.until, statuses.c.person, statuses.c.kind, statuses.c.since)
        with self._ledger.database.read() as connection:
            return [Status(*line) for line in connection.execute(asked.order_by(*order))]

    def date(self, person: int, kind: str, on: int, until: int, evidence: str, by: By) -> Recorded:
        """Say of a status from when until when it is; said again of the same beginning, it ends otherwise. Raises
        `RegisterError`.
        """
        if kind not in KINDS:
            raise RegisterError(f"{kind!r} is no kind of status; write one of {', '.join(KINDS)}")
        if not 0 <= on < until:
            raise RegisterError("a status ends after it begins; correct its dates")
        with self._ledger.unit(by) as unit:
            state = unit.connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
            if state not in (State.PRESENT, State.MERGED):
                raise RegisterError(f"person {person}: is not on the roster")
            fact = StatusDated(kind=kind, on=on, until=until, evidence=written(evidence, "evidence"))
            return unit.record(fact, subject=subject_of(person), marking=MARKING)

    def end(self, person: int, kind: str, on: int, ground: str, by: By) -> Recorded:
        """Say that a status has ended, or that the review was done. Raises `RegisterError`."""
        with self._ledger.unit(by) as unit:
            this = (statuses.c.person == person) & (statuses.c.kind == kind) & (statuses.c.since == on)
            if unit.connection.execute(select(statuses.c.until).where(this)).first() is None:
                raise RegisterError(f"person {person}: has no such status; see kstep register statuses")
            fact = StatusEnded(kind=kind, on=on, ground=written(ground, "a ground"))
            return unit.record(fact, subject=subject_of(person), marking=MARKING)


__all__ = ["KINDS", "Status", "Statuses"]
