"""A unit happens whole or not at all, and what is only appended cannot be changed, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text

from kstep.app import schema
from kstep.ledger.tables import APPENDED, events, logs, secrets
from kstep.store import Database, StoreError

SECRET = {"subject": "person:1", "wrapped": b"\x00"}


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(secrets)).scalar_one()


def test_unit_is_there_when_it_ends(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(secrets), [SECRET])
        with database.read() as other:
            assert count(other) == 0
    with database.read() as connection:
        assert count(connection) == 1


def test_unit_that_fails_never_was(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(insert(secrets), [SECRET])
        raise ZeroDivisionError
    with pytest.raises(StoreError, match=r"UNIQUE|unique"), database.write() as connection:
        connection.execute(insert(secrets), [SECRET, SECRET])
    with database.read() as connection:
        assert count(connection) == 0


def test_what_is_read_is_of_one_moment(database: Database) -> None:
    with database.read() as connection:
        assert count(connection) == 0
        with database.write() as other:
            other.execute(insert(secrets), [SECRET])
        assert count(connection) == 0


def test_who_reads_does_not_write(on_postgresql: Database) -> None:
    with pytest.raises(StoreError, match="read-only"), on_postgresql.read() as connection:
        connection.execute(insert(secrets), [SECRET])


def test_units_that_write_take_turns(database: Database) -> None:
    """Each reads what the one before wrote: no addition is lost."""
    with database.write() as connection:
        connection.execute(insert(logs), [{"log": 0, "origin": "a", "size": 0, "recorded": 0, "clock": 0}])

    def add() -> None:
        for _ in range(20):
            with database.write() as connection:
                size = connection.execute(select(logs.c.size).with_for_update()).scalar_one()
                connection.execute(logs.update().values(size=size + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(logs.c.size)).scalar_one() == 80


@pytest.mark.parametrize("table", [table.name for table in APPENDED])
def test_what_is_appended_is_never_changed(database: Database, table: str) -> None:
    (found,) = (appended for appended in APPENDED if appended.name == table)
    line: dict[str, object] = {column.name: b"x" if "BLOB" in str(column.type) else 0 for column in found.columns}
    line |= {name: "x" for name in ("type", "subject", "segment") if name in line}
    with database.write() as connection:
        connection.execute(insert(logs), [{"log": 0, "origin": "a", "size": 0, "recorded": 0, "clock": 0}])
        connection.execute(insert(found), [line])
    column = next(iter(found.columns)).name
    statements = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", *([] if database.is_sqlite else ["TRUNCATE {0}"])]
    for statement in statements:
        with pytest.raises(StoreError, match=r"only appended|permission denied"), database.write() as connection:
            connection.execute(text(statement.format(table, column)))
    with database.read() as connection:
        assert len(connection.execute(select(found)).all()) == 1


def test_owner_of_tables_is_refused_too(empty_url: str) -> None:
    """On PostgreSQL, whom the role does not hold back a trigger does."""
    database = Database.open(empty_url)
    schema.upgrade(database)
    with pytest.raises(StoreError, match=f"never changed: {events.name} is only appended"):  # noqa: SIM117
        with database.write() as connection:
            if not database.is_sqlite:
                connection.execute(text("RESET ROLE"))
            connection.execute(insert(logs), [{"log": 0, "origin": "a", "size": 0, "recorded": 0, "clock": 0}])
            line = {"log": 0, "number": 0, "type": "x", "subject": "x", "recorded": 0, "text": b"x"}
            connection.execute(insert(events), [line])
            connection.execute(text(f"DELETE FROM {events.name}"))
    database.close()


def test_role_cannot_take_the_triggers_away(on_postgresql: Database) -> None:
    """SQLite has no roles: who can write its file can write anything into it, and checkpoints that left tell."""
    for statement in (f"DROP TABLE {events.name}", f"ALTER TABLE {events.name} DISABLE TRIGGER ALL"):
        with pytest.raises(StoreError, match="must be owner"), on_postgresql.write() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://a/b", "oracle://x:secret@y/z", "sqlite+other:///x"])
def test_url_of_no_database_is_told(url: str) -> None:
    with pytest.raises(StoreError, match=r"write sqlite:///FILE or postgresql://USER@HOST/NAME") as told:
        Database.open(url)
    assert "secret" not in str(told.value)


def test_database_that_cannot_be_opened_is_told(tmp_path: Path, postgresql: str) -> None:
    with pytest.raises(StoreError, match="its folder has to exist and be writable"):
        schema.check(Database.open(f"sqlite:///{tmp_path}/gone/kstep.db"))
    (tmp_path / "other.db").write_bytes(b"something else entirely, and long enough to be no database" * 99)
    with pytest.raises(StoreError, match="not a database; restore it from a backup"):
        schema.check(Database.open(f"sqlite:///{tmp_path}/other.db"))
    gone = Database.open(postgresql).url.set(database="gone").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="does not exist") as told:
        schema.check(Database.open(gone))
    assert "\n" not in str(told.value)
