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
from kstep.lists.ofac_profile import read_profile
from kstep.lists.ofac_reference import References
from kstep.lists.ofac_schema import ADVANCED, count_unknown
from kstep.lists.ofac_values import NOT_PEOPLE, add_document, of_party
from kstep.lists.source import elements
from kstep.model import DocumentType, Entry, InputError, ValueRefused, one_line

_RECORDS = (
    "DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "ProfileRelationship",
    "SanctionsEntry", "SanctionsEntryLink",
)  # fmt: skip
_CONTAINERS = {
    "Sanctions", "Locations", "IDRegDocuments", "DistinctParties", "ProfileRelationships", "SanctionsEntries",
    "SanctionsEntryLinks",
}  # fmt: skip


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
    reader = _Reader(path, account)
    for record in elements(content, path, *_RECORDS, passed=reader.passed):
        count_unknown(record, ADVANCED, account)
        reader.read(record)
    if not reader.parties:
        raise InputError("holds no DistinctParty", where=str(path), mend="fetch the publisher's full file")
    return reader.source_date, list(reader.entries())


class _Reader:
    """Reads the records of one file in their order."""

    def __init__(self, path: Path, account: Account) -> None:
        self._path, self.account = path, account
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
                issuer = self._references.country(record.get("IssuedBy-CountryID"))
                label = self._references.text("IDRegDocType", record.get("IDRegDocTypeID"))
                document = _Document(where, label, _text(record, "IDRegistrationNo"), issuer)
                self._documents[record.get("IdentityID", "")].append(document)
            case "DistinctParty":
                self._read_party(record)
            case "SanctionsEntry":
                self._read_listing(record, where)
            case "ProfileRelationship":
                self.account.count("relationship of two parties")
            case "SanctionsEntryLink":
                self.account.count("link of two sanctions entries")

    def _date(self, element: etree._Element, where: str) -> date | None:
        try:
            return self._references.date(element).earliest
        except ValueRefused as error:
            self.account.leave_out(Reason.UNREADABLE_DATE, where, f"{element.tag}: {error}")
            return None

    def _read_party(self, record: etree._Element) -> None:
        self.parties += 1
        if not self._references.has("PartySubType"):
            raise InputError("has no reference values to say which parties are people", where=str(self._path),
                             mend="fetch the publisher's full file")  # fmt: skip
        fixed_ref = record.get("FixedRef", "").strip()
        where = f"line {record.sourceline} ({one_line(fixed_ref, 40)})"
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
        empty_names = sum(self._read_profile(profile, party) for profile in record.iterfind("Profile"))
        if party.person is not None and not party.person.nameless:
            for _ in range(empty_names):
                party.person.leave_out(Reason.NAMELESS, "documented name")

    def _read_profile(self, profile: etree._Element, party: _Party) -> int:
        """Read a profile; the number of its names that hold nothing is returned."""
        number = profile.get("ID", "")
        self._by_profile.setdefault(number, party)
        for identity in profile.iterfind("Identity"):
            self._by_identity.setdefault(identity.get("ID", ""), party)
        if party.person is None:
            return 0
        if number not in {"", party.fixed_ref}:
            party.references[number] = None
        for reference in profile.iterfind("ExternalReference"):
            if value := _text(reference, "ExRefValue"):
                party.references[value] = None
        return read_profile(profile, party.person, self._references)

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
