"""Possible matches whose entries were withdrawn, and consumers of lists, which are declared before they say what they run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0009"
down_revision = "0008"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; who acknowledged an edition before is a consumer since then."""
    op.create_table(
        "screening_withdrawn",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("millibits", WHOLE, nullable=False),
        sa.Column("found", WHOLE, nullable=False, comment="when the match was"),
        sa.Column("edition", sa.Text, nullable=False, comment="the last screened against that had the entry"),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "list", "entry", name="pk_screening_withdrawn"),
    )
    op.create_index("ix_screening_withdrawn_due", "screening_withdrawn", ["due"])
    op.create_table(
        "editions_acknowledged",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("since", WHOLE, nullable=False, comment="when it became one"),
        sa.Column("number", WHOLE, comment="of the edition that it runs; none before its first word"),
        sa.Column("acknowledged", WHOLE, comment="when it said so"),
        sa.PrimaryKeyConstraint("list", "consumer", name="pk_editions_acknowledged"),
    )
    op.execute(
        "INSERT INTO editions_acknowledged (list, consumer, since, number, acknowledged) "
        "SELECT list, consumer, acknowledged, number, acknowledged FROM editions_consumers"
    )
    op.drop_table("editions_consumers")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("screening_withdrawn", "editions_acknowledged"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
