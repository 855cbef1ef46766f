"""The EU's list: names, dates and papers of a person, the same from the XML and from the CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from eu_list import csv, export, name, person, read, tag
from kstep.lists import Edition


def names(edition: Edition) -> list[str]:
    return [f"{said.quality.value[0]} {said.full}" for said in edition.entries[0].identity.names]


PLUM = name("Vardo Plum", firstName="Vardo", lastName="Plum")


def test_the_first_strong_name_is_the_primary_one(tmp_path: Path) -> None:
    weak = name("The Plum", strong="false")
    edition = read(tmp_path, export(person(weak, PLUM, name("واردو بلم", nameLanguage="AR"))))
    assert names(edition) == ["w The Plum", "p Vardo Plum", "s واردو بلم"]
    assert (edition.entries[0].identity.names[1].family, edition.entries[0].identity.names[1].given) == (
        "Plum",
        "Vardo",
    )
    assert edition.source_date == date(2025, 3, 4)


def test_a_name_called_low_quality_in_its_remark_is_weak(tmp_path: Path) -> None:
    remarked = "<nameAlias wholeName='Plumkin' strong='true'><remark>Low quality alias</remark></nameAlias>"
    assert names(read(tmp_path, export(person(PLUM, remarked)))) == ["p Vardo Plum", "w Plumkin"]
    rows = [{"NameAlias_WholeName": "Vardo Plum"},
            {"NameAlias_WholeName": "Plumkin", "NameAlias_Remark": "low quality a.k.a."}]  # fmt: skip
    assert names(read(tmp_path, csv(*rows))) == ["p Vardo Plum", "w Plumkin"]


def test_a_name_without_its_whole_is_put_together(tmp_path: Path) -> None:
    edition = read(tmp_path, export(person(name("", firstName="Vardo", middleName="B.", lastName="Plum"))))
    assert names(edition) == ["p Vardo B. Plum"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"birthdate": "1960-04-10", "dayOfMonth": "10", "monthOfYear": "4", "year": "1960", "circa": "false"},
         "1960-04-10"),
        ({"year": "1960", "monthOfYear": "4", "circa": "true"}, "about 1960-04"),
        ({"year": "1960", "monthOfYear": "4", "dayOfMonth": "9"}, "1960-04-09"),
        ({"year": "1960", "calendarType": "GREGORIAN"}, "1960"),
        ({"yearRangeFrom": "1953", "yearRangeTo": "1958", "circa": "true"}, "about 1953 to 1958"),
        ({"birthdate": "", "year": "", "city": "Plumville"}, ""),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_with_its_accuracy(tmp_path: Path, attributes: dict[str, str], expected: str) -> None:
    edition = read(tmp_path, export(person(PLUM, tag("birthdate", **attributes))))
    assert [str(said) for said in edition.entries[0].identity.birth_dates] == ([expected] if expected else [])
    assert edition.left_out == ()


@pytest.mark.parametrize(
    "attributes",
    [
        {"year": "1380", "monthOfYear": "2", "calendarType": "ISLAMIC"},
        {"birthdate": "1960-04-31"},
        {"yearRangeTo": "1980"},
        {"yearRangeFrom": "1980", "yearRangeTo": "1970"},
        {"dayOfMonth": "10", "monthOfYear": "4"},
    ],
)
def test_a_birth_date_that_cannot_be_read_is_left_out(tmp_path: Path, attributes: dict[str, str]) -> None:
    edition = read(tmp_path, export(person(PLUM, tag("birthdate", **attributes))))
    assert edition.entries[0].identity.birth_dates == ()
    assert edition.left_out_by_reason == {"unreadable date": 1}


def test_places_and_countries_of_birth_and_citizenships_are_read(tmp_path: Path) -> None:
    born = tag("birthdate", city="Plumville", region="Orchard", countryIso2Code="IQ", countryDescription="IRAQ")
    unknown = tag("birthdate", year="1961", countryIso2Code="00", countryDescription="UNKNOWN")
    citizens = [tag("citizenship", countryIso2Code="", countryDescription="SYRIAN ARAB REPUBLIC"),
                tag("citizenship", countryIso2Code="00", countryDescription="UNKNOWN"),
                tag("citizenship", countryIso2Code="CS", countryDescription="SERBIA AND MONTENEGRO")]  # fmt: skip
    edition = read(tmp_path, export(person(PLUM, born, unknown, *citizens)))
    identity = edition.entries[0].identity
    assert identity.birth_places == ("Plumville, Orchard, IRAQ",)
    assert identity.birth_countries == ("IQ",)
    assert identity.nationalities == ("SY", "CS")
    assert edition.left_out == ()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"number": "A1", "identificationTypeCode": "passport", "countryIso2Code": "US"}, ["passport:US:A1"]),
        ({"number": "A1", "identificationTypeCode": "id"}, ["national_id::A1"]),
        ({"number": "A1", "identificationTypeCode": "residentperm"}, ["residence::A1"]),
        ({"number": "SSN 156-92", "identificationTypeCode": "id", "countryIso2Code": "US"},
         ["social_security:US:156-92"]),
        ({"number": "A1", "identificationTypeCode": "other", "identificationTypeDescription": "Driving licence"},
         ["other::A1"]),
        ({"number": "٣٣", "latinNumber": "B33", "identificationTypeCode": "passport"},
         ["passport::٣٣", "passport::B33"]),
        ({"number": "A1 (Iraq)", "identificationTypeCode": "passport"}, ["passport:IQ:A1"]),
        ({"number": "A1", "identificationTypeCode": "passport", "revokedByIssuer": "true", "reportedLost": "true"},
         ["passport::A1"]),
    ],
)  # fmt: skip
def test_a_document_is_read(tmp_path: Path, attributes: dict[str, str], expected: list[str]) -> None:
    edition = read(tmp_path, export(person(PLUM, tag("identification", **attributes))))
    assert [str(said) for said in edition.entries[0].identity.documents] == expected
    assert edition.left_out == ()


def test_a_document_known_to_be_false_is_left_out_but_its_name_is_read(tmp_path: Path) -> None:
    false = tag("identification", number="A1", identificationTypeCode="passport", knownFalse="true",
                nameOnDocument="Wardo Plum")  # fmt: skip
    edition = read(tmp_path, export(person(PLUM, false)))
    assert edition.entries[0].identity.documents == ()
    assert names(edition) == ["p Vardo Plum", "s Wardo Plum"]
    assert [(item.reason, item.detail) for item in edition.left_out] == [("document known to be false", "passport A1")]


def test_programmes_listing_day_and_references_are_read(tmp_path: Path) -> None:
    regulations = [tag("regulation", programme="IRQ", publicationDate="2003-07-08"),
                   tag("regulation", programme="TAQA", publicationDate="2001-02-03"),
                   tag("regulation", programme="IRQ", publicationDate="2010-01-01")]  # fmt: skip
    edition = read(tmp_path, export(person(PLUM, *regulations, unitedNationId="QDi.999")))
    entry = edition.entries[0]
    assert (entry.entry_id, entry.references) == ("77", ("EU.7.7", "QDi.999"))
    assert (entry.programmes, entry.listed_on) == (("IRQ", "TAQA"), date(2001, 2, 3))
    edition = read(tmp_path, export(person(PLUM, *regulations, designationDate="2002-12-24")))
    assert edition.entries[0].listed_on == date(2002, 12, 24)


def test_the_rows_of_one_person_in_the_csv_are_one_entry_wherever_they_stand(tmp_path: Path) -> None:
    rows = [
        {"NameAlias_WholeName": "Vardo Plum", "NameAlias_LastName": "Plum", "NameAlias_FirstName": "Vardo",
         "NameAlias_Gender": "M", "Entity_Regulation_Programme": "IRQ",
         "Entity_Regulation_PublicationDate": "2003-07-08"},
        {"Entity_LogicalId": "78", "NameAlias_WholeName": "Orchard Ltd", "Entity_SubjectType": "E",
         "Entity_SubjectType_ClassificationCode": "enterprise"},
        {"BirthDate_BirthDate": "1937-04-28", "BirthDate_Year": "1937", "BirthDate_City": "Plumville",
         "BirthDate_CountryIso2Code": "IQ", "BirthDate_CountryDescription": "IRAQ"},
        {"BirthDate_Year": "1380", "BirthDate_CalendarType": "ISLAMIC"},
        {"BirthDate_Year": "1380", "BirthDate_CalendarType": "ISLAMIC"},
        {"Identification_Number": "A1", "Identification_TypeCode": "passport", "Identification_CountryIso2Code": "IQ"},
        {"Citizenship_CountryIso2Code": "IQ", "Citizenship_CountryDescription": "IRAQ"},
        {"Citizenship_CountryIso2Code": "IQ", "Citizenship_CountryDescription": "IRAQ"},
    ]  # fmt: skip
    edition = read(tmp_path, csv(*rows))
    (entry,) = edition.entries
    identity = entry.identity
    assert names(edition) == ["p Vardo Plum"]
    assert (identity.names[0].family, identity.names[0].given) == ("Plum", "Vardo")
    assert [str(said) for said in identity.birth_dates] == ["1937-04-28"]
    assert identity.birth_places == ("Plumville, IRAQ",)
    assert (identity.birth_countries, identity.nationalities) == (("IQ",), ("IQ",))
    assert [str(said) for said in identity.documents] == ["passport:IQ:A1"]
    assert (entry.programmes, entry.listed_on) == (("IRQ",), date(2003, 7, 8))
    assert edition.rows == {"line": 8, "individual": 1, "entity": 1}
    assert edition.left_out_by_reason == {"entity": 1, "unreadable date": 1}
    assert edition.source_date == date(2025, 3, 4)


def test_quotation_marks_that_break_the_rules_of_csv_are_read_as_they_stand(tmp_path: Path) -> None:
    rows = [{"NameAlias_WholeName": '"The Plum" of Plumville'}, {"NameAlias_WholeName": '"Plumkin"'},
            {"NameAlias_WholeName": 'Vardo "V" Plum'}]  # fmt: skip
    edition = read(tmp_path, csv(*rows))
    assert names(edition) == ['p "The Plum" of Plumville', "s Plumkin", 's Vardo "V" Plum']
    assert edition.notes == ("quotation marks are read as they stand, because they do not follow the rules of CSV",)
