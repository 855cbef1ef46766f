"""Accounts, their keys, roles and training, and offices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0002"
down_revision = "0001"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("access_accounts", "access_keys", "access_offices", "access_grants", "access_training")


def upgrade() -> None:
    """Make the tables of access."""
    op.create_table(
        "access_accounts",
        sa.Column("account", WHOLE, nullable=False, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("closed", WHOLE, comment="when; null while it is open"),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("categories", sa.Text, nullable=False),
        sa.Column("audiences", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_access_accounts"),
    )
    op.create_table(
        "access_keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("account", WHOLE, nullable=False),
        sa.Column("replaced", WHOLE, comment="when; null while it proves who somebody is"),
        sa.PrimaryKeyConstraint("key", name="pk_access_keys"),
        sa.ForeignKeyConstraint(["account"], ["access_accounts.account"], name="fk_access_keys_account"),
    )
    op.create_table(
        "access_offices",
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("closed", WHOLE, comment="when; null while it is open"),
        sa.PrimaryKeyConstraint("office", name="pk_access_offices"),
    )
    op.create_table(
        "access_grants",
        sa.Column("account", WHOLE, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("office", sa.Text, nullable=False, comment="empty: everywhere"),
        sa.PrimaryKeyConstraint("account", "role", "office", name="pk_access_grants"),
        sa.ForeignKeyConstraint(["account"], ["access_accounts.account"], name="fk_access_grants_account"),
    )
    op.create_table(
        "access_training",
        sa.Column("account", WHOLE, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("account", "course", name="pk_access_training"),
        sa.ForeignKeyConstraint(["account"], ["access_accounts.account"], name="fk_access_training_account"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO {ROLE}")
