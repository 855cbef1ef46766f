"""Who was screened against what, and the possible matches there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0005"
down_revision = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of screening."""
    op.create_table(
        "screening_coverage",
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("as_of", WHOLE, nullable=False),
        sa.Column("whole", WHOLE, nullable=False, comment="when everyone was compared with everything last"),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("list", name="pk_screening_coverage"),
    )
    op.create_table(
        "screening_runs",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("as_of", WHOLE, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("whole", sa.Boolean(name="whole"), nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name="pk_screening_runs"),
    )
    op.create_table(
        "screening_matches",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("millibits", WHOLE, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("found", WHOLE, nullable=False, comment="when it was recorded"),
        sa.PrimaryKeyConstraint("person", "list", "entry", name="pk_screening_matches"),
    )
    op.create_table(
        "screening_poor",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("list", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person", "list", name="pk_screening_poor"),
    )
    op.create_table(
        "screening_standards",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("threshold", WHOLE, nullable=False, comment="the least probability, in millionths"),
        sa.Column("nominal_list", WHOLE, nullable=False),
        sa.Column("days", WHOLE, nullable=False, comment="after which everyone is screened anew"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("adopted", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name="pk_screening_standards"),
    )
    op.create_index("ix_register_people_merged_into", "register_people", ["merged_into"])
    changed = ["state", "changed", "office", "custody", "fields"]
    op.create_index("ix_register_people_changed", "register_people", changed)
    op.create_index("ix_register_versions_recorded", "register_versions", ["recorded"])
    op.create_index("ix_register_standings_recorded", "register_standings", ["recorded"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("coverage", "runs", "matches", "poor", "standards"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON screening_{table} TO {ROLE}")
