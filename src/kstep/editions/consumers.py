"""The consumers of lists: the systems that run them, each of which says which edition that is.

Screening is a consumer of each list, and says so itself. The others are declared by people: the copy of a list that never says
anything is the one that has to be noticed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from kstep.editions.errors import EditionsError
from kstep.editions.records import SECOND, EditionKept, editions_kept, list_kept
from kstep.editions.tables import acknowledged, editions
from kstep.ledger.service import INTERNAL, By, Ledger, Unit, lock_log
from kstep.model import one_line
from kstep.model.events import ConsumersDeclared, ConsumersEnded, EditionAcknowledged

SCREENING = "screening"
"""How screening is called among the consumers of a list."""

LATE = 24 * 3600 * SECOND
"""Microseconds for which a consumer may run an older edition without a word: as long as people may be owed a screening."""


class ConsumerKept(NamedTuple):
    """A consumer of a list: the number of the edition that it runs, and when it said so (none if it never did); and since when
    there is a newer one, none if there is not. Times are microseconds since 1970.
    """

    consumer: str
    number: int | None
    acknowledged: int | None
    behind: int | None

    def late(self, now: int) -> bool:
        """Whether it has been behind for too long."""
        return self.behind is not None and now - self.behind > LATE


def consumers_kept(connection: Connection, name: str) -> list[ConsumerKept]:
    """The consumers of a list, by their names."""
    published = [
        (edition.number, edition.published)
        for edition in editions_kept(connection, name)
        if edition.published is not None
    ]
    asked = select(acknowledged).where(acknowledged.c.list == name)
    known = {line.consumer: (line.since, line.number, line.acknowledged) for line in connection.execute(asked)}
    known.setdefault(SCREENING, (0, None, None))
    found = []
    for consumer, (since, number, said) in sorted(known.items()):
        newer = next((when for edition, when in published if edition > (number or 0)), None)
        found.append(ConsumerKept(consumer, number, said, None if newer is None else max(since, newer)))
    return found


def declare(unit: Unit, name: str, consumers: Sequence[str]) -> None:
    """These run a list from here on. Raises `EditionsError`."""
    known = _known(unit, name, consumers)
    if there := sorted(known & set(consumers)):
        raise EditionsError(f"the list {name} has the consumer {one_line(there[0])!r} already; nothing was changed")
    _record(unit, ConsumersDeclared(list=name, consumers=_each(consumers)))


def end(unit: Unit, name: str, consumers: Sequence[str]) -> None:
    """These run a list no more. Raises `EditionsError`."""
    known = _known(unit, name, consumers)
    for consumer in consumers:
        if consumer not in known:
            raise _nobody(name, consumer, known)
    _record(unit, ConsumersEnded(list=name, consumers=_each(consumers)))


def acknowledge(unit: Unit, edition: EditionKept, consumer: str) -> None:
    """A consumer of a list runs this edition of it from here on. Raises `EditionsError`."""
    known = _known(unit, edition.list, [consumer])
    if edition.state != "published":
        raise EditionsError(f"the edition {edition.number} of {edition.list} was never in force")
    if consumer not in known:
        raise _nobody(edition.list, consumer, known)
    fact = EditionAcknowledged(list=edition.list, number=edition.number, edition=edition.edition, consumer=consumer)
    _record(unit, fact)


def acknowledge_screened(ledger: Ledger, name: str, edition: str, by: By) -> None:
    """Screening runs the edition of this id from here on, unless it said so of this or a later one."""
    with ledger.database.read() as connection:
        if _unsaid(connection, name, edition) is None:
            return
    with ledger.unit(by) as unit:
        lock_log(unit.connection)
        if (number := _unsaid(unit.connection, name, edition)) is not None:
            _record(unit, EditionAcknowledged(list=name, number=number, edition=edition, consumer=SCREENING))


def _unsaid(connection: Connection, name: str, edition: str) -> int | None:
    """The number under which the edition of this id came in force last, unless screening acknowledged it or a later one."""
    in_force = (editions.c.list == name) & (editions.c.edition == edition) & editions.c.published.is_not(None)
    number = connection.execute(select(func.max(editions.c.number)).where(in_force)).scalar()
    this = (acknowledged.c.list == name) & (acknowledged.c.consumer == SCREENING)
    said = connection.execute(select(acknowledged.c.number).where(this)).scalar()
    return None if number is None or number <= (said or 0) else number


def _known(unit: Unit, name: str, consumers: Sequence[str]) -> set[str]:
    """The consumers that a list has, which stand until the unit ends."""
    lock_log(unit.connection)
    list_kept(unit.connection, name)
    if SCREENING in consumers:
        raise EditionsError(f"{SCREENING} is a consumer of each list, and says itself which edition it runs")
    asked = select(acknowledged.c.consumer).where(acknowledged.c.list == name)
    return set(unit.connection.execute(asked).scalars())


def _nobody(name: str, consumer: str, known: set[str]) -> EditionsError:
    told = ", ".join(one_line(other, 64) for other in sorted(known - {SCREENING})) or "none"
    mend = f"declare it with kstep lists consumers {name}; there are: {told}"
    return EditionsError(f"the list {name} has no consumer {one_line(consumer, 64)!r}; {mend}")


def _each(consumers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(consumers))


def _record(unit: Unit, fact: ConsumersDeclared | ConsumersEnded | EditionAcknowledged) -> None:
    unit.record(fact, subject=f"list:{fact.list}", marking=INTERNAL)


__all__ = [
    "LATE", "SCREENING", "ConsumerKept", "acknowledge", "acknowledge_screened", "consumers_kept", "declare", "end",
]  # fmt: skip
