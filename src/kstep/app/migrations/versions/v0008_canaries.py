"""Made-up pairs that screening has to find, and that no real possible match is one of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0008"
down_revision = "0007"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of canaries, and keep them out of the possible matches."""
    with op.batch_alter_table("screening_matches") as matches:
        matches.create_check_constraint(op.f("ck_screening_matches_no_canary"), "person > 0 AND list <> 'canaries'")
    op.create_table(
        "screening_canaries",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("millibits", WHOLE, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("found", WHOLE, nullable=False, comment="when it was recorded"),
        sa.PrimaryKeyConstraint("person", "list", "entry", name="pk_screening_canaries"),
    )
    op.create_table(
        "screening_canary_pairs",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("night", WHOLE, nullable=False),
        sa.Column(
            "part", sa.SmallInteger, nullable=False, comment="with which of the night's editions the entry comes"
        ),
        sa.Column("segment", sa.Text, nullable=False, comment="where the entry lies"),
        sa.Column("place", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_screening_canary_pairs"),
    )
    op.create_table(
        "screening_canary_nights",
        sa.Column("night", WHOLE, autoincrement=False, nullable=False),
        sa.Column("planted", WHOLE, nullable=False, comment="when it was recorded"),
        sa.Column("pairs", WHOLE, nullable=False),
        sa.Column("returned", WHOLE, comment="when it was recorded how many were found"),
        sa.Column("found", WHOLE),
        sa.Column("gone", WHOLE, comment="when they were taken away"),
        sa.PrimaryKeyConstraint("night", name="pk_screening_canary_nights"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("canaries", "canary_pairs", "canary_nights"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON screening_{table} TO {ROLE}")
