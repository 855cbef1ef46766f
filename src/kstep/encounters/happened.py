"""What happened in a file as logs hold it, with the texts of people; what another node recorded, as it stands in its log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from kstep.ledger.service import Ledger
from kstep.ledger.tables import events, logs
from kstep.model.events import FILE_FACTS, FactTaken, FileMoved, FileOpened, Recorded
from kstep.register.projection import subject_of
from kstep.register.tables import merged_into

_KINDS = (*FILE_FACTS, *(fact.__name__ for fact in (FactTaken, FileMoved, FileOpened)))


def places_of(connection: Connection, person: int) -> Sequence[Any]:
    """Where the events of the file of a person, and of whoever was found to be the same, stand: `log`, its `origin`, `number`."""
    others = connection.execute(merged_into(person)).scalars()
    subjects = [subject_of(one) for one in (person, *others)]
    asked = select(events.c.log, logs.c.origin, events.c.number).join(logs, logs.c.log == events.c.log)
    return connection.execute(asked.where(events.c.subject.in_(subjects), events.c.type.in_(_KINDS))).all()


def happened_in(ledger: Ledger, connection: Connection, person: int) -> list[Recorded]:
    """Everything that was recorded in the file of a person, in the order in which it was. Raises `SealBroken`."""
    found = []
    for place in places_of(connection, person):
        for event in ledger.read(connection, log=place.log, first=place.number, stop=place.number + 1):
            found.append(_as_recorded(event, event.fact) if isinstance(event.fact, FactTaken) else event)
    return sorted(found, key=lambda event: (event.recorded, event.log, event.number))


def _as_recorded(event: Recorded, fact: FactTaken) -> Recorded:
    told = FILE_FACTS[fact.type](about=fact.about, says=fact.says, evidence=fact.evidence, second=fact.second)
    return replace(
        event, log=fact.log, number=fact.number, type=fact.type, actor=fact.actor, recorded=fact.recorded, happened=fact.happened,
        fact=told,
    )  # fmt: skip


__all__ = ["happened_in", "places_of"]
