"""How lists in use are kept: all of it is computed from events. Times are microseconds since 1970 in UTC; the number of an edition
counts those of its list that were published or held.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from kstep.store import metadata
from kstep.store.metadata import Whole

lists = Table(
    "editions_lists",
    metadata,
    Column("list", Text, primary_key=True),
    Column("settings", Text, nullable=False, comment="of its source, as JSON"),
    Column("cadence", Whole, nullable=False, comment="seconds; 0 if it is not waited for"),
    Column("current", Whole, comment="number of the edition in force"),
    Column("arrived", Whole, nullable=False, comment="when it last did, or was registered"),
    Column("missed", Whole, nullable=False, comment="arrivals in a row of which an alarm told"),
)
"""Each list, and when it last arrived."""

editions = Table(
    "editions_editions",
    metadata,
    Column("list", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("edition", Text, nullable=False, index=True),
    Column("state", Text, nullable=False, comment="published, held or rejected"),
    Column("previous", Whole, comment="number of the one that was in force before"),
    Column("told", Text, nullable=False, comment="what its event says, as JSON"),
    Column("brought_by", Text, nullable=False),
    Column("brought", Whole, nullable=False),
    Column("settled_by", Text, comment="who released or rejected it"),
    Column("published", Whole),
)
"""Each edition that was published or held."""

entries = Table(
    "editions_entries",
    metadata,
    Column("list", Text, primary_key=True),
    Column("entry", Whole, primary_key=True, comment="number of kstep's own"),
    Column("source_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("likeness", Text, nullable=False),
    Column("first", Whole, nullable=False, comment="number of the edition that brought it"),
    Column("withdrawn", Whole, comment="number of the edition that took it away"),
    Column("changed", Whole, nullable=False, comment="when it was last added or changed"),
    Column("segment", Text, nullable=False, comment="where its content stands"),
    Column("place", Whole, nullable=False, comment="row of the segment"),
)
"""Each entry that ever was on a list, as it is or was last."""

changes = Table(
    "editions_changes",
    metadata,
    Column("list", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("entry", Whole, primary_key=True),
    Column("change", Text, nullable=False, comment="added, changed, removed or renumbered"),
    Column("source_id", Text, comment="in this edition"),
    Column("source_id_before", Text, comment="in the one before"),
    Column("fingerprint", Text),
    Column("fingerprint_before", Text),
)
"""What each edition changed."""

Index("ix_editions_changes_entry", changes.c.list, changes.c.entry)

acknowledged = Table(
    "editions_acknowledged",
    metadata,
    Column("list", Text, primary_key=True),
    Column("consumer", Text, primary_key=True),
    Column("since", Whole, nullable=False, comment="when it became one"),
    Column("number", Whole, comment="of the edition that it runs; none before its first word"),
    Column("acknowledged", Whole, comment="when it said so"),
)
"""Each consumer of a list, and the edition that it runs."""

errors = Table(
    "editions_errors",
    metadata,
    Column("report", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, nullable=False),
    Column("entry", Whole, nullable=False),
    Column("event", Whole, nullable=False, comment="number in the log, where its text stands"),
    Column("reported", Whole, nullable=False),
    Column("answered", Whole),
)
"""Errors in entries that were reported to their nominators; open until answered."""

TABLES = (lists, editions, entries, changes, acknowledged, errors)

__all__ = ["TABLES", "acknowledged", "changes", "editions", "entries", "errors", "lists"]
