"""What goes with people when they are found to be one, or erased: their files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.encounters.conflicts import note_conflicts
from kstep.encounters.judging import decide_file
from kstep.encounters.service import MARKING, Files
from kstep.encounters.tables import files as table
from kstep.ledger.service import Unit
from kstep.model.events import FileErased
from kstep.protocol.breaches import BreachKind
from kstep.register.tables import people


@dataclass(frozen=True)
class FileKeeper:
    """Keeps the files of the people of a register."""

    files: Files

    def owed_of(self, connection: Connection, person: int) -> int:
        """How much is still owed in the file of somebody; nothing, if there is none."""
        found = decide_file(connection, person, self.files.now(connection))
        return sum(one.is_standing for one in found.obligations) if found else 0

    def note_joined(self, unit: Unit, person: int) -> None:
        """Record what offices answered apart of two who were found to be one; nothing, if neither has a file."""
        if unit.connection.execute(select(table.c.person).where(table.c.person == person)).first():
            note_conflicts(self.files, unit, person)

    def note_erasure(self, unit: Unit, person: int) -> None:
        """Record how the file of somebody stands who is erased: what was late stays known."""
        found = decide_file(unit.connection, person, self.files.now(unit.connection))
        if found is not None:
            office = unit.connection.execute(select(people.c.office).where(people.c.person == person)).scalar()
            late = sum(one.kind is BreachKind.LATE for one in found.breaches)
            fact = FileErased(
                office=office or "", state=str(found.state), owed=sum(one.is_standing for one in found.obligations), late=late,
                breaches=len(found.breaches) - late,
            )  # fmt: skip
            unit.record(fact, subject=f"erasure:{person}", marking=MARKING)


__all__ = ["FileKeeper"]
