"""What is kept of a log, read some events at a time, so that a log of any length takes the same memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from kstep.ledger.tables import events, payloads

AT_ONCE = 1024
"""Events read in one statement."""


def event_lines(
    connection: Connection, log: int, *, first: int = 0, stop: int | None = None, types: Sequence[str] = ()
) -> Iterator[Sequence[Any]]:
    """The lines of `events` of a log from number `first` to before `stop`, or those of some types, in order, each with its sealed
    payload; None where there is none.
    """
    asked = select(events, payloads.c.sealed).outerjoin(
        payloads, (payloads.c.log == events.c.log) & (payloads.c.number == events.c.number)
    )
    asked = asked.where(events.c.log == log).order_by(events.c.number).limit(AT_ONCE)
    if types:
        asked = asked.where(events.c.type.in_(types))
    if stop is not None:
        asked = asked.where(events.c.number < stop)
    while found := connection.execute(asked.where(events.c.number >= first)).all():
        yield found
        first = found[-1].number + 1


def event_texts(connection: Connection, log: int, stop: int | None = None) -> Iterator[bytes]:
    """The leaves of a log, in order, those before `stop`."""
    asked = select(events.c.number, events.c.text).where(events.c.log == log).order_by(events.c.number).limit(AT_ONCE)
    if stop is not None:
        asked = asked.where(events.c.number < stop)
    first = 0
    while found := connection.execute(asked.where(events.c.number >= first)).all():
        yield from (line.text for line in found)
        first = found[-1].number + 1


def place_of(log: int, number: int) -> str:
    """Where the payload of an event is sealed for."""
    return f"event {log} {number}"


__all__ = ["AT_ONCE", "event_lines", "event_texts", "place_of"]
