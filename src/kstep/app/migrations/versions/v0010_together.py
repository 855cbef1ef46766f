"""What is told of several people at once, so that it goes when one of them is erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0010"
down_revision = "0009"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "register_together",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person", "subject", name="pk_register_together"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON register_together TO {ROLE}")
