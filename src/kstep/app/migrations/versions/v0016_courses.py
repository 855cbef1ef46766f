"""By which protocols files were kept, and with whose facts; what each fact's node knew of other nodes; and what was owed in files
that went with their people. Files that were moved or joined before are taken to have been kept as they are now; `kstep ledger
rebuild` computes how they were.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0016"
down_revision = "0015"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and begin the course of each file."""
    op.create_table(
        "encounters_courses",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", WHOLE, autoincrement=False, nullable=False, comment="of the event in this node's log"),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("protocol", sa.Text, nullable=False, comment="hash; empty while the file goes on in another's"),
        sa.Column("others", sa.Text, nullable=False, comment="whose facts are in the file besides, as JSON"),
        sa.PrimaryKeyConstraint("person", "number", name="pk_encounters_courses"),
    )
    op.create_table(
        "encounters_heard",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("log", name="pk_encounters_heard"),
    )
    op.create_table(
        "encounters_erased",
        sa.Column("number", WHOLE, autoincrement=False, nullable=False, comment="of the event in this node's log"),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("owed", WHOLE, nullable=False),
        sa.Column("late", WHOLE, nullable=False),
        sa.Column("breaches", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_encounters_erased"),
    )
    op.execute(
        "INSERT INTO encounters_courses (person, number, since, protocol, others) "
        "SELECT person, 0, opened, CASE WHEN state = 'joined' THEN '' ELSE protocol END, '[]' FROM encounters_files"
    )
    op.execute("UPDATE encounters_facts SET knew = '{}' WHERE knew = ''")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("encounters_courses", "encounters_erased", "encounters_heard"):
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        comment = "of which other logs its node knew how much, as JSON"
        op.alter_column("encounters_facts", "knew", comment=comment)
