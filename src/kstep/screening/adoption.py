"""By what people are screened: an engine and a threshold that a named person adopted, and nothing else.

Code with other weights finds other people. It screens nobody before somebody has said that it shall; until then those who were
screened by the engine before stand screened by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.ledger.service import By, Ledger
from kstep.model import InputError, KstepError
from kstep.model.events import Recorded, StandardAdopted
from kstep.register.tables import State, people
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.tables import matches, standards

MARKING = "internal"
MILLION = 1_000_000
DAY = 24 * 3600 * MILLION
THRESHOLD, NOMINAL_LIST, DAYS = 0.5, 8_000, 30
"""What is adopted where nothing else is said: the least probability, the length of list that the prior supposes, and after how
many days everyone is screened anew."""

_LONGEST = 200

Match = tuple[int, str]
"""A person and an entry."""


class NotAdopted(KstepError):
    """People are not screened by what runs here, because nobody adopted it."""


class AdoptedMeanwhile(KstepError):
    """Somebody else adopted a standard, with which the one that is to be adopted was not compared."""


@dataclass(frozen=True)
class Proposed:
    """A standard by the engine that runs here, and after how many days everyone is screened anew."""

    standard: Standard
    days: int

    @property
    def threshold(self) -> float:
        """The least probability of a possible match."""
        return self.standard.threshold

    @property
    def nominal_list(self) -> int:
        """The length of list that the prior supposes."""
        return self.standard.nominal_list

    @property
    def age(self) -> int:
        """Microseconds after which everyone is screened anew."""
        return self.days * DAY


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


@dataclass(frozen=True)
class Difference:
    """What another standard does to the possible matches with a list: those that stay, come and go, by person and entry."""

    list: str
    kept: Sequence[Match]
    gained: Sequence[Match]
    lost: Sequence[Match]


def difference(run: Rescreening, used: ListInUse) -> Difference:
    """What a run's standard would do to the possible matches with a list; everyone is compared with everything for it."""
    found = set(run.would_find(used))
    asked = select(matches.c.person, matches.c.entry).join_from(matches, people, matches.c.person == people.c.person)
    with run.ledger.database.read() as connection:
        of_list = connection.execute(asked.where(matches.c.list == used.name, people.c.state == State.PRESENT))
        stands = {(line.person, line.entry) for line in of_list}
    return Difference(used.name, sorted(found & stands), sorted(found - stands), sorted(stands - found))


def proposed(
    before: Adopted | None, *, threshold: float | None = None, nominal_list: int | None = None, days: int | None = None
) -> Proposed:
    """What is to be adopted: what is not said stays as it was before. Raises `InputError` for what makes no sense."""
    if threshold is not None and not 0.01 <= threshold <= 0.99:  # nor what is no number
        raise InputError(f"{threshold:g} is no threshold", where="--threshold", mend="write 0.01 to 0.99")
    stands = before or Proposed(Standard(THRESHOLD, NOMINAL_LIST), DAYS)
    found = Proposed(
        Standard(
            stands.threshold if threshold is None else round(threshold * MILLION) / MILLION,
            stands.nominal_list if nominal_list is None else nominal_list,
        ),
        stands.days if days is None else days,
    )
    if not 1 <= found.nominal_list <= 1_000_000_000:
        raise InputError(f"{found.nominal_list} is no length of a list", where="--nominal-list", mend="write 1 or more")
    if not 1 <= found.days <= 366:
        raise InputError(f"{found.days} is no number of days", where="--days", mend="write 1 to 366")
    return found


def adopt(
    ledger: Ledger,
    by: By,
    ground: str,
    what: Proposed,
    differences: Sequence[Difference] = (),
    *,
    before: Adopted | None = None,
) -> Recorded:
    """Have people screened from now on by the engine that runs here, with this standard; the differences that it makes to the one
    `before` are kept. Raises `InputError` if nobody says why, and `AdoptedMeanwhile`.
    """
    if not ground.strip() or len(ground) > _LONGEST or not ground.isprintable():
        raise InputError("why was not said", where="--ground", mend=f"write 1 to {_LONGEST} printable characters")
    fact = StandardAdopted(
        engine=what.standard.engine, threshold=round(what.threshold * MILLION), nominal_list=what.nominal_list, days=what.days,
        ground=ground.strip(), gained={one.list: len(one.gained) for one in differences},
        lost={one.list: len(one.lost) for one in differences},
    )  # fmt: skip
    with ledger.unit(by) as unit:
        if (stands := adopted(unit.connection)) != before:
            who = f"{stands.actor} did so meanwhile" if stands else "there was another one"
            raise AdoptedMeanwhile(f"nothing was adopted, because {who}; see kstep standard show, and compare again")
        return unit.record(fact, subject="screening:standard", marking=MARKING)


__all__ = [
    "DAYS", "NOMINAL_LIST", "THRESHOLD", "Adopted", "AdoptedMeanwhile", "Difference", "NotAdopted", "Proposed", "adopt",
    "adopted", "difference", "in_force", "proposed",
]  # fmt: skip
