"""Writing to the log of this node, in the same unit of work as what follows from it, and reading logs back.

Whatever is kept of what happened is computed from events by the handlers of `Projection`, by the same code when it happens and
when it is replayed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select, tuple_, update

from kstep.ledger.events import SALT_BYTES, Event, committed
from kstep.ledger.merkle import consistency_proof, inclusion_proof, new_nodes, root, subtrees
from kstep.ledger.reading import event_lines, event_texts, place_of
from kstep.ledger.tables import OWN, events, logs, nodes, payloads
from kstep.ledger.vault import SealBroken, Vault
from kstep.ledger.verifier import canonical, commitment_of, leaf_hash, parsed
from kstep.model import KstepError
from kstep.model.events import ClockWentBack, Fact, Recorded, fact_of
from kstep.model.markings import Marking
from kstep.store import Database

Clock = Callable[[], int]
"""The time, in microseconds since 1970 in UTC."""

Handler = Callable[[Connection, Recorded], None]

JITTER = 1_000_000
"""Microseconds by which a clock may lag behind what it showed before without a word: clocks are corrected all the time."""

SYSTEM = "system:kstep"
INTERNAL = "internal"
"""The marking of what says nothing of anybody."""


class LedgerError(KstepError):
    """What was asked of a ledger cannot be done."""


@dataclass(frozen=True)
class By:
    """Who records something, and what for."""

    actor: str
    purpose: str


ITSELF = By(SYSTEM, "keeping the ledger")


@dataclass(frozen=True)
class Projection:
    """Tables that are computed from events, and how: a handler for each type of event that matters to them."""

    tables: Sequence[Table]
    handlers: Mapping[type[Fact], Handler]


class Opened(NamedTuple):
    """An event with the salt and the payload that it committed to; None if there are none, or they were destroyed."""

    event: Event
    salt: bytes | None
    payload: Any


@dataclass
class Unit:
    """A unit of work: what is recorded in it, and what follows, is there when it ends, or nothing of it is."""

    connection: Connection
    by: By
    _vault: Vault
    _clock: Clock
    _handlers: Mapping[str, Sequence[Handler]]
    _log: _OwnLog
    _recorded: bool = False

    def record(
        self, fact: Fact, *, subject: str, marking: str, happened: int | None = None, by: By | None = None
    ) -> Recorded:
        """Write an event at the end of this node's log, and let follow what does. Whoever else would write waits till the unit
        ends. Raises `ValueRefused` if its marking is none: nobody could tell who may read it.
        """
        Marking.parse(marking)
        log, showed = self._log, self._clock()
        if showed < log.clock - JITTER:
            told = ClockWentBack(had_shown=log.clock, showed=showed)
            log.clock = showed
            self._append(log, showed, told, f"log:{log.origin}", INTERNAL, None, ITSELF)
        log.clock = max(showed, log.clock)
        return self._append(log, showed, fact, subject, marking, happened, by or self.by)

    def not_before(self, moment: int) -> None:
        """What this unit records from now on is recorded later than a moment (microseconds since 1970) of which it has heard."""
        self._log.recorded = max(self._log.recorded, moment)

    def secret_of(self, subject: str) -> bytes:
        """What the salts of a subject's rows are made from."""
        return self._vault.secret(self.connection, subject).salting

    def _append(
        self, log: _OwnLog, showed: int, fact: Fact, subject: str, marking: str, happened: int | None, by: By
    ) -> Recorded:
        self._recorded = True
        log.recorded = max(showed, log.recorded + 1)
        sealing = self._vault.secret(self.connection, subject)
        salt, payload = os.urandom(SALT_BYTES), fact.payload()
        event = Event(
            log=log.origin, number=log.size, type=type(fact).__name__, version=fact.VERSION, subject=subject, actor=by.actor,
            purpose=by.purpose, marking=marking, recorded=log.recorded, happened=happened, commitment=committed(payload, salt),
        )  # fmt: skip
        sealed = sealing.seal(salt + canonical(payload), place_of(OWN, event.number))
        log.append(event, sealed)
        recorded = recorded_of(event, fact)
        for handler in self._handlers.get(event.type, ()):
            handler(self.connection, recorded)
        return recorded

    def end(self) -> None:
        """Write what was recorded, if anything was."""
        if self._recorded:
            self._log.write(self.connection)


