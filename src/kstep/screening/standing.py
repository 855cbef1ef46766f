"""What screening's tables hold, computed from events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, tuple_

from kstep.ledger.segments import read_rows
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.model.canaries import CANARIES, belongs
from kstep.model.events import (
    PeopleScreened,
    PersonErased,
    PowerMeasured,
    Recorded,
    StandardAdopted,
    WithdrawnMatchClosed,
)
from kstep.register.quality import Flaw, due
from kstep.register.tables import State, people, repairs
from kstep.screening.tables import PROJECTED, coverage, matches, pairs_of, poor, power, runs, standards, withdrawn
from kstep.screening.withdrawn import closed, follow

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
        handlers = {
            PeopleScreened: self._screened, PersonErased: _erased, StandardAdopted: _adopted, WithdrawnMatchClosed: closed,
            PowerMeasured: _measured,
        }  # fmt: skip
        return Projection(PROJECTED, handlers)

    def _screened(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, PeopleScreened)
        before = connection.execute(select(coverage).where(coverage.c.list == fact.list)).one_or_none()
        whole = event.recorded if fact.whole or before is None else before.whole
        last = before.edition if before else ""
        were_poor = set(connection.execute(select(poor.c.person).where(poor.c.list == fact.list)).scalars())
        connection.execute(delete(coverage).where(coverage.c.list == fact.list))
        stands = {
            "list": fact.list,
            "edition": fact.edition,
            "engine": fact.engine,
            "as_of": fact.as_of,
            "recorded": event.recorded,
        }
        connection.execute(insert(coverage), [{**stands, "whole": whole}])
        connection.execute(insert(runs), [{"log": event.log, "number": event.number, "whole": fact.whole, **stands}])
        connection.execute(delete(poor).where(poor.c.list == fact.list))
        are_poor = summed(fact.poor)
        if are_poor:
            connection.execute(insert(poor), [{"person": person, "list": fact.list} for person in are_poor])
        if fact.list != CANARIES:
            _ask_to_mend(connection, event, fact.list, are_poor, were_poor, before.as_of if before else 0)
        told: list[tuple[dict[str, Any], Any]] = []
        for rows in read_rows(connection, self._vault, fact.segment["id"]):
            told += self._put(connection, event, fact, [row.row for row in rows if row.row is not None])
        follow(connection, event, fact.list, last, told)

    def _put(
        self, connection: Connection, event: Recorded, fact: PeopleScreened, rows: list[dict[str, Any]]
    ) -> list[tuple[dict[str, Any], Any]]:
        """Put pairs of this list as rows say: no longer possible matches, or such. One that stays keeps when it was found. Returns
        the rows that say why, each with the line of the match that there was.
        """
        table = pairs_of(fact.list)
        rows = [row for row in rows if belongs(row["person"], fact.list)]
        told: list[tuple[dict[str, Any], Any]] = []
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            these = and_(
                table.c.list == fact.list,
                tuple_(table.c.person, table.c.entry).in_([(row["person"], row["entry"]) for row in some]),
            )
            stood = {(line.person, line.entry): line for line in connection.execute(select(table).where(these)).all()}
            connection.execute(delete(table).where(these))
            told += [(row, stood.get((row["person"], row["entry"]))) for row in some if "why" in row]
            gone = {(row["person"], row["entry"]) for row in some if row["millibits"] is None}
            before = {key: line.found for key, line in stood.items() if key not in gone}
            lines = [
                {"person": row["person"], "list": fact.list, "entry": row["entry"], "millibits": row["millibits"],
                 "edition": fact.edition, "found": row.get("found") or before.get((row["person"], row["entry"]), event.recorded)}
                for row in some if row["millibits"] is not None
            ]  # fmt: skip
            if lines:
                connection.execute(insert(table), lines)
        return told


def _ask_to_mend(
    connection: Connection, event: Recorded, name: str, are_poor: Sequence[int], were_poor: set[int], screened: int
) -> None:
    """Have the records mended of which no copy would be found, once for each state of a record: a task that somebody closed comes
    back when the record changed and is too poor still. One whose record can be found now is done.
    """
    reason = Flaw.TOO_POOR
    now_rich = sorted(were_poor.difference(are_poor))
    for first in range(0, len(now_rich), _AT_ONCE):
        some: Sequence[int] = now_rich[first : first + _AT_ONCE]
        elsewhere = select(poor.c.person).where(poor.c.person == repairs.c.person).exists()
        of_these = and_(repairs.c.person.in_(some), repairs.c.reason == reason)
        connection.execute(delete(repairs).where(of_these, ~elsewhere))
    for first in range(0, len(are_poor), _AT_ONCE):
        some = are_poor[first : first + _AT_ONCE]
        asked_before = select(repairs.c.person).where(repairs.c.person == people.c.person, repairs.c.reason == reason)
        asked_elsewhere = (
            select(poor.c.person)
            .join(coverage, coverage.c.list == poor.c.list)
            .where(poor.c.person == people.c.person, poor.c.list != name, coverage.c.as_of >= people.c.changed)
        )
        wanted = select(people.c.person, people.c.office, people.c.changed).where(
            people.c.person.in_(some),
            people.c.state == State.PRESENT,
            ~asked_before.exists(),
            ~asked_elsewhere.exists(),
        )
        lines = [
            {"person": line.person, "reason": reason, "since": event.recorded, "owner": line.office,
             "due": due(reason, event.recorded)}
            for line in connection.execute(wanted)
            if line.person not in were_poor or line.changed > screened
        ]  # fmt: skip
        if lines:
            connection.execute(insert(repairs), lines)


def _erased(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, PersonErased)
    person = event.fact.person
    for table in (matches, withdrawn, poor):
        connection.execute(delete(table).where(table.c.person == person))


def _adopted(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, StandardAdopted)
    line = {
        "log": event.log, "number": event.number, "engine": fact.engine, "threshold": fact.threshold,
        "nominal_list": fact.nominal_list, "days": fact.days, "actor": event.actor, "ground": fact.ground,
        "adopted": event.recorded,
    }  # fmt: skip
    connection.execute(insert(standards), [line])


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
