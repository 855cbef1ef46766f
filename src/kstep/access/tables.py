"""What is known of the accounts and offices of this node, computed from its log."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, SmallInteger, Table, Text

from kstep.store import metadata
from kstep.store.metadata import Whole

accounts = Table(
    "access_accounts",
    metadata,
    Column("account", Whole, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("closed", Whole, comment="when; null while it is open"),
    Column("level", SmallInteger, nullable=False),
    Column("categories", Text, nullable=False),
    Column("audiences", Text, nullable=False),
)
"""Each account, and what of the marked it may see."""

keys = Table(
    "access_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("account", Whole, ForeignKey("access_accounts.account"), nullable=False),
    Column("replaced", Whole, comment="when; null while it proves who somebody is"),
)
"""Each public key that ever was an account's. It never becomes another's."""

offices = Table(
    "access_offices",
    metadata,
    Column("office", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("closed", Whole, comment="when; null while it is open"),
)
"""Each office, by its code."""

grants = Table(
    "access_grants",
    metadata,
    Column("account", Whole, ForeignKey("access_accounts.account"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("office", Text, primary_key=True, comment="empty: everywhere"),
)
"""The roles that accounts have."""

training = Table(
    "access_training",
    metadata,
    Column("account", Whole, ForeignKey("access_accounts.account"), primary_key=True),
    Column("course", Text, primary_key=True),
    Column("until", Whole, nullable=False),
)
"""Until when each course counts that somebody completed."""

held = Table(
    "access_held",
    metadata,
    Column("account", Whole, primary_key=True, autoincrement=False),
    Column("role", Text, primary_key=True),
    Column("office", Text, primary_key=True, comment="empty: everywhere"),
    Column("since", Whole, primary_key=True, autoincrement=False),
    Column("until", Whole, comment="null while it is held"),
)
"""When each account had which role."""

learned = Table(
    "access_learned",
    metadata,
    Column("account", Whole, primary_key=True, autoincrement=False),
    Column("course", Text, primary_key=True),
    Column("since", Whole, primary_key=True, autoincrement=False),
    Column("until", Whole, nullable=False),
)
"""From when until when each course counts that somebody completed, each time."""

TABLES = (accounts, keys, offices, grants, training, held, learned)

__all__ = ["TABLES", "accounts", "grants", "held", "keys", "learned", "offices", "training"]