@dataclass
class _OwnLog:
    """This node's log while its row is locked."""

    origin: str
    size: int
    recorded: int
    clock: int
    hashes: dict[tuple[int, int], bytes]
    events: list[dict[str, Any]] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def lock(cls, connection: Connection) -> _OwnLog:
        found = lock_log(connection)
        return cls(
            found.origin, found.size, found.recorded, found.clock, _hashes(connection, OWN, subtrees(found.size))
        )

    def append(self, event: Event, sealed: bytes) -> None:
        text = event.text
        self.events.append(
            {"log": OWN, "number": event.number, "type": event.type, "subject": event.subject, "recorded": event.recorded,
             "text": text}
        )  # fmt: skip
        self.payloads.append({"log": OWN, "number": event.number, "sealed": sealed})
        for level, place, hash in new_nodes(self.size, leaf_hash(text), lambda *at: self.hashes[at]):
            self.nodes.append({"log": OWN, "level": level, "place": place, "hash": hash})
            self.hashes[level, place] = hash
        self.size += 1

    def write(self, connection: Connection) -> None:
        for table, lines in ((events, self.events), (payloads, self.payloads), (nodes, self.nodes)):
            connection.execute(insert(table), lines)
        state = {"size": self.size, "recorded": self.recorded, "clock": self.clock}
        connection.execute(update(logs).where(logs.c.log == OWN).values(state))


