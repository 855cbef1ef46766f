"""What is to be done about the register: differences to other sources, statuses that run out, and what is to be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0006"
down_revision = "0005"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of tasks."""
    op.create_table(
        "register_reconciliations",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("series", sa.Text, nullable=False, comment="the source, and who of ours should be in it"),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("as_of", WHOLE, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name="pk_register_reconciliations"),
    )
    op.create_table(
        "register_differences",
        sa.Column("difference", sa.Text, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("person", WHOLE, comment="of ours; none if it is nobody's, or it is not known whose"),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=False),
        sa.Column("found", WHOLE, nullable=False, comment="when it was found last"),
        sa.Column("segment", sa.Text, nullable=False, comment="where it lies what was found"),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("settled", WHOLE, comment="when; none while it is open"),
        sa.Column("how", sa.Text),
        sa.PrimaryKeyConstraint("difference", name="pk_register_differences"),
    )
    op.create_index("ix_register_differences_person", "register_differences", ["person"])
    op.create_index("ix_register_differences_due", "register_differences", ["due"])
    op.create_table(
        "register_statuses",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", WHOLE, autoincrement=False, nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "since", name="pk_register_statuses"),
    )
    op.create_index("ix_register_statuses_until", "register_statuses", ["until"])
    op.create_table(
        "register_leavings",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_register_leavings"),
    )
    op.create_index("ix_register_leavings_recorded", "register_leavings", ["recorded"])
    op.create_table(
        "register_holds",
        sa.Column("hold", sa.Text, nullable=False),
        sa.Column("person", WHOLE, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
        sa.Column("placed", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("hold", name="pk_register_holds"),
    )
    op.create_index("ix_register_holds_person", "register_holds", ["person"])
    op.create_table(
        "register_addresses",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False, comment="its words, by the home's key"),
        sa.PrimaryKeyConstraint("person", "address", name="pk_register_addresses"),
    )
    op.create_index("ix_register_addresses_address", "register_addresses", ["address"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("reconciliations", "differences", "statuses", "leavings", "holds", "addresses"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON register_{table} TO {ROLE}")
