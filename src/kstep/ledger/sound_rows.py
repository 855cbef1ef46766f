"""Whether the rows of a segment are those that its event tells of, and say what their leaves committed to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from kstep.ledger.events import row_leaf
from kstep.ledger.segments import open_row, row_lines
from kstep.ledger.vault import SealBroken, Secret, Vault
from kstep.ledger.verifier import Refused, Tree

UNOPENED = "has no secret that opens it, and nothing says that one was destroyed"


class SegmentLook:
    """A look at the segment that an event tells of, with `rows`, `root` and its `id`; `readable` of its rows could be read."""

    def __init__(self, connection: Connection, told: Any) -> None:
        self._connection, self._told = connection, told
        self.readable = 0

    def findings(self, vault: Vault) -> Iterator[str]:
        """Everything that is not as it must be."""
        if not isinstance(self._told, dict) or sorted(self._told) != ["id", "root", "rows"]:
            yield "tells of a segment without its id, its rows and their root"
            return
        name, tree = str(self._told["id"]), Tree()
        for lines in row_lines(self._connection, name):
            secrets, broken = secrets_of(self._connection, vault, {line.subject for line in lines})
            yield from broken
            for line in lines:
                if line.place != tree.size:
                    yield f"segment {name}: row {tree.size:,} is missing, or stands elsewhere"
                    return
                tree.add(line.leaf)
                if wrong := self._wrong(line, secrets.get(line.subject)):
                    yield f"segment {name}: row {line.place:,} {wrong}"
        if tree.size != self._told["rows"]:
            yield f"segment {name}: has {tree.size:,} rows, not {self._told['rows']}"
        elif tree.root().hex() != self._told["root"]:
            yield f"segment {name}: has another root"

    def _wrong(self, line: Any, secret: Secret | None) -> str | None:
        if secret is None:
            return UNOPENED
        if secret.is_gone_for(line.sealed):
            return None
        try:
            row = open_row(line, secret)
        except (SealBroken, Refused):
            return "was changed, or sealed with another key"
        self.readable += 1
        committed = row.salt is not None and row_leaf(row.row, row.salt) == line.leaf
        return None if committed else "says something else than its leaf committed to"


def secrets_of(connection: Connection, vault: Vault, subjects: set[str]) -> tuple[dict[str, Secret], list[str]]:
    """The secrets of these subjects, those that were destroyed too, and what is said of those that cannot be opened."""
    try:
        return vault.look(connection, subjects), []
    except SealBroken:
        found: dict[str, Secret] = {}
        broken = []
        for subject in sorted(subjects):
            try:
                found |= vault.look(connection, [subject])
            except SealBroken as told:
                broken.append(f"the secret of {told}")
        return found, broken


__all__ = ["UNOPENED", "SegmentLook", "secrets_of"]
