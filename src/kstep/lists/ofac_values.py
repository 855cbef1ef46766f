"""OFAC's words to values: names written `FAMILY, Given`, dates such as `circa Aug 1964`, places, issuers of documents.

Each function adds to the gathering of one person; what cannot be read is left out of it by name, and the rest stays.
"""

from __future__ import annotations

import functools
import re

from kstep.lists.account import Reason
from kstep.lists.fields import clean, country, date_of
from kstep.lists.gathering import Gathering
from kstep.model import DocumentType, NameQuality, PartialDate, ValueRefused

NOT_PEOPLE = {"entity": Reason.ENTITY, "vessel": Reason.VESSEL, "aircraft": Reason.AIRCRAFT}
"""OFAC's kinds of parties that are not individuals, and the reason under which each is left out."""

ALIAS_TYPES = {"aka", "fka", "nka"}
"""Also, formerly and now known as; all are names of the person."""

_GENERATION = re.compile(r"(?:JR|SR)\.?|I{2,3}|IV", re.IGNORECASE)
# Kana, Chinese characters and Hangul.
_FAMILY_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNTIL = re.compile(r"(.{1,30}) to (.{1,30})")
_NO_COUNTRY = {"", "undetermined", "unknown"}


def of_party(kind: str) -> str:
    """`of an individual`, `of a vessel`, or `of nothing` for no kind: how rows that point at a party are counted."""
    return f"of {'an' if kind[0] in 'aeiou' else 'a'} {kind}" if kind else "of nothing"


def add_name(person: Gathering, text: str, quality: NameQuality) -> None:
    """Add a name written `FAMILY, Given Names`; one without a comma is one text whose parts are not known.

    `Jr.` and its like follow the given names, wherever the comma put them.
    """
    family, *given = (clean(part) for part in text.split(","))
    given.sort(key=lambda part: bool(_GENERATION.fullmatch(part)))
    add_name_in_parts(person, family, " ".join(given), quality)


def add_name_in_parts(person: Gathering, family: str, given: str, quality: NameQuality) -> None:
    """Add a name of which the source knows the parts, in the written order of its script.

    A name of one part is kept as a whole: OFAC files a nickname or a mononym as a last name, too.
    """
    family, given = clean(family), clean(given)
    if family and given:
        full = f"{family} {given}" if _FAMILY_FIRST.search(family) else f"{given} {family}"
        person.name(full, quality, family=family, given=given)
    else:
        person.name(family or given, quality)


@functools.lru_cache(maxsize=65536)
def birth_date_of(text: str) -> PartialDate:
    """The date, or the range of dates, that OFAC writes. Raises `ValueRefused` if it is none."""
    if both := _UNTIL.fullmatch(text):
        return PartialDate.between(date_of(both[1]), date_of(both[2]))
    return date_of(text)


def add_birth_date(person: Gathering, text: str) -> None:
    """Add a birth date in OFAC's words."""
    try:
        person.birth_date(birth_date_of(text))
    except ValueRefused as error:
        person.leave_out(Reason.UNREADABLE_DATE, f"birth date {text}: {error}")


@functools.lru_cache(maxsize=16384)
def country_of_place(place: str) -> str:
    """The country that the last part of a place names, or its last two do (`Korea, North`); else nothing.

    Two letters after a town are a state of a country, not a country.
    """
    parts = [part.strip() for part in place.split(",")]
    for last in (parts[-1], ", ".join(parts[-2:])):
        if (len(last) > 2 or last in {"US", "UK"}) and (code := country(last)):
            return code
    return ""


def add_birth_place(person: Gathering, text: str) -> None:
    """Add a birth place, and its country if it names one; a place without a country is not an error."""
    place = clean(text)
    if place:
        person.birth_place(place)
        person.birth_country(country_of_place(place))


def add_document(person: Gathering, type_: DocumentType, number: str, issuer: str) -> None:
    """Add a document by type, number and the words for its issuing country (empty if the source names none)."""
    code = "" if issuer.lower() in _NO_COUNTRY else person.country(issuer, "issuer")
    person.document(type_, number, code)
