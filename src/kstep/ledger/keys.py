"""The keys that sign this node's log: adding one, and retiring one that is replaced, lost or stolen.

A key is added by an event, signs with the others from the next checkpoint on, and a checkpoint that an older key signs too tells
verifiers to trust it. Only then is the older one retired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.ledger.service import INTERNAL, By, Ledger, LedgerError, lock_log
from kstep.ledger.signing import SigningKey
from kstep.ledger.tables import OWN, checkpoints
from kstep.ledger.verifier import ED25519, Checkpoint, Key, Refused
from kstep.model.events import LogKeyAdded, LogKeyRetired, Recorded


@dataclass(frozen=True)
class LogKey:
    """A key of this node's log: the number of the event that added it (None: it was there from the beginning), the size behind
    which its signatures are worth nothing (None: it signs), and the size of the longest checkpoint kept that it signed.
    """

    key: Key
    added: int | None
    retired: int | None
    signed: int | None


def log_keys(ledger: Ledger, connection: Connection, held: Sequence[Key] = ()) -> list[LogKey]:
    """The keys of this node's log, in the order in which they came: of those `held` that no event added, each that signed before;
    and the first of them, as long as nothing was signed. Raises `LedgerError` if what an event says of a key cannot be read any
    more.
    """
    added: dict[Key, int | None] = {}
    retired: dict[Key, int] = {}
    for recorded in ledger.read(connection, types=(LogKeyAdded, LogKeyRetired)):
        fact = recorded.fact
        try:
            if isinstance(fact, LogKeyAdded):
                added.setdefault(Key.parse(fact.key), recorded.number)
            elif isinstance(fact, LogKeyRetired):
                retired[Key.parse(fact.key)] = fact.size
            else:
                raise Refused(f"what {recorded.type} says cannot be read any more")
        except Refused as refused:
            raise LedgerError(f"event {recorded.number}: {refused}") from None
    signed = _longest_signed(connection, list(dict.fromkeys([*held, *retired, *added])))
    begun = bool(connection.execute(select(checkpoints.c.number).where(checkpoints.c.log == OWN).limit(1)).all())
    first = [key for key in dict.fromkeys(held) if key in signed or (key == held[0] and not begun)]
    known: dict[Key, int | None] = {key: None for key in [*first, *retired] if key not in added}
    known |= added
    return [LogKey(key, number, retired.get(key), signed.get(key)) for key, number in known.items()]


def _longest_signed(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """The size of the longest checkpoint kept that each key signed."""
    found: dict[Key, int] = {}
    asked = select(checkpoints.c.number, checkpoints.c.size, checkpoints.c.note).where(checkpoints.c.log == OWN)
    for number, size, note in connection.execute(asked.order_by(checkpoints.c.size.desc())).yield_per(100):
        try:
            checkpoint = Checkpoint.parse(note, f"checkpoint {number}")
            for key in keys:
                if key not in found and checkpoint.signed_by(key):
                    found[key] = size
        except Refused as refused:
            raise LedgerError(f"{refused}; kstep ledger verify tells what was changed") from None
        if len(found) == len(keys):
            break
    return found


def signers(ledger: Ledger, connection: Connection, held: Sequence[SigningKey]) -> list[SigningKey]:
    """Those of the keys held that sign now. Raises `LedgerError` if none does."""
    known = {found.key: found for found in log_keys(ledger, connection, [signer.key for signer in held])}
    signing = [signer for signer in held if signer.key in known and known[signer.key].retired is None]
    if not signing:
        raise LedgerError("none of the keys held signs this log; add one with kstep ledger keys add")
    return signing


def add_key(ledger: Ledger, by: By, key: Key) -> Recorded:
    """Have another key sign this node's log from here on. Raises `LedgerError` if it is not this log's, or was added before."""
    with ledger.unit(by) as unit:
        origin = lock_log(unit.connection).origin
        if (key.name, key.type) != (origin, ED25519):
            raise LedgerError(f"the key {key.id.hex()} is of {key.name}, not of the log {origin}")
        if any(known.key == key for known in log_keys(ledger, unit.connection)):
            raise LedgerError(f"the key {key.id.hex()} was added before")
        return unit.record(LogKeyAdded(key=str(key)), subject=f"log:{origin}", marking=INTERNAL)


def retire_key(
    ledger: Ledger, by: By, key: Key, *, held: Sequence[Key] = (), size: int | None = None, told: bool = False
) -> Recorded:
    """Make what a key signs of more than `size` events worth nothing: of a stolen key, the size at which it was last this node's
    alone; by default, of the longest checkpoint kept that it signed.

    `held` are the keys that the node holds; `told` says that verifiers are told another key from outside. Raises `LedgerError` if
    the size makes no sense, or if nobody could trust the keys that remain.
    """
    with ledger.unit(by) as unit:
        log = lock_log(unit.connection)
        keys = log_keys(ledger, unit.connection, held)
        found = next((known for known in keys if known.key == key), None)
        if found is None:
            raise LedgerError(f"the key {key.id.hex()} is none of the log {log.origin}")
        if found.retired is not None:
            raise LedgerError(f"the key {key.id.hex()} was retired at {found.retired:,} events")
        size = (found.signed or 0) if size is None else size
        _check_size(found, size, log.size)
        _check_who_remains(found, [known for known in keys if known.key != key], told)
        return unit.record(LogKeyRetired(key=str(key), size=size), subject=f"log:{log.origin}", marking=INTERNAL)


def _check_size(found: LogKey, size: int, longest: int) -> None:
    if size > longest:
        raise LedgerError(f"a key cannot be retired at {size:,} events; the log has {longest:,}")
    if size < (found.signed or 0):
        raise LedgerError(
            f"the key {found.key.id.hex()} signed a checkpoint of {found.signed:,} events; retired at {size:,}, that would be "
            "worth nothing to whoever keeps it"
        )


def _check_who_remains(retiring: LogKey, others: Sequence[LogKey], told: bool) -> None:
    remaining = [key for key in others if key.retired is None]
    if not remaining:
        raise LedgerError("no key would remain; add another first, with kstep ledger keys add")
    signed = {key.key: key.signed or 0 for key in [retiring, *others]}
    trusted = any(
        key.added is None or any(size > key.added for other, size in signed.items() if other != key.key)
        for key in remaining
    )
    if not trusted and not told:
        raise LedgerError(
            "no checkpoint that another key signed tells verifiers of a key that remains; make one first, with kstep ledger "
            "checkpoint, or tell them the new key from outside and say so"
        )


__all__ = ["LogKey", "add_key", "log_keys", "retire_key", "signers"]
