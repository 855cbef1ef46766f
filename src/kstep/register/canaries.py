"""Putting canaries among those who are screened, by the code that imports a file of people, and taking them away again.

They go beside an import of people and never in its place: while one is under way they wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from kstep.ledger.service import Ledger, Unit
from kstep.model import KstepError
from kstep.model.events import CanariesTakenAway
from kstep.register.importing import MARKING, Account, Importing
from kstep.register.projection import RegisterProjection
from kstep.register.tables import State, people, staged, underway

WAITING = "an import of people is under way or was stopped, and canaries wait until it has ended"


class ImportUnderWay(KstepError):
    """People are being imported; canaries wait until that has ended."""


class NotPlanted(KstepError):
    """Canaries did not come through the import as they were written."""


class Planting(Importing):
    """An import of a file of canaries with these ids; `tell` records what there is to say of them, by their numbers and the segment
    in which they lie. `run` raises `ImportUnderWay` and `NotPlanted` beside what an import does.
    """

    WHAT = "canaries"

    def __init__(
        self,
        ledger: Ledger,
        projection: RegisterProjection,
        path: Path,
        ids: Sequence[str],
        tell: Callable[[Unit, Mapping[str, int], dict[str, Any]], None],
    ) -> None:
        super().__init__(ledger, projection, path, lambda rows: None)
        self._ids = ids
        self._told = tell

    def _check_may_end(self, segment: str) -> None:
        if _of_people(segment):
            raise ImportUnderWay(WAITING)

    def _take_numbers(self, connection: Connection, count: int) -> Sequence[int]:
        return [-number for number in super()._take_numbers(connection, count)]

    def _tell(self, unit: Unit, account: Account, segment: dict[str, Any]) -> None:
        met = {line.reference: line.person for line in unit.connection.execute(select(staged)).all()}
        numbers = {id: met.get(self._projection.reference(id), 0) for id in self._ids}
        came = sum(number < 0 for number in numbers.values())
        if came < len(self._ids) or account.new != len(self._ids):
            raise NotPlanted(f"of {len(self._ids):,} made-up people {came:,} came through the import")
        self._told(unit, numbers, segment)


def importing_people(connection: Connection) -> bool:
    """Whether an import of people is under way, or was stopped."""
    segment = connection.execute(select(underway.c.segment)).scalar()
    return segment is not None and _of_people(segment)


def _of_people(segment: str) -> bool:
    return not segment.startswith(f"{Planting.WHAT} ")


def take_away(unit: Unit) -> int:
    """Destroy what is known of all canaries, and return how many there were."""
    asked = select(people.c.person).where(people.c.state == State.CANARY).order_by(people.c.person)
    numbers = tuple(unit.connection.execute(asked).scalars())
    if numbers:
        unit.record(CanariesTakenAway(people=numbers), subject="canaries:all", marking=MARKING)
    return len(numbers)


__all__ = ["WAITING", "ImportUnderWay", "NotPlanted", "Planting", "importing_people", "take_away"]
