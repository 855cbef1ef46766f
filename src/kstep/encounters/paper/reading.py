"""The checkpoints that contain the events of a file."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kstep.encounters.happened import places_of
from kstep.encounters.paper.sheet import Contained
from kstep.encounters.paper.words import moment, ranges
from kstep.ledger.checkpoints import last_checkpoint
from kstep.ledger.tables import OWN, logs


def contained(connection: Connection, person: int) -> tuple[Contained, ...]:
    """Of each log here in which there are events of a file: its last checkpoint, and which of them it contains. This node's comes
    first; what other nodes recorded stands in it as it was taken.
    """
    numbers: dict[str, list[int]] = {}
    for event in places_of(connection, person):
        numbers.setdefault(event.origin, []).append(event.number)
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


__all__ = ["contained"]
