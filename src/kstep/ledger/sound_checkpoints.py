"""Whether the checkpoints that are kept of a log, and those from outside, are signed and agree with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from kstep.ledger.checkpoints import kept_checkpoints
from kstep.ledger.tables import OWN
from kstep.ledger.verifier import COSIGNATURE, ED25519, Checkpoint, Key, KeyChanges, Refused


class KeptCheckpoints:
    """The checkpoints of a log, and the roots that its events have at their sizes."""

    def __init__(self, connection: Connection, log: int, origin: str, outside: Sequence[Checkpoint]) -> None:
        self._connection, self._log, self._origin = connection, log, origin
        self._found = [found for found in outside if found.origin == origin]
        self._roots: dict[int, bytes] = {}
        self.sizes = {found.size for found in self._found}

    def read(self) -> Iterator[str]:
        """Read those that are kept; what is wrong with how they are kept."""
        number, longest = 0, -1
        notes: set[bytes] = set()
        texts: set[bytes] = set()
        for kept in kept_checkpoints(self._connection, self._log):
            where = f"checkpoint {kept.number:,} that is kept"
            if kept.number != number:
                yield f"checkpoint {number:,} that was kept is missing"
            number = kept.number + 1
            try:
                found = Checkpoint.parse(kept.note, where)
            except Refused as refused:
                yield str(refused)
                continue
            if found.origin != self._origin:
                yield f"{where}: of the log {found.origin}"
                continue
            if found.size != kept.size:
                yield f"{where}: its column size says {kept.size:,}, but it is of {found.size:,} events"
            # Behind a longer one may only come another's cosignature of one that was there.
            if self._log == OWN and found.size < longest and (kept.note in notes or found.text not in texts):
                yield f"{where}: of {found.size:,} events, behind one of {longest:,}: put there again, or out of order"
            longest = max(longest, found.size)
            texts.add(found.text)
            if kept.note not in notes:
                notes.add(kept.note)
                self._found.append(found)
                self.sizes.add(found.size)

    def reached(self, size: int, root: bytes) -> None:
        """The events that there are have this root at this size."""
        self._roots[size] = root

    def disagreeing(self, size: int, changes: KeyChanges, keys: Sequence[Key]) -> Iterator[str]:
        """What is wrong with these checkpoints of a log of this size that changed its keys so, and of which these were told."""
        agreeing = []
        for found in self._found:
            if found.size > size:
                yield f"{found.where}: of {found.size:,} events, but there are {size:,}"
            elif found.root != self._roots[found.size]:
                yield f"{found.where}: at {found.size:,} events the log has another root"
            else:
                agreeing.append(found)
        told = [key for key in keys if key.name == self._origin and key.type == ED25519]
        yield from map(str, changes.refusals(agreeing, told))
        for found in agreeing:
            try:
                for witness in keys:
                    if witness.type == COSIGNATURE:
                        found.seen_at(witness)
            except Refused as refused:
                yield str(refused)


__all__ = ["KeptCheckpoints"]
