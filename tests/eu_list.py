"""Small EU lists for tests, of invented people, in both of the publisher's files."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

from kstep.lists import Edition, read_list

NAMESPACE = "http://eu.europa.ec/fpi/fsd/export"
COLUMNS = (
    "fileGenerationDate", "Entity_LogicalId", "Entity_EU_ReferenceNumber", "Entity_UnitedNationId",
    "Entity_DesignationDate", "Entity_SubjectType", "Entity_SubjectType_ClassificationCode",
    "Entity_Regulation_PublicationDate", "Entity_Regulation_Programme", "NameAlias_LastName", "NameAlias_FirstName",
    "NameAlias_WholeName", "NameAlias_Gender", "NameAlias_Remark", "BirthDate_BirthDate", "BirthDate_Day",
    "BirthDate_Month", "BirthDate_Year", "BirthDate_Circa", "BirthDate_CalendarType", "BirthDate_City",
    "BirthDate_CountryIso2Code", "BirthDate_CountryDescription", "Identification_Number", "Identification_KnownFalse",
    "Identification_TypeCode", "Identification_CountryIso2Code", "Citizenship_CountryIso2Code",
    "Citizenship_CountryDescription",
)  # fmt: skip


def tag(name: str, *children: str, **attributes: str) -> str:
    """An element with attributes."""
    inner = "".join(f" {attribute}={quoteattr(value)}" for attribute, value in attributes.items())
    return f"<{name}{inner}>{''.join(children)}</{name}>"


def name(whole: str, **attributes: str) -> str:
    """A name of a subject."""
    return tag("nameAlias", wholeName=whole, **{"strong": "true"} | attributes)


def person(*children: str, kind: str = "person", **attributes: str) -> str:
    """A sanctioned subject, 77|EU.7.7, unless `attributes` say otherwise."""
    given = {"logicalId": "77", "euReferenceNumber": "EU.7.7"} | attributes
    subject_type = tag("subjectType", code=kind, classificationCode=kind[:1].upper())
    return tag("sanctionEntity", subject_type, *children, **{key: value for key, value in given.items() if value})


def export(*subjects: str) -> str:
    """A whole XML file."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    attributes = {"xmlns": NAMESPACE, "generationDate": "2025-03-04T14:39:54.511+01:00", "globalFileId": "1"}
    return head + tag("export", *subjects, **attributes)


def csv(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A whole CSV file; what each row does not say is that of person 77."""
    given = {"fileGenerationDate": "04/03/2025", "Entity_LogicalId": "77", "Entity_EU_ReferenceNumber": "EU.7.7",
             "Entity_SubjectType": "P", "Entity_SubjectType_ClassificationCode": "person"}  # fmt: skip
    lines = [";".join((given | row).get(column, "") for column in columns) for row in rows]
    return "\ufeff" + "\r\n".join([";".join(columns), *lines, ""])


def read(folder: Path, text: str | bytes) -> Edition:
    """The edition of a file with this text."""
    path = folder / "eu-list"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_list("eu", path)
