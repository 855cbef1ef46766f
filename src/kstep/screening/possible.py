"""The possible matches that there are now, as people look at them: who, which entry, and how much speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.register.tables import Only, State, declared, everything, people
from kstep.screening.tables import matches

MARKING = "restricted"


@dataclass(frozen=True)
class PossibleMatch:
    """A person and an entry that are possibly one: the millibits for it, the edition in which it was found, and when, in
    microseconds since 1970.
    """

    person: int
    list: str
    entry: str
    millibits: int
    edition: str
    found: int
    office: str


def possible_matches(
    connection: Connection,
    only: Only = everything,
    *,
    list: str | None = None,
    office: str | None = None,
    person: int | None = None,
) -> Sequence[PossibleMatch]:
    """Those of people on the roster, the strongest first; with a list, of people of an office, or of one person."""
    asked = select(matches, people.c.office).join(people, people.c.person == matches.c.person)
    asked = asked.where(people.c.state == State.PRESENT, only(declared(people.c.office, MARKING)))
    for column, value in ((matches.c.list, list), (people.c.office, office), (matches.c.person, person)):
        asked = asked if value is None else asked.where(column == value)
    order = (matches.c.millibits.desc(), matches.c.person, matches.c.list, matches.c.entry)
    return [PossibleMatch(*line) for line in connection.execute(asked.order_by(*order))]


__all__ = ["MARKING", "PossibleMatch", "possible_matches"]
