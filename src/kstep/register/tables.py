"""How the register is kept. What is known of people lies in sealed rows of the ledger; here is where, and what must be counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    literal,
    select,
    true,
)

from kstep.model.markings import Marking
from kstep.store import metadata
from kstep.store.metadata import Whole


class State(IntEnum):
    """Where a person stands."""

    PRESENT = 1
    LEFT = 2
    MERGED = 3
    ERASED = 4
    CANARY = 5
    """Made up, and screened as everyone who is present; counted nowhere."""


people = Table(
    "register_people",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("reference", LargeBinary, unique=True, comment="of the source's id, by the home's key"),
    Column("state", SmallInteger, nullable=False),
    Column("office", Text, nullable=False),
    Column("custody", Text, nullable=False),
    Column("fields", SmallInteger, nullable=False, comment="what is known, in bits"),
    Column("merged_into", Whole, index=True, comment="the person with whom this one is screened"),
    Column("segment", Text, comment="where what is known lies"),
    Column("place", Whole),
    Column("fingerprint", LargeBinary, comment="of what is known, by the home's key"),
    Column("changed", Whole, nullable=False, comment="when it was recorded"),
    Index("ix_register_people_counted", "state", "office", "custody", "fields"),
    Index("ix_register_people_changed", "state", "changed", "office", "custody", "fields"),
)
"""Everyone who is or was in the register, under kstep's own number."""

versions = Table(
    "register_versions",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("recorded", Whole, primary_key=True, autoincrement=False, index=True),
    Column("segment", Text, nullable=False),
    Column("place", Whole, nullable=False),
)
"""Where what was known of a person from a time on lies."""

standings = Table(
    "register_standings",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("recorded", Whole, primary_key=True, autoincrement=False, index=True),
    Column("state", SmallInteger, nullable=False),
    Column("kept", Whole, comment="with whom they were screened from then on"),
)
"""Where a person stood from a time on."""

movements = Table(
    "register_movements",
    metadata,
    Column("log", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("recorded", Whole, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("people", Whole, nullable=False, comment="how many came in, or less than 0 went"),
)
"""How the roster grew and shrank, by event."""

repairs = Table(
    "register_repairs",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("since", Whole, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due", Whole, nullable=False, index=True),
)
"""Records that somebody has to mend."""

imports = Table(
    "register_imports",
    metadata,
    Column("segment", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("recorded", Whole, nullable=False),
)
"""Files that were read to their end."""

staged = Table(
    "register_staged",
    metadata,
    Column("reference", LargeBinary, primary_key=True),
    Column("person", Whole, nullable=False),
    Column("place", Whole, comment="in the segment; none if nothing changed"),
)
"""Whom an import that is under way has met; no event tells of it yet."""

underway = Table(
    "register_underway",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("segment", Text, nullable=False),
    Column("done", Whole, nullable=False, comment="rows of the file"),
    Column("account", Text, nullable=False, comment="counts so far"),
)
"""The import that is under way, if one is."""

numbers = Table(
    "register_numbers",
    metadata,
    Column("node", Whole, primary_key=True, autoincrement=False),
    Column("next", Whole, nullable=False),
)
"""The next number that a node gives to a person."""

addresses = Table(
    "register_addresses",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("address", LargeBinary, primary_key=True, comment="its words, by the home's key"),
    Index("ix_register_addresses_address", "address"),
)
"""Who has which address, so that it can be counted how many have it; the address itself is not here."""

shared = Table(
    "register_together",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True),
)
"""What is told of somebody together with others, by the subjects of those events and rows."""

reconciliations = Table(
    "register_reconciliations",
    metadata,
    Column("log", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("series", Text, nullable=False, comment="the source, and who of ours should be in it"),
    Column("digest", Text, nullable=False),
    Column("as_of", Whole, nullable=False),
    Column("recorded", Whole, nullable=False),
)
"""Each time that the register was held against another source."""

differences = Table(
    "register_differences",
    metadata,
    Column("difference", Text, primary_key=True),
    Column("series", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("person", Whole, index=True, comment="of ours; none if it is nobody's, or it is not known whose"),
    Column("office", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("since", Whole, nullable=False),
    Column("due", Whole, nullable=False, index=True),
    Column("found", Whole, nullable=False, comment="when it was found last"),
    Column("segment", Text, nullable=False, comment="where it lies what was found"),
    Column("place", Whole, nullable=False),
    Column("settled", Whole, comment="when; none while it is open"),
    Column("how", Text),
)
"""People in whom the register and another source differ."""

statuses = Table(
    "register_statuses",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("since", Whole, primary_key=True, autoincrement=False),
    Column("until", Whole, nullable=False, index=True),
)
"""Statuses that run out."""

leavings = Table(
    "register_leavings",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("ground", Text, nullable=False),
    Column("recorded", Whole, nullable=False, index=True),
)
"""On what ground those left who are not on the roster any more."""

holds = Table(
    "register_holds",
    metadata,
    Column("hold", Text, primary_key=True),
    Column("person", Whole, nullable=False, index=True),
    Column("ground", Text, nullable=False),
    Column("placed", Whole, nullable=False),
)
"""Why something must be kept that the schedule would erase."""


Only = Callable[[Mapping[str, ColumnElement[Any]]], ColumnElement[bool]]
"""Which rows of a table somebody may see, by the columns that the one policy knows: `office`, `level`, `categories`, `audience`."""


def everything(columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    """All rows: for what kstep does itself."""
    return true()


def declared(office: ColumnElement[Any], marking: str) -> dict[str, ColumnElement[Any]]:
    """The columns that the one policy knows, of a table whose rows are all marked alike."""
    return {"office": office, **{name: literal(value) for name, value in Marking.parse(marking).columns().items()}}


TASKS = (reconciliations, differences, statuses, leavings, holds)
"""What is computed from events alone, of what is still to be done."""


def merged_into(person: int) -> Select[Any]:
    """Those who were found to be a person."""
    return select(people.c.person).where(people.c.merged_into == person)


def is_of(table: Table, person: int) -> ColumnElement[bool]:
    """Whether a line of a table is of a person, or of whoever was found to be the same."""
    return (table.c.person == person) | table.c.person.in_(merged_into(person))


PROJECTED = (people, versions, standings, movements, repairs, imports, addresses, shared)
"""What is computed from events alone."""

__all__ = [
    "PROJECTED", "TASKS", "Only", "State", "addresses", "declared", "differences", "everything", "holds", "imports",
    "is_of", "leavings", "merged_into", "movements", "numbers", "people", "reconciliations", "repairs", "shared",
    "staged", "standings", "statuses", "underway", "versions",
]  # fmt: skip
