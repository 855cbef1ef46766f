"""What one can find out about lists in use, without changing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from kstep.editions.consumers import ConsumerKept, consumers_kept
from kstep.editions.errors import EditionsError
from kstep.editions.files import EditionFiles, files_told
from kstep.editions.past import changes_between, entries_of, withdrawn_of
from kstep.editions.records import (
    Change,
    EditionKept,
    EntryKept,
    ErrorKept,
    ListKept,
    Stored,
    editions_kept,
    list_kept,
    lists_kept,
)
from kstep.editions.tables import entries, errors
from kstep.ledger.service import Ledger
from kstep.model import one_line


class EditionsView:
    """The lists of a node, as they are. `folder` is where the files of editions are kept."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._files = EditionFiles(folder)

    def lists(self) -> list[ListKept]:
        """All lists, by their names."""
        with self._ledger.database.read() as connection:
            return lists_kept(connection)

    def registered(self, name: str) -> ListKept:
        """A list by its name. Raises `EditionsError` if there is none."""
        with self._ledger.database.read() as connection:
            return list_kept(connection, name)

    def editions(self, name: str) -> list[EditionKept]:
        """The editions of a list that were published or held, in their order. Raises `EditionsError` if there is no such list."""
        with self._ledger.database.read() as connection:
            list_kept(connection, name)
            return editions_kept(connection, name)

    def edition(self, name: str, number: int) -> EditionKept:
        """An edition by its number. Raises `EditionsError` if there is none."""
        for kept in self.editions(name):
            if kept.number == number:
                return kept
        raise EditionsError(f"the list {name} has no edition {number}; kstep lists status names them")

    def current(self, name: str) -> EditionKept | None:
        """The edition in force. Raises `EditionsError` if there is no such list."""
        with self._ledger.database.read() as connection:
            number = list_kept(connection, name).current
            return next((kept for kept in editions_kept(connection, name) if kept.number == number), None)

    def stored(self, name: str, number: int) -> Stored:
        """An edition's kind, and where it can be read again, once its files were checked. Raises `EditionsError`."""
        kept = self.edition(name, number)
        kind = kept.told["kind"]
        return Stored(kind, self._files.path(name, kept.edition, kind, files_told(kept.told)))

    def entries(self, name: str, number: int) -> list[EntryKept]:
        """The entries of an edition that was in force, in its order, with kstep's numbers. Raises `EditionsError`."""
        return entries_of(
            self._ledger.database, self.registered(name), self.edition(name, number), self.stored(name, number)
        )

    def changes(self, name: str, since: int | None, until: int | None = None) -> list[Change]:
        """What became of entries between two editions that were in force, by their numbers: from none (None) or `since` to
        `until`, by default the one in force; by ascending number of the entry. What was undone in between is not told.
        """
        until = self.registered(name).current if until is None else until
        for number in (since, until):
            if number is not None and self.edition(name, number).state != "published":
                raise EditionsError(f"the edition {number} of {name} was never in force")
        return changes_between(self._ledger.database, name, since or 0, until or 0)

    def withdrawn(self, name: str) -> dict[int, int]:
        """The entries that are on a list no more, and the number of the edition that took each away."""
        return withdrawn_of(self._ledger.database, name)

    def consumers(self, name: str) -> list[ConsumerKept]:
        """The consumers of a list, by their names; screening is one of each. Raises `EditionsError` if there is no such list."""
        with self._ledger.database.read() as connection:
            list_kept(connection, name)
            return consumers_kept(connection, name)

    def entry_number(self, name: str, source_id: str) -> int:
        """kstep's number of the entry that has an id of the source: of the one on the list, otherwise of the last that was. Raises
        `EditionsError` if there never was one.
        """
        with self._ledger.database.read() as connection:
            list_kept(connection, name)
            at = (entries.c.list == name) & (entries.c.source_id == source_id)
            gone = entries.c.withdrawn
            asked = select(entries.c.entry).where(at).order_by(gone.is_not(None), gone.desc(), entries.c.entry.desc())
            found = connection.execute(asked.limit(1)).scalar() if _can_be_kept(source_id) else None
        if found is None:
            raise EditionsError(f"the list {name} never had an entry {one_line(source_id, 64)!r}")
        return int(found)

    def open_errors(self, name: str) -> list[ErrorKept]:
        """The errors in entries of a list that are not answered, the oldest first. Raises `EditionsError`."""
        with self._ledger.database.read() as connection:
            list_kept(connection, name)
            asked = (
                select(errors, entries.c.source_id)
                .join(entries, (entries.c.list == errors.c.list) & (entries.c.entry == errors.c.entry))
                .where(errors.c.list == name, errors.c.answered.is_(None))
                .order_by(errors.c.report)
            )
            return [self._error(connection, found) for found in connection.execute(asked).all()]

    def _error(self, connection: Connection, found: Row[Any]) -> ErrorKept:
        payload = self._ledger.payload(connection, found.event)
        told = payload[1] if payload else {"what": None, "nominator": None}
        return ErrorKept(
            found.report, found.list, found.entry, found.source_id, told["what"], told["nominator"], found.reported,
            found.answered,
        )  # fmt: skip


def _can_be_kept(text: str) -> bool:
    """Whether both databases keep such a text: without NUL, and without halves of characters."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


__all__ = ["EditionsView"]
