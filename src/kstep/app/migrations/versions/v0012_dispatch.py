"""Messages out and in: the registry of recipients, whom the law protects, the outbox, what others ask, and what both
sides hold.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kstep.store.database import ROLE

revision = "0012"
down_revision = "0011"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "dispatch_recipients",
    "dispatch_protected",
    "dispatch_messages",
    "dispatch_about",
    "dispatch_receipts",
    "dispatch_requests",
    "dispatch_unmatched",
    "dispatch_silent",
    "dispatch_tried",
    "dispatch_heard",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dispatch_recipients",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("states", sa.Text, nullable=False, comment="JSON, as the four that follow"),
        sa.Column("channels", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("permitted", sa.Text, nullable=False),
        sa.Column("prohibited", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("highest", sa.Text, nullable=False, comment="a marking"),
        sa.Column("registered", WHOLE, nullable=False),
        sa.Column("verified", WHOLE),
        sa.Column("retired", WHOLE),
        sa.PrimaryKeyConstraint("recipient", name="pk_dispatch_recipients"),
    )
    op.create_table(
        "dispatch_protected",
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.Column("states", sa.Text, nullable=False, comment="JSON: as known when it was recorded"),
        sa.Column("since", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_dispatch_protected"),
    )
    op.create_table(
        "dispatch_messages",
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("written", WHOLE, nullable=False, comment="the event that holds its text"),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("refers", sa.Text, nullable=False),
        sa.Column("duty", sa.Text, nullable=False),
        sa.Column("action", sa.Boolean, nullable=False, comment="whether a decision of the recipient is owed"),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("categories", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("queued", WHOLE, nullable=False),
        sa.Column("release", WHOLE, nullable=False, comment="before which it does not leave"),
        sa.Column("within", WHOLE, nullable=False, comment="microseconds in which it is to be done"),
        sa.Column("due", WHOLE, nullable=False, comment="by when"),
        sa.Column("rung", sa.SmallInteger, nullable=False, comment="which channel is tried"),
        sa.Column(
            "sent", sa.SmallInteger, nullable=False, comment="the highest rung on which it was sent; -1 for none"
        ),
        sa.Column("rises", WHOLE, comment="when the next channel is tried; none if there is none"),
        sa.Column("said", sa.Text, nullable=False, comment="the last state that the recipient signed for"),
        sa.Column("finished", WHOLE),
        sa.PrimaryKeyConstraint("message", name="pk_dispatch_messages"),
    )
    op.create_index("ix_dispatch_messages_duty", "dispatch_messages", ["duty"])
    op.create_index("ix_dispatch_messages_open", "dispatch_messages", ["finished", "recipient", "queued"])
    op.create_table(
        "dispatch_about",
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("person", WHOLE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("message", "person", name="pk_dispatch_about"),
    )
    op.create_index("ix_dispatch_about_person", "dispatch_about", ["person"])
    op.create_table(
        "dispatch_receipts",
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("time", WHOLE, nullable=False, comment="as the recipient says"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("taken", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("message", "state", name="pk_dispatch_receipts"),
    )
    op.create_table(
        "dispatch_requests",
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False, comment="who asks"),
        sa.Column("written", WHOLE, nullable=False, comment="the event that holds what is asked"),
        sa.Column("owners", sa.Text, nullable=False, comment="JSON, in order"),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("arrived", WHOLE, nullable=False),
        sa.Column("deadline", WHOLE, nullable=False),
        sa.Column("release", WHOLE, nullable=False, comment="when an answer leaves"),
        sa.Column(
            "voice",
            sa.Text,
            nullable=False,
            comment="desk and reference of a question by telephone; confirmed if empty",
        ),
        sa.Column("message", sa.Text, comment="the answer"),
        sa.PrimaryKeyConstraint("request", name="pk_dispatch_requests"),
    )
    op.create_index("ix_dispatch_requests_message", "dispatch_requests", ["message"])
    op.create_table(
        "dispatch_unmatched",
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("found", WHOLE, nullable=False),
        sa.Column("due", WHOLE, nullable=False),
        sa.Column("settled", WHOLE),
        sa.Column("how", sa.Text),
        sa.PrimaryKeyConstraint("item", name="pk_dispatch_unmatched"),
    )
    op.create_table(
        "dispatch_silent",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("recipient", name="pk_dispatch_silent"),
    )
    op.create_table(
        "dispatch_tried",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("tries", WHOLE, nullable=False, comment="in vain, one after the other"),
        sa.Column("next", WHOLE, nullable=False),
        sa.Column("failed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("recipient", "channel", name="pk_dispatch_tried"),
    )
    op.create_table(
        "dispatch_heard",
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("heard", WHOLE, nullable=False),
        sa.Column("asked", WHOLE, nullable=False),
        sa.Column("compared", WHOLE, nullable=False, comment="when both sides were last held against each other"),
        sa.PrimaryKeyConstraint("recipient", name="pk_dispatch_heard"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
