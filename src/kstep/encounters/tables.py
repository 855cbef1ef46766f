"""How files are kept. What people wrote lies in sealed events; here is what a protocol can ask for, and what follows from it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, Text

from kstep.store import metadata
from kstep.store.metadata import Whole

protocols = Table(
    "encounters_protocols",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("use", Text, primary_key=True, comment="what files are opened for that it is for"),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("adopted", Whole, nullable=False),
)
"""Every protocol that was adopted; of each use the last adopted is in force for files that are opened."""

files = Table(
    "encounters_files",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("protocol", Text, nullable=False, comment="hash of the one that it is kept by"),
    Column("opened", Whole, nullable=False),
    Column("state", Text, nullable=False, comment="pending, to close, closed or empty"),
    Column("breaches", Whole, nullable=False, comment="acts against the protocol, without what is late"),
)
"""Each file: there is one for a person."""

courses = Table(
    "encounters_courses",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("number", Whole, primary_key=True, autoincrement=False, comment="of the event in this node's log"),
    Column("since", Whole, nullable=False),
    Column("protocol", Text, nullable=False, comment="hash; empty while the file goes on in another's"),
    Column("others", Text, nullable=False, comment="whose facts are in the file besides, as JSON"),
)
"""By which protocol each file was kept, and with whose facts, from when on."""

erased = Table(
    "encounters_erased",
    metadata,
    Column("number", Whole, primary_key=True, autoincrement=False, comment="of the event in this node's log"),
    Column("office", Text, nullable=False),
    Column("owed", Whole, nullable=False),
    Column("late", Whole, nullable=False),
    Column("breaches", Whole, nullable=False),
)
"""What was owed, late and broken in files that went with their people."""

heard = Table(
    "encounters_heard",
    metadata,
    Column("log", Text, primary_key=True),
    Column("size", Whole, nullable=False),
    Column("root", Text, nullable=False),
)
"""How much of which other node's log was taken in, and the root of its tree then."""

facts = Table(
    "encounters_facts",
    metadata,
    Column("log", Text, primary_key=True),
    Column("number", Whole, primary_key=True, autoincrement=False),
    Column("person", Whole, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("recorded", Whole, nullable=False),
    Column("happened", Whole),
    Column("actor", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("about", Text, nullable=False, comment="as JSON"),
    Column("says", Text, nullable=False, comment="what a protocol can ask for, as JSON; of texts, that there is one"),
    Column("evidence", Text, nullable=False, comment="kinds, as JSON"),
    Column("office", Text, comment="of the person then; of another node's, none"),
    Column("elsewhere", Text, nullable=False, server_default="", comment="of another node's: who did it, as JSON"),
    Column(
        "knew", Text, nullable=False, server_default="", comment="of which other logs its node knew how much, as JSON"
    ),
)
"""The facts of files, as far as protocols ask for them."""

obligations = Table(
    "encounters_obligations",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("step", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Whole, primary_key=True, autoincrement=False),
    Column("settled", Text, nullable=False, comment="how; empty while it is owed"),
    Column("since", Whole, nullable=False),
    Column("due", Whole),
    Column("ended", Whole),
    Column("fact", Text, nullable=False, comment="LOG#NUMBER of the one that made it so"),
    Index("ix_encounters_obligations_settled_due", "settled", "due"),
)
"""What is or was owed in files, and until when: late is what is owed and was due by now."""

rungs = Table(
    "encounters_rungs",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("step", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Whole, primary_key=True, autoincrement=False),
    Column("rung", Whole, primary_key=True, autoincrement=False, comment="microseconds after it is due"),
    Column("at", Whole, nullable=False, index=True),
    Column("roles", Text, nullable=False),
    Column("escalates", Boolean(name="escalates"), nullable=False),
)
"""Who is still to be told of what is owed, and when."""

pairings = Table(
    "encounters_pairings",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
    Column("entry", Whole, primary_key=True, autoincrement=False, comment="kstep's number of it"),
    Column("state", Text, nullable=False),
    Column("found", Whole, nullable=False),
)
"""The possible matches of which files know, and how each stands: found, suppressed or withdrawn."""

TABLES = (protocols, files, courses, erased, heard, facts, obligations, rungs, pairings)

__all__ = ["TABLES", "courses", "erased", "facts", "files", "heard", "obligations", "pairings", "protocols", "rungs"]
