"""The European Union's financial sanctions file, CSV ("full", version 1.1), to subjects.

A subject takes several rows: each repeats the `Entity_` columns and holds a name, an address, a birth date, a document
or a citizenship. Rows are gathered by `Entity_LogicalId`; every row belongs to a subject or stands in the account.
"""

from __future__ import annotations

from pathlib import Path

from kstep.lists.account import Account, Reason
from kstep.lists.csv_rows import Row, fitting, rows, unquoted_rows
from kstep.lists.eu_subject import Subject
from kstep.lists.fields import clean
from kstep.model import InputError

_REGULATION = {
    "Regulation_Type": "regulationType", "Regulation_OrganisationType": "organisationType",
    "Regulation_PublicationDate": "publicationDate", "Regulation_EntryIntoForceDate": "entryIntoForceDate",
    "Regulation_NumberTitle": "numberTitle", "Regulation_Programme": "programme",
    "Regulation_PublicationUrl": "publicationUrl",
}  # fmt: skip
_SAID_OF_EACH = {"LogicalId": "logicalId", "RegulationLanguage": "regulationLanguage", "Remark": "remark"}
_PLACE = {"Region": "region", "CountryIso2Code": "countryIso2Code", "CountryDescription": "countryDescription"}
_TOWN = {"City": "city", "Place": "place", "ZipCode": "zipCode"}

# Column group -> the schema's element; column -> the schema's attribute.
_GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "NameAlias": ("nameAlias", {
        "LastName": "lastName", "FirstName": "firstName", "MiddleName": "middleName", "WholeName": "wholeName",
        "NameLanguage": "nameLanguage", "Gender": "gender", "Title": "title", "Function": "function",
        "Strong": "strong"}),
    "Address": ("address", {
        **_PLACE, **_TOWN, "Street": "street", "PoBox": "poBox", "AsAtListingTime": "asAtListingTime",
        "ContactInfo": "contactInfo"}),
    "BirthDate": ("birthdate", {
        **_PLACE, **_TOWN, "BirthDate": "birthdate", "Day": "dayOfMonth", "Month": "monthOfYear", "Year": "year",
        "YearRangeFrom": "yearRangeFrom", "YearRangeTo": "yearRangeTo", "Circa": "circa",
        "CalendarType": "calendarType"}),
    "Identification": ("identification", {
        **_PLACE, "Number": "number", "LatinNumber": "latinNumber", "Diplomatic": "diplomatic",
        "KnownExpired": "knownExpired", "KnownFalse": "knownFalse", "ReportedLost": "reportedLost",
        "RevokedByIssuer": "revokedByIssuer", "IssuedBy": "issuedBy", "IssuedDate": "issuedDate",
        "ValidFrom": "validFrom", "ValidTo": "validTo", "NameOnDocument": "nameOnDocument",
        "TypeCode": "identificationTypeCode", "TypeDescription": "identificationTypeDescription"}),
    "Citizenship": ("citizenship", dict(_PLACE)),
}  # fmt: skip
_ENTITY = {"LogicalId": "logicalId", "EU_ReferenceNumber": "euReferenceNumber", "UnitedNationId": "unitedNationId",
           "DesignationDate": "designationDate", "DesignationDetails": "designationDetails", "Remark": "remark",
           "SubjectType": "kind", "SubjectType_ClassificationCode": "kindInWords"}  # fmt: skip
_REQUIRED = ("Entity_LogicalId", "NameAlias_WholeName")
_KINDS = ("Entity_SubjectType_ClassificationCode", "Entity_SubjectType")


def _columns() -> dict[str, tuple[str, str]]:
    """Every column of the publisher's header: the record it belongs to and the attribute it is there."""
    columns = {f"Entity_{name}": ("", attribute) for name, attribute in _ENTITY.items()}
    columns |= {f"Entity_{name}": ("regulation", attribute) for name, attribute in _REGULATION.items()}
    for group, (element, attributes) in _GROUPS.items():
        for name, attribute in {**attributes, **_SAID_OF_EACH}.items():
            columns[f"{group}_{name}"] = (element, attribute)
        columns |= {f"{group}_{name}": ("regulationSummary", attribute) for name, attribute in _REGULATION.items()}
    return columns | {"fileGenerationDate": ("", "generationDate")}


_COLUMNS = _columns()


def subjects(text: str, path: Path, account: Account) -> tuple[str, list[Subject]]:
    """The day on which the file says it was generated, and its subjects. Raises `InputError` for another file."""
    header, body = _table(text, path, account)
    for column in header:
        if column and column not in _COLUMNS:
            account.unknown(column)
    found: dict[str, Subject] = {}
    generated = ""
    for line, cells in body:
        attributes, records = _records(header, cells)
        generated = generated or attributes.get("generationDate", "")
        logical_id, kind = attributes.get("logicalId", ""), attributes.get("kindInWords") or attributes.get("kind", "")
        if not logical_id:
            account.leave_out(Reason.UNREADABLE_ROW, f"line {line}", "a row without an Entity_LogicalId")
            continue
        subject = found.setdefault(logical_id, Subject(logical_id, f"line {line}", attributes, kind))
        if kind.casefold() != subject.kind.casefold():
            said = f"{logical_id} is {kind!r} here and {subject.kind!r} before"
            account.leave_out(Reason.UNREADABLE_ROW, f"line {line}", said)
            continue
        for element, record in records.items():
            known = subject.records.setdefault(element, [])
            if record not in known:
                known.append(record)
    return generated, list(found.values())


def _table(text: str, path: Path, account: Account) -> tuple[list[str], list[Row]]:
    """The header and the rows under it, read with quotation marks as CSV has them or, if that fails, as they come."""
    try:
        table = list(rows(text, path, ";"))
    except InputError:
        table = list(unquoted_rows(text, ";"))
        account.note("quotation marks are read as they stand, because they do not follow the rules of CSV")
    header = [clean(cell) for cell in table[0][1]] if table else []
    if missing := [column for column in _REQUIRED if column not in header]:
        raise _not_the_list(header, f"there is no column {' or '.join(missing)}", path)
    if not any(column in header for column in _KINDS):
        raise _not_the_list(header, f"there is no column {' or '.join(_KINDS)}", path)
    return header, list(fitting(table[1:], len(header), path, account))


def _not_the_list(header: list[str], what: str, path: Path) -> InputError:
    if any(column.startswith("Naal_") for column in header):
        return InputError("is version 1.0 of the EU's CSV file, which is not read", where=str(path),
                          mend="fetch version 1.1 (csvFullSanctionsList_1_1) or the XML")  # fmt: skip
    return InputError(f"is not an EU financial sanctions file: {what}", where=f"{path}, line 1",
                      mend="fetch the publisher's full CSV (version 1.1) or the XML")  # fmt: skip


def _records(header: list[str], cells: list[str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The subject's own attributes in one row, and its records by element; a group without any text is no record."""
    attributes: dict[str, str] = {}
    records: dict[str, dict[str, str]] = {}
    for column, cell in zip(header, cells, strict=True):
        element, attribute = _COLUMNS.get(column, ("unknown", column))
        value = clean(cell)
        if not element:
            attributes[attribute] = value
        elif value and element not in ("unknown", "regulationSummary"):
            records.setdefault(element, {})[attribute] = value
    return attributes, records
