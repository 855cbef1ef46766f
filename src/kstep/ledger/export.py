"""A bundle of all the logs that a node holds, out of its database: each up to its last checkpoint, with what may be read.

What an inspector may read is asked of whoever knows: of each event, and of each row as of its event if that were about the row's
subject and had no fact. What a log says of its own keys is always shown, because without it no checkpoint could be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from kstep.ledger.bundles import HiddenRow, LogToShow, ShownPayload, ShownRow, write_bundle
from kstep.ledger.checkpoints import last_checkpoint
from kstep.ledger.reading import event_texts
from kstep.ledger.segments import read_rows
from kstep.ledger.service import Ledger, LedgerError, Opened, recorded_of
from kstep.ledger.tables import logs
from kstep.ledger.verifier import KEY_ADDED, KEY_RETIRED
from kstep.model import ValueRefused
from kstep.model.events import Recorded, fact_of

MayRead = Callable[[Recorded], bool]
"""Whether an inspector may read what an event says."""


class Exported(NamedTuple):
    """What a bundle has of a log: so many events, and how many there are behind its last checkpoint, which it has not."""

    origin: str
    size: int
    behind: int


def export(ledger: Ledger, out: Path, may_read: MayRead, *, archive: bool = False) -> list[Exported]:
    """Write a bundle of all logs to a folder, or as a ZIP archive, that is not there yet. Raises `LedgerError` if a log has no
    checkpoint, or what it says of its keys was destroyed; `SealBroken` at what was changed; `OSError` if it cannot be written.
    """
    with ledger.database.read() as connection:
        shown, exported = [], []
        for log in connection.execute(select(logs).order_by(logs.c.log)).all():
            last = last_checkpoint(connection, log.log)
            if last is None:
                raise LedgerError(
                    f"the log {log.origin} has no checkpoint yet, and nobody could check it; run kstep ledger checkpoint where "
                    "it is written"
                )
            part = _Part(ledger, connection, log.log, last.size, may_read)
            shown.append(
                LogToShow(
                    log.origin, event_texts(connection, log.log, last.size), last.note, part.payloads(), part.segments()
                )
            )
            exported.append(Exported(log.origin, last.size, log.size - last.size))
        if not shown:
            raise LedgerError("this node has no log yet; kstep init begins one")
        write_bundle(out, shown, archive=archive)
    return exported


@dataclass
class _Part:
    """What may be read of a log before `stop`: its payloads, and after them the segments that they told of."""

    ledger: Ledger
    connection: Connection
    log: int
    stop: int
    may_read: MayRead
    told: list[tuple[str, Recorded]] = field(default_factory=list)

    def payloads(self) -> Iterator[ShownPayload]:
        for opened in self.ledger.opened(self.connection, self.log, stop=self.stop):
            event, recorded = opened.event, _recorded(opened)
            of_keys = event.type in (KEY_ADDED, KEY_RETIRED)
            if opened.salt is None:
                if of_keys:
                    raise LedgerError(f"event {event.number} of {event.log}: what it says of a key was destroyed")
            elif of_keys or self.may_read(recorded):
                if isinstance(segment := opened.payload.get("segment"), dict):
                    self.told.append((str(segment.get("id")), replace(recorded, fact=None)))
                yield ShownPayload(event.number, opened.salt, opened.payload)

    def segments(self) -> Iterator[tuple[int, Iterator[ShownRow | HiddenRow]]]:
        for segment, recorded in self.told:
            yield recorded.number, self._rows(segment, recorded)

    def _rows(self, segment: str, told: Recorded) -> Iterator[ShownRow | HiddenRow]:
        for some in read_rows(self.connection, self.ledger.vault, segment):
            may = {subject: self.may_read(replace(told, subject=subject)) for subject in {row.subject for row in some}}
            for row in some:
                if row.salt is None or not may[row.subject]:
                    yield HiddenRow(row.leaf)
                else:
                    yield ShownRow(row.row, row.salt)


def _recorded(opened: Opened) -> Recorded:
    """An event with its fact; without, if that was destroyed, or this kstep does not know what another node's event says."""
    event = opened.event
    try:
        return recorded_of(event, None if opened.salt is None else fact_of(event.type, event.version, opened.payload))
    except ValueRefused:
        return recorded_of(opened.event, None)


__all__ = ["Exported", "MayRead", "export"]
