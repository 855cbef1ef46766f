"""Rows in bulk: written a few thousand at a time under a name that nothing commits to yet, and made part of a log by one event.

Each row is sealed with its subject's secret, and its leaf salted with the same; leaves stay when a secret is gone. What a segment
says is worth as much as the event that tells its root; rows that no event tells of are nobody's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from kstep.ledger.events import row_salt
from kstep.ledger.tables import rows
from kstep.ledger.vault import Secret, Vault
from kstep.ledger.verifier import Tree, row_hash

_AT_ONCE = 5_000
"""Rows read in one statement."""


class NewRow(NamedTuple):
    """A row to write: whom it is about, that one's secret, and canonical JSON."""

    subject: str
    secret: Secret
    text: bytes


class SegmentRow(NamedTuple):
    """A row of a segment: its place, whom it is about, its leaf, and what it says with its salt; None if those cannot be read any
    more.
    """

    place: int
    subject: str
    leaf: bytes
    row: Any
    salt: bytes | None


def append_rows(connection: Connection, segment: str, tree: Tree, new: Sequence[NewRow]) -> list[int]:
    """Write rows behind those that a segment has, of which this is the tree, and put their leaves on it. Returns their places."""
    lines, places = [], []
    for subject, secret, text in new:
        place = tree.size
        leaf = row_hash(row_salt(secret.salting, segment, place), text)
        sealed = secret.seal(text, _place(segment, place))
        lines.append({"segment": segment, "place": place, "subject": subject, "leaf": leaf, "sealed": sealed})
        places.append(place)
        tree.add(leaf)
    if lines:
        connection.execute(insert(rows), lines)
    return places


def tree_of(connection: Connection, segment: str) -> Tree:
    """The tree of the rows that a segment has."""
    tree = Tree()
    for leaf in leaves_of(connection, segment):
        tree.add(leaf)
    return tree


def leaves_of(connection: Connection, segment: str) -> Iterator[bytes]:
    """The leaves of a segment, in order."""
    first = 0
    while True:
        asked = select(rows.c.place, rows.c.leaf).where(rows.c.segment == segment, rows.c.place >= first)
        found = connection.execute(asked.order_by(rows.c.place).limit(_AT_ONCE)).all()
        yield from (line.leaf for line in found)
        if len(found) < _AT_ONCE:
            return
        first = found[-1].place + 1


def row_lines(connection: Connection, segment: str) -> Iterator[Sequence[Any]]:
    """The lines of `rows` of a segment in order, some thousands at a time."""
    first = 0
    asked = select(rows).where(rows.c.segment == segment).order_by(rows.c.place).limit(_AT_ONCE)
    while found := connection.execute(asked.where(rows.c.place >= first)).all():
        yield found
        first = found[-1].place + 1


def read_rows(connection: Connection, vault: Vault, segment: str) -> Iterator[list[SegmentRow]]:
    """The rows of a segment in order, some thousands at a time."""
    for found in row_lines(connection, segment):
        yield list(_opened(connection, vault, found))


def some_rows(
    connection: Connection, vault: Vault, wanted: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], SegmentRow]:
    """The rows in these places of these segments that there are."""
    by_segment: dict[str, list[int]] = {}
    for segment, place in wanted:
        by_segment.setdefault(segment, []).append(place)
    read = {}
    for segment, places in by_segment.items():
        for first in range(0, len(places), 500):
            some = rows.c.place.in_(places[first : first + 500])
            found = connection.execute(select(rows).where(rows.c.segment == segment, some)).all()
            read.update({(segment, row.place): row for row in _opened(connection, vault, found)})
    return read


def size_of(connection: Connection, segment: str) -> int:
    """How many rows a segment has."""
    return connection.execute(select(func.count()).select_from(rows).where(rows.c.segment == segment)).scalar_one()


def _opened(connection: Connection, vault: Vault, found: Sequence[Any]) -> Iterator[SegmentRow]:
    known = vault.find(connection, (line.subject for line in found))
    for line in found:
        yield open_row(line, known.get(line.subject))


def open_row(line: Any, secret: Secret | None) -> SegmentRow:
    """The row of a line of `rows`, by its subject's secret. Raises `SealBroken`."""
    if secret is None or secret.is_gone_for(line.sealed):
        return SegmentRow(line.place, line.subject, line.leaf, None, None)
    row = json.loads(secret.open(line.sealed, _place(line.segment, line.place)))
    return SegmentRow(line.place, line.subject, line.leaf, row, row_salt(secret.salting, line.segment, line.place))


def _place(segment: str, place: int) -> str:
    return f"row {segment} {place}"


__all__ = [
    "NewRow", "SegmentRow", "append_rows", "leaves_of", "open_row", "read_rows", "row_lines", "size_of", "some_rows", "tree_of",
]  # fmt: skip
