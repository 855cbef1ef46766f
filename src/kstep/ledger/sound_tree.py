"""Whether the hashes that are kept of a log's tree are those of its events.

Each is held against its own event, or against the two below it as they are kept: if all agree, the tree is that of the events; if
one was changed, that one is told, and not all above it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, func, or_, select

from kstep.ledger.reading import AT_ONCE
from kstep.ledger.tables import nodes
from kstep.ledger.verifier import node_hash

_NOTHING = bytes(32)
_HIGHEST = 53


class StoredTree:
    """The kept hashes of a log, read along with its events."""

    def __init__(self, connection: Connection, log: int) -> None:
        self._connection, self._log = connection, log
        self._read: dict[tuple[int, int], bytes] = {}
        self._stop = 0
        self._left: dict[int, bytes] = {}
        """The last hash on each level that stands to the left of one that is to come."""

    def leaf(self, number: int) -> bytes:
        """The leaf that is kept of an event."""
        self._read_to(number)
        return self._read.get((0, number), _NOTHING)

    def add(self, number: int, leaf: bytes) -> Iterator[str]:
        """What is wrong with the leaf of the next event, and with those above that become whole with it."""
        self._read_to(number)
        kept = self._read.get((0, number))
        if kept is None:
            yield f"the tree lacks the leaf of event {number:,}"
        elif kept != leaf:
            yield f"event {number:,} was changed, or the leaf that the tree has of it"
        above, level, place = leaf if kept is None else kept, 0, number
        while place & 1:
            above = node_hash(self._left[level], above)
            level, place = level + 1, place >> 1
            kept = self._read.get((level, place))
            if kept is None:
                yield f"the tree lacks the hash {place:,} on level {level}"
            elif kept != above:
                yield f"the hash {place:,} on level {level} of the tree is not that of what is below it"
                above = kept
        self._left[level] = above

    def _read_to(self, number: int) -> None:
        """Have in memory what becomes whole with the events up to this one."""
        if number < self._stop:
            return
        first, stop = number, number + AT_ONCE
        whole = [
            and_(nodes.c.level == level, nodes.c.place >= first >> level, nodes.c.place < stop >> level)
            for level in range(_HIGHEST)
            if first >> level < stop >> level
        ]
        asked = select(nodes.c.level, nodes.c.place, nodes.c.hash).where(nodes.c.log == self._log, or_(*whole))
        self._read = {(level, place): bytes(hash) for level, place, hash in self._connection.execute(asked)}
        self._stop = stop


def check_beyond(connection: Connection, log: int, size: int) -> Iterator[str]:
    """What the tree has beyond that of so many events."""
    asked = select(nodes.c.level, func.min(nodes.c.place), func.max(nodes.c.place)).where(nodes.c.log == log)
    for level, first, last in connection.execute(asked.group_by(nodes.c.level).order_by(nodes.c.level)):
        if level < 0 or first < 0 or last >= size >> level:
            yield f"the tree has hashes on level {level} that are of no event"


__all__ = ["StoredTree", "check_beyond"]
