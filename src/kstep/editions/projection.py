"""What is kept of lists in use, computed from events: the same when they happen and when they are replayed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from kstep.editions import tables
from kstep.editions.delta import ADDED, REMOVED
from kstep.editions.source import ListSource
from kstep.editions.tables import acknowledged, changes, editions, entries, errors, lists
from kstep.ledger.segments import SegmentRow, read_rows
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.model.events import (
    ConsumersDeclared,
    ConsumersEnded,
    EditionAcknowledged,
    EditionHeld,
    EditionPublished,
    EditionRejected,
    EditionReleased,
    EntryErrorAnswered,
    EntryErrorReported,
    Fact,
    ListArrived,
    ListOverdue,
    ListSourceChanged,
    ListSourceRegistered,
    Recorded,
)

F = TypeVar("F", bound=Fact)


def editions_projection(vault: Vault) -> Projection:
    """The tables of this room and what changes them; `vault` opens the rows of deltas."""
    return Projection(
        tables=tables.TABLES,
        handlers={
            ListSourceRegistered: _of(ListSourceRegistered, _registered),
            ListSourceChanged: _of(ListSourceChanged, _changed),
            ListArrived: _of(ListArrived, _arrived),
            ListOverdue: _of(ListOverdue, _overdue),
            EditionPublished: _of(EditionPublished, _Published(vault)),
            EditionHeld: _of(EditionHeld, _held),
            EditionReleased: _of(EditionReleased, _released),
            EditionRejected: _of(EditionRejected, _rejected),
            ConsumersDeclared: _of(ConsumersDeclared, _declared),
            ConsumersEnded: _of(ConsumersEnded, _ended),
            EditionAcknowledged: _of(EditionAcknowledged, _acknowledged),
            EntryErrorReported: _of(EntryErrorReported, _reported),
            EntryErrorAnswered: _of(EntryErrorAnswered, _answered),
        },
    )


def _of(fact: type[F], follow: Callable[[Connection, F, Recorded], None]) -> Callable[[Connection, Recorded], None]:
    """A handler that passes over events that cannot be read any more."""

    def handle(connection: Connection, recorded: Recorded) -> None:
        if isinstance(recorded.fact, fact):
            follow(connection, recorded.fact, recorded)

    return handle


def _registered(connection: Connection, fact: ListSourceRegistered, recorded: Recorded) -> None:
    line = {
        "list": fact.list,
        "settings": _settings(fact),
        "cadence": fact.cadence,
        "arrived": recorded.recorded,
        "missed": 0,
    }
    connection.execute(insert(lists), [line])


def _changed(connection: Connection, fact: ListSourceChanged, recorded: Recorded) -> None:
    to = {"settings": _settings(fact), "cadence": fact.cadence}
    connection.execute(update(lists).where(lists.c.list == fact.list).values(to))


def _settings(fact: ListSourceRegistered) -> str:
    return ListSource(**fact.payload()).to_json()


def _arrived(connection: Connection, fact: ListArrived, recorded: Recorded) -> None:
    to = {"arrived": recorded.recorded, "missed": 0}
    connection.execute(update(lists).where(lists.c.list == fact.list).values(to))


def _overdue(connection: Connection, fact: ListOverdue, recorded: Recorded) -> None:
    connection.execute(update(lists).where(lists.c.list == fact.list).values(missed=fact.missed))


def _held(connection: Connection, fact: EditionHeld, recorded: Recorded) -> None:
    _write_edition(connection, fact, recorded, {"state": "held"})


def _write_edition(
    connection: Connection, fact: EditionHeld | EditionPublished, recorded: Recorded, more: dict[str, Any]
) -> None:
    told = json.dumps(fact.payload(), sort_keys=True)
    line = {"list": fact.list, "number": fact.number, "edition": fact.edition, "told": told}
    connection.execute(insert(editions), [line | {"brought_by": recorded.actor, "brought": recorded.recorded} | more])


def _released(connection: Connection, fact: EditionReleased, recorded: Recorded) -> None:
    at = (editions.c.list == fact.list) & (editions.c.number == fact.number)
    connection.execute(update(editions).where(at).values(settled_by=recorded.actor))


def _rejected(connection: Connection, fact: EditionRejected, recorded: Recorded) -> None:
    at = (editions.c.list == fact.list) & (editions.c.number == fact.number)
    connection.execute(update(editions).where(at).values(state="rejected", settled_by=recorded.actor))


def _declared(connection: Connection, fact: ConsumersDeclared, recorded: Recorded) -> None:
    lines = [{"list": fact.list, "consumer": consumer, "since": recorded.recorded} for consumer in fact.consumers]
    connection.execute(insert(acknowledged), lines)


def _ended(connection: Connection, fact: ConsumersEnded, recorded: Recorded) -> None:
    connection.execute(delete(acknowledged).where(_consumer(fact.list, *fact.consumers)))


def _acknowledged(connection: Connection, fact: EditionAcknowledged, recorded: Recorded) -> None:
    this = _consumer(fact.list, fact.consumer)
    said = {"number": fact.number, "acknowledged": recorded.recorded}
    if connection.execute(update(acknowledged).where(this).values(said)).rowcount == 0:  # screening is never declared
        line = {"list": fact.list, "consumer": fact.consumer, "since": recorded.recorded, **said}
        connection.execute(insert(acknowledged), [line])


def _consumer(list: str, *names: str) -> ColumnElement[bool]:
    return and_(acknowledged.c.list == list, acknowledged.c.consumer.in_(names))


def _reported(connection: Connection, fact: EntryErrorReported, recorded: Recorded) -> None:
    line = {
        "report": fact.report,
        "list": fact.list,
        "entry": fact.entry,
        "event": recorded.number,
        "reported": recorded.recorded,
    }
    connection.execute(insert(errors), [line])


def _answered(connection: Connection, fact: EntryErrorAnswered, recorded: Recorded) -> None:
    connection.execute(update(errors).where(errors.c.report == fact.report).values(answered=recorded.recorded))


class _Published:
    """Puts an edition in force, and follows the rows of its delta."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __call__(self, connection: Connection, fact: EditionPublished, recorded: Recorded) -> None:
        previous = connection.execute(select(lists.c.current).where(lists.c.list == fact.list)).scalar_one()
        state = {"state": "published", "previous": previous, "published": recorded.recorded}
        at = (editions.c.list == fact.list) & (editions.c.number == fact.number)
        held = connection.execute(select(editions.c.told).where(at)).scalar_one_or_none()
        if held is None:
            _write_edition(connection, fact, recorded, state)
        else:  # it keeps why it was held
            told = json.dumps(json.loads(held) | fact.payload(), sort_keys=True)
            connection.execute(update(editions).where(at).values(told=told, **state))
        connection.execute(update(lists).where(lists.c.list == fact.list).values(current=fact.number))
        for some in read_rows(connection, self._vault, fact.segment["id"]):
            read = [found for found in some if found.row is not None]
            _write_changes(connection, fact, read)
            _write_entries(connection, fact, recorded, read)


