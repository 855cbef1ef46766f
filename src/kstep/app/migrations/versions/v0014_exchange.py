"""Facts of files that other nodes recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the columns; they are empty where this node recorded a fact itself."""
    for name, comment in (
        ("elsewhere", "of another node's: who did it, as JSON"),
        ("knew", "of another node's: of which logs it knew how much"),
    ):
        column = sa.Column(name, sa.Text, nullable=False, server_default="", comment=comment)
        op.add_column("encounters_facts", column)
