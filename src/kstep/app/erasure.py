"""Erasing people, and what lies beside the log of them: the roster's index goes first, then the secrets, and then what the database
keeps of the secrets in places that it does not use any more.

Killed in between, it is run again: who is erased already is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select, text

from kstep.app.home import Home
from kstep.ledger.service import By
from kstep.ledger.tables import secrets
from kstep.register.service import Register
from kstep.register.tables import State, people
from kstep.screening import register_index
from kstep.store import Database


@contextmanager
def erasing(home: Home) -> Iterator[None]:
    """Around whatever erases people of a home: what lies beside the log of them goes before and after. Raises `StoreError`."""
    indexes = home.path / "indexes"
    register_index.forget(indexes)
    try:
        yield
    finally:
        register_index.forget(indexes)  # somebody may have made it again meanwhile
        forget_traces(home.database)


def erase(home: Home, register: Register, persons: Sequence[int], ground: str, by: By, second: str = "") -> int:
    """Destroy what is known of these people, for good, as a second person agreed; returns how many were erased now. Raises
    `RegisterError` and `StoreError`; those before are erased then.
    """
    count = 0
    with erasing(home):
        for person in persons:
            with home.database.read() as connection:
                state = connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
            if state != State.ERASED:
                register.erase(person, ground, by, second)
                count += 1
    return count


def forget_traces(database: Database) -> None:
    """Have a database overwrite or rewrite where secrets lay that were destroyed. Raises `StoreError`."""
    with database.maintenance() as connection:
        if database.is_sqlite:  # it overwrites what it deletes; the log of what it writes ahead is emptied here
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            connection.execute(text("RESET ROLE"))
            for table in (secrets.name, "pg_catalog.pg_statistic"):  # an earlier kstep let it sample them
                connection.execute(text(f"VACUUM (FULL) {table}"))


__all__ = ["erase", "erasing", "forget_traces"]
