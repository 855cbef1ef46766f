"""What a record says beyond the evidence, for the two sides of a match: every name, date, place, document and source fact.

Labels and values are written as the evidence writes them, so that both stand on one row of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kstep.model import Entry, Identity, NameQuality, Person
from kstep.screening.report import words


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a record as it is shown, with a short `note` on it such as "weak alias"."""

    text: str
    note: str = ""


Details = Sequence[tuple[str, Sequence[Value]]]
"""What a record says, in the order to be shown: label and values. Person and entry are aligned by equal labels."""

_QUALITIES = {NameQuality.PRIMARY: "", NameQuality.STRONG: "alias", NameQuality.WEAK: "weak alias"}


def person_details(person: Person) -> Details:
    """What is known of a person, empty fields left out."""
    return _given([*_identity(person.identity), ("Office", _values([person.office]))])


def entry_details(entry: Entry) -> Details:
    """What a list says of a person, empty fields left out."""
    listed = entry.listed_on.isoformat() if entry.listed_on else ""
    return _given(
        [
            *_identity(entry.identity),
            ("Programmes", _values(entry.programmes)),
            ("Listed on", _values([listed])),
            ("Other ids", _values(entry.references)),
        ]
    )


def _identity(identity: Identity) -> list[tuple[str, Sequence[Value]]]:
    return [
        (words.label("name"), [Value(name.full, _QUALITIES[name.quality]) for name in identity.names]),
        (words.label("birth_date"), _values(str(day) for day in identity.birth_dates)),
        (words.label("sex"), _values(words.value("sex", sex.value) for sex in identity.sexes)),
        (words.label("nationality"), _values(words.value("nationality", code) for code in identity.nationalities)),
        (words.label("birth_country"), _values(words.value("birth_country", code) for code in identity.birth_countries)),
        (words.label("document"), _values(words.value("document", str(item)) for item in identity.documents)),
        ("Birth places", _values(identity.birth_places)),
    ]


def _values(texts: Iterable[str]) -> list[Value]:
    """Each text once, in its order, empty ones left out."""
    return [Value(text) for text in dict.fromkeys(texts) if text]


def _given(fields: Details) -> Details:
    return [(label, values) for label, values in fields if values]
