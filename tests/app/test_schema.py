"""The steps from each schema to the next lead to the tables that the rooms declare."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text

from command_line import kstep_here
from databases import new_postgresql
from kstep.access.tables import offices
from kstep.app import schema
from kstep.app.home import Home, now
from kstep.ledger.service import By, Ledger
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import secrets
from kstep.model.events import LogBegun, OfficeOpened
from kstep.store import Database, StoreError, metadata


def test_steps_lead_to_the_tables_that_are_declared(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert schema.current(connection) == schema.newest()


def test_steps_follow_one_another() -> None:
    steps = list(ScriptDirectory.from_config(schema._config()).walk_revisions())
    assert len(steps) == len({step.down_revision for step in steps})
    assert schema.newest() == steps[0].revision


def test_what_is_new_is_not_set_up_again(database: Database) -> None:
    schema.upgrade(database)
    schema.check(database)


def test_database_that_was_never_set_up_is_told(empty_url: str) -> None:
    database = Database.open(empty_url)
    with pytest.raises(StoreError, match=r"was never set up, and this kstep needs \d{4}; run kstep init"):
        schema.check(database)
    database.close()


def test_database_of_a_later_kstep_is_told(database: Database) -> None:
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("RESET ROLE"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="has the schema 9999, which is of a later kstep"):
        schema.check(database)


@pytest.mark.parametrize("earlier", sorted(schema.earlier()))
def test_home_of_each_earlier_schema_is_upgraded(
    tmp_path: Path, empty_url: str, earlier: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its log is kept, and what this kstep computes of it is there."""
    path = tmp_path / "home"
    with monkeypatch.context() as then:
        then.setattr(schema, "upgrade", partial(schema.upgrade, to=earlier))
        with pytest.raises(StoreError, match=f"has the schema {earlier}, .* run kstep upgrade"):
            Home.create(path, "screening.example/hq", None if empty_url.startswith("sqlite") else empty_url)
    home = Home.open(path, any_schema=True)
    ledger = Ledger(home.database, home.vault, now, [])  # rooms came later
    with home.database.write() as connection:
        ledger.begin(connection, home.origin)
    with ledger.unit(By("account:1", "testing")) as unit:
        unit.record(LogBegun(kstep="0.0.1"), subject=f"log:{home.origin}", marking="internal")
        unit.record(OfficeOpened(name="Somewhere"), subject="office:X", marking="internal")
    with home.database.read() as connection:
        root = ledger.root(connection, 2)
    home.database.close()

    ended = kstep_here(capsys, "upgrade", "--home", path)
    assert (ended.code, ended.out) == (
        0,
        f"upgraded from schema {earlier}; everything was computed again from 2 events\n",
    )
    assert kstep_here(capsys, "upgrade", "--home", path).out == "this home is of this kstep already\n"
    home = Home.open(path)
    with home.database.read() as connection:
        assert home.ledger().root(connection, 2) == root
        assert [event.type for event in home.ledger().read(connection)] == [
            "LogBegun",
            "OfficeOpened",
            "SchemaUpgraded",
        ]
        assert connection.execute(select(offices.c.office, offices.c.name)).one() == ("X", "Somewhere")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert [str(found) for found in Soundness(home.ledger(), [home.signing_key.key], []).findings()] == []
    home.database.close()


def test_upgrade_drops_what_a_server_sampled_of_secrets(postgresql: str) -> None:
    database = Database.open(new_postgresql(postgresql))
    schema.upgrade(database, to="0010")
    known = text("SELECT count(*) FROM pg_stats WHERE tablename = 'ledger_secrets' AND attname = 'wrapped'")

    def sampled() -> int:
        with database.maintenance() as connection:
            connection.execute(text("RESET ROLE"))
            connection.execute(text("ANALYZE ledger_secrets"))
            return int(connection.execute(known).scalar_one())

    with database.write() as connection:
        connection.execute(insert(secrets), [{"subject": f"person:{n}", "wrapped": b"%d" % n} for n in range(99)])
    assert sampled() == 1
    schema.upgrade(database)
    with database.read() as connection:
        assert connection.execute(known).scalar_one() == 0
    assert sampled() == 0
    database.close()
