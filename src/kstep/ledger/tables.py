"""How logs are kept. Rows of `APPENDED` are only ever added: triggers refuse all else, and on PostgreSQL the role as which kstep
works lacks the right. The log 0 is the one that this node writes.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, SmallInteger, Table, Text, text

from kstep.store import metadata
from kstep.store.metadata import Whole

OWN = 0

logs = Table(
    "ledger_logs",
    metadata,
    Column("log", SmallInteger, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False, unique=True),
    Column("size", Whole, nullable=False),
    Column("recorded", Whole, nullable=False, comment="of the last event"),
    Column("clock", Whole, nullable=False, comment="the most that the clock showed since it went back"),
)
"""Each log, how long it is, and the last time in it. Its row is locked by who appends."""

events = Table(
    "ledger_events",
    metadata,
    Column("log", SmallInteger, ForeignKey("ledger_logs.log"), primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("type", Text, nullable=False, index=True),
    Column("subject", Text, nullable=False, index=True),
    Column("recorded", Whole, nullable=False),
    Column("text", LargeBinary, nullable=False, comment="the leaf"),
)
"""The bytes of each event; the other columns repeat what they say, to be searched."""

payloads = Table(
    "ledger_payloads",
    metadata,
    Column("log", SmallInteger, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Salt and payload of an event, sealed with the secret of its subject."""

nodes = Table(
    "ledger_nodes",
    metadata,
    Column("log", SmallInteger, primary_key=True),
    Column("level", SmallInteger, primary_key=True),
    Column("place", Whole, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)
"""The hashes of whole subtrees, each written once."""

checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("log", SmallInteger, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("size", Whole, nullable=False),
    Column("made", Whole, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
"""The signed notes, in the order in which they were made or came in."""

rows = Table(
    "ledger_rows",
    metadata,
    Column("segment", Text, primary_key=True),
    Column("place", Whole, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Rows of segments, each sealed with the secret of its subject. Which are part of a log, its events say."""

secrets = Table(
    "ledger_secrets",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("wrapped", LargeBinary, nullable=False, comment="empty when it was destroyed"),
)
"""The secret of each subject, sealed with the home's key. Erasing a subject destroys it; who comes back gets one of the next
generation.
"""

APPENDED = (events, payloads, nodes, checkpoints, rows)

__all__ = ["APPENDED", "OWN", "checkpoints", "events", "logs", "nodes", "payloads", "rows", "secrets"]
