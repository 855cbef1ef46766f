"""Who stands screened, who is owed it, who is overdue and who is in repair: the four are disjoint, and add up to the roster.

Whoever was compared, but with a record of a class that is missed more often than found, is in repair, not screened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from kstep.register.records import Known
from kstep.register.tables import Only, State, declared, everything, people, versions
from kstep.screening.recall import recalls, weak_classes
from kstep.screening.tables import coverage, poor

MARKING = "internal"
WITHIN = 24 * 3600 * 1_000_000
"""Microseconds within which somebody is to be screened who is owed it."""


@dataclass(frozen=True)
class InUse:
    """A list in use: its name, its current edition, and since when that is."""

    name: str
    edition: str
    published: int


@dataclass(frozen=True)
class Covered:
    """How many people of a group stand how, against one list. `weak` are those in repair who were compared, but whose class of
    records is measured to be missed more than found; `oldest` is since when the first of them all is owed a screening.
    """

    list: str
    group: tuple[Any, ...]
    roster: int
    screened: int
    owed: int
    overdue: int
    in_repair: int
    weak: int
    oldest: int | None


GROUPS = {"office": people.c.office, "status": people.c.custody, "class": people.c.fields}
"""By what people are counted."""


def covered(
    connection: Connection,
    lists: Sequence[InUse],
    engine: str,
    now: int,
    *,
    by: Sequence[str] = (),
    within: int = WITHIN,
    only: Only = everything,
) -> list[Covered]:
    """How everyone on the roster stands against each list, as of this connection's moment, by groups; with `only`, of those people
    whom somebody may know to be there.
    """
    columns = [GROUPS[name] for name in by]
    present = and_(people.c.state == State.PRESENT, only(declared(people.c.office, MARKING)))
    roster = _counts(connection, select(*columns, func.count()).where(present).group_by(*columns))
    weak_ones = people.c.fields.in_(weak_classes(recalls(connection), engine))
    found = []
    for used in lists:
        stands = connection.execute(select(coverage).where(coverage.c.list == used.name)).one_or_none()
        of_list = and_(poor.c.person == people.c.person, poor.c.list == used.name)
        in_repair = _counts(
            connection,
            select(*columns, func.count()).select_from(people.join(poor, of_list)).where(present).group_by(*columns),
        )
        is_poor = select(poor.c.person).where(of_list).exists()
        current = stands is not None and (stands.edition, stands.engine) == (used.edition, engine)
        since = stands.as_of if stands else 0
        changed = and_(present, people.c.changed > since, ~is_poor)
        late = select(versions.c.person).where(
            versions.c.person == people.c.person, versions.c.recorded > since, versions.c.recorded <= now - within
        )  # fmt: skip
        overdue = and_(changed, or_(late.exists(), people.c.changed <= now - within))
        owed_changed = _counts(connection, select(*columns, func.count()).where(changed).group_by(*columns))
        overdue_changed = _counts(connection, select(*columns, func.count()).where(overdue).group_by(*columns))
        compared = and_(present, people.c.changed <= since, ~is_poor, weak_ones)
        weak = _counts(connection, select(*columns, func.count()).where(compared).group_by(*columns)) if current else {}
        oldest = _counts(connection, select(*columns, func.min(people.c.changed)).where(changed).group_by(*columns))
        everyone_late = not current and used.published <= now - within
        for group, number in sorted(roster.items()):
            poor_ones, weak_here = in_repair.get(group, 0), weak.get(group, 0)
            due = number - poor_ones if not current else owed_changed.get(group, 0)
            late_ones = overdue_changed.get(group, 0) if not everyone_late else due
            first = oldest.get(group) if current else used.published
            found.append(
                Covered(
                    used.name,
                    group,
                    number,
                    number - poor_ones - weak_here - due,
                    due - late_ones,
                    late_ones,
                    poor_ones + weak_here,
                    weak_here,
                    first if due else None,
                )
            )
    return found


def class_of(fields: int) -> str:
    """The fields that a class of records has, for people to read."""
    names = {
        Known.NAME: "part of a name", Known.FULL_NAME: "name", Known.BIRTH_YEAR: "birth year", Known.BIRTH_DATE: "birth date",
        Known.NATIONALITY: "nationality", Known.DOCUMENT: "document",
    }  # fmt: skip
    told = [text for bit, text in names.items() if fields & bit]
    if fields & Known.FULL_NAME:
        told.remove(names[Known.NAME])
    if fields & Known.BIRTH_DATE:
        told.remove(names[Known.BIRTH_YEAR])
    return ", ".join(told) or "nothing"


def _counts(connection: Connection, asked: Any) -> dict[tuple[Any, ...], int]:
    return {tuple(line[:-1]): int(line[-1]) for line in connection.execute(asked) if line[-1] is not None}


__all__ = ["GROUPS", "WITHIN", "Covered", "InUse", "class_of", "covered"]
