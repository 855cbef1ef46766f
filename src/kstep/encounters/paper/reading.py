"""The events of a file as the log holds them, with the texts of people, and the checkpoints that contain them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kstep.encounters.paper.sheet import Contained
from kstep.encounters.paper.words import moment, ranges
from kstep.ledger.checkpoints import last_checkpoint
from kstep.ledger.service import Ledger, recorded_of
from kstep.ledger.tables import OWN, events, logs
from kstep.model.events import FILE_FACTS, FileMoved, FileOpened, Recorded, fact_of
from kstep.register.projection import subject_of

_KINDS = (*FILE_FACTS, FileOpened.__name__, FileMoved.__name__)


def events_of(ledger: Ledger, connection: Connection, person: int) -> list[Recorded]:
    """Everything that was recorded in the file of a person, of all logs, in the order in which it was recorded. Raises
    `SealBroken`.
    """
    here = (events.c.subject == subject_of(person)) & events.c.type.in_(_KINDS)
    places = connection.execute(select(events.c.log, events.c.number).where(here)).all()
    found = []
    for log, number in places:
        for opened in ledger.opened(connection, log, first=number, stop=number + 1):
            event = opened.event
            fact = None if opened.salt is None else fact_of(event.type, event.version, opened.payload)
            found.append(recorded_of(event, fact))
    return sorted(found, key=lambda event: (event.recorded, event.log, event.number))


def contained(connection: Connection, found: Iterable[Recorded]) -> tuple[Contained, ...]:
    """Of each log of which there are events in a file: its last checkpoint, and which of them it contains. This node's comes
    first.
    """
    numbers: dict[str, list[int]] = {}
    for event in found:
        numbers.setdefault(event.log, []).append(event.number)
    known = connection.execute(select(logs.c.log, logs.c.origin).order_by(logs.c.log != OWN, logs.c.origin)).all()
    return tuple(_contained(connection, log, origin, numbers[origin]) for log, origin in known if origin in numbers)


def _contained(connection: Connection, log: int, origin: str, numbers: list[int]) -> Contained:
    kept = last_checkpoint(connection, log)
    if kept is None:
        return Contained(origin, "", "", "", "", "", ranges(numbers))
    checkpoint = kept.checkpoint
    return Contained(
        origin=origin,
        size=f"{checkpoint.size:,}",
        root=checkpoint.root.hex(),
        made=moment(kept.made),
        note=kept.note.decode(),
        numbers=ranges(number for number in numbers if number < checkpoint.size),
        missing=ranges(number for number in numbers if number >= checkpoint.size),
    )


__all__ = ["contained", "events_of"]
