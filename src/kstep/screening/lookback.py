"""What was recorded of a person at a moment: what the register said, which editions were current, whether they were screened.

It is read from what was recorded then, never computed by today's engine: that can only say what it *would* find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from kstep.ledger.segments import some_rows
from kstep.ledger.service import Ledger
from kstep.ledger.tables import rows
from kstep.model import Person
from kstep.model.events import PeopleScreened
from kstep.register.projection import subject_of
from kstep.register.service import Register
from kstep.register.tables import State, standings, versions
from kstep.screening.standing import summed
from kstep.screening.tables import runs


@dataclass(frozen=True)
class ListThen:
    """How a person stood against a list at a moment: the edition in force then, the last screening that was recorded by then and
    was of what was known of them then (none if there was none), and the entries that were possible matches, with millibits.
    """

    list: str
    edition: str
    screened: int | None
    against: str | None
    engine: str | None
    matches: tuple[tuple[str, int], ...]

    @property
    def was_screened(self) -> bool:
        """Whether they stood screened against the edition in force."""
        return self.screened is not None and self.against == self.edition


@dataclass(frozen=True)
class Then:
    """What was recorded of a person by a moment (microseconds since 1970); `records` are None if nothing was, or it was
    destroyed.
    """

    moment: int
    state: State | None
    records: tuple[Person, ...] | None
    lists: tuple[ListThen, ...]


def look_back(
    ledger: Ledger,
    register: Register,
    connection: Connection,
    person: int,
    moment: int,
    editions: Sequence[tuple[str, str, int]],
) -> Then:
    """What was recorded of a person by a moment. `editions` are all that ever were in force: list, edition, and since when."""
    state, records = register.as_of(connection, person, moment)
    changed = max(_last(connection, table, person, moment) for table in (versions, standings))
    current = {name: edition for name, edition, since in sorted(editions, key=lambda line: line[2]) if since <= moment}
    told = _matches(ledger, connection, person, moment)
    lists = []
    for name, edition in sorted(current.items()):
        asked = (
            select(runs).where(runs.c.list == name, runs.c.recorded <= moment).order_by(runs.c.recorded.desc()).limit(1)
        )
        run = connection.execute(asked).one_or_none()
        found = tuple(sorted(told.get(name, {}).items()))
        covers = run is not None and 0 < changed <= run.as_of and state is State.PRESENT
        if run is not None and covers and not _was_poor(ledger, connection, run, person):
            lists.append(ListThen(name, edition, run.recorded, run.edition, run.engine, found))
        else:
            lists.append(ListThen(name, edition, None, None, None, found))
    return Then(moment, state, None if records is None else tuple(records), tuple(lists))


def _last(connection: Connection, table: Table, person: int, moment: int) -> int:
    """When a table tells of a person for the last time by a moment; 0 if it does not."""
    asked = select(func.max(table.c.recorded)).where(table.c.person == person, table.c.recorded <= moment)
    return int(connection.execute(asked).scalar() or 0)


def _was_poor(ledger: Ledger, connection: Connection, run: Any, person: int) -> bool:
    """Whether a run could not have found somebody."""
    (event,) = ledger.read(connection, first=run.number, stop=run.number + 1)
    return isinstance(event.fact, PeopleScreened) and person in set(summed(event.fact.poor))


def _matches(ledger: Ledger, connection: Connection, person: int, moment: int) -> dict[str, dict[str, int]]:
    """The possible matches of a person that stood at a moment, by list and entry, as runs told of them one after the other."""
    mine = select(rows.c.segment, rows.c.place).where(
        rows.c.subject == subject_of(person), rows.c.segment.between("screened ", "screened!")
    )
    places: dict[str, list[int]] = {}
    for segment, place in connection.execute(mine):
        places.setdefault(segment, []).append(place)
    standing: dict[str, dict[str, int]] = {}
    for event in ledger.read(connection, types=[PeopleScreened]):
        fact = event.fact
        if event.recorded > moment or not isinstance(fact, PeopleScreened) or fact.segment["id"] not in places:
            continue
        segment = fact.segment["id"]
        of_list = standing.setdefault(fact.list, {})
        read = some_rows(connection, ledger.vault, [(segment, place) for place in places[segment]])
        for _, row in sorted(read.items()):  # an id that one entry lost may be another's
            if row.row is None:
                continue
            if row.row["millibits"] is None:
                of_list.pop(row.row["entry"], None)
            else:
                of_list[row.row["entry"]] = row.row["millibits"]
    return {name: found for name, found in standing.items() if found}


__all__ = ["ListThen", "Then", "look_back"]