class Ledger:
    """The logs that a node holds: its own, which it writes, and those that it got from others."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, projections: Sequence[Projection] = ()) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.projections = projections
        self._handlers: dict[str, list[Handler]] = {}
        for projection in projections:
            for fact, handler in projection.handlers.items():
                self._handlers.setdefault(fact.__name__, []).append(handler)

    @contextmanager
    def unit(self, by: By) -> Iterator[Unit]:
        """A unit of work of somebody, for something. Nobody else records anything from its beginning on, so what it finds stands
        until it ends. Raises `StoreError`, and then nothing of it happened.
        """
        with self.database.write() as connection:
            unit = Unit(connection, by, self.vault, self.clock, self._handlers, _OwnLog.lock(connection))
            yield unit
            unit.end()

    def begin(self, connection: Connection, origin: str) -> None:
        """Begin this node's log, in a database that has none."""
        state = {"log": OWN, "origin": origin, "size": 0, "recorded": 0, "clock": 0}
        connection.execute(insert(logs), [state])

    def origin(self, connection: Connection) -> str:
        """The origin of this node's log. Raises `LedgerError` if it has none yet."""
        found = connection.execute(select(logs.c.origin).where(logs.c.log == OWN)).scalar()
        if found is None:
            raise LedgerError("this node has no log yet; kstep init begins one")
        return str(found)

    def moment(self, connection: Connection) -> int:
        """When the last event of this node's log was recorded: whatever is recorded from now on is so later."""
        return int(connection.execute(select(logs.c.recorded).where(logs.c.log == OWN)).scalar() or 0)

    def read(
        self,
        connection: Connection,
        *,
        log: int = OWN,
        first: int = 0,
        stop: int | None = None,
        types: Iterable[type[Fact]] = (),
    ) -> Iterator[Recorded]:
        """The events of a log from number `first` to before `stop`, or those of some types of fact, in order."""
        names = [fact.__name__ for fact in types]
        for opened in self.opened(connection, log, first=first, stop=stop, types=names):
            event = opened.event
            yield recorded_of(
                event, None if opened.salt is None else fact_of(event.type, event.version, opened.payload)
            )

    def opened(
        self, connection: Connection, log: int, *, first: int = 0, stop: int | None = None, types: Sequence[str] = ()
    ) -> Iterator[Opened]:
        """The same, each with its salt and payload as they are, of whatever type. Raises `SealBroken` at a payload that is not
        what its event committed to.
        """
        for lines in event_lines(connection, log, first=first, stop=stop, types=types):
            read = [(Event.read(line.text), line.sealed) for line in lines]
            known = self.vault.find(connection, (event.subject for event, _ in read))
            for event, sealed in read:
                secret = known.get(event.subject)
                if secret is None or sealed is None or secret.is_gone_for(sealed):
                    yield Opened(event, None, None)
                    continue
                found = secret.open(sealed, place_of(log, event.number))
                salt, text = found[:SALT_BYTES], found[SALT_BYTES:]
                if commitment_of(salt, text).hex() != event.commitment:
                    what = "its payload is another than it committed to"
                    raise SealBroken(f"event {event.number} of {event.log}: {what}")
                yield Opened(event, salt, parsed(text))

    def texts(self, connection: Connection, log: int = OWN) -> Iterator[bytes]:
        """The leaves of a log, in order."""
        return event_texts(connection, log)

    def payload(self, connection: Connection, number: int, log: int = OWN) -> tuple[bytes, Any] | None:
        """Salt and payload of an event; None if they were destroyed."""
        for opened in self.opened(connection, log, first=number, stop=number + 1):
            return None if opened.salt is None else (opened.salt, opened.payload)
        return None

    def root(self, connection: Connection, size: int, log: int = OWN) -> bytes:
        """The root of the first events of a log."""
        hashes = _hashes(connection, log, subtrees(size))
        return root(size, lambda *at: hashes[at])

    def consistency_proof(self, connection: Connection, size: int, later: int, log: int = OWN) -> list[bytes]:
        """The hashes that show that the first `later` events of a log begin with the first `size`."""
        return consistency_proof(size, later, lambda *at: _hashes(connection, log, [at])[at])

    def inclusion_proof(self, connection: Connection, number: int, size: int, log: int = OWN) -> list[bytes]:
        """The hashes that show that the event of this number is among the first `size` of a log."""
        return inclusion_proof(number, size, lambda *at: _hashes(connection, log, [at])[at])

    def rebuild(self) -> int:
        """Throw away what was computed from events, and compute it again from all of them; returns how many there were."""
        with self.database.write() as connection:
            return self.compute_again(connection)

    def compute_again(self, connection: Connection) -> int:
        """The same within a unit of work."""
        count = 0
        _OwnLog.lock(connection)  # nobody records anything meanwhile
        for projection in reversed(self.projections):
            for table in reversed(projection.tables):
                connection.execute(delete(table))
        for number in connection.execute(select(logs.c.log).order_by(logs.c.log)).scalars().all():
            for recorded in self.read(connection, log=number):
                count += 1
                for handler in self._handlers.get(recorded.type, ()):
                    handler(connection, recorded)
        return count


def lock_log(connection: Connection, log: int = OWN) -> Any:
    """The line of a log, which nobody else appends to or signs until the unit ends. Raises `LedgerError` if there is none."""
    found = connection.execute(select(logs).where(logs.c.log == log).with_for_update()).one_or_none()
    if found is None:
        raise LedgerError("this node has no log yet; kstep init begins one")
    return found


def _hashes(connection: Connection, log: int, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    if not wanted:
        return {}
    among = tuple_(nodes.c.level, nodes.c.place).in_(wanted)
    asked = select(nodes.c.level, nodes.c.place, nodes.c.hash).where(nodes.c.log == log, among)
    found = {(level, place): hash for level, place, hash in connection.execute(asked)}
    if len(found) < len(wanted):
        raise LedgerError("the tree of a log has holes; kstep ledger verify tells which")
    return found


def recorded_of(event: Event, fact: Fact | None) -> Recorded:
    """An event as rooms read it, with its fact."""
    return Recorded(
        event.log, event.number, event.type, event.subject, event.actor, event.purpose, event.marking, event.recorded,
        event.happened, fact,
    )  # fmt: skip


__all__ = [
    "INTERNAL", "ITSELF", "JITTER", "SYSTEM", "By", "Clock", "Ledger", "LedgerError", "Opened", "Projection", "Unit", "lock_log",
    "recorded_of",
]  # fmt: skip
