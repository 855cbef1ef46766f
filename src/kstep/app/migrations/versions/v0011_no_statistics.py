"""Secrets are no matter of statistics: PostgreSQL would keep a sample of them, past their end, where it keeps what it knows of
columns.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forbid the sample, and drop the one there may be."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ledger_secrets ALTER COLUMN wrapped SET STATISTICS 0")
        op.execute("ALTER TABLE ledger_secrets ALTER COLUMN wrapped TYPE bytea")  # this drops what is known of a column
