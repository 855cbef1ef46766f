"""A list under the magnifying glass: what is in it, what was left out and why, and that the parts add up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kstep.lists import Edition
from kstep.screening.sources import NOT_PEOPLE


def inspection(edition: Edition) -> dict[str, Any]:
    """What there is to say of an edition, as JSON values."""
    return {
        "kind": edition.kind,
        "edition": edition.id,
        "entries_root": edition.entries_root,
        "source_date": edition.source_date and edition.source_date.isoformat(),
        "rows": dict(edition.rows),
        "persons": len(edition.entries),
        "entries_have": _contents(edition),
        "left_out": edition.left_out_by_reason,
        "left_out_of_people": [
            {"reason": item.reason, "where": item.where, "detail": item.detail}
            for item in edition.left_out
            if item.reason not in NOT_PEOPLE
        ],
        "unknown": dict(edition.unknown),
        "notes": list(edition.notes),
    }


def _contents(edition: Edition) -> dict[str, int]:
    """How much of what identifies people there is."""
    counted: Counter[str] = Counter({"persons": len(edition.entries)})
    for entry in edition.entries:
        identity = entry.identity
        counted.update(f"{name.quality.value} names" for name in identity.names)
        counted.update(
            f"birth dates, {day.precision.value}{', about' if day.circa else ''}" for day in identity.birth_dates
        )
        for label, values in (("sexes", identity.sexes), ("nationalities", identity.nationalities),
                              ("birth countries", identity.birth_countries), ("birth places", identity.birth_places),
                              ("programmes", entry.programmes), ("references", entry.references)):  # fmt: skip
            counted[label] += len(values)
        counted.update(f"documents, {document.type.value.replace('_', ' ')}" for document in identity.documents)
        counted["listing dates"] += entry.listed_on is not None
    return {label: count for label, count in counted.items() if count}
