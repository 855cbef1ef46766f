"""Entries as JSON values and back, for files that kstep writes for itself; nothing is lost on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

from kstep.model.dates import PartialDate
from kstep.model.documents import Document, DocumentType
from kstep.model.identity import Entry, Identity, Sex
from kstep.model.name import Name, NameQuality


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """The entry as values of JSON."""
    identity = entry.identity
    return {
        "entry_id": entry.entry_id,
        "names": [[name.full, name.family, name.given, name.quality.value] for name in identity.names],
        "birth_dates": [[day.earliest.isoformat(), day.latest.isoformat(), day.circa] for day in identity.birth_dates],
        "sexes": [sex.value for sex in identity.sexes],
        "nationalities": list(identity.nationalities),
        "birth_countries": list(identity.birth_countries),
        "birth_places": list(identity.birth_places),
        "documents": [[document.type.value, document.number, document.issuer] for document in identity.documents],
        "programmes": list(entry.programmes),
        "listed_on": entry.listed_on and entry.listed_on.isoformat(),
        "references": list(entry.references),
    }


def entry_from_json(found: dict[str, Any]) -> Entry:
    """The entry of which `entry_to_json` made `found`."""
    identity = Identity(
        names=tuple(Name(full, family, given, NameQuality(quality)) for full, family, given, quality in found["names"]),
        birth_dates=tuple(PartialDate.from_iso(*day) for day in found["birth_dates"]),
        sexes=tuple(Sex(sex) for sex in found["sexes"]),
        nationalities=tuple(found["nationalities"]),
        birth_countries=tuple(found["birth_countries"]),
        birth_places=tuple(found["birth_places"]),
        documents=tuple(Document(DocumentType(kind), number, issuer) for kind, number, issuer in found["documents"]),
    )
    listed_on = found["listed_on"] and date.fromisoformat(found["listed_on"])
    return Entry(found["entry_id"], identity, tuple(found["programmes"]), listed_on, tuple(found["references"]))
