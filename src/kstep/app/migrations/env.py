"""How Alembic finds the database and the tables: both are given by `app.schema`."""

from __future__ import annotations

from alembic import context

from kstep.store import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
