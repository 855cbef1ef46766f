"""How it is kept who was screened against what: one line for each list, and who is an exception."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, SmallInteger, Table, Text

from kstep.model.canaries import CANARIES
from kstep.store import metadata
from kstep.store.metadata import Whole

coverage = Table(
    "screening_coverage",
    metadata,
    Column("list", Text, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("as_of", Whole, nullable=False),
    Column("whole", Whole, nullable=False, comment="when everyone was compared with everything last"),
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
    CheckConstraint("person > 0 AND list <> 'canaries'", name="no_canary"),
)
"""The possible matches there are now."""

withdrawn = Table(
    "screening_withdrawn",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("millibits", Whole, nullable=False),
    Column("found", Whole, nullable=False, comment="when the match was"),
    Column("edition", Text, nullable=False, comment="the last screened against that had the entry"),
    Column("since", Whole, nullable=False),
    Column("due", Whole, nullable=False, index=True),
)
"""Possible matches whose entries were withdrawn, until somebody looked after each."""

poor = Table(
    "screening_poor",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
)
"""People of whom even a perfect copy on this list would not be found."""

standards = Table(
    "screening_standards",
    metadata,
    Column("log", Text, primary_key=True),
    Column("number", Whole, primary_key=True),
    Column("engine", Text, nullable=False),
    Column("threshold", Whole, nullable=False, comment="the least probability, in millionths"),
    Column("nominal_list", Whole, nullable=False),
    Column("days", Whole, nullable=False, comment="after which everyone is screened anew"),
    Column("actor", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("adopted", Whole, nullable=False),
)
"""By what people are screened, as somebody decided; the newest is in force."""

canaries = Table(
    "screening_canaries",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("list", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("millibits", Whole, nullable=False),
    Column("edition", Text, nullable=False),
    Column("found", Whole, nullable=False, comment="when it was recorded"),
)
"""The possible matches of canaries with each other; nobody judges them."""

canary_pairs = Table(
    "screening_canary_pairs",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),
    Column("night", Whole, nullable=False),
    Column("part", SmallInteger, nullable=False, comment="with which of the night's editions the entry comes"),
    Column("segment", Text, nullable=False, comment="where the entry lies"),
    Column("place", Whole, nullable=False),
)
"""The pairs that are to be found."""

canary_nights = Table(
    "screening_canary_nights",
    metadata,
    Column("night", Whole, primary_key=True, autoincrement=False),
    Column("planted", Whole, nullable=False, comment="when it was recorded"),
    Column("pairs", Whole, nullable=False),
    Column("returned", Whole, comment="when it was recorded how many were found"),
    Column("found", Whole),
    Column("gone", Whole, comment="when they were taken away"),
)
"""Each time that canaries were planted, and what became of them."""

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

PROJECTED = (coverage, runs, matches, withdrawn, poor, power, standards)

CANARY_TABLES = (canaries, canary_pairs, canary_nights)


def pairs_of(list: str) -> Table:
    """Where the possible matches of a list are."""
    return canaries if list == CANARIES else matches


__all__ = [
    "CANARY_TABLES", "PROJECTED", "canaries", "canary_nights", "canary_pairs", "coverage", "matches", "pairs_of", "poor", "power",
    "runs", "standards", "withdrawn",
]  # fmt: skip
