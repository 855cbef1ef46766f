"""What an edition changed against the one before it: a row for each entry that was added, changed, removed or given another id.

A row is a JSON value that stands alone: `entry` (kstep's number), `change`, `source_id` now and before, `fingerprint` now and
before, `likeness`, `content` (all that is said of the entry now) and `fields` (what each field that differs said before, and
says now).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from kstep.editions.identity import KnownEntry, ReadEntry, matched
from kstep.editions.tables import entries
from kstep.ledger.segments import some_rows
from kstep.ledger.vault import Vault
from kstep.lists import Edition
from kstep.model import Identity
from kstep.model.codec import identity_from_json

ADDED, CHANGED, REMOVED, RENUMBERED = "added", "changed", "removed", "renumbered"


@dataclass(frozen=True, slots=True)
class Delta:
    """The rows in the order of the edition, those removed last; how many `before` were in force; and how many `returned`."""

    rows: Sequence[dict[str, Any]]
    before: int
    returned: int

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each change."""
        found = Counter(row["change"] for row in self.rows)
        return {change: found[change] for change in (ADDED, CHANGED, REMOVED, RENUMBERED)}


def delta_of(connection: Connection, vault: Vault, list: str, edition: Edition) -> Delta:
    """What an edition would change if it came in force now."""
    present, withdrawn, where, last = _known(connection, list)
    contents = _Contents(connection, vault, where)
    now = [ReadEntry.of(entry) for entry in edition.entries]
    numbers = matched(present, now, withdrawn, contents.identities)
    before = {known.number: known for known in present}
    contents.fetch(
        [
            number
            for number, read in zip(numbers, now, strict=True)
            if number in before and _differs(before[number], read)
        ]
    )
    rows, returned = [], 0
    for number, read in zip(numbers, now, strict=True):
        if number is None:
            last += 1
            rows.append(_row(last, ADDED, None, read))
        elif number not in before:
            returned += 1
            rows.append(_row(number, ADDED, None, read))
        elif _differs(before[number], read):
            renumbered = before[number].source_id != read.source_id
            fields = _fields(contents.of(number), read.content)
            rows.append(_row(number, RENUMBERED if renumbered else CHANGED, before[number], read, fields))
    stayed = set(numbers)
    rows += [_row(known.number, REMOVED, known, None) for known in present if known.number not in stayed]
    return Delta(rows, len(present), returned)


def _known(
    connection: Connection, list: str
) -> tuple[list[KnownEntry], dict[str, int], dict[int, tuple[str, int]], int]:
    """The entries in force, the numbers of withdrawn ones by their ids, where each one's content stands, and the last number."""
    present, withdrawn, where = [], {}, {}
    asked = select(
        entries.c.entry, entries.c.source_id, entries.c.fingerprint, entries.c.likeness, entries.c.withdrawn,
        entries.c.segment, entries.c.place,
    ).where(entries.c.list == list).order_by(entries.c.entry)  # fmt: skip
    number = 0
    for number, source_id, fingerprint, alike, gone, segment, place in connection.execute(asked):
        where[number] = (segment, place)
        if gone is None:
            present.append(KnownEntry(number, source_id, fingerprint, alike))
        else:
            withdrawn[source_id] = number
    return present, withdrawn, where, number


class _Contents:
    """What was said of entries, read where the delta stands that said it."""

    def __init__(self, connection: Connection, vault: Vault, where: Mapping[int, tuple[str, int]]) -> None:
        self._connection = connection
        self._vault = vault
        self._where = where
        self._read: dict[int, dict[str, Any]] = {}

    def fetch(self, numbers: Sequence[int]) -> None:
        """Read what was said of these, if it was not yet."""
        wanted = {self._where[number]: number for number in numbers if number not in self._read}
        for at, found in some_rows(self._connection, self._vault, wanted).items():
            self._read[wanted[at]] = found.row["content"]

    def of(self, number: int) -> dict[str, Any]:
        """What was said of an entry that was fetched."""
        return self._read[number]

    def identities(self, numbers: Sequence[int]) -> dict[int, Identity]:
        """What identifies these."""
        self.fetch(numbers)
        return {number: identity_from_json(self._read[number]) for number in numbers}


def _differs(known: KnownEntry, read: ReadEntry) -> bool:
    return (known.source_id, known.fingerprint) != (read.source_id, read.fingerprint)


def _fields(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [before[name], now[name]] for name in now if before[name] != now[name]}


def _row(
    number: int, change: str, known: KnownEntry | None, read: ReadEntry | None, fields: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "entry": number,
        "change": change,
        "source_id": read.source_id if read else None,
        "source_id_before": known.source_id if known else None,
        "fingerprint": read.fingerprint if read else None,
        "fingerprint_before": known.fingerprint if known else None,
        "likeness": read.likeness if read else "",
        "content": read.content if read else None,
        "fields": fields or {},
    }


__all__ = ["ADDED", "CHANGED", "REMOVED", "RENUMBERED", "Delta", "delta_of"]
