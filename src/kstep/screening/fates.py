"""What becomes of possible matches whose entries were withdrawn, came back, or were given another id by their source.

A row of a run says it as `why`. A match whose entry has another id is the same match: it keeps when it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection, select, tuple_

from kstep.register.tables import State, people
from kstep.screening.tables import matches, withdrawn

WITHDRAWN, RETURNED, RENUMBERED = "withdrawn", "returned", "renumbered"
_AT_ONCE = 500

Key = tuple[int, str]
"""A person and the id of an entry."""


def rows_of(
    connection: Connection,
    name: str,
    found: Mapping[Key, int],
    touched: Set[Key],
    edition: str,
    called_now: Callable[[str, str], str | None],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a run tells of a list: the pairs that are no possible matches any more, which come first, because another entry may
    have the id of one; and those that are.

    `found` are the millibits of the pairs that are matches now; `touched` were matches before, by the ids of the `edition` before,
    and a side of them changed or is gone; `called_now` says of an edition and an id which id the same entry has now, None if it
    was withdrawn.
    """
    now = {entry: called_now(edition, entry) for _, entry in touched}
    stayed = {key for key in touched if now[key[1]] == key[1]}
    gone: dict[Key, dict[str, Any]] = {key: {} for key in touched - found.keys()}
    more: dict[Key, dict[str, Any]] = {}
    for key, (state, when) in _stood(connection, name, touched - stayed).items():
        person, entry = key
        called = now[entry]
        gone[key] = {"why": WITHDRAWN} if called is None and state == State.PRESENT else {}
        if called is not None and (person, called) in found:
            gone[key] = {"why": RENUMBERED}
            more[person, called] = {"why": RENUMBERED, "was": entry, "found": when}
    for person, entry, last, when in _open(connection, name):
        called = called_now(last, entry)
        if called is not None and (key := (person, called)) in found and key not in more:
            more[key] = {"why": RETURNED, "was": entry, "found": when}
    return (
        [
            {"entry": entry, "millibits": None, "person": person, **gone[person, entry]}
            for person, entry in sorted(gone)
        ],
        [
            {"entry": entry, "millibits": bits, "person": person, **more.get((person, entry), {})}
            for (person, entry), bits in sorted(found.items())
        ],
    )


def _stood(connection: Connection, name: str, keys: Set[Key]) -> dict[Key, tuple[int, int]]:
    """Where the people of matches stand, and when these were found."""
    wanted, stood = sorted(keys), {}
    columns = (matches.c.person, matches.c.entry, people.c.state, matches.c.found)
    asked = select(*columns).join(people, people.c.person == matches.c.person).where(matches.c.list == name)
    for first in range(0, len(wanted), _AT_ONCE):
        some = tuple_(matches.c.person, matches.c.entry).in_(wanted[first : first + _AT_ONCE])
        for person, entry, state, found in connection.execute(asked.where(some)):
            stood[person, entry] = (state, found)
    return stood


def _open(connection: Connection, name: str) -> Sequence[Any]:
    """The matches of a list whose entries were withdrawn: person, entry, the last edition that had it, and when each was found."""
    columns = (withdrawn.c.person, withdrawn.c.entry, withdrawn.c.edition, withdrawn.c.found)
    order = (withdrawn.c.person, withdrawn.c.since, withdrawn.c.entry)
    return connection.execute(select(*columns).where(withdrawn.c.list == name).order_by(*order)).all()


__all__ = ["RENUMBERED", "RETURNED", "WITHDRAWN", "Key", "rows_of"]
