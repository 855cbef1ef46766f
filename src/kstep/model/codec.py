"""Entries and people as JSON values and back, for files that kstep writes for itself; nothing is lost on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

from kstep.model.dates import PartialDate
from kstep.model.documents import Document, DocumentType
from kstep.model.identity import Entry, Identity, Person, Sex
from kstep.model.name import Name, NameQuality


def identity_to_json(identity: Identity) -> dict[str, Any]:
    """The identity as values of JSON."""
    return {
        "names": [[name.full, name.family, name.given, name.quality.value] for name in identity.names],
        "birth_dates": [[day.earliest.isoformat(), day.latest.isoformat(), day.circa] for day in identity.birth_dates],
        "sexes": [sex.value for sex in identity.sexes],
        "nationalities": list(identity.nationalities),
        "birth_countries": list(identity.birth_countries),
        "birth_places": list(identity.birth_places),
        "documents": [[document.type.value, document.number, document.issuer] for document in identity.documents],
    }


def identity_from_json(found: dict[str, Any]) -> Identity:
    """The identity of which `identity_to_json` made `found`."""
    return Identity(
        names=tuple(Name(full, family, given, NameQuality(quality)) for full, family, given, quality in found["names"]),
        birth_dates=tuple(PartialDate.from_iso(*day) for day in found["birth_dates"]),
        sexes=tuple(Sex(sex) for sex in found["sexes"]),
        nationalities=tuple(found["nationalities"]),
        birth_countries=tuple(found["birth_countries"]),
        birth_places=tuple(found["birth_places"]),
        documents=tuple(Document(DocumentType(kind), number, issuer) for kind, number, issuer in found["documents"]),
    )


def entry_to_json(entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry as values of JSON: its id and all that is compared, and the rest. Together they are one object."""
    rest = {
        "programmes": list(entry.programmes),
        "listed_on": entry.listed_on and entry.listed_on.isoformat(),
        "references": list(entry.references),
    }
    return {"entry_id": entry.entry_id, **identity_to_json(entry.identity)}, rest


def entry_from_json(found: dict[str, Any]) -> Entry:
    """The entry of which `entry_to_json` made the parts of `found`."""
    listed_on = found["listed_on"] and date.fromisoformat(found["listed_on"])
    identity, programmes = identity_from_json(found), tuple(found["programmes"])
    return Entry(found["entry_id"], identity, programmes, listed_on, tuple(found["references"]))


def person_to_json(person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """The person as values of JSON, as `entry_to_json` an entry. Without addresses it is what it was before people had any."""
    rest: dict[str, Any] = {
        "custody_place": person.custody_place,
        "release_basis": person.release_basis,
        "outcome": person.outcome,
        "office": person.office,
    }
    if person.addresses:
        rest["addresses"] = list(person.addresses)
    return {"person_id": person.person_id, **identity_to_json(person.identity)}, rest


def person_from_json(found: dict[str, Any]) -> Person:
    """The person of whom `person_to_json` made the parts of `found`."""
    custody_place, release_basis, outcome, office = (
        found[field] for field in ("custody_place", "release_basis", "outcome", "office")
    )
    return Person(
        found["person_id"], identity_from_json(found), custody_place, release_basis, outcome, office,
        tuple(found.get("addresses", ())),
    )  # fmt: skip
