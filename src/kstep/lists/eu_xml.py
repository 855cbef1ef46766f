"""The European Union's financial sanctions file, XML (FSF 1.1), to subjects.

Every `sanctionEntity` becomes a subject or stands in the account; elements and attributes that the schema does not have
are counted.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from kstep.lists.account import Account, Reason
from kstep.lists.eu_subject import Record, Subject
from kstep.lists.fields import clean
from kstep.lists.source import elements, root
from kstep.model import InputError

_COUNTRY = ("region", "countryIso2Code", "countryDescription", "regulationLanguage", "logicalId")
_SCHEMA = {
    "sanctionEntity": ("designationDate", "designationDetails", "unitedNationId", "euReferenceNumber", "logicalId"),
    "regulation": ("regulationType", "organisationType", "publicationDate", "entryIntoForceDate", "numberTitle",
                   "programme", "logicalId"),
    "subjectType": ("code", "classificationCode"),
    "nameAlias": ("firstName", "middleName", "lastName", "wholeName", "function", "gender", "title", "nameLanguage",
                  "strong", "regulationLanguage", "logicalId"),
    "citizenship": _COUNTRY,
    "birthdate": (*_COUNTRY, "circa", "calendarType", "birthdate", "dayOfMonth", "monthOfYear", "year",
                  "yearRangeFrom", "yearRangeTo", "city", "place", "zipCode"),
    "identification": (*_COUNTRY, "number", "latinNumber", "diplomatic", "knownExpired", "knownFalse", "reportedLost",
                       "revokedByIssuer", "issuedBy", "issuedDate", "validFrom", "validTo", "nameOnDocument",
                       "identificationTypeCode", "identificationTypeDescription"),
    "address": (*_COUNTRY, "city", "street", "poBox", "place", "zipCode", "asAtListingTime"),
    "remark": (),
}  # fmt: skip
_INSIDE = {"remark", "regulationSummary", "publicationUrl", "contactInfo"}


def subjects(content: bytes, path: Path, account: Account) -> tuple[str, list[Subject]]:
    """The day on which the file says it was generated, and its subjects. Raises `InputError` for another file."""
    tag, attributes = root(content, path)
    if tag != "export":
        raise InputError(f"is not an EU financial sanctions file: its root element is {tag}, not export",
                         where=str(path), mend="name the publisher's XML (version 1.1) or CSV file")  # fmt: skip

    def passed(tag: str) -> None:
        if tag != "export":
            account.unknown(tag)

    found = []
    for element in elements(content, path, "sanctionEntity", passed=passed):
        if subject := _subject(element, account):
            found.append(subject)
    return attributes.get("generationDate", ""), found


def _subject(entity: etree._Element, account: Account) -> Subject | None:
    attributes = _record(entity, account)
    kind = entity.find("subjectType")
    subject = Subject(
        clean(attributes.get("logicalId")),
        f"line {entity.sourceline}",
        attributes,
        "" if kind is None else kind.get("code") or kind.get("classificationCode") or "",
    )
    for child in entity.iterchildren(tag=etree.Element):
        record = _record(child, account)
        if child.tag in _SCHEMA:
            subject.records.setdefault(str(child.tag), []).append(record)
    if not subject.logical_id:
        account.leave_out(Reason.UNREADABLE_ROW, subject.where, "a sanctionEntity without a logicalId")
        return None
    return subject


def _record(element: etree._Element, account: Account) -> Record:
    """The attributes of `element` and its remarks; what the schema does not have is counted."""
    tag = str(element.tag)
    known = _SCHEMA.get(tag)
    if known is None:
        account.unknown(f"sanctionEntity/{tag}")
        return {}
    record = {str(name): str(value) for name, value in element.attrib.items()}
    for name in record.keys() - set(known):
        account.unknown(f"{tag}@{name}")
    if tag != "sanctionEntity":
        for child in element.iterchildren(tag=etree.Element):
            if child.tag not in _INSIDE:
                account.unknown(f"{tag}/{child.tag}")
    record["remark"] = " ".join(clean(remark.text) for remark in element.iterfind("remark"))
    return record
