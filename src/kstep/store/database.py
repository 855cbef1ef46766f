"""Opening a database and writing to it in units that happen whole or not at all.

SQLite writes ahead and waits for the disk at every commit; units that write take turns from their beginning. On PostgreSQL they
go side by side until one asks for a row that another holds. What goes wrong with the database itself is told in one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from kstep.model import KstepError, one_line

ROLE = "kstep_writer"
"""The role as which kstep works on PostgreSQL: it may not change or take away what is only ever appended."""

PATIENCE = 60
"""Seconds to wait for another writer before giving up."""

CACHE = 256 << 20
"""Bytes of pages that SQLite keeps at most: millions of rows fall into indexes anywhere, and a page that does not stay is written
again and again.
"""

_WRITES = "kstep_writes"


class StoreError(KstepError):
    """The database cannot be opened, read or written; nothing was half-written."""


class Database:
    """A database by its URL. Threads and processes may share one by opening it each for itself."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Database:
        """The database of a URL, `sqlite:///FILE` or `postgresql://…`; nothing is asked of it yet. Raises `StoreError`."""
        try:
            made = make_url(url)
            if made.drivername == "postgresql":
                made = made.set(drivername="postgresql+psycopg")
            if made.drivername not in ("sqlite", "postgresql+psycopg"):
                raise ArgumentError("another database")
            engine = create_engine(
                made, hide_parameters=True, **({} if made.drivername == "sqlite" else {"pool_pre_ping": True})
            )
        except (ArgumentError, NoSuchModuleError):
            shown = url.split("@")[-1]  # without a password
            raise StoreError(
                f"{one_line(shown)}: not the URL of a database; write sqlite:///FILE or postgresql://USER@HOST/NAME"
            ) from None
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            event.listen(engine, "connect", _set_up_postgresql)
            event.listen(engine, "begin", _begin_postgresql)
        return cls(made, engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of SQLite."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A unit: all of it is there when the block ends, and nothing of it if it raises. Raises `StoreError`."""
        with self._told(), self._connected().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """What the database holds at one moment. Raises `StoreError`."""
        with self._told(), self._connected() as connection, connection.begin():
            yield connection

    @contextmanager
    def maintenance(self) -> Iterator[Connection]:
        """A connection outside of any unit, of its own, for what a database does about itself. Raises `StoreError`."""
        with self._told(), self.engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            try:
                yield connection
            finally:
                connection.invalidate()  # whatever role it took, nobody else gets it

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _connected(self) -> Connection:
        return self.engine.connect()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            said = str(error.orig).partition("\nDETAIL:")[0]  # which would quote a row
            reason = one_line(said) or type(error.orig).__name__
            raise StoreError(f"the database {self}: {reason}{_mend(reason)}") from error
        except SQLAlchemyError as error:
            raise StoreError(f"the database {self}: {one_line(str(error))}") from error


_MENDS = {
    "unable to open database file": "its folder has to exist and be writable",
    "readonly database": "it has to be writable, and its folder too",
    "database or disk is full": "make room and run the same again; nothing was half-written",
    "disk I/O error": "its disk is full or damaged: make room and run the same again; nothing was half-written",
    "disk full": "make room and run the same again; nothing was half-written",
    "No space left": "make room and run the same again; nothing was half-written",
    "database is locked": "another process has been writing for a minute; run the same again when it is done",
    "no such table": "it was never set up, or by another version; run kstep init",
    "does not exist": "it was never set up, or by another version; run kstep init",
    "connection": "it has to be running and reachable; run the same again then",
    "file is not a database": "restore it from a backup",
    "malformed": "restore it from a backup",
}


def _mend(reason: str) -> str:
    return next((f"; {mend}" for sign, mend in _MENDS.items() if sign in reason), "")


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # it begins when it is told to
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {PATIENCE * 1000}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
        "secure_delete = ON", f"cache_size = -{CACHE >> 10}",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A unit that writes takes its turn at once: one that began by reading could not wait for another to end.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _set_up_postgresql(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
        if cursor.fetchone():
            cursor.execute(f"SET ROLE {ROLE}")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    if not _writes(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(_WRITES))


__all__ = ["PATIENCE", "ROLE", "Database", "StoreError"]
