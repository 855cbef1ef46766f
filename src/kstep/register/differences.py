"""What is to be settled between the register and other sources, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kstep.ledger.segments import some_rows
from kstep.ledger.service import By, Ledger
from kstep.model.events import DifferenceSettled, Recorded
from kstep.register.importing import MARKING
from kstep.register.service import RegisterError
from kstep.register.tables import Only, declared, differences, everything
from kstep.register.tasks import HOWS


@dataclass(frozen=True)
class OpenDifference:
    """A difference that somebody has to settle: of whom of ours, or who it may be, and under which id the source has them."""

    difference: str
    series: str
    what: str
    person: int | None
    several: Sequence[int]
    source_id: str
    office: str
    owner: str
    since: int
    due: int


class Differences:
    """The differences of a ledger's register."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(
        self, only: Only = everything, *, office: str | None = None, what: str | None = None, due_by: int | None = None
    ) -> list[OpenDifference]:
        """Those that are not settled, by when they are due; of an office, of one kind, or due by a moment."""
        asked = select(differences).where(
            differences.c.settled.is_(None), only(declared(differences.c.office, MARKING))
        )
        for column, value in ((differences.c.office, office), (differences.c.what, what)):
            asked = asked if value is None else asked.where(column == value)
        if due_by is not None:
            asked = asked.where(differences.c.due <= due_by)
        with self._ledger.database.read() as connection:
            lines = connection.execute(asked.order_by(differences.c.due, differences.c.difference)).all()
            told = some_rows(connection, self._ledger.vault, [(line.segment, line.place) for line in lines])
        found = []
        for line in lines:
            row = told[line.segment, line.place].row or {"id": "", "people": []}
            found.append(
                OpenDifference(
                    line.difference, line.series, line.what, line.person, row["people"], row["id"], line.office, line.owner,
                    line.since, line.due,
                )
            )  # fmt: skip
        return found

    def office_of(self, difference: str) -> str:
        """To which office a difference belongs that is open. Raises `RegisterError` if there is none such."""
        this = (differences.c.difference == difference) & differences.c.settled.is_(None)
        with self._ledger.database.read() as connection:
            office = connection.execute(select(differences.c.office).where(this)).scalar()
        if office is None:
            raise RegisterError("there is no such open difference; see kstep register differences")
        return str(office)

    def settle(self, difference: str, how: str, evidence: str, by: By) -> Recorded:
        """Say what a difference comes from, and what shows it. Raises `RegisterError`."""
        if how not in HOWS:
            raise RegisterError(f"{how!r} settles no difference; write one of {', '.join(HOWS)}")
        if not evidence.strip():
            raise RegisterError("no difference is settled without evidence; name the paper that shows it")
        with self._ledger.unit(by) as unit:
            this = (differences.c.difference == difference) & differences.c.settled.is_(None)
            line = unit.connection.execute(select(differences).where(this)).one_or_none()
            if line is None:
                raise RegisterError("there is no such open difference; see kstep register differences")
            told = some_rows(unit.connection, self._ledger.vault, [(line.segment, line.place)])
            fact = DifferenceSettled(difference=difference, how=how, evidence=evidence.strip())
            return unit.record(fact, subject=told[line.segment, line.place].subject, marking=MARKING)


__all__ = ["Differences", "OpenDifference"]
