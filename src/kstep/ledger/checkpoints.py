"""Making checkpoints of this node's log, and keeping them in the order in which they were made or came in.

A node signs one history: before it signs, it holds the tree against the longest checkpoint that it keeps, and against those that
it is shown from elsewhere, so that a database restored from an older copy does not make it sign another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from kstep.ledger.keys import signers
from kstep.ledger.service import Ledger, LedgerError, lock_log
from kstep.ledger.signing import SigningKey, sign_checkpoint
from kstep.ledger.tables import OWN, checkpoints
from kstep.ledger.verifier import Checkpoint, Refused, check_consistency

_AT_ONCE = 500
"""Checkpoints read in one statement."""


@dataclass(frozen=True)
class Kept:
    """A checkpoint that is kept of a log: its place among them, how many events it is of, when it was made or came in
    (microseconds since 1970, UTC), and the signed note.
    """

    log: int
    number: int
    size: int
    made: int
    note: bytes

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says. Raises `LedgerError` if it is no checkpoint."""
        try:
            return Checkpoint.parse(self.note, f"checkpoint {self.number} that is kept of log {self.log}")
        except Refused as refused:
            raise LedgerError(f"{refused}; kstep ledger verify tells what else was changed") from None


def make_checkpoint(ledger: Ledger, held: Sequence[SigningKey], known: Sequence[Checkpoint] = ()) -> Kept:
    """Sign how long this node's log is, with those of its keys that sign now, and keep that; also where it has not grown, so that
    time shows it.

    `known` are checkpoints of the log from elsewhere. Raises `LedgerError` if the log does not continue one of them.
    """
    with ledger.database.write() as connection:
        log = lock_log(connection)
        root = ledger.root(connection, log.size)
        longest = last_checkpoint(connection)
        for before in [*([longest.checkpoint] if longest else []), *known]:
            _check_continues(ledger, connection, before, log.origin, log.size, root)
        note = sign_checkpoint(log.size, root, *signers(ledger, connection, held))
        return keep_note(connection, OWN, note, ledger.clock())


def _check_continues(
    ledger: Ledger, connection: Connection, before: Checkpoint, origin: str, size: int, root: bytes
) -> None:
    if before.origin != origin:
        raise LedgerError(f"{before.where}: of the log {before.origin}, not {origin}")
    if before.size > size:
        raise LedgerError(
            f"{before.where}: of {before.size:,} events, but the log has {size:,}; restore the newest copy of the database: "
            "nothing is signed"
        )
    try:
        proof = ledger.consistency_proof(connection, before.size, size)
        check_consistency(before.size, before.root, size, root, proof)
    except Refused:
        raise LedgerError(
            f"{before.where}: the log does not continue its {before.size:,} events; nothing is signed, and kstep ledger "
            "verify tells what was changed"
        ) from None


def keep_note(connection: Connection, log: int, note: bytes, made: int) -> Kept:
    """Keep a checkpoint of a log behind those that there are. Raises `LedgerError` if it is none."""
    lock_log(connection, log)
    asked = select(func.coalesce(func.max(checkpoints.c.number) + 1, 0)).where(checkpoints.c.log == log)
    try:
        size = Checkpoint.parse(note, "a checkpoint").size
    except Refused as refused:
        raise LedgerError(str(refused)) from None
    kept = Kept(log, connection.execute(asked).scalar_one(), size, made, note)
    line = {"log": kept.log, "number": kept.number, "size": kept.size, "made": kept.made, "note": kept.note}
    connection.execute(insert(checkpoints), [line])
    return kept


def last_checkpoint(connection: Connection, log: int = OWN) -> Kept | None:
    """The checkpoint of the most events of a log; of several, the one with the most signatures, and then the newest."""
    order = checkpoints.c.size.desc(), func.length(checkpoints.c.note).desc(), checkpoints.c.number.desc()
    found = connection.execute(select(checkpoints).where(checkpoints.c.log == log).order_by(*order).limit(1))
    return next((Kept(*line) for line in found), None)


def kept_checkpoints(connection: Connection, log: int = OWN, *, newest_first: bool = False) -> Iterator[Kept]:
    """The checkpoints that are kept of a log, in the order in which they were made or came in."""
    asked = select(checkpoints).where(checkpoints.c.log == log).limit(_AT_ONCE)
    asked = asked.order_by(checkpoints.c.number.desc() if newest_first else checkpoints.c.number)
    more = asked
    while found := connection.execute(more).all():
        yield from (Kept(*line) for line in found)
        reached = found[-1].number
        more = asked.where(checkpoints.c.number < reached if newest_first else checkpoints.c.number > reached)


__all__ = ["Kept", "keep_note", "kept_checkpoints", "last_checkpoint", "make_checkpoint"]
