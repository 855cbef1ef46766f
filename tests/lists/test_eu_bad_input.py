"""Malformed EU lists: each is refused with one message of what, where and how to mend, or read with a named gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from eu_list import COLUMNS, csv, export, name, person, read, tag
from kstep.model import InputError

PLUM = name("Vardo Plum")
XML = export(person(PLUM))
CSV = csv({"NameAlias_WholeName": "Vardo Plum"}, {"Citizenship_CountryIso2Code": "IQ"})
REFUSED = {
    "XML that breaks off": (XML[:-60].encode(), "is not whole XML"),
    "XML of another kind": (b"<CONSOLIDATED_LIST/>", "its root element is CONSOLIDATED_LIST, not export"),
    "entities": (
        b'<!DOCTYPE export [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>' + XML.encode().partition(b"?>\n")[2],
        "declares a DTD or entities",
    ),
    "XML in another encoding than it says": (XML.replace("Vardo", "Värdo").encode("latin-1"), "is not whole XML"),
    "UTF-16": (XML.encode("utf-16"), "line 1: is not UTF-8 text"),
    "CSV that breaks off": (CSV[:-8].encode(), "line 3: breaks off in a row of 25 cells, where the header has 29"),
    "CSV that breaks off inside quotation marks": (
        csv({"NameAlias_WholeName": '"Vardo Plum'}).partition(";;")[0].encode(), "where the header has"),
    "CSV in another encoding": (CSV[1:].replace("Vardo", "Värdo").encode("latin-1"), "line 2: is not UTF-8 text"),
    "CSV without ids": (
        csv({"NameAlias_WholeName": "Vardo"}, columns=COLUMNS[2:]).encode(),
        "line 1: is not an EU financial sanctions file: there is no column Entity_LogicalId"),
    "CSV without types": (
        csv({"NameAlias_WholeName": "Vardo"}, columns=("Entity_LogicalId", "NameAlias_WholeName")).encode(),
        "there is no column Entity_SubjectType_ClassificationCode or Entity_SubjectType"),
    "CSV of version 1.0": (b"Entity_logical_id;Naal_wholename\n77;Vardo\n", "is version 1.0 of the EU's CSV"),
    "CSV with commas": (CSV.replace(";", ",").encode(), "is not an EU financial sanctions file"),
    "only separators": (b";;;;\n;;;;\n", "is not an EU financial sanctions file"),
    "nothing": (b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_file_is_refused_with_one_line_that_names_it(tmp_path: Path, case: str) -> None:
    content, message = REFUSED[case]
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)
    assert str(tmp_path / "eu-list") in str(refused.value)
    assert refused.value.mend
    assert "\n" not in str(refused.value)


LEFT_OUT = {
    "the same id twice": (
        export(person(PLUM), person(name("Other"))), ["duplicate id: 77: line 2: Other"], 1),
    "no id": (
        export(person(PLUM, logicalId="")), ["unreadable row: line 2: a sanctionEntity without a logicalId"], 0),
    "no name": (export(person()), ["no name: 77: "], 0),
    "an enterprise": (export(person(name("Orchard Ltd"), kind="enterprise")), ["entity: 77: Orchard Ltd"], 0),
    "neither person nor enterprise": (
        export(person(name("SEA"), kind="ship")), ["not a person: 77: of type 'ship': SEA"], 0),
    "a sex that is none": (export(person(name("Vardo", gender="Q"))), ["unknown sex: 77: Q"], 1),
    "a country that is none": (
        export(person(PLUM, tag("citizenship", countryIso2Code="QQ", countryDescription="ATLANTIS"))),
        ["unknown country: 77: nationality ATLANTIS"], 1),
    "a country code without a country": (
        export(person(PLUM, tag("citizenship", countryIso2Code="QQ"))), ["unknown country: 77: nationality QQ"], 1),
    "a document without a number": (
        export(person(PLUM, tag("identification", identificationTypeCode="passport", number="-"))),
        ["unreadable document: 77: passport -"], 1),
    "a listing day that is none": (
        export(person(PLUM, designationDate="2001-02-30")), ["unreadable date: 77: listed on 2001-02-30"], 1),
    "a row of the CSV without id": (
        csv({"NameAlias_WholeName": "Vardo"}, {"Entity_LogicalId": "", "NameAlias_WholeName": "Lost"}),
        ["unreadable row: line 3: a row without an Entity_LogicalId"], 1),
    "a row of another type than before": (
        csv({"NameAlias_WholeName": "Vardo"}, {"Entity_SubjectType_ClassificationCode": "enterprise"}),
        ["unreadable row: line 3: 77 is 'enterprise' here and 'person' before"], 1),
    "a row that is too long": (
        csv({"NameAlias_WholeName": "Vardo"}, {"Citizenship_CountryDescription": "A;B"}),
        ["unreadable row: line 3: 30 cells, where the header has 29: 04/03/2025, 77, EU.7.7"], 1),
    "a row that is too short before the last": (
        csv({"NameAlias_WholeName": "Vardo"}).removesuffix("\r\n") + "\r\n04/03/2025;77\r\n" + CSV.split("\r\n")[1],
        ["unreadable row: line 3: 2 cells, where the header has 29: 04/03/2025, 77"], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path, case: str) -> None:
    text, expected, entries = LEFT_OUT[case]
    edition = read(tmp_path, text)
    assert [f"{item.reason}: {item.where}: {item.detail}" for item in edition.left_out] == expected
    assert len(edition.entries) == entries


def test_what_the_schema_does_not_have_is_counted(tmp_path: Path) -> None:
    strange = tag("nameAlias", tag("nickname"), wholeName="Wardo", moonSign="Cancer")
    text = export(person(PLUM, strange, tag("portrait")), tag("index"))
    edition = read(tmp_path, text)
    assert edition.unknown == {
        "index": 1, "nameAlias/nickname": 1, "nameAlias@moonSign": 1, "sanctionEntity/portrait": 1
    }  # fmt: skip
    edition = read(tmp_path, csv({"NameAlias_WholeName": "Vardo"}, columns=(*COLUMNS, "NameAlias_MoonSign")))
    assert edition.unknown == {"NameAlias_MoonSign": 1}


def test_an_identification_code_that_is_not_known_is_counted_and_read_as_another_document(tmp_path: Path) -> None:
    document = tag("identification", number="A1", identificationTypeCode="palmprint")
    edition = read(tmp_path, export(person(PLUM, document)))
    assert edition.unknown == {"identificationTypeCode palmprint": 1}
    assert [str(said) for said in edition.entries[0].identity.documents] == ["other::A1"]


def test_a_file_without_its_date_says_so(tmp_path: Path) -> None:
    edition = read(tmp_path, XML.replace("generationDate", "generated"))
    assert edition.source_date is None
    assert edition.notes == ("the file does not say when it was generated: ''",)
