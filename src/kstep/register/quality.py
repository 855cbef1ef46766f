"""Flaws of a record by which a person may be missed, and how long somebody has to mend each.

Placeholders are what clerks write where they know nothing: the first of January, *FNU*, numbers of one digit. Records are read here
as `model.codec` writes them, because millions are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from kstep.names import tokenize

DAY = 24 * 3600 * 1_000_000
"""Microseconds."""


class Flaw(StrEnum):
    """What is wrong with a record."""

    ADDRESS_INVALID = "address is none where somebody lives"
    CLOSED_AT_THE_SOURCE = "closed at the source"
    NO_ADDRESS = "no address"
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
    Flaw.ADDRESS_INVALID: 14,
    Flaw.NO_ADDRESS: 14,
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

_HAVE_ADDRESSES = frozenset({"bond", "recognizance", "supervision_order", "parole", "monitoring"})
_SHORTEST_ADDRESS = 5
_STREETS = frozenset({
    "street", "st", "road", "rd", "avenue", "ave", "lane", "ln", "drive", "dr", "boulevard", "blvd", "court", "ct", "place",
    "pl", "way", "square", "highway", "hwy", "route", "apartment", "apt", "calle", "avenida", "rue", "strasse", "platz", "via",
    "ulitsa", "улица", "شارع", "village", "camp", "shelter", "hotel",
})  # fmt: skip
"""Words of which one at least stands in an address without a number."""

_NO_HOME = re.compile(
    r"\b(p ?o box|post office box|general delivery|poste restante|unknown|homeless|no address|none|n a|not known|tbd|unk)\b"
)

_NEW_YEAR = "-01-01"
_WORD = re.compile(r"\w+")
_SAME = re.compile(r"(.)\1{3,}")


def flaws_of(record: dict[str, Any]) -> set[Flaw]:
    """What is wrong with a record."""
    return (
        _of_names(record["names"])
        | _of_birth_dates(record["birth_dates"])
        | _of_documents(record["documents"])
        | _of_addresses(record.get("addresses", ()), record["release_basis"])
    )


def _of_addresses(addresses: Sequence[str], release_basis: str) -> set[Flaw]:
    """Whoever was released on a condition has to have an address; whoever has some, one at which somebody can live."""
    if not addresses:
        return {Flaw.NO_ADDRESS} if release_basis in _HAVE_ADDRESSES else set()
    return set() if any(map(is_address, addresses)) else {Flaw.ADDRESS_INVALID}


def is_address(text: str) -> bool:
    """Whether somebody may live there, as far as its letters show: it has a digit or a word of streets, and is no box, no place for
    all, and no word for an unknown one.
    """
    words = address_words(text)
    if sum(map(len, words)) < _SHORTEST_ADDRESS or _NO_HOME.search(" ".join(words)):
        return False
    return not _STREETS.isdisjoint(words) or any(word.isnumeric() or word[:1].isdigit() for word in words)


def address_words(text: str) -> list[str]:
    """An address as it is counted: its words in small letters, without punctuation."""
    return _WORD.findall(text.casefold())


def _of_names(names: Sequence[Sequence[str]]) -> set[Flaw]:
    meant = [[word for word in tokenize(name[0]).tokens if word not in _PLACEHOLDERS] for name in names]
    most = max(map(len, meant), default=0)
    found = {Flaw.ONE_NAME} if most == 1 else set() if most else {Flaw.NO_NAME}
    if any(not _PLACEHOLDERS.isdisjoint(_WORD.findall(name[0].lower())) for name in names):  # comparing drops them
        found.add(Flaw.PLACEHOLDER_NAME)
    return found


def _of_birth_dates(days: Sequence[Sequence[Any]]) -> set[Flaw]:
    if not days:
        return {Flaw.NO_BIRTH_DATE}
    placeholder = all(first == last and first.endswith(_NEW_YEAR) for first, last, _ in days)
    return {Flaw.PLACEHOLDER_BIRTH_DATE} if placeholder else set()


def _of_documents(documents: Sequence[Sequence[str]]) -> set[Flaw]:
    placeholders = [is_placeholder(number) for _, number, _ in documents]
    return {Flaw.PLACEHOLDER_DOCUMENT} if placeholders and all(placeholders) else set()


def is_placeholder(number: str) -> bool:
    """Whether the number of a document is one that is written where none is known."""
    return bool(_SAME.fullmatch("".join(filter(str.isalnum, number))))


def due(flaw: Flaw, since: int) -> int:
    """By when a flaw recorded at a time is to be mended, both in microseconds since 1970."""
    return since + DAYS[flaw] * DAY


__all__ = ["DAYS", "Flaw", "address_words", "due", "flaws_of", "is_address", "is_placeholder"]
