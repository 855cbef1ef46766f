"""By what people are screened: an engine and a threshold that a named person adopted, and nothing else.

Code with other weights finds other people. It screens nobody before somebody has said that it shall; until then those who were
screened by the engine before stand screened by that.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.ledger.service import By, Ledger
from kstep.model import InputError, KstepError
from kstep.model.events import Recorded, StandardAdopted
from kstep.screening.rescreen import Standard
from kstep.screening.tables import standards

MARKING = "internal"
MILLION = 1_000_000
DAY = 24 * 3600 * MILLION
THRESHOLD, NOMINAL_LIST, DAYS = 0.5, 8_000, 30
"""What is adopted where nothing else is said: the least probability, the length of list that the prior supposes, and after how
many days everyone is screened anew."""

_LONGEST = 200


class NotAdopted(KstepError):
    """People are not screened by what runs here, because nobody adopted it."""


@dataclass(frozen=True)
class Adopted:
    """What was adopted, by whom, why, and when (microseconds since 1970)."""

    engine: str
    threshold: float
    nominal_list: int
    days: int
    actor: str
    ground: str
    adopted: int

    @property
    def age(self) -> int:
        """Microseconds after which everyone is screened anew."""
        return self.days * DAY

    @property
    def standard(self) -> Standard:
        """By what a pair is a possible match. Raises `NotAdopted` if the engine that runs here is another one."""
        found = Standard(self.threshold, self.nominal_list)
        if found.engine != self.engine:
            raise NotAdopted(
                f"{found.engine} runs here, and {self.engine} was adopted; look at what is different, and adopt it with kstep "
                "standard adopt, or install the one before"
            )
        return found


def adopted(connection: Connection) -> Adopted | None:
    """What was adopted last, if anything."""
    line = connection.execute(select(standards).order_by(standards.c.adopted.desc()).limit(1)).one_or_none()
    if line is None:
        return None
    return Adopted(
        line.engine, line.threshold / MILLION, line.nominal_list, line.days, line.actor, line.ground, line.adopted
    )


def in_force(connection: Connection) -> Adopted:
    """What was adopted. Raises `NotAdopted` if nothing was."""
    found = adopted(connection)
    if found is None:
        raise NotAdopted("nobody said by what people are screened; kstep standard adopt says so")
    return found


def adopt(
    ledger: Ledger,
    by: By,
    ground: str,
    *,
    threshold: float | None = None,
    nominal_list: int | None = None,
    days: int | None = None,
) -> Recorded:
    """Have people screened from now on by the engine that runs here. What is not said stays as it was adopted before. Raises
    `InputError` for what makes no sense.
    """
    with ledger.database.read() as connection:
        before = adopted(connection)
    if threshold is None:
        threshold = before.threshold if before else THRESHOLD
    if nominal_list is None:
        nominal_list = before.nominal_list if before else NOMINAL_LIST
    if days is None:
        days = before.days if before else DAYS
    if not 0.01 <= threshold <= 0.99:
        raise InputError(f"{threshold:g} is no threshold", where="--threshold", mend="write 0.01 to 0.99")
    if not 1 <= nominal_list <= 1_000_000_000:
        raise InputError(f"{nominal_list} is no length of a list", where="--nominal-list", mend="write 1 or more")
    if not 1 <= days <= 366:
        raise InputError(f"{days} is no number of days", where="--days", mend="write 1 to 366")
    if not ground.strip() or len(ground) > _LONGEST or not ground.isprintable():
        raise InputError("why was not said", where="--ground", mend=f"write 1 to {_LONGEST} printable characters")
    millionths = round(threshold * MILLION)
    fact = StandardAdopted(
        engine=Standard(millionths / MILLION, nominal_list).engine, threshold=millionths, nominal_list=nominal_list, days=days,
        ground=ground.strip(),
    )  # fmt: skip
    with ledger.unit(by) as unit:
        return unit.record(fact, subject="screening:standard", marking=MARKING)


__all__ = ["DAYS", "NOMINAL_LIST", "THRESHOLD", "Adopted", "NotAdopted", "adopt", "adopted", "in_force"]
