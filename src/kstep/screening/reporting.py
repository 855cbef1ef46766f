"""A finished run as a report: what the page says of each person and entry, in one order for both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kstep.matching import engine_name
from kstep.model import Entry, Identity, NameQuality, Person
from kstep.model.countries import country_name
from kstep.screening.report import Attention, Details, ListSummary, Report, Value

if TYPE_CHECKING:
    from kstep.screening.files import Outcome
    from kstep.screening.matches import PossibleMatch

_SEXES = {"M": "male", "F": "female", "X": "unspecified"}


def report_of(outcome: Outcome, title: str, attention: Sequence[Attention], seconds: float | None) -> Report:
    """The report of a run. `seconds` is how long it took, or None where two runs have to give the same page."""
    found = outcome.screening
    by_list = Counter(match.list for match in found.matches)
    lists = [
        ListSummary(opened.label, opened.index.edition, opened.source_date, len(opened.index.entries), opened.left_out,
                    by_list[opened.label])
        for opened in outcome.lists
    ]  # fmt: skip
    return Report(
        title=title,
        generated_by=engine_name(),
        threshold=outcome.threshold,
        prior_bits=found.prior / 1000,
        people=len(outcome.people.people),
        entries=sum(listed.entries for listed in lists),
        comparisons=found.comparisons,
        seconds=seconds,
        lists=lists,
        matches=[match.to_json() for match in found.matches],
        person_details=_details_by_id(found.matches),
        entry_details={(match.list, match.entry.entry_id): entry_details(match.entry) for match in found.matches},
        attention=attention,
    )


def _details_by_id(matches: Sequence[PossibleMatch]) -> dict[str, Details]:
    """What the register says of everyone with a match; of rows that share a person_id, all that any of them says."""
    rows: dict[str, dict[Person, None]] = {}
    for match in matches:
        rows.setdefault(match.person.person_id, {})[match.person] = None
    return {person_id: _together([person_details(person) for person in people]) for person_id, people in rows.items()}


def _together(records: Sequence[Details]) -> Details:
    if len(records) == 1:
        return records[0]
    values: dict[str, dict[Value, None]] = {}
    for label, shown in (field for record in records for field in record):
        values.setdefault(label, {}).update(dict.fromkeys(shown))
    return [(label, list(shown)) for label, shown in values.items()]


def person_details(person: Person) -> Details:
    """What the register says of a person."""
    status = (("Custody place", person.custody_place), ("Release basis", person.release_basis), ("Outcome", person.outcome),
              ("Office", person.office))  # fmt: skip
    shown = [(label, [Value(text.replace("_", " "))]) for label, text in status if text]
    return [*_identity_details(person.identity), *shown]


def entry_details(entry: Entry) -> Details:
    """What the list says of an entry."""
    more = [
        ("Programmes", [Value(programme) for programme in entry.programmes]),
        ("Listed on", [Value(entry.listed_on.isoformat())] if entry.listed_on else []),
        ("References", [Value(reference) for reference in entry.references]),
    ]
    return [*_identity_details(entry.identity), *[(label, values) for label, values in more if values]]


def _identity_details(identity: Identity) -> list[tuple[str, list[Value]]]:
    notes = {NameQuality.PRIMARY: "", NameQuality.STRONG: "alias", NameQuality.WEAK: "weak alias"}
    fields = [
        ("Names", [Value(name.full, notes[name.quality]) for name in identity.names]),
        ("Birth date", [Value(str(day)) for day in identity.birth_dates]),
        ("Sex", [Value(_SEXES[sex.value]) for sex in identity.sexes]),
        ("Nationality", [Value(country_name(code), code) for code in identity.nationalities]),
        ("Birth country", [Value(country_name(code), code) for code in identity.birth_countries]),
        ("Birth place", [Value(place) for place in identity.birth_places]),
        ("Documents", [Value(document.number, f"{document.type.value.replace('_', ' ')} {document.issuer}".strip())
                       for document in identity.documents]),
    ]  # fmt: skip
    return [(label, values) for label, values in fields if values]
