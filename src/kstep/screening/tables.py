"""How it is kept who was screened against what: one line for each list, and who is an exception."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from kstep.store import metadata
from kstep.store.metadata import Whole

coverage = Table(
    "screening_coverage",
    metadata,
    Column("list", Text, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("as_of", Whole, nullable=False),
    Column("recorded", Whole, nullable=False),
)
"""Against which edition, by which engine, everyone was screened last who was on the roster at a time and had not changed since."""

runs = Table(
    "screening_runs",
    metadata,
    Column("log", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("list", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("as_of", Whole, nullable=False),
    Column("recorded", Whole, nullable=False),
    Column("whole", Boolean(name="whole"), nullable=False),
)
"""Each time that people were screened."""

matches = Table(
    "screening_matches",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("millibits", Whole, nullable=False),
    Column("edition", Text, nullable=False),
    Column("found", Whole, nullable=False, comment="when it was recorded"),
)
"""The possible matches there are now."""

poor = Table(
    "screening_poor",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
)
"""People of whom even a perfect copy on this list would not be found."""

power = Table(
    "screening_power",
    metadata,
    Column("class", Whole, primary_key=True, autoincrement=False, comment="the fields that are known, in bits"),
    Column("sampled", Whole, nullable=False),
    Column("found", Whole, nullable=False),
    Column("engine", Text, nullable=False),
    Column("measured", Whole, nullable=False, comment="when it was recorded"),
)
"""Of each class of records, how many copies of entries were looked for last, and how many of them were found."""

PROJECTED = (coverage, runs, matches, poor, power)

__all__ = ["PROJECTED", "coverage", "matches", "poor", "power", "runs"]
