"""How well each class of records is found, as it was measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0007"
down_revision = "0006"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of measurements."""
    op.create_table(
        "screening_power",
        sa.Column("class", WHOLE, autoincrement=False, nullable=False, comment="the fields that are known, in bits"),
        sa.Column("sampled", WHOLE, nullable=False),
        sa.Column("found", WHOLE, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("measured", WHOLE, nullable=False, comment="when it was recorded"),
        sa.PrimaryKeyConstraint("class", name="pk_screening_power"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON screening_power TO {ROLE}")
