"""What is kept of lists, as it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from kstep.editions.errors import EditionsError
from kstep.editions.source import ListSource, is_list_name
from kstep.editions.tables import editions, lists
from kstep.model import Entry, one_line

SECOND = 1_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class ListKept:
    """A list: its source, the number of the edition in force (None before the first), when it last arrived (microseconds since
    1970), how many arrivals in a row were missed and told of, and by when it has to arrive (None if it is not waited for).
    """

    source: ListSource
    current: int | None
    arrived: int
    missed: int

    @property
    def due(self) -> int | None:
        """When the next alarm is due, if it does not arrive."""
        cadence = self.source.cadence * SECOND
        return self.arrived + (self.missed + 1) * cadence if cadence else None


@dataclass(frozen=True, slots=True)
class EditionKept:
    """An edition: its number, its id, its `state` (`published`, `held` or `rejected`), the number of the one before, what its
    event says, who brought it and when, who released or rejected it, and when it was published.
    """

    list: str
    number: int
    edition: str
    state: str
    previous: int | None
    told: dict[str, Any]
    brought_by: str
    brought: int
    settled_by: str | None
    published: int | None

    @property
    def reasons(self) -> tuple[dict[str, str], ...]:
        """Why it was held, if it was."""
        return tuple(self.told.get("reasons", ()))


class EntryKept(NamedTuple):
    """An entry of an edition: kstep's number, the entry as it was read, who issued it, and when it is due for review (microseconds
    since 1970; None if the issuer does not say).
    """

    number: int
    entry: Entry
    country: str
    review: int | None


class Change(NamedTuple):
    """What became of an entry between two editions: `added`, `changed`, `removed` or `renumbered`; the source's ids after and
    before; and whether something that is compared differs, so that it has to be screened.
    """

    entry: int
    change: str
    source_id: str | None
    source_id_before: str | None
    compared: bool


class ErrorKept(NamedTuple):
    """An error in an entry (kstep's number, and the source's id as it is or was last) that was reported to its nominator; the texts
    are None if they were erased.
    """

    report: int
    list: str
    entry: int
    source_id: str
    what: str | None
    nominator: str | None
    reported: int
    answered: int | None


class Stored(NamedTuple):
    """An edition as it can be read again: its kind, and where its files are."""

    kind: str
    path: Path


def list_kept(connection: Connection, name: str) -> ListKept:
    """A list by its name. Raises `EditionsError` if there is none."""
    asked = select(lists).where(lists.c.list == name)
    found = connection.execute(asked).one_or_none() if is_list_name(name) else None
    if found is None:
        raise EditionsError(f"there is no list {one_line(name, 64)!r}; register it first: kstep lists register")
    return _list(found)


def lists_kept(connection: Connection) -> list[ListKept]:
    """All lists, by their names."""
    return [_list(found) for found in connection.execute(select(lists).order_by(lists.c.list))]


def lists_among(connection: Connection, names: Iterable[str]) -> dict[str, ListKept]:
    """Those of these lists that there are, by their names."""
    wanted = sorted(set(names))
    found = connection.execute(select(lists).where(lists.c.list.in_(wanted))) if wanted else ()
    return {line.list: _list(line) for line in found}


def _list(found: Any) -> ListKept:
    return ListKept(ListSource.from_json(found.settings), found.current, found.arrived, found.missed)


def editions_kept(connection: Connection, name: str) -> list[EditionKept]:
    """The editions of a list, by their numbers."""
    asked = select(editions).where(editions.c.list == name).order_by(editions.c.number)
    return [EditionKept(**{**found._asdict(), "told": json.loads(found.told)}) for found in connection.execute(asked)]


__all__ = [
    "SECOND", "Change", "EditionKept", "EntryKept", "ErrorKept", "ListKept", "Stored", "editions_kept", "list_kept",
    "lists_among", "lists_kept",
]  # fmt: skip
