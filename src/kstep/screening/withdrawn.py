"""Possible matches whose entries were withdrawn from their lists: each is an obligation until a person closes it with a finding.

What somebody decided because of a match stands until somebody takes it back; that the entry is gone does not do that by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from kstep.ledger.service import By, Ledger, lock_log
from kstep.model import KstepError, one_line
from kstep.model.events import Recorded, WithdrawnMatchClosed
from kstep.register.projection import person_of, subject_of
from kstep.register.repair_queue import written
from kstep.register.tables import Only, declared, everything, people
from kstep.screening.fates import RETURNED, WITHDRAWN
from kstep.screening.tables import withdrawn

MARKING = "restricted"
WITHIN = 7 * 24 * 3600 * 1_000_000
"""Microseconds in which each is to be closed: a week has working days at every office, and whom it wrongs waits no longer."""


class NotWithdrawn(KstepError):
    """Nothing is open about such a match."""


@dataclass(frozen=True)
class Withdrawn:
    """A possible match whose entry was withdrawn: its millibits, when it was found, and the last edition screened against that had
    the entry; since when it is open, and by when it is to be closed, in microseconds since 1970.
    """

    person: int
    list: str
    entry: str
    millibits: int
    found: int
    edition: str
    since: int
    due: int
    office: str


class WithdrawnMatches:
    """Those that are open in a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(
        self, only: Only = everything, *, office: str | None = None, due_by: int | None = None
    ) -> Sequence[Withdrawn]:
        """What is to be closed, by when it is due; of the people of an office, or due by a moment."""
        asked = select(withdrawn, people.c.office).join(people, people.c.person == withdrawn.c.person)
        asked = asked.where(only(declared(people.c.office, MARKING)))
        if due_by is not None:
            asked = asked.where(withdrawn.c.due <= due_by)
        order = (withdrawn.c.due, withdrawn.c.person, withdrawn.c.list, withdrawn.c.entry)
        with self._ledger.database.read() as connection:
            found = [Withdrawn(*line) for line in connection.execute(asked.order_by(*order))]
        return [one for one in found if office in (None, one.office)]

    def close(self, person: int, list: str, entry: str, finding: str, by: By) -> Recorded:
        """Say what came of it that an entry was withdrawn. Raises `NotWithdrawn`, and `RegisterError` if that says nothing."""
        fact = WithdrawnMatchClosed(list=list, entry=entry, finding=written(finding, "a finding"))
        with self._ledger.unit(by) as unit:
            lock_log(unit.connection)
            asked = select(withdrawn.c.list, withdrawn.c.entry).where(withdrawn.c.person == person)
            there = [
                (line.list, line.entry) for line in unit.connection.execute(asked.order_by(*withdrawn.primary_key))
            ]
            if (list, entry) not in there:
                known = ", ".join(one_line(" ".join(known), 80) for known in there) or "nothing"
                raise NotWithdrawn(
                    f"person {person}: nothing is open of {one_line(entry, 64)!r} of {one_line(list, 64)!r}, but {known}"
                )
            return unit.record(fact, subject=subject_of(person), marking=MARKING)


def follow(
    connection: Connection, event: Recorded, name: str, edition: str, told: Sequence[tuple[dict[str, Any], Any]]
) -> None:
    """End and open obligations as rows of a run against a list say; each comes with the line of the match that there was, and
    `edition` is the one against which people had been screened.
    """
    for row, _ in told:
        if row["why"] == RETURNED:
            connection.execute(delete(withdrawn).where(_this(row["person"], name, row["was"])))
    for row, stood in told:
        this = _this(row["person"], name, row["entry"])
        if row["why"] != WITHDRAWN or connection.execute(select(withdrawn.c.person).where(this)).first():
            continue  # an entry that had this id before was withdrawn, too: that is the older one
        line = {
            "person": row["person"], "list": name, "entry": row["entry"], "millibits": stood.millibits, "found": stood.found,
            "edition": edition, "since": event.recorded, "due": event.recorded + WITHIN,
        }  # fmt: skip
        connection.execute(insert(withdrawn), [line])


def closed(connection: Connection, event: Recorded) -> None:
    """An obligation ends as somebody says."""
    fact = event.fact
    if isinstance(fact, WithdrawnMatchClosed):  # who is erased has none any more
        connection.execute(delete(withdrawn).where(_this(person_of(event.subject), fact.list, fact.entry)))


def _this(person: int, name: str, entry: str) -> ColumnElement[bool]:
    return and_(withdrawn.c.person == person, withdrawn.c.list == name, withdrawn.c.entry == entry)


__all__ = ["MARKING", "WITHIN", "NotWithdrawn", "Withdrawn", "WithdrawnMatches", "closed", "follow"]
