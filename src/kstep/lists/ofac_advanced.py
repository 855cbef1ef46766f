"""OFAC's `sdn_advanced.xml`, the Advanced Sanctions Data Model: read by `ofac_xml` when it meets its root element.

A `DistinctParty` is an entry, is not a person, or is left out by its line. Its documents stand before it in the file,
and its programmes and listing date after it; what points at no party is counted as that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lxml import etree

from kstep.lists.account import Account, Reason
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_documents import document_type, is_not_identity
from kstep.lists.ofac_reference import References
from kstep.lists.ofac_schema import ADVANCED, count_unknown
from kstep.lists.ofac_values import (
    ALIAS_TYPES,
    NOT_PEOPLE,
    add_birth_place,
    add_document,
    add_name_in_parts,
    of_party,
)
from kstep.lists.source import elements
from kstep.model import DocumentType, Entry, InputError, NameQuality, ValueRefused

_RECORDS = (
    "DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "ProfileRelationship",
    "SanctionsEntry", "SanctionsEntryLink",
)  # fmt: skip
_CONTAINERS = {
    "Sanctions", "Locations", "IDRegDocuments", "DistinctParties", "ProfileRelationships", "SanctionsEntries",
    "SanctionsEntryLinks",
}  # fmt: skip
_FAMILY_PARTS = {"last name", "maiden name", "matronymic"}
_GIVEN_PARTS = {"first name", "middle name", "patronymic", "nickname"}
_NATIONALITIES = {"nationality country", "nationality", "citizenship country", "citizenship"}


@dataclass(slots=True)
class _Party:
    """A `DistinctParty` while what points at it is still to come; `person` only of people."""

    fixed_ref: str
    where: str
    kind: str
    person: Gathering | None = None
    references: dict[str, None] = field(default_factory=dict)
    programmes: dict[str, None] = field(default_factory=dict)
    listed_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    where: str
    label: str
    number: str
    issuer: str


def read_advanced(
    content: bytes, path: Path, attributes: dict[str, str], account: Account
) -> tuple[date | None, list[Entry]]:
    """The date of issue and the entries of the advanced file `content`, whose root has `attributes`.

    Raises `InputError` if it cannot be read to its end, or holds only the changes since another version.
    """
    if base := attributes.get("DeltaBaseVersion"):
        raise InputError(f"holds only the changes since version {base}, not the whole list", where=str(path),
                         mend="fetch the publisher's full file")  # fmt: skip
    reader = _Reader(account)
    for record in elements(content, path, *_RECORDS, passed=reader.passed):
        count_unknown(record, ADVANCED, account)
        reader.read(record)
    if not reader.parties:
        raise InputError("holds no DistinctParty", where=str(path), mend="fetch the publisher's full file")
    return reader.source_date, list(reader.entries())


class _Reader:
    """Reads the records of one file in their order."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.source_date: date | None = None
        self.parties = 0
        self._references = References()
        self._documents: defaultdict[str, list[_Document]] = defaultdict(list)
        self._by_fixed_ref: dict[str, _Party] = {}
        self._by_profile: dict[str, _Party] = {}
        self._by_identity: dict[str, _Party] = {}

    def passed(self, tag: str) -> None:
        if tag not in _CONTAINERS:
            self.account.unknown(f"Sanctions/{tag}")

    def read(self, record: etree._Element) -> None:
        where = f"line {record.sourceline}"
        match record.tag:
            case "DateOfIssue":
                self.source_date = self._date(record, where)
            case "ReferenceValueSets":
                self._references.read_values(record)
            case "Location":
                self._references.read_location(record)
            case "IDRegDocument":
                issuer = self._references.text("Country", record.get("IssuedBy-CountryID"))
                label = self._references.text("IDRegDocType", record.get("IDRegDocTypeID"))
                document = _Document(where, label, _text(record, "IDRegistrationNo"), issuer)
                self._documents[record.get("IdentityID", "")].append(document)
            case "DistinctParty":
                self._read_party(record)
            case "SanctionsEntry":
                self._read_listing(record, where)

    def _date(self, element: etree._Element, where: str) -> date | None:
        try:
            return self._references.date(element).earliest
        except ValueRefused as error:
            self.account.leave_out(Reason.UNREADABLE_DATE, where, f"{element.tag}: {error}")
            return None

    def _read_party(self, record: etree._Element) -> None:
        self.parties += 1
        fixed_ref = record.get("FixedRef", "").strip()
        where = f"line {record.sourceline} ({fixed_ref})"
        kinds = [self._references.party_kind(profile.get("PartySubTypeID")) for profile in record.iterfind("Profile")]
        kind = "individual" if "individual" in kinds else next(iter(kinds), "")
        shown = " ".join(value.text or "" for value in record.iterfind(".//NamePartValue"))
        if not fixed_ref or kind not in {"individual", *NOT_PEOPLE}:
            self.account.count("unreadable record")
            self.account.leave_out(Reason.UNREADABLE_ROW, where, f"party type {kind or 'missing'}: {shown}")
            return
        self.account.count(kind)
        party = _Party(fixed_ref, where, kind)
        for _ in record.iterfind("Profile/Identity/Alias"):
            self.account.count(f"alias {of_party(kind)}")
        if kind != "individual":
            self.account.leave_out(NOT_PEOPLE[kind], where, shown)
        elif fixed_ref in self._by_fixed_ref:
            self.account.leave_out(Reason.DUPLICATE_ID, where, shown)
        else:
            party.person = Gathering(self.account, where)
            self._by_fixed_ref[fixed_ref] = party
        for profile in record.iterfind("Profile"):
            self._read_profile(profile, party)

    def _read_profile(self, profile: etree._Element, party: _Party) -> None:
        number = profile.get("ID", "")
        self._by_profile.setdefault(number, party)
        for identity in profile.iterfind("Identity"):
            self._by_identity.setdefault(identity.get("ID", ""), party)
        if party.person is None:
            return
        if number not in {"", party.fixed_ref}:
            party.references[number] = None
        for identity in profile.iterfind("Identity"):
            self._read_identity(identity, party.person)
        for feature in profile.iterfind("Feature"):
            self._read_feature(feature, party.person)
        for reference in profile.iterfind("ExternalReference"):
            if value := _text(reference, "ExRefValue"):
                party.references[value] = None

    def _read_identity(self, identity: etree._Element, person: Gathering) -> None:
        types = {
            group.get("ID", ""): self._references.text("NamePartType", group.get("NamePartTypeID")).lower()
            for group in identity.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")
        }
        for alias in identity.iterfind("Alias"):
            alias_type = self._references.text("AliasType", alias.get("AliasTypeID"))
            if alias_type.lower().replace(".", "") not in {"name", *ALIAS_TYPES}:
                self.account.unknown(f"AliasType: {alias_type or alias.get('AliasTypeID')}")
            if alias.get("LowQuality") == "true":
                quality = NameQuality.WEAK
            elif alias.get("Primary") == "true" and identity.get("Primary") != "false":
                quality = NameQuality.PRIMARY
            else:
                quality = NameQuality.STRONG
            for name in alias.iterfind("DocumentedName"):
                self._read_name(name, types, quality, person)

    def _read_name(self, name: etree._Element, types: dict[str, str], quality: NameQuality, person: Gathering) -> None:
        family: list[str] = []
        given: list[str] = []
        written: list[str] = []
        for value in name.iterfind("DocumentedNamePart/NamePartValue"):
            text, part_type = (value.text or "").strip(), types.get(value.get("NamePartGroupID", ""), "")
            written.append(text)
            if part_type in _FAMILY_PARTS:
                family.append(text)
            elif part_type in _GIVEN_PARTS:
                given.append(text)
            elif part_type:
                self.account.unknown(f"NamePartType: {part_type}")
        if not "".join(written):
            person.leave_out(Reason.NAMELESS, "documented name")
        elif len(family) + len(given) == len(written):
            add_name_in_parts(person, " ".join(family), " ".join(given), quality)
        else:
            person.name(" ".join(written), quality)

    def _read_feature(self, feature: etree._Element, person: Gathering) -> None:
        label = self._references.text("FeatureType", feature.get("FeatureTypeID"))
        for version in feature.iterfind("FeatureVersion"):
            match label.lower().rstrip(" :"):
                case "birthdate" | "date of birth":
                    for period in version.iterfind("DatePeriod"):
                        self._read_birth_date(period, person)
                case "place of birth":
                    for text in (*self._details(version), *self._places(version)):
                        add_birth_place(person, text)
                case "gender":
                    for text in self._details(version):
                        person.sex(text)
                case nationality if nationality in _NATIONALITIES:
                    for text in (*self._details(version), *self._countries(version)):
                        person.nationality(text)
                case _ if not is_not_identity(label):
                    self.account.unknown(f"FeatureType: {label or feature.get('FeatureTypeID')}")

    def _read_birth_date(self, period: etree._Element, person: Gathering) -> None:
        try:
            person.birth_date(self._references.period(period))
        except ValueRefused as error:
            person.leave_out(Reason.UNREADABLE_DATE, str(error))

    def _details(self, version: etree._Element) -> Iterator[str]:
        for detail in version.iterfind("VersionDetail"):
            text = (detail.text or "").strip()
            if text := text or self._references.text("DetailReference", detail.get("DetailReferenceID")):
                yield text

    def _countries(self, version: etree._Element) -> Iterator[str]:
        for element in version.iterfind("VersionLocation"):
            location = self._references.location(element.get("LocationID"))
            if location and (text := location.country or location.place):
                yield text

    def _places(self, version: etree._Element) -> Iterator[str]:
        for element in version.iterfind("VersionLocation"):
            if location := self._references.location(element.get("LocationID")):
                yield ", ".join(part for part in (location.place, location.country) if part)

    def _read_listing(self, record: etree._Element, where: str) -> None:
        party = self._by_profile.get(record.get("ProfileID", ""))
        self.account.count(f"sanctions entry {of_party(party.kind if party else '')}")
        if party is None:
            self.account.leave_out(Reason.POINTS_AT_NOTHING, where, "sanctions entry")
            return
        for event in record.iterfind("EntryEvent/Date"):
            listed_on = self._date(event, where)
            if listed_on and (party.listed_on is None or listed_on < party.listed_on):
                party.listed_on = listed_on
        for measure in record.iterfind("SanctionsMeasure"):
            if self._references.text("SanctionsType", measure.get("SanctionsTypeID")).lower() == "program":
                party.programmes |= dict.fromkeys(part for part in _text(measure, "Comment").split("] [") if part)
        if reference := record.get("EntryProfileRef"):
            party.references[reference] = None

    def entries(self) -> Iterator[Entry]:
        """The people of the file, once all of it has been read."""
        for identity, documents in self._documents.items():
            for document in documents:
                self._place_document(document, self._by_identity.get(identity))
        for party in self._by_fixed_ref.values():
            if party.person is None or party.person.nameless:
                self.account.leave_out(Reason.NAMELESS, party.where, "individual")
                continue
            yield Entry(party.fixed_ref, party.person.identity(), tuple(party.programmes), party.listed_on,
                        tuple(party.references))  # fmt: skip

    def _place_document(self, document: _Document, party: _Party | None) -> None:
        self.account.count(f"document {of_party(party.kind if party else '')}")
        if party is None:
            self.account.leave_out(Reason.POINTS_AT_NOTHING, document.where, f"{document.label} {document.number}")
        elif party.person is not None:
            type_ = document_type(document.label)
            if type_ is None and is_not_identity(document.label):
                return
            if type_ is None:
                self.account.unknown(f"IDRegDocType: {document.label}")
            add_document(party.person, type_ or DocumentType.OTHER, document.number, document.issuer)


def _text(element: etree._Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
