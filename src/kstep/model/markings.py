"""Markings: what must be true of whoever sees a piece of information.

A level, categories of which the reader needs every one, and an audience of which the reader must be one. What is made of several
pieces is marked no lower than any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from kstep.model.errors import ValueRefused, one_line

EVERYBODY = "*"
"""How a column holds the audience of what everybody inside may see."""

_CODE = re.compile(r"[A-Z][A-Z0-9-]{0,31}")
_NONE = "-"


class Level(IntEnum):
    """How much harm it would do in the wrong hands, the least first."""

    INTERNAL = 0
    RESTRICTED = 1
    CONFIDENTIAL = 2
    SECRET = 3
    TOP_SECRET = 4

    @property
    def text(self) -> str:
        """Its name, as in `top-secret`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def parse(cls, text: str) -> Level:
        """The level of this name. Raises `ValueRefused`."""
        for level in cls:
            if level.text == text:
                return level
        raise ValueRefused(f"{one_line(text, 40)!r} is no level; levels are {', '.join(level.text for level in cls)}")


def codes(given: Iterable[str]) -> frozenset[str]:
    """These codes of categories or audiences. Raises `ValueRefused` if one is none."""
    found = frozenset(given)
    for code in sorted(found):
        if not _CODE.fullmatch(code):
            raise ValueRefused(
                f"{one_line(code, 40)!r} is no code of a category or an audience; it has capital letters, digits and "
                "hyphens, begins with a letter, and is at most 32 long"
            )
    return found


def column_of(held: frozenset[str]) -> str:
    """A set of codes as a column holds it: `/A/B/`, in order, and `/` if it is empty."""
    return "/" + "".join(f"{code}/" for code in sorted(held))


def codes_of(column: str) -> frozenset[str]:
    """The set of codes that a column holds."""
    return codes(code for code in column.split("/") if code)


@dataclass(frozen=True, slots=True)
class Marking:
    """A level; the categories of which a reader needs every one; the audience of which a reader must be one, where None is
    everybody inside and the empty set nobody. Raises `ValueRefused`.
    """

    level: Level = Level.INTERNAL
    categories: frozenset[str] = frozenset()
    audience: frozenset[str] | None = None

    def __post_init__(self) -> None:
        codes(self.categories)
        codes(self.audience or ())

    def __str__(self) -> str:
        """The one text of this marking: `secret//CAT/CAT//AUD/AUD`. A hyphen says *none*: `secret//-//AUD` is in no category,
        `secret//CAT//-` is for nobody. What is missing at the end does not restrict.
        """
        parts = [self.level.text]
        if self.categories or self.audience is not None:
            parts.append("/".join(sorted(self.categories)) or _NONE)
        if self.audience is not None:
            parts.append("/".join(sorted(self.audience)) or _NONE)
        return "//".join(parts)

    @classmethod
    def parse(cls, text: str) -> Marking:
        """The marking of its one text. Raises `ValueRefused` for any other text, also one that says the same otherwise."""
        level, *sets = text.split("//")
        if len(sets) > 2:
            raise ValueRefused(f"{one_line(text, 80)!r} is no marking; write it like restricted//CATEGORY//AUDIENCE")
        held = [frozenset() if part == _NONE else codes(part.split("/")) for part in sets]
        marking = cls(Level.parse(level), held[0] if held else frozenset(), held[1] if len(held) > 1 else None)
        if str(marking) != text:
            raise ValueRefused(f"{one_line(text, 80)!r} is written {one_line(str(marking), 80)!r}")
        return marking

    @property
    def restricts(self) -> bool:
        """Whether there may be anybody inside who must not see it: then every read of it is recorded."""
        return self != INTERNAL

    def columns(self) -> dict[str, Any]:
        """The values of the columns `level` (whole number), `categories` and `audience` (texts) of a table's row."""
        audience = EVERYBODY if self.audience is None else column_of(self.audience)
        return {"level": int(self.level), "categories": column_of(self.categories), "audience": audience}

    @classmethod
    def of_columns(cls, row: Mapping[str, Any]) -> Marking:
        """The marking that a row holds in these columns."""
        audience = None if row["audience"] == EVERYBODY else codes_of(row["audience"])
        return cls(Level(row["level"]), codes_of(row["categories"]), audience)


INTERNAL = Marking()
"""What everybody inside may see."""


def combined(*markings: Marking) -> Marking:
    """The marking of what is made of pieces with these markings: no lower than any of them."""
    audiences = [marking.audience for marking in markings if marking.audience is not None]
    return Marking(
        max((marking.level for marking in markings), default=Level.INTERNAL),
        frozenset[str]().union(*(marking.categories for marking in markings)),
        frozenset.intersection(*audiences) if audiences else None,
    )


__all__ = [
    "EVERYBODY", "INTERNAL", "Level", "Marking", "codes", "codes_of", "column_of", "combined",
]  # fmt: skip