def _write_changes(connection: Connection, fact: EditionPublished, read: list[SegmentRow]) -> None:
    columns = ("entry", "change", "source_id", "source_id_before", "fingerprint", "fingerprint_before")
    lines = [
        {"list": fact.list, "number": fact.number, **{column: found.row[column] for column in columns}}
        for found in read
    ]
    if lines:
        connection.execute(insert(changes), lines)


def _write_entries(connection: Connection, fact: EditionPublished, recorded: Recorded, read: list[SegmentRow]) -> None:
    known = set(connection.execute(select(entries.c.entry).where(entries.c.list == fact.list)).scalars())
    new, changed, removed = [], [], []
    for found in read:
        row = found.row
        if row["change"] == REMOVED:
            removed.append({"of_entry": row["entry"], "withdrawn": fact.number})
            continue
        line = {
            "source_id": row["source_id"], "fingerprint": row["fingerprint"], "likeness": row["likeness"],
            "changed": recorded.recorded, "segment": fact.segment["id"], "place": found.place,
        }  # fmt: skip
        if row["change"] == ADDED and row["entry"] not in known:
            new.append({"list": fact.list, "entry": row["entry"], "first": fact.number, **line})
        else:
            changed.append({"of_entry": row["entry"], "withdrawn": None, **line})
    if new:
        connection.execute(insert(entries), new)
    at = (entries.c.list == fact.list) & (entries.c.entry == bindparam("of_entry"))
    for lines in (changed, removed):
        if lines:
            to: dict[str, Any] = {column: bindparam(column) for column in lines[0] if column != "of_entry"}
            connection.execute(update(entries).where(at).values(to), lines)


__all__ = ["editions_projection"]
