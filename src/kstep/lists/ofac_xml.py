"""The `ofac-xml` kind: OFAC's `sdn.xml` (read here) and `sdn_advanced.xml`, told apart by their root element.

Every `sdnEntry` of the plain file is an entry, is not a person, or is left out by its line.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_advanced import read_advanced
from kstep.lists.ofac_documents import document_type, is_not_identity
from kstep.lists.ofac_remarks import Clause, read_remarks, summary
from kstep.lists.ofac_schema import PLAIN, count_unknown
from kstep.lists.ofac_values import (
    ALIAS_TYPES,
    NOT_PEOPLE,
    add_birth_date,
    add_birth_place,
    add_document,
    add_name_in_parts,
    of_party,
)
from kstep.lists.source import elements, read_bytes, root
from kstep.model import DocumentType, Entry, InputError, NameQuality, one_line

KIND = "ofac-xml"

_OTHER_KINDS = {"CONSOLIDATED_LIST": "un", "export": "eu", "Designations": "uk"}
_QUALITIES = {"strong": NameQuality.STRONG, "weak": NameQuality.WEAK}


def read(path: Path) -> Edition:
    """Read the file `path`. Raises `InputError` if it is neither of OFAC's, or cannot be read to its end."""
    content = read_bytes(path)
    tag, attributes = root(content, path)
    account = Account()
    if tag == "sdnList":
        source_date, entries = _read_plain(content, path, account)
    elif tag == "Sanctions":
        source_date, entries = read_advanced(content, path, attributes, account)
    else:
        kind = _OTHER_KINDS.get(tag)
        mend = f"it looks like the kind {kind}: write {kind}={path}" if kind else "fetch the publisher's file again"
        raise InputError(
            f"is not OFAC's XML: its root element is {tag}, not sdnList or Sanctions", where=str(path), mend=mend
        )
    return account.edition(edition_id(KIND, [("", content)]), KIND, source_date, entries)


def _read_plain(content: bytes, path: Path, account: Account) -> tuple[date | None, list[Entry]]:
    source_date: date | None = None
    promised = ""
    places: dict[str, str] = {}
    entries: list[Entry] = []
    clauses: Counter[Clause] = Counter()

    def passed(tag: str) -> None:
        if tag != "sdnList":
            account.unknown(f"sdnList/{tag}")

    records = 0
    for record in elements(content, path, "publshInformation", "sdnEntry", passed=passed):
        count_unknown(record, PLAIN, account)
        if record.tag == "publshInformation":
            source_date, promised = _publish_date(_text(record, "Publish_Date"), account), _text(record, "Record_Count")
            continue
        records += 1
        if entry := _read_entry(record, places, clauses, account):
            entries.append(entry)
    if not records:
        raise InputError("holds no sdnEntry", where=str(path), mend="fetch the publisher's file again")
    if promised.isascii() and promised.isdigit() and len(promised) < 16:
        account.stated(int(promised), records)
    if promised and promised != str(records):
        account.note(f"the file says that it holds {promised} records and holds {records}")
    account.note(summary(clauses))
    return source_date, entries


def _publish_date(text: str, account: Account) -> date | None:
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    if text:
        account.note(f"the date of publication cannot be read: {text}")
    return None


def _text(element: etree._Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _read_entry(
    record: etree._Element, places: dict[str, str], clauses: Counter[Clause], account: Account
) -> Entry | None:
    uid, kind = _text(record, "uid"), _text(record, "sdnType").lower()
    where = f"line {record.sourceline} ({one_line(uid, 40)})"
    shown = ", ".join(part for part in (_text(record, "lastName"), _text(record, "firstName")) if part)
    if kind not in {"individual", *NOT_PEOPLE} or not (uid.isascii() and uid.isdigit()):
        account.count("unreadable record")
        account.leave_out(Reason.UNREADABLE_ROW, where, f"uid {uid or 'missing'}, type {kind or 'missing'}: {shown}")
        return None
    account.count(kind)
    for what, tag in (("alias", "akaList/aka"), ("address", "addressList/address"), ("id", "idList/id")):
        for _ in record.iterfind(tag):
            account.count(f"{what} {of_party(kind)}")
    if kind != "individual":
        account.leave_out(NOT_PEOPLE[kind], where, shown)
        return None
    if uid in places:
        account.leave_out(Reason.DUPLICATE_ID, where, f"stands in {places[uid]} already: {shown}")
        return None
    places[uid] = where
    person = Gathering(account, where)
    _read_person(record, person, clauses)
    if person.nameless:
        account.leave_out(Reason.NAMELESS, where, "individual")
        return None
    programmes = dict.fromkeys(
        text for item in record.findall("programList/program") if (text := (item.text or "").strip())
    )
    return Entry(uid, person.identity(), tuple(programmes))


def _read_person(record: etree._Element, person: Gathering, clauses: Counter[Clause]) -> None:
    add_name_in_parts(person, _text(record, "lastName"), _text(record, "firstName"), NameQuality.PRIMARY)
    for alias in record.findall("akaList/aka"):
        _read_alias(alias, person)
    for item in record.findall("dateOfBirthList/dateOfBirthItem"):
        add_birth_date(person, _text(item, "dateOfBirth"))
    for item in record.findall("placeOfBirthList/placeOfBirthItem"):
        add_birth_place(person, _text(item, "placeOfBirth"))
    for item in (*record.findall("nationalityList/nationality"), *record.findall("citizenshipList/citizenship")):
        person.nationality(_text(item, "country"))
    for item in record.findall("idList/id"):
        _read_id(item, person)
    read_remarks(_text(record, "remarks"), person, clauses)


def _read_alias(alias: etree._Element, person: Gathering) -> None:
    type_, category = _text(alias, "type"), _text(alias, "category").lower()
    if type_.lower().replace(".", "") not in ALIAS_TYPES:
        person.account.unknown(f"aka/type: {type_}")
    if category not in _QUALITIES:
        person.account.unknown(f"aka/category: {category}")
    family, given = _text(alias, "lastName"), _text(alias, "firstName")
    if family or given:
        add_name_in_parts(person, family, given, _QUALITIES.get(category, NameQuality.STRONG))
    else:
        person.leave_out(Reason.NAMELESS, "alias")


def _read_id(item: etree._Element, person: Gathering) -> None:
    label, number, country = _text(item, "idType"), _text(item, "idNumber"), _text(item, "idCountry")
    if label.rstrip(":").lower() == "gender":
        person.sex(number)
    elif type_ := document_type(label):
        add_document(person, type_, number, country)
    elif not is_not_identity(label):
        person.account.unknown(f"id/idType: {label}")
        # Only documents have a country, so one of a type that is new still identifies the person.
        if country:
            add_document(person, DocumentType.OTHER, number, country)
