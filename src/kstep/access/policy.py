"""A small language in which it is said who may do what with which item, over columns that every item declares.

An expression has two readings, of which one is the other's test: `sql` filters a table, `holds` checks one row, and both let the
same rows through, whatever stands in their columns; a column that is empty lets nothing through. There is no *not*, so that
whatever is unknown denies. `why_not` says to a person what was missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from kstep.model.markings import EVERYBODY, INTERNAL, Marking

COLUMNS = ("office", "level", "categories", "audience")
"""What each item declares: the code of its office, empty where it belongs to none, and its marking as `Marking.columns` has it."""


class Columns(Protocol):
    """The declared columns of a table, by name: `table.c`, or a mapping."""

    def __getitem__(self, name: str, /) -> ColumnElement[Any]: ...


@dataclass(frozen=True, slots=True)
class Item:
    """Something that an action is about: its subject in the log, the code of its office, and its marking."""

    subject: str = ""
    office: str = ""
    marking: Marking = INTERNAL

    @property
    def values(self) -> dict[str, Any]:
        """Its declared columns."""
        return {"office": self.office, **self.marking.columns()}


NODE = Item()
"""The node as a whole: what belongs to no office, and may be seen by everybody inside."""


class Expression(Protocol):
    """What must be true of an item."""

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        """The condition that filters a table."""

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true of a row."""

    def why_not(self, values: Mapping[str, Any]) -> str:
        """Why it is not true of a row, for people; it does not name what the row holds."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """An expression that says itself what it asks for."""

    reason: str

    def why_not(self, values: Mapping[str, Any]) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Always:
    """True of everything."""

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return true()

    def holds(self, values: Mapping[str, Any]) -> bool:
        return True

    def why_not(self, values: Mapping[str, Any]) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Never(_Stated):
    """True of nothing."""

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return false()

    def holds(self, values: Mapping[str, Any]) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Among(_Stated):
    """The column has one of these values."""

    column: str
    values: frozenset[str]

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return columns[self.column].in_(sorted(self.values))

    def holds(self, values: Mapping[str, Any]) -> bool:
        return values[self.column] in self.values


@dataclass(frozen=True, slots=True)
class AtMost(_Stated):
    """The column's whole number is no greater than this."""

    column: str
    greatest: int

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return columns[self.column] <= self.greatest

    def holds(self, values: Mapping[str, Any]) -> bool:
        value = values[self.column]
        return value is not None and value <= self.greatest


@dataclass(frozen=True, slots=True)
class Within(_Stated):
    """The column's set holds nothing but these codes.

    A set is kept as `/A/B/`. Taking `/A/` out of it, but for one stroke, makes it shorter by the length of A and one; it holds
    nothing else if all of them together make it shorter by all but its first stroke. Both databases, and Python, reckon so alike.
    """

    column: str
    codes: frozenset[str]

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        column = columns[self.column]
        if not self.codes:
            return column == "/"
        shorter = [
            func.length(column) - func.length(func.replace(column, f"/{code}/", "/")) for code in sorted(self.codes)
        ]
        return or_(column == "/", and_(func.length(column) > 1, reduce(add, shorter) == func.length(column) - 1))

    def holds(self, values: Mapping[str, Any]) -> bool:
        column = values[self.column]
        if column is None or len(column) <= 1:
            return bool(column == "/")
        shorter = (len(column) - len(column.replace(f"/{code}/", "/")) for code in self.codes)
        return sum(shorter) == len(column) - 1


@dataclass(frozen=True, slots=True)
class OpenTo(_Stated):
    """The column's set holds one of these codes, or is everybody's."""

    column: str
    codes: frozenset[str]

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        column = columns[self.column]
        return or_(
            column == EVERYBODY, *(func.replace(column, f"/{code}/", "/") != column for code in sorted(self.codes))
        )

    def holds(self, values: Mapping[str, Any]) -> bool:
        column = values[self.column]
        return column is not None and (column == EVERYBODY or any(f"/{code}/" in column for code in self.codes))


@dataclass(frozen=True, slots=True)
class And:
    """All of these are true; of nothing, if there is none."""

    parts: Sequence[Expression] = field(default=())

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return and_(*(part.sql(columns) for part in self.parts)) if self.parts else false()

    def holds(self, values: Mapping[str, Any]) -> bool:
        return bool(self.parts) and all(part.holds(values) for part in self.parts)

    def why_not(self, values: Mapping[str, Any]) -> str:
        missing = (part.why_not(values) for part in self.parts if not part.holds(values))
        return next(missing, "nothing allows it")


@dataclass(frozen=True, slots=True)
class Or:
    """One of these is true."""

    parts: Sequence[Expression] = field(default=())

    def sql(self, columns: Columns) -> ColumnElement[bool]:
        return or_(*(part.sql(columns) for part in self.parts)) if self.parts else false()

    def holds(self, values: Mapping[str, Any]) -> bool:
        return any(part.holds(values) for part in self.parts)

    def why_not(self, values: Mapping[str, Any]) -> str:
        return "; ".join(dict.fromkeys(part.why_not(values) for part in self.parts)) or "nothing allows it"


__all__ = [
    "COLUMNS", "NODE", "Always", "Among", "And", "AtMost", "Columns", "Expression", "Item", "Never", "OpenTo", "Or", "Within",
]  # fmt: skip
