"""The numbers under which people are in the register: kstep's own, ascending, and of every node apart.

A number is 2^32 times a number of the node, made from its log's origin, and one more for each person: so nodes that never met give
nobody's number twice, as long as their origins' hashes differ in 20 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from kstep.register.tables import numbers

_OF_A_NODE = 1 << 32
_NODES = 1 << 20


def first_number(origin: str) -> int:
    """What the numbers of a node's people are more than."""
    return (int.from_bytes(hashlib.sha256(origin.encode()).digest()[:8], "big") % _NODES + 1) * _OF_A_NODE


def take_numbers(connection: Connection, origin: str, count: int) -> Sequence[int]:
    """So many numbers that nobody has; they are taken even if nobody gets them."""
    if not count:
        return ()
    node = first_number(origin)
    first = connection.execute(select(numbers.c.next).where(numbers.c.node == node).with_for_update()).scalar()
    if first is None:
        first = node + 1
        connection.execute(insert(numbers), [{"node": node, "next": first}])
    connection.execute(update(numbers).where(numbers.c.node == node).values(next=first + count))
    return range(first, first + count)


__all__ = ["first_number", "take_numbers"]
