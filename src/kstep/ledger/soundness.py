"""Whether a live database is what `docs/ledger.md` says: held against itself, against checkpoints from outside, and against keys.

Everything that is wrong is told, not the first thing only, while the logs are read once, some events at a time. Who can write the
database can make it agree with itself; checkpoints that left are what he cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select

from kstep.ledger.events import SALT_BYTES
from kstep.ledger.reading import event_lines, place_of
from kstep.ledger.service import Ledger
from kstep.ledger.sound_checkpoints import KeptCheckpoints
from kstep.ledger.sound_rows import UNOPENED, SegmentLook, secrets_of
from kstep.ledger.sound_tree import StoredTree, check_beyond
from kstep.ledger.tables import OWN, checkpoints, events, logs, nodes, payloads
from kstep.ledger.vault import SealBroken, Secret, Vault
from kstep.ledger.verifier import (
    EMPTY_ROOT,
    Checkpoint,
    Key,
    KeyChanges,
    Refused,
    Tree,
    check_event,
    commitment_of,
    is_key_name,
    leaf_hash,
    parsed,
)


class Finding(NamedTuple):
    """What is not as it must be, and of which log."""

    log: str
    what: str

    def __str__(self) -> str:
        return f"{self.log}: {self.what}"


@dataclass
class Looked:
    """What was looked at of a log: its events, the payloads and rows that could be read, the payloads whose secret is gone, and
    checkpoints from outside.
    """

    origin: str
    events: int = 0
    payloads: int = 0
    sealed: int = 0
    rows: int = 0
    from_outside: int = 0


@dataclass
class Soundness:
    """A look at all the logs of a database: `findings` yields what is wrong, and `looked` says afterwards what was looked at.

    `keys` are those told from outside, of logs and witnesses; `outside` are checkpoints that left.
    """

    ledger: Ledger
    keys: Sequence[Key]
    outside: Sequence[Checkpoint] = ()
    looked: list[Looked] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """Everything that is not as it must be. Raises `StoreError` if the database cannot be read."""
        self.looked.clear()
        with self.ledger.database.read() as connection:
            held = connection.execute(select(logs).order_by(logs.c.log)).all()
            if OWN not in {log.log for log in held}:
                yield Finding("this node", "has no log of its own")
            for table in (events, payloads, nodes, checkpoints):
                strays = select(table.c.log).where(table.c.log.not_in([log.log for log in held])).distinct()
                for stray in connection.execute(strays).scalars():
                    yield Finding(f"log {stray}", f"{table.name} has lines of it, but there is no such log")
            for checkpoint in self.outside:
                if checkpoint.origin not in {log.origin for log in held}:
                    yield Finding(checkpoint.origin, f"{checkpoint.where}: this node holds no such log")
            for log in held:
                yield from (Finding(log.origin, what) for what in self._of_log(connection, log))

    def _of_log(self, connection: Connection, log: Any) -> Iterator[str]:
        looked = Looked(log.origin, from_outside=sum(found.origin == log.origin for found in self.outside))
        self.looked.append(looked)
        if not is_key_name(log.origin):
            yield "no log may have this name"
        look = _LogLook(connection, self.ledger.vault, log, looked)
        kept = KeptCheckpoints(connection, log.log, log.origin, self.outside)
        yield from kept.read()
        yield from look.walk(kept)
        yield from check_beyond(connection, log.log, look.next)
        yield from kept.disagreeing(look.next, look.changes, self.keys)


class _LogLook:
    """One walk through the events of a log."""

    def __init__(self, connection: Connection, vault: Vault, log: Any, looked: Looked) -> None:
        self.connection, self.vault, self.log, self.looked = connection, vault, log, looked
        self.changes = KeyChanges(log.origin)
        self.next = 0
        self._recorded = 0
        self._tree = Tree()
        self._count = _count(connection, events, log.log)
        self._most = self._count + _count(
            connection, nodes, log.log
        )  # no gap of numbers is walked beyond what there is

    def walk(self, kept: KeptCheckpoints) -> Iterator[str]:
        """What is wrong with the events, their payloads and segments, and the tree over them."""
        stored = StoredTree(self.connection, self.log.log)
        kept.reached(0, EMPTY_ROOT)
        for lines in event_lines(self.connection, self.log.log):
            secrets, broken = secrets_of(self.connection, self.vault, {line.subject for line in lines})
            yield from broken
            for line in lines:
                if line.number > self._most:
                    yield f"event {line.number:,} stands far behind the end"
                    continue
                if line.number > self.next:
                    yield _missing(self.next, line.number)
                    yield from self._skip(stored, line.number, kept)
                yield from self._event(line, secrets.get(line.subject))
                leaf = leaf_hash(line.text)
                yield from stored.add(line.number, leaf)
                self._grow(leaf, kept)
        yield from self._end()

    def _skip(self, stored: StoredTree, stop: int, kept: KeptCheckpoints) -> Iterator[str]:
        # In the place of what is missing stands what the tree has of it, so that the rest can still be judged.
        for number in range(self.next, stop):
            leaf = stored.leaf(number)
            yield from stored.add(number, leaf)
            self._grow(leaf, kept)

    def _grow(self, leaf: bytes, kept: KeptCheckpoints) -> None:
        self._tree.add(leaf)
        self.next = self._tree.size
        if self.next in kept.sizes:
            kept.reached(self.next, self._tree.root())

    def _end(self) -> Iterator[str]:
        if self.looked.events != self._count:
            yield f"there are {self._count:,} lines of events, of which {self.looked.events:,} have a place in the log"
        if self.log.size > self.next:
            yield f"the last events are missing: there are {self.next:,}, and were {self.log.size:,}"
        elif self.log.size != self.next:
            yield f"its line says {self.log.size:,} events, but there are {self.next:,}"
        if self.log.recorded != self._recorded and self.log.size == self.next:
            yield "its line says another time than its last event"
        asked = (
            select(payloads.c.number)
            .outerjoin(events, (events.c.log == payloads.c.log) & (events.c.number == payloads.c.number))
            .where(payloads.c.log == self.log.log, events.c.number.is_(None))
        )
        for number in self.connection.execute(asked.order_by(payloads.c.number)).scalars():
            yield f"there is a payload of event {number:,}, and no such event"

    def _event(self, line: Any, secret: Secret | None) -> Iterator[str]:
        where = f"event {line.number:,}"
        self.looked.events += 1
        try:
            event = parsed(line.text)
            check_event(event, self.log.origin, line.number, self._recorded)
        except Refused as refused:
            yield f"{where}: {refused}"
            return
        self._recorded = event["recorded"]
        for name in ("type", "subject", "recorded"):
            if getattr(line, name) != event[name]:
                yield f"{where}: its column {name} says something else than its bytes"
        try:
            payload = self._payload(line, event, secret)
            self.changes.note(event, payload)
        except (Refused, SealBroken) as refused:
            yield f"{where}: {refused}"
            return
        if isinstance(payload, dict) and "segment" in payload:
            rows = SegmentLook(self.connection, payload["segment"])
            yield from (f"{where}: {what}" for what in rows.findings(self.vault))
            self.looked.rows += rows.readable

    def _payload(self, line: Any, event: dict[str, Any], secret: Secret | None) -> dict[str, Any] | None:
        """The payload of an event; None if it has none, or its secret is gone."""
        if (line.sealed is None) != (event["commitment"] is None):
            raise Refused(
                "its payload is missing" if line.sealed is None else "has a payload that it did not commit to"
            )
        if line.sealed is None:
            return None
        if secret is None:
            raise Refused(UNOPENED)
        if secret.is_gone_for(line.sealed):
            self.looked.sealed += 1
            return None
        opened = secret.open(line.sealed, place_of(self.log.log, line.number))
        salt, text = opened[:SALT_BYTES], opened[SALT_BYTES:]
        if commitment_of(salt, text).hex() != event["commitment"]:
            raise Refused("committed to another payload than is kept")
        payload = parsed(text)
        if not isinstance(payload, dict):
            raise Refused("its payload is no object")
        self.looked.payloads += 1
        return payload


def _count(connection: Connection, table: Table, log: int) -> int:
    return connection.execute(select(func.count()).select_from(table).where(table.c.log == log)).scalar_one()


def _missing(first: int, stop: int) -> str:
    return f"event {first:,} is missing" if stop == first + 1 else f"events {first:,} to {stop - 1:,} are missing"


__all__ = ["Finding", "Looked", "Soundness"]
