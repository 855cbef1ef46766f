"""Flaws of a record by which a person may be missed, and how long somebody has to mend each.

Placeholders are what clerks write where they know nothing: the first of January, *FNU*, numbers of one digit.
"""

from __future__ import annotations

import re
from enum import StrEnum

from kstep.model import Identity
from kstep.names import tokenize

DAY = 24 * 3600 * 1_000_000
"""Microseconds."""


class Flaw(StrEnum):
    """What is wrong with a record."""

    CLOSED_AT_THE_SOURCE = "closed at the source"
    NO_BIRTH_DATE = "no birth date"
    NO_NAME = "no name"
    ONE_NAME = "one name only"
    PLACEHOLDER_BIRTH_DATE = "birth date is a placeholder"
    PLACEHOLDER_DOCUMENT = "document number is a placeholder"
    PLACEHOLDER_NAME = "name is a placeholder"
    TOO_POOR = "too poor to screen"
    UNREADABLE = "a field cannot be read"


DAYS = {
    Flaw.CLOSED_AT_THE_SOURCE: 3,
    Flaw.NO_NAME: 1,
    Flaw.TOO_POOR: 1,
    Flaw.PLACEHOLDER_NAME: 7,
    Flaw.UNREADABLE: 7,
    Flaw.NO_BIRTH_DATE: 14,
    Flaw.ONE_NAME: 14,
    Flaw.PLACEHOLDER_BIRTH_DATE: 30,
    Flaw.PLACEHOLDER_DOCUMENT: 30,
}
"""Days within which each is to be mended, from when it was recorded."""

_PLACEHOLDERS = frozenset(
    {"fnu", "lnu", "mnu", "nfn", "nln", "nmn", "unk", "unknown", "unnamed", "noname", "anonymous"}
)
"""Words written for a name that nobody knows: *first name unknown*, *no middle name*."""

_SAME = re.compile(r"(.)\1{3,}")


def flaws_of(identity: Identity) -> tuple[Flaw, ...]:
    """What is wrong with a record."""
    found = set[Flaw]()
    words = [tokenize(name.full).tokens for name in identity.names]
    meant = [tuple(word for word in name if word not in _PLACEHOLDERS) for name in words]
    if not any(meant):
        found.add(Flaw.NO_NAME)
    elif max(map(len, meant)) == 1:
        found.add(Flaw.ONE_NAME)
    if meant != words:
        found.add(Flaw.PLACEHOLDER_NAME)
    if not identity.birth_dates:
        found.add(Flaw.NO_BIRTH_DATE)
    elif all(
        day.earliest == day.latest and (day.earliest.month, day.earliest.day) == (1, 1) for day in identity.birth_dates
    ):
        found.add(Flaw.PLACEHOLDER_BIRTH_DATE)
    if identity.documents and all(_SAME.fullmatch(_digits(document.number)) for document in identity.documents):
        found.add(Flaw.PLACEHOLDER_DOCUMENT)
    return tuple(sorted(found))


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isalnum())


def due(flaw: Flaw, since: int) -> int:
    """By when a flaw recorded at a time is to be mended, both in microseconds since 1970."""
    return since + DAYS[flaw] * DAY


__all__ = ["DAYS", "Flaw", "due", "flaws_of"]
