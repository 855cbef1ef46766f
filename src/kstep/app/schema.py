"""Bringing a database to the schema that this kstep works with, from none or from any earlier one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import kstep.access.tables
import kstep.dispatch.tables
import kstep.editions.tables
import kstep.ledger.tables
import kstep.register.tables
import kstep.screening.tables  # noqa: F401  (rooms declare their tables)
from kstep.store import Database, StoreError
from kstep.store.database import ROLE


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("kstep.app") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The schema that this kstep works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def earlier() -> set[str]:
    """The schemas from which a database can be upgraded."""
    return {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()} - {newest()}


def current(connection: Connection) -> str | None:
    """The schema of a database; None if kstep never set it up."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(
    database: Database, to: str = "head", then: Callable[[Connection], object] = lambda connection: None
) -> None:
    """Bring a database to a schema, whole or not at all, and do something with it `then`, in the same unit of work. On PostgreSQL,
    the user of its URL owns the tables, and kstep works as a role that does not. Raises `StoreError`.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("RESET ROLE"))
            connection.execute(text("SELECT pg_advisory_xact_lock(5735)"))  # one at a time
            if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}).scalar():
                connection.execute(text(f"CREATE ROLE {ROLE} NOLOGIN"))
            connection.execute(text(f"GRANT {ROLE} TO CURRENT_USER"))
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {ROLE}"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        if not database.is_sqlite:
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {ROLE}"))
        then(connection)
    database.close()  # its connections took the role that was there before


def check(database: Database) -> None:
    """Raise `StoreError` unless a database has the schema that this kstep works with."""
    with database.read() as connection:
        found = current(connection)
    if found != newest():
        if found is None:
            stands, mend = "was never set up", "run kstep init"
        elif found in earlier():
            stands, mend = f"has the schema {found}", "back it up, and run kstep upgrade"
        else:
            stands, mend = f"has the schema {found}, which is of a later kstep", "install that one"
        raise StoreError(f"the database {database} {stands}, and this kstep needs {newest()}; {mend}")


__all__ = ["check", "current", "earlier", "newest", "upgrade"]
