"""The steps from each schema to the next lead to the tables that the rooms declare."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kstep.app import schema
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
    with pytest.raises(StoreError, match=r"was never set up, and this kstep needs \d{4}; run kstep init on its home"):
        schema.check(database)
    database.close()
