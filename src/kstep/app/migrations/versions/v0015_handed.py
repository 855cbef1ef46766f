"""Who was handed what of whom, otherwise than as a message. To whom messages of files go, and where a person was when
something happened, is kept from here on, too: of what was before, `kstep ledger rebuild` computes it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0015"
down_revision = "0014"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and the column; what was handed out before does not say of whom it told."""
    op.create_table(
        "dispatch_handed",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("handed", WHOLE, nullable=False, comment="the last time"),
        sa.PrimaryKeyConstraint("recipient", "person", "item", name="pk_dispatch_handed"),
    )
    op.add_column(
        "encounters_facts", sa.Column("office", sa.Text, comment="of the person then; of another node's, none")
    )
    op.create_index("ix_dispatch_handed_person", "dispatch_handed", ["person"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON dispatch_handed TO {ROLE}")
