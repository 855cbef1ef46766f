"""Lists in use: their sources, editions, entries and what each edition changed, who runs which, and errors that were reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0003"
down_revision = "0002"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "editions_lists", "editions_editions", "editions_entries", "editions_changes", "editions_consumers", "editions_errors",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables of lists in use."""
    op.create_table(
        "editions_lists",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False, comment="of its source, as JSON"),
        sa.Column("cadence", WHOLE, nullable=False, comment="seconds; 0 if it is not waited for"),
        sa.Column("current", WHOLE, comment="number of the edition in force"),
        sa.Column("arrived", WHOLE, nullable=False, comment="when it last did, or was registered"),
        sa.Column("missed", WHOLE, nullable=False, comment="arrivals in a row of which an alarm told"),
        sa.PrimaryKeyConstraint("list", name="pk_editions_lists"),
    )
    op.create_table(
        "editions_editions",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="published, held or rejected"),
        sa.Column("previous", WHOLE, comment="number of the one that was in force before"),
        sa.Column("told", sa.Text, nullable=False, comment="what its event says, as JSON"),
        sa.Column("brought_by", sa.Text, nullable=False),
        sa.Column("brought", WHOLE, nullable=False),
        sa.Column("settled_by", sa.Text, comment="who released or rejected it"),
        sa.Column("published", WHOLE),
        sa.PrimaryKeyConstraint("list", "number", name="pk_editions_editions"),
    )
    op.create_index("ix_editions_editions_edition", "editions_editions", ["edition"])
    op.create_table(
        "editions_entries",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry", WHOLE, nullable=False, comment="number of kstep's own"),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("likeness", sa.Text, nullable=False),
        sa.Column("first", WHOLE, nullable=False, comment="number of the edition that brought it"),
        sa.Column("withdrawn", WHOLE, comment="number of the edition that took it away"),
        sa.Column("changed", WHOLE, nullable=False, comment="when it was last added or changed"),
        sa.Column("segment", sa.Text, nullable=False, comment="where its content stands"),
        sa.Column("place", WHOLE, nullable=False, comment="row of the segment"),
        sa.PrimaryKeyConstraint("list", "entry", name="pk_editions_entries"),
    )
    op.create_table(
        "editions_changes",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("entry", WHOLE, nullable=False),
        sa.Column("change", sa.Text, nullable=False, comment="added, changed, removed or renumbered"),
        sa.Column("source_id", sa.Text, comment="in this edition"),
        sa.Column("source_id_before", sa.Text, comment="in the one before"),
        sa.Column("fingerprint", sa.Text),
        sa.Column("fingerprint_before", sa.Text),
        sa.PrimaryKeyConstraint("list", "number", "entry", name="pk_editions_changes"),
    )
    op.create_index("ix_editions_changes_entry", "editions_changes", ["list", "entry"])
    op.create_table(
        "editions_consumers",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("acknowledged", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("list", "consumer", name="pk_editions_consumers"),
    )
    op.create_table(
        "editions_errors",
        sa.Column("report", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry", WHOLE, nullable=False),
        sa.Column("event", WHOLE, nullable=False, comment="number in the log, where its text stands"),
        sa.Column("reported", WHOLE, nullable=False),
        sa.Column("answered", WHOLE),
        sa.PrimaryKeyConstraint("report", name="pk_editions_errors"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
