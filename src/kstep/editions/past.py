"""What editions said of which entry, and what became of entries between any two of them."""

from __future__ import annotations

from sqlalchemy import select

from kstep.editions.delta import ADDED, CHANGED, REMOVED, RENUMBERED
from kstep.editions.errors import EditionsError
from kstep.editions.identity import same_when_compared
from kstep.editions.records import SECOND, Change, EditionKept, EntryKept, ListKept, Stored
from kstep.editions.tables import changes, editions, entries
from kstep.lists import read_list
from kstep.lists.edition import READER_VERSION
from kstep.store import Database

DAY = 24 * 3600 * SECOND

_State = tuple[str | None, str | None]
"""An entry's source id and fingerprint in an edition; none where it is not in it."""


def entries_of(database: Database, list: ListKept, edition: EditionKept, stored: Stored) -> list[EntryKept]:
    """The entries of an edition that was in force, in its order. Raises `EditionsError` if it never was, or if another version
    of kstep read it, so that this one could read it in another way.
    """
    if edition.state != "published":
        raise EditionsError(f"the edition {edition.number} of {edition.list} was never in force")
    if edition.told["reader"] != READER_VERSION:
        raise EditionsError(
            f"the edition {edition.number} of {edition.list} was read by another version of kstep; publish its file again"
        )
    numbers, changed = _numbers(database, edition)
    review = list.source.review_days * DAY
    return [
        EntryKept(
            number := numbers[entry.entry_id], entry, list.source.country, changed[number] + review if review else None
        )
        for entry in read_list(stored.kind, stored.path).entries
    ]


def _numbers(database: Database, edition: EditionKept) -> tuple[dict[str, int], dict[int, int]]:
    """kstep's number of each source id of an edition, and when each entry was last added or changed by then."""
    asked = (
        select(changes.c.entry, changes.c.source_id, editions.c.published)
        .join(editions, (editions.c.list == changes.c.list) & (editions.c.number == changes.c.number))
        .where(changes.c.list == edition.list, changes.c.number <= edition.number)
        .order_by(changes.c.number)
    )
    ids: dict[int, str | None] = {}
    changed: dict[int, int] = {}
    with database.read() as connection:
        for entry, source_id, published in connection.execute(asked):
            ids[entry], changed[entry] = source_id, published
    return {source_id: entry for entry, source_id in ids.items() if source_id is not None}, changed


def changes_between(database: Database, name: str, since: int, until: int) -> list[Change]:
    """What became of entries from one edition of a list to a later one, by their numbers; 0 is before the first."""
    if since > until:
        raise EditionsError(f"the edition {since} of {name} came after {until}; ask the other way round")
    asked = (
        select(changes)
        .where(changes.c.list == name, changes.c.number > since, changes.c.number <= until)
        .order_by(changes.c.entry, changes.c.number)
    )
    first: dict[int, _State] = {}
    last: dict[int, _State] = {}
    with database.read() as connection:
        for row in connection.execute(asked):
            first.setdefault(row.entry, (row.source_id_before, row.fingerprint_before))
            last[row.entry] = (row.source_id, row.fingerprint)
    found = (_change(entry, before, last[entry]) for entry, before in first.items())
    return [change for change in found if change is not None]


def _change(entry: int, before: _State, now: _State) -> Change | None:
    if before == now:
        return None
    if before[0] is None:
        change = ADDED
    elif now[0] is None:
        change = REMOVED
    else:
        change = CHANGED if before[0] == now[0] else RENUMBERED
    return Change(entry, change, now[0], before[0], not same_when_compared(before[1], now[1]))


def withdrawn_of(database: Database, name: str) -> dict[int, int]:
    """The entries that are on a list no more, and the number of the edition that took each away."""
    asked = select(entries.c.entry, entries.c.withdrawn).where(entries.c.list == name, entries.c.withdrawn.is_not(None))
    with database.read() as connection:
        return {found.entry: found.withdrawn for found in connection.execute(asked.order_by(entries.c.entry))}


__all__ = ["changes_between", "entries_of", "withdrawn_of"]
