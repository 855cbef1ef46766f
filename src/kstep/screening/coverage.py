"""Who stands screened, who is owed it, who is overdue and who is in repair: the four are disjoint, and add up to the roster.

Whoever was compared, but with a record of a class that is missed more often than found, is in repair, not screened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

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
    weak = weak_classes(recalls(connection), standard.engine) if standard else []
    begun = connection.execute(select(func.min(standings.c.recorded))).scalar() or 0
    found = []
    for used in lists:
        stands = connection.execute(select(coverage).where(coverage.c.list == used.name)).one_or_none()
        since = stands.as_of if stands else 0
        of_list = select(poor.c.person).where(poor.c.list == used.name)
        is_poor = and_(
            people.c.person.in_(of_list), people.c.changed <= since
        )  # a record that was mended is owed a screening
        everyone = max(begun, used.published) if stands is None else _everyone_owed(used, stands, standard, now)
        state = _OfList(everyone, _by_group(connection, counted.where(is_poor)))
        if everyone is not None and everyone <= now - within:
            came = people.c.person.in_(select(standings.c.person).where(standings.c.recorded > now - within))
            state.fresh = _by_group(connection, counted.where(came, ~is_poor, ~_late(since, now - within)))
        if stands is not None:
            _count_changed(connection, state, columns, present, since, now - within)
        if everyone is None and weak and stands is not None:
            of_class = people.c.fields.in_(weak)
            state.weak = _by_group(connection, counted.where(~is_poor, of_class, people.c.changed <= stands.as_of))
        found += [state.covered(used, group, roster[group], now - within) for group in sorted(roster)]
    return found


def _everyone_owed(used: InUse, stands: Any, standard: Adopted | None, now: int) -> int | None:
    """Since when everyone is owed a screening who was screened, whether or not they changed; None if only those are who changed."""
    if standard is None:
        return used.published
    since = [
        used.published if stands.edition != used.edition else None,
        standard.adopted if stands.engine != standard.engine else None,
        stands.whole + standard.age if now >= stands.whole + standard.age else None,
    ]
    return min((moment for moment in since if moment is not None), default=None)


def _count_changed(
    connection: Connection,
    state: _OfList,
    columns: Sequence[Any],
    present: ColumnElement[bool],
    since: int,
    overdue: int,
) -> None:
    """Count those who changed since a moment, and whose change is older than another one."""
    changed = and_(present, people.c.changed > since)
    unscreened = _unscreened(since)
    counted = select(*columns, func.count()).where(changed).group_by(*columns)
    first_of = select(func.min(versions.c.recorded)).where(unscreened).scalar_subquery()
    first = select(*columns, func.min(first_of)).where(changed).group_by(*columns)
    last = select(*columns, func.min(people.c.changed)).where(changed).group_by(*columns)
    state.changed = _by_group(connection, counted)
    state.late = _by_group(connection, counted.where(_late(since, overdue)))
    state.first = _by_group(connection, first)
    state.last = _by_group(connection, last)


def _unscreened(since: int) -> ColumnElement[bool]:
    return and_(versions.c.person == people.c.person, versions.c.recorded > since)


def _late(since: int, overdue: int) -> ColumnElement[bool]:
    """Whose record changed after a moment, and did so before another one already."""
    first = select(versions.c.person).where(_unscreened(since), versions.c.recorded <= overdue).exists()
    return and_(people.c.changed > since, or_(first, people.c.changed <= overdue))


@dataclass
class _OfList:
    """What was counted of one list, by groups. `everyone` is since when all are owed a screening, None if they are not; `poor` are
    too poor to be found; `weak` of a weak class and compared all the same; `fresh` not there so long that they could be overdue,
    nor late; `changed` since they were screened, `late` of them so long ago that they are overdue; `first` and `last` when the
    first of them did so first, and last.
    """

    everyone: int | None
    poor: _Counts
    weak: _Counts = field(default_factory=dict)
    fresh: _Counts = field(default_factory=dict)
    changed: _Counts = field(default_factory=dict)
    late: _Counts = field(default_factory=dict)
    first: _Counts = field(default_factory=dict)
    last: _Counts = field(default_factory=dict)

    def covered(self, used: InUse, group: _Group, roster: int, overdue: int) -> Covered:
        """How the people of a group stand, where those are overdue who were owed it at a moment already."""
        poor, weak = self.poor.get(group, 0), self.weak.get(group, 0)
        owed, late = self.changed.get(group, 0), self.late.get(group, 0)
        since = [found[group] for found in (self.first, self.last) if group in found]
        if self.everyone is not None:
            owed = roster - poor
            since.append(self.everyone)
            if self.everyone <= overdue:
                late = owed - self.fresh.get(group, 0)
        screened, first = roster - poor - weak - owed, min(since) if owed else None
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
