"""Logs of events, their trees and checkpoints, sealed payloads and rows, and the secrets that open them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.append_only import append_only
from kstep.store.database import ROLE

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the ledger."""
    op.create_table(
        "ledger_logs",
        sa.Column("log", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False, comment="of the last event"),
        sa.Column("clock", WHOLE, nullable=False, comment="the most that the clock showed since it went back"),
        sa.UniqueConstraint("origin", name="uq_ledger_logs_origin"),
        sa.PrimaryKeyConstraint("log", name="pk_ledger_logs"),
    )
    op.create_table(
        "ledger_events",
        sa.Column("log", sa.SmallInteger, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False, comment="the leaf"),
        sa.PrimaryKeyConstraint("log", "number", name="pk_ledger_events"),
        sa.ForeignKeyConstraint(["log"], ["ledger_logs.log"], name="fk_ledger_events_log"),
    )
    op.create_index("ix_ledger_events_type", "ledger_events", ["type"])
    op.create_index("ix_ledger_events_subject", "ledger_events", ["subject"])
    op.create_table(
        "ledger_payloads",
        sa.Column("log", sa.SmallInteger, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name="pk_ledger_payloads"),
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("log", sa.SmallInteger, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "place", name="pk_ledger_nodes"),
    )
    op.create_table(
        "ledger_checkpoints",
        sa.Column("log", sa.SmallInteger, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("made", WHOLE, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name="pk_ledger_checkpoints"),
    )
    op.create_table(
        "ledger_rows",
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("segment", "place", name="pk_ledger_rows"),
    )
    op.create_table(
        "ledger_secrets",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="empty when it was destroyed"),
        sa.PrimaryKeyConstraint("subject", name="pk_ledger_secrets"),
    )
    dialect = op.get_bind().dialect.name
    for table in ("ledger_events", "ledger_payloads", "ledger_nodes", "ledger_checkpoints", "ledger_rows"):
        for statement in append_only(table, dialect):
            op.execute(statement)
    if dialect == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON ledger_logs TO {ROLE}")
        op.execute(f"GRANT SELECT, INSERT, DELETE ON ledger_secrets TO {ROLE}")
