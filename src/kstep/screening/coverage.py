"""Who stands screened, who is owed it, who is overdue and who is in repair: the four are disjoint, and add up to the roster.

Whoever was compared, but with a record of a class that is missed more often than found, is in repair, not screened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from kstep.register.records import Known
from kstep.register.tables import Only, State, declared, everything, people, standings, versions
from kstep.screening.adoption import Adopted
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


_Group = tuple[Any, ...]
_Counts = dict[_Group, int]

GROUPS = {"office": people.c.office, "status": people.c.custody, "class": people.c.fields}
"""By what people are counted."""


def covered(
    connection: Connection,
    lists: Sequence[InUse],
    standard: Adopted | None,
    now: int,
    *,
    by: Sequence[str] = (),
    within: int = WITHIN,
    only: Only = everything,
) -> list[Covered]:
    """How everyone on the roster stands against each list, as of this connection's moment, by groups, where people are screened by
    what was adopted; with `only`, of those people whom somebody may know to be there.
    """
    columns = [GROUPS[name] for name in by]
    present = and_(people.c.state == State.PRESENT, only(declared(people.c.office, MARKING)))
    counted = select(*columns, func.count()).where(present).group_by(*columns)
    roster = _by_group(connection, counted)
    fresh = people.c.person.in_(select(standings.c.person).where(standings.c.recorded > now - within))
    is_weak = people.c.fields.in_(weak_classes(recalls(connection), standard.engine) if standard else [])
    found = []
    for used in lists:
        stands = connection.execute(select(coverage).where(coverage.c.list == used.name)).one_or_none()
        since = stands.as_of if stands else 0
        is_poor = people.c.person.in_(select(poor.c.person).where(poor.c.list == used.name))
        changed = and_(people.c.changed > since, ~is_poor)
        unscreened = versions.c.recorded > since
        of_person = versions.c.person == people.c.person
        long_ago = select(versions.c.person).where(of_person, unscreened, versions.c.recorded <= now - within).exists()
        late = or_(long_ago, people.c.changed <= now - within)
        first = select(*columns, func.min(versions.c.recorded)).join(versions, of_person).group_by(*columns)
        state = _OfList(
            everyone=_everyone_owed(used, stands, standard, now),
            poor=_by_group(connection, counted.where(is_poor)),
            weak=_by_group(connection, counted.where(~is_poor, is_weak, people.c.changed <= since)),
            changed=_by_group(connection, counted.where(changed)),
            late=_by_group(connection, counted.where(changed, late)),
            fresh=_by_group(connection, counted.where(~is_poor, fresh, ~long_ago)),
            first=_by_group(connection, first.where(present, changed, unscreened)),
            last=_by_group(
                connection, select(*columns, func.min(people.c.changed)).where(present, changed).group_by(*columns)
            ),
        )
        found += [state.covered(used, group, roster[group], stands is None, now - within) for group in sorted(roster)]
    return found


def _everyone_owed(used: InUse, stands: Any, standard: Adopted | None, now: int) -> int | None:
    """Since when everyone is owed a screening, whether or not they changed; None if only those are who changed."""
    if stands is None or standard is None:
        return used.published
    since = [
        used.published if stands.edition != used.edition else None,
        standard.adopted if stands.engine != standard.engine else None,
        stands.whole + standard.age if now >= stands.whole + standard.age else None,
    ]
    return min((moment for moment in since if moment is not None), default=None)


@dataclass(frozen=True)
class _OfList:
    """What was counted of one list, by groups: people too poor, compared though of a weak class, changed since they were screened,
    changed so long ago that they are overdue, not there so long; and when the first of the changed did, first and last.
    """

    everyone: int | None
    poor: _Counts
    weak: _Counts
    changed: _Counts
    late: _Counts
    fresh: _Counts
    first: _Counts
    last: _Counts

    def covered(self, used: InUse, group: _Group, roster: int, never: bool, overdue_before: int) -> Covered:
        """How the people of a group stand."""
        poor, weak = self.poor.get(group, 0), self.weak.get(group, 0) if self.everyone is None else 0
        firsts = [found[group] for found in (self.first, self.last) if group in found]
        if self.everyone is None:
            owed, late, oldest = self.changed.get(group, 0), self.late.get(group, 0), min(firsts, default=None)
        else:
            owed, late = roster - poor, self.late.get(group, 0)
            oldest = max(self.everyone, min(firsts, default=0)) if never else min([self.everyone, *firsts])
            if self.everyone <= overdue_before:
                late = owed - self.fresh.get(group, 0)
        screened = roster - poor - weak - owed
        first = oldest if owed else None
        return Covered(used.name, group, roster, screened, owed - late, late, poor + weak, weak, first)


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


def _by_group(connection: Connection, asked: Any) -> _Counts:
    return {tuple(line[:-1]): int(line[-1]) for line in connection.execute(asked) if line[-1] is not None}


__all__ = ["GROUPS", "WITHIN", "Covered", "InUse", "class_of", "covered"]
