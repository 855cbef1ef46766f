"""Files: protocols, what is owed in the file of a person, and when accounts had which roles and training."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0013"
down_revision = "0012"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str, **more: object) -> sa.Column[int]:
    return sa.Column(name, WHOLE, autoincrement=False, nullable=False, **more)  # type: ignore[arg-type]


def _text(name: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **more)  # type: ignore[arg-type]


def upgrade() -> None:
    """Make the tables; they are computed from the log afterwards."""
    op.create_table(
        "access_held",
        _number("account"), _text("role"), _text("office", comment="empty: everywhere"), _number("since"),
        sa.Column("until", WHOLE, comment="null while it is held"),
        sa.PrimaryKeyConstraint("account", "role", "office", "since", name="pk_access_held"),
    )  # fmt: skip
    op.create_table(
        "access_learned",
        _number("account"), _text("course"), _number("since"), sa.Column("until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("account", "course", "since", name="pk_access_learned"),
    )  # fmt: skip
    op.create_table(
        "encounters_protocols",
        _text("hash"), _text("name"), _text("use", comment="what files are opened for that it is for"),
        _text("text"), _text("actor"), sa.Column("adopted", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("hash", "use", name="pk_encounters_protocols"),
    )  # fmt: skip
    op.create_table(
        "encounters_files",
        _number("person"), _text("protocol", comment="hash of the one that it is kept by"),
        sa.Column("opened", WHOLE, nullable=False), _text("state", comment="pending, to close, closed or empty"),
        sa.Column("breaches", WHOLE, nullable=False, comment="acts against the protocol, without what is late"),
        sa.PrimaryKeyConstraint("person", name="pk_encounters_files"),
    )  # fmt: skip
    op.create_table(
        "encounters_facts",
        _text("log"), _number("number"), sa.Column("person", WHOLE, nullable=False), _text("kind"),
        sa.Column("recorded", WHOLE, nullable=False), sa.Column("happened", WHOLE), _text("actor"), _text("second"),
        _text("about", comment="as JSON"),
        _text("says", comment="what a protocol can ask for, as JSON; of texts, that there is one"),
        _text("evidence", comment="kinds, as JSON"),
        sa.PrimaryKeyConstraint("log", "number", name="pk_encounters_facts"),
    )  # fmt: skip
    op.create_index("ix_encounters_facts_person", "encounters_facts", ["person"])
    op.create_table(
        "encounters_obligations",
        _number("person"), _text("step"), _text("key"), _number("number"),
        _text("settled", comment="how; empty while it is owed"), sa.Column("since", WHOLE, nullable=False),
        sa.Column("due", WHOLE), sa.Column("ended", WHOLE), _text("fact", comment="LOG#NUMBER of the one that made it so"),
        sa.PrimaryKeyConstraint("person", "step", "key", "number", name="pk_encounters_obligations"),
    )  # fmt: skip
    op.create_index("ix_encounters_obligations_settled_due", "encounters_obligations", ["settled", "due"])
    op.create_table(
        "encounters_rungs",
        _number("person"), _text("step"), _text("key"), _number("number"),
        _number("rung", comment="microseconds after it is due"), sa.Column("at", WHOLE, nullable=False), _text("roles"),
        sa.Column("escalates", sa.Boolean(name="escalates"), nullable=False),
        sa.PrimaryKeyConstraint("person", "step", "key", "number", "rung", name="pk_encounters_rungs"),
    )  # fmt: skip
    op.create_index("ix_encounters_rungs_at", "encounters_rungs", ["at"])
    op.create_table(
        "encounters_pairings",
        _number("person"), _text("list"), _number("entry", comment="kstep's number of it"), _text("state"),
        sa.Column("found", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", "list", "entry", name="pk_encounters_pairings"),
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        for table in (
            "access_held", "access_learned", "encounters_protocols", "encounters_files", "encounters_facts",
            "encounters_obligations", "encounters_rungs", "encounters_pairings",
        ):  # fmt: skip
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
