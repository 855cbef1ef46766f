"""What the tables of tasks hold, computed from events: differences, statuses, leavings and holds.

What concerns one person of ours is gone when that person is erased, live and in replay.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from kstep.ledger.segments import SegmentRow, read_rows
from kstep.ledger.service import Projection
from kstep.ledger.tables import rows
from kstep.ledger.vault import Vault
from kstep.model.events import (
    DifferenceForgotten,
    DifferenceSettled,
    LegalHoldLifted,
    LegalHoldPlaced,
    PersonErased,
    PersonLeft,
    PersonReturned,
    Recorded,
    RegisterReconciled,
    StatusDated,
    StatusEnded,
)
from kstep.register.projection import note_together, person_of, stranger, subjects_with
from kstep.register.quality import DAY
from kstep.register.tables import TASKS, addresses, differences, holds, leavings, reconciliations, statuses

_AT_ONCE = 500


class Difference(StrEnum):
    """In what the register and another source differ about somebody."""

    ONLY_THERE = "only there"
    LEFT_HERE = "left here, still there"
    AMBIGUOUS = "may be one of several"
    ONLY_HERE = "only here"


DAYS = {Difference.ONLY_THERE: 1, Difference.LEFT_HERE: 1, Difference.AMBIGUOUS: 3, Difference.ONLY_HERE: 14}
"""Days within which each is to be settled: who is only there is screened by nobody."""

HOWS = {
    "imported": False,
    "returned": False,
    "left": False,
    "same person": True,
    "source is wrong": True,
    "not ours": True,
}
"""What a difference is settled by, and whether that holds when it is found again; if not, it is open again then."""

AGREED = "agrees now"
"""How a difference is settled of which a later file of the source says that there is none any more."""


def series_of(fact: RegisterReconciled) -> str:
    """What reconciliations have in common that continue one another: the source, and who of ours should be in it."""
    return series(fact.kind, fact.source, fact.offices, fact.custody)


def series(kind: str, source: str, offices: Sequence[str], custody: Sequence[str]) -> str:
    """The same, before there is an event."""
    scope = [f"{name} {', '.join(sorted(some))}" for name, some in (("offices", offices), ("custody", custody)) if some]
    return f"{kind}: {source}{''.join(f'; {part}' for part in scope)}"


class TasksProjection:
    """The handlers."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def projection(self) -> Projection:
        """The tables, and what changes them."""
        return Projection(
            TASKS,
            {
                RegisterReconciled: self._reconciled,
                DifferenceSettled: _settled,
                DifferenceForgotten: self._forgotten,
                PersonLeft: _left,
                PersonReturned: _returned,
                PersonErased: _erased,
                StatusDated: _dated,
                StatusEnded: _ended,
                LegalHoldPlaced: _placed,
                LegalHoldLifted: _lifted,
            },
        )

    def _reconciled(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        if not isinstance(fact, RegisterReconciled):
            return
        for told in read_rows(connection, self._vault, fact.segment["id"]):
            note_together(connection, (row.subject for row in told))
            for first in range(0, len(told), _AT_ONCE):
                _put(connection, event, fact, [row for row in told[first : first + _AT_ONCE] if row.row is not None])
        line = {"log": event.log, "number": event.number, "series": series_of(fact), "digest": fact.digest}
        connection.execute(insert(reconciliations), [{**line, "as_of": fact.as_of, "recorded": event.recorded}])

    def _forgotten(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, DifferenceForgotten)
        self._vault.destroy(connection, stranger(fact.difference), fact.generation)
        connection.execute(delete(differences).where(differences.c.difference == fact.difference))


def _put(connection: Connection, event: Recorded, fact: RegisterReconciled, told: Sequence[SegmentRow]) -> None:
    """Put differences where they are found, and settle those that are none any more."""
    gone = [row.row["difference"] for row in told if row.row.get("agreed")]
    if gone:
        these = differences.c.difference.in_(gone) & differences.c.settled.is_(None)
        connection.execute(update(differences).where(these).values(settled=event.recorded, how=AGREED))
    found = {row.row["difference"]: row for row in told if not row.row.get("agreed")}
    again = differences.c.difference.in_(list(found))
    before = {line.difference: line for line in connection.execute(select(differences).where(again))}
    connection.execute(delete(differences).where(again))
    lines = [_line(event, fact, row, before.get(name)) for name, row in found.items()]
    if lines:
        connection.execute(insert(differences), lines)


def _line(event: Recorded, fact: RegisterReconciled, row: SegmentRow, before: Any) -> dict[str, Any]:
    told = row.row
    line = {
        "difference": told["difference"], "series": series_of(fact), "what": told["what"], "person": told["person"],
        "office": told["office"], "found": event.recorded, "segment": fact.segment["id"], "place": row.place,
    }  # fmt: skip
    if before is not None and (before.settled is None or HOWS.get(before.how, False)):
        kept = {name: getattr(before, name) for name in ("owner", "since", "due", "settled", "how")}
        return {**line, **kept}
    due = event.recorded + DAYS[Difference(told["what"])] * DAY
    return {**line, "owner": told["office"], "since": event.recorded, "due": due, "settled": None, "how": None}


def _settled(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, DifferenceSettled):
        this = differences.c.difference == event.fact.difference
        connection.execute(update(differences).where(this).values(settled=event.recorded, how=event.fact.how))


def _left(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, PersonLeft):
        person = person_of(event.subject)
        connection.execute(delete(leavings).where(leavings.c.person == person))
        line = {"person": person, "ground": event.fact.ground, "recorded": event.recorded}
        connection.execute(insert(leavings), [line])


def _returned(connection: Connection, event: Recorded) -> None:
    connection.execute(delete(leavings).where(leavings.c.person == person_of(event.subject)))


def _erased(connection: Connection, event: Recorded) -> None:
    person = erased_person(event)
    connection.execute(delete(differences).where(may_be(connection, person)))
    for table in (addresses, differences, statuses, leavings, holds):
        connection.execute(delete(table).where(table.c.person == person))


def may_be(connection: Connection, person: int) -> ColumnElement[bool]:
    """Which differences are about whoever may be this person or another one."""
    told = (rows.c.segment == differences.c.segment) & (rows.c.place == differences.c.place)
    these = select(rows.c.subject).where(told, rows.c.subject.in_(subjects_with(connection, person))).exists()
    return (differences.c.what == Difference.AMBIGUOUS) & these


def erased_person(event: Recorded) -> int:
    """The number of whoever an event says was erased: it ends its subject."""
    return int(event.subject.rpartition(":")[2])


def _dated(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    if isinstance(fact, StatusDated):
        key = {"person": person_of(event.subject), "kind": fact.kind, "since": fact.on}
        _end(connection, key)
        connection.execute(insert(statuses), [{**key, "until": fact.until}])


def _ended(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, StatusEnded):
        _end(connection, {"person": person_of(event.subject), "kind": event.fact.kind, "since": event.fact.on})


def _end(connection: Connection, key: dict[str, Any]) -> None:
    connection.execute(delete(statuses).filter_by(**key))


def _placed(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    if isinstance(fact, LegalHoldPlaced):
        line = {"hold": fact.hold, "person": person_of(event.subject), "ground": fact.ground, "placed": event.recorded}
        connection.execute(insert(holds), [line])


def _lifted(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, LegalHoldLifted):
        connection.execute(delete(holds).where(holds.c.hold == event.fact.hold))


__all__ = ["AGREED", "DAYS", "HOWS", "Difference", "TasksProjection", "erased_person", "may_be", "series", "series_of"]
