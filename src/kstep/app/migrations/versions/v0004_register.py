"""The register: where people stand, where what is known of them lies, what is to be mended, and an import that is under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0004"
down_revision = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of the register."""
    op.create_table(
        "register_people",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("reference", sa.LargeBinary, comment="of the source's id, by the home's key"),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("custody", sa.Text, nullable=False),
        sa.Column("fields", sa.SmallInteger, nullable=False, comment="what is known, in bits"),
        sa.Column("merged_into", WHOLE, comment="the person with whom this one is screened"),
        sa.Column("segment", sa.Text, comment="where what is known lies"),
        sa.Column("place", WHOLE),
        sa.Column("fingerprint", sa.LargeBinary, comment="of what is known, by the home's key"),
        sa.Column("changed", WHOLE, nullable=False, comment="when it was recorded"),
        sa.PrimaryKeyConstraint("person", name="pk_register_people"),
        sa.UniqueConstraint("reference", name="uq_register_people_reference"),
    )
    op.create_index("ix_register_people_counted", "register_people", ["state", "office", "custody", "fields"])
    op.create_table(
        "register_versions",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("recorded", WHOLE, autoincrement=False, nullable=False),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "recorded", name="pk_register_versions"),
    )
    op.create_table(
        "register_standings",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("recorded", WHOLE, autoincrement=False, nullable=False),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("kept", WHOLE, comment="with whom they were screened from then on"),
        sa.PrimaryKeyConstraint("person", "recorded", name="pk_register_standings"),
    )
    op.create_table(
        "register_movements",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("people", WHOLE, nullable=False, comment="how many came in, or less than 0 went"),
        sa.PrimaryKeyConstraint("log", "number", name="pk_register_movements"),
    )
    op.create_index("ix_register_movements_recorded", "register_movements", ["recorded"])
    op.create_table(
        "register_repairs",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("due", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "reason", name="pk_register_repairs"),
    )
    op.create_index("ix_register_repairs_due", "register_repairs", ["due"])
    op.create_table(
        "register_imports",
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_register_imports"),
    )
    op.create_table(
        "register_staged",
        sa.Column("reference", sa.LargeBinary, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("place", WHOLE, comment="in the segment; none if nothing changed"),
        sa.PrimaryKeyConstraint("reference", name="pk_register_staged"),
    )
    op.create_table(
        "register_underway",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("done", WHOLE, nullable=False, comment="rows of the file"),
        sa.Column("account", sa.Text, nullable=False, comment="counts so far"),
        sa.PrimaryKeyConstraint("digest", name="pk_register_underway"),
    )
    op.create_table(
        "register_numbers",
        sa.Column("node", WHOLE, autoincrement=False, nullable=False),
        sa.Column("next", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("node", name="pk_register_numbers"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in (
            "people",
            "versions",
            "standings",
            "movements",
            "repairs",
            "imports",
            "staged",
            "underway",
            "numbers",
        ):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON register_{table} TO {ROLE}")
