"""What screening's tables hold, computed from events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, tuple_

from kstep.ledger.segments import read_rows
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.model.events import PeopleScreened, PersonErased, PowerMeasured, Recorded
from kstep.screening.tables import PROJECTED, coverage, matches, poor, power, runs

_AT_ONCE = 500


def gaps(numbers: Sequence[int]) -> tuple[int, ...]:
    """Ascending numbers as the first and what each is more than the one before."""
    return tuple(number - before for before, number in pairwise((0, *numbers)))


def summed(found: Sequence[int]) -> list[int]:
    """The numbers of which `gaps` made these."""
    return list(accumulate(found))


def matches_of(connection: Connection, people: Iterable[int]) -> dict[int, int]:
    """How many possible matches each of these people has, if any."""
    wanted = sorted(people)
    found: dict[int, int] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = matches.c.person.in_(wanted[first : first + _AT_ONCE])
        asked = select(matches.c.person, func.count()).where(some).group_by(matches.c.person)
        found.update((person, count) for person, count in connection.execute(asked))
    return found


class ScreeningProjection:
    """Screening's handlers."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def projection(self) -> Projection:
        """Its tables, and what changes them."""
        return Projection(PROJECTED, {PeopleScreened: self._screened, PersonErased: _erased, PowerMeasured: _measured})

    def _screened(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, PeopleScreened)
        connection.execute(delete(coverage).where(coverage.c.list == fact.list))
        stands = {
            "list": fact.list,
            "edition": fact.edition,
            "engine": fact.engine,
            "as_of": fact.as_of,
            "recorded": event.recorded,
        }
        connection.execute(insert(coverage), [stands])
        connection.execute(insert(runs), [{"log": event.log, "number": event.number, "whole": fact.whole, **stands}])
        connection.execute(delete(poor).where(poor.c.list == fact.list))
        if fact.poor:
            lines = [{"person": person, "list": fact.list} for person in summed(fact.poor)]
            connection.execute(insert(poor), lines)
        for rows in read_rows(connection, self._vault, fact.segment["id"]):
            self._put(connection, event, fact, [row.row for row in rows if row.row is not None])

    def _put(self, connection: Connection, event: Recorded, fact: PeopleScreened, rows: list[dict[str, Any]]) -> None:
        """Put pairs of this list as rows say: possible matches, or no longer. One that stays keeps when it was found."""
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            these = and_(
                matches.c.list == fact.list,
                tuple_(matches.c.person, matches.c.entry).in_([(row["person"], row["entry"]) for row in some]),
            )
            before = {
                (line.person, line.entry): line.found for line in connection.execute(select(matches).where(these)).all()
            }
            connection.execute(delete(matches).where(these))
            lines = [
                {"person": row["person"], "list": fact.list, "entry": row["entry"], "millibits": row["millibits"],
                 "edition": fact.edition, "found": before.get((row["person"], row["entry"]), event.recorded)}
                for row in some if row["millibits"] is not None
            ]  # fmt: skip
            if lines:
                connection.execute(insert(matches), lines)


def _erased(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, PersonErased)
    person = event.fact.person
    connection.execute(delete(matches).where(matches.c.person == person))
    connection.execute(delete(poor).where(poor.c.person == person))


def _measured(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, PowerMeasured)
    lines = [
        {"class": fields, "sampled": sampled, "found": found, "engine": fact.engine, "measured": event.recorded}
        for fields, sampled, found in fact.classes
    ]
    connection.execute(delete(power).where(power.c["class"].in_([line["class"] for line in lines])))
    connection.execute(insert(power), lines)


__all__ = ["ScreeningProjection", "gaps", "matches_of", "summed"]
