"""A subject of the European Union's financial sanctions, whichever file it comes from, and the entry it becomes.

Its records bear the names of the XML schema's elements and attributes; the CSV columns say the same under other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kstep.lists.account import Account, Reason
from kstep.lists.fields import clean, country, date_of
from kstep.lists.gathering import Gathering
from kstep.lists.papers import kind_of, papers
from kstep.model import DocumentType, Entry, NameQuality, PartialDate, ValueRefused

Record = Mapping[str, str]
"""The attributes of one element, and its remark under `remark`."""

_DOCUMENT_TYPES = {
    "passport": DocumentType.PASSPORT, "id": DocumentType.NATIONAL_ID, "nrn": DocumentType.NATIONAL_ID,
    "ssn": DocumentType.SOCIAL_SECURITY, "fiscalcode": DocumentType.TAX_ID,
    "birthcert": DocumentType.BIRTH_CERTIFICATE, "travelcardid": DocumentType.TRAVEL_DOCUMENT,
    "residentperm": DocumentType.RESIDENCE, "drivinglicence": DocumentType.DRIVING_LICENCE,
    "electionid": DocumentType.OTHER, "nationcert": DocumentType.OTHER, "tradelic": DocumentType.OTHER,
    "regnumber": DocumentType.OTHER, "other": DocumentType.OTHER,
}  # fmt: skip
_UNKNOWN_COUNTRY = {"", "00", "UNKNOWN"}


@dataclass(slots=True)
class Subject:
    """One sanctioned subject: its logical id, where it stands in the file, its own attributes, and its records by name
    (`nameAlias`, `birthdate`, `citizenship`, `identification`, `regulation`)."""

    logical_id: str
    where: str
    attributes: Record
    kind: str
    records: dict[str, list[Record]] = field(default_factory=dict)

    def of(self, name: str) -> list[Record]:
        """The records of one element name."""
        return self.records.get(name, [])


def is_person(subject: Subject) -> bool | None:
    """Whether a subject is a person; None if its type is neither a person nor an enterprise."""
    return {"person": True, "p": True, "enterprise": False, "e": False}.get(subject.kind.casefold())


def entry_of(subject: Subject, account: Account) -> Entry | None:
    """The entry of a person, or None once it stands in the account that it has no name."""
    person = Gathering(account, subject.logical_id)
    for alias in subject.of("nameAlias"):
        _read_name(alias, person)
    if person.nameless:
        account.leave_out(Reason.NAMELESS, subject.logical_id)
        return None
    for birth in subject.of("birthdate"):
        _read_birth(birth, person)
    for citizenship in subject.of("citizenship"):
        person.nationality(_country(citizenship))
    for identification in subject.of("identification"):
        _read_document(identification, person)
    regulations = subject.of("regulation")
    programmes = dict.fromkeys(filter(None, (clean(regulation.get("programme")) for regulation in regulations)))
    references = (subject.attributes.get(name, "") for name in ("euReferenceNumber", "unitedNationId"))
    return Entry(
        subject.logical_id,
        person.identity(),
        programmes=tuple(programmes),
        listed_on=_listed_on(subject, person),
        references=tuple(filter(None, map(clean, references))),
    )


def _read_name(alias: Record, person: Gathering) -> None:
    given = clean(f"{alias.get('firstName', '')} {alias.get('middleName', '')}")
    weak = alias.get("strong", "").casefold() == "false" or "low quality" in alias.get("remark", "").casefold()
    strong = NameQuality.STRONG if person.has_primary_name else NameQuality.PRIMARY
    quality = NameQuality.WEAK if weak else strong
    person.name(alias.get("wholeName", ""), quality, family=alias.get("lastName", ""), given=given)
    person.sex(clean(alias.get("gender")))


def _read_birth(birth: Record, person: Gathering) -> None:
    country_said = _country(birth)
    person.birth_country(country_said)
    place = [birth.get(name, "") for name in ("place", "city", "region")]
    person.birth_place(*place, "" if country_said == "" else clean(birth.get("countryDescription")) or country_said)
    calendar = clean(birth.get("calendarType")) or "GREGORIAN"
    first, last = clean(birth.get("yearRangeFrom")), clean(birth.get("yearRangeTo"))
    year, month, day = (clean(birth.get(name)) for name in ("year", "monthOfYear", "dayOfMonth"))
    said = clean(birth.get("birthdate")) or "-".join(part for part in (year, month, day if month else "") if part)
    if not said and (first or last):
        said = f"between {first or '?'} and {last or '?'}"
    if not said:
        return
    try:
        if calendar.upper() != "GREGORIAN":
            raise ValueRefused("another calendar")
        value = date_of(said)
    except ValueRefused:
        person.leave_out(Reason.UNREADABLE_DATE, f"birth date {said} ({calendar})")
        return
    circa = birth.get("circa", "").casefold() == "true"
    person.birth_date(PartialDate(value.earliest, value.latest, value.circa or circa))


def _read_document(identification: Record, person: Gathering) -> None:
    code = clean(identification.get("identificationTypeCode"))
    description = clean(identification.get("identificationTypeDescription"))
    kind = _DOCUMENT_TYPES.get(code.casefold())
    if kind is None and code:
        person.account.unknown(f"identificationTypeCode {code}")
    issuer = person.country(_country(identification), "issuer")
    person.name(identification.get("nameOnDocument", ""), NameQuality.STRONG)
    numbers = [clean(identification.get(name)) for name in ("number", "latinNumber")]
    said = " ".join(filter(None, [description or code, *numbers]))
    if identification.get("knownFalse", "").casefold() == "true":
        person.leave_out(Reason.FALSE_DOCUMENT, said)
        return
    found = [paper for number in numbers for paper in papers(number)]
    if not found:
        person.leave_out(Reason.UNREADABLE_DOCUMENT, said)
    for paper in found:
        said_kind = paper.kind or kind or kind_of(description) or DocumentType.OTHER
        person.document(said_kind, paper.number, issuer or paper.issuer)


def _country(record: Record) -> str:
    """The record's country, as its code if that is one, else as it is described; empty if it is said to be unknown."""
    code, description = (clean(record.get(name)) for name in ("countryIso2Code", "countryDescription"))
    if country(code.upper()):
        return code.upper()
    known = [said for said in (description, code) if said.upper() not in _UNKNOWN_COUNTRY]
    return known[0] if known else ""


def _listed_on(subject: Subject, person: Gathering) -> date | None:
    """The day of designation; where the file does not say it, that of the earliest regulation that it cites."""
    said = [clean(subject.attributes.get("designationDate"))]
    if not said[0]:
        said = [clean(regulation.get("publicationDate")) for regulation in subject.of("regulation")]
    days = []
    for text in filter(None, said):
        try:
            days.append(date_of(text).earliest)
        except ValueRefused:
            person.leave_out(Reason.UNREADABLE_DATE, f"listed on {text}")
    return min(days, default=None)
