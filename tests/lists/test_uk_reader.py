"""The UK's list in both layouts: many rows, one person, with names, dates, papers and references."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kstep.lists import Edition
from uk_list import consolidated_list, read, sanctions_list


def names(edition: Edition) -> list[str]:
    return [f"{said.quality.value[0]} {said.full}" for said in edition.entries[0].identity.names]


def test_all_rows_of_a_designation_are_one_entry(tmp_path: Path) -> None:
    same = {"OFSI Group ID": "12", "UN Reference Number": "XXi.001", "Regime Name": "The Orchard Regulations 2019",
            "Date Designated": "29/06/2012", "Gender": "Male", "Town of birth": "Plumville",
            "Country of birth": "Iraq"}  # fmt: skip
    edition = read(tmp_path, sanctions_list(
        same | {"Name 2": "B.", "Name non-latin script": "واردو بلم", "D.O.B": "dd/mm/1958",
                "Nationality(/ies)": "Iraq"},
        same | {"Name 6": "PLUMRIGHT", "Name type": "Primary name variation", "D.O.B": "01/10/1958",
                "Nationality(/ies)": "Syria"},
        {"Unique ID": "XXX0002", "Name 6": "ORCHARD LTD", "Name 1": "", "Designation Type": "Entity"},
        same | {"Name 6": "Plumkin", "Name 1": "", "Name type": "ALias", "Alias strength": "Low quality a.k.a",
                "D.O.B": "01/10/1958", "Passport number": "A1234567",
                "Passport additional information": "Mali passport", "National Identifier number": "12345",
                "National Identifier additional information": "Afghan national ID card (tazkira)"},
        {"Unique ID": "XXX0003", "Name 6": "SEA OF PLUMS", "Name 1": "", "Designation Type": "Ship"},
    ))  # fmt: skip
    (entry,) = edition.entries
    identity = entry.identity
    assert names(edition) == ["p Vardo B. PLUM", "p واردو بلم", "s Vardo PLUMRIGHT", "w Plumkin"]
    assert (identity.names[0].family, identity.names[0].given) == ("PLUM", "Vardo B.")
    assert [str(said) for said in identity.birth_dates] == ["1958", "1958-10-01"]
    assert [said.value for said in identity.sexes] == ["M"]
    assert (identity.nationalities, identity.birth_countries) == (("IQ", "SY"), ("IQ",))
    assert identity.birth_places == ("Plumville, Iraq",)
    assert [str(said) for said in identity.documents] == ["passport:ML:A1234567", "national_id:AF:12345"]
    assert (entry.entry_id, entry.references) == ("XXX0001", ("12", "XXi.001"))
    assert (entry.programmes, entry.listed_on) == (("The Orchard Regulations 2019",), date(2012, 6, 29))
    assert edition.rows == {"line": 5, "individual": 1, "entity": 1, "ship": 1}
    assert edition.left_out_by_reason == {"entity": 1, "vessel": 1}
    assert edition.source_date == date(2025, 3, 4)
    assert edition.unknown == {}
    assert edition.notes == ()


def test_the_consolidated_list_is_told_apart_by_its_header(tmp_path: Path) -> None:
    remarks = ("(UK Sanctions List Ref):XXX0001 and XXX0002. (UN Ref):XXi.001. (UK Statement of Reasons):Wrote "
               "about XXi.999 in 1999. (Gender):Female")  # fmt: skip
    edition = read(tmp_path, consolidated_list(
        {"DOB": "00/00/1958", "Nationality": "(1) Iraq. (2) Syria", "Town of Birth": "(1) Plumville (2) Orchard",
         "Country of Birth": "(1) Iraq (2) Syria", "Passport Number": "(1) OR 80 (2) TR 24",
         "Passport Details": "(1) Afghan, issued 4 Feb 2003 (2) Iraqi", "Other Information": remarks,
         "Regime": "Orchard", "Listed On": "02/10/2001", "UK Sanctions List Date Designated": "31/12/2020"},
        {"DOB": "00/10/1958", "Name 6": "PLUMKIN", "Alias Type": "AKA", "Alias Quality": "Low quality"},
        {"Name 6": "PLUMRIGHT", "Alias Type": "FKA", "Alias Quality": "Good quality"},
    ))  # fmt: skip
    (entry,) = edition.entries
    identity = entry.identity
    assert names(edition) == ["p Vardo PLUM", "w Vardo PLUMKIN", "s Vardo PLUMRIGHT"]
    assert [str(said) for said in identity.birth_dates] == ["1958", "1958-10"]
    assert [said.value for said in identity.sexes] == ["F"]
    assert identity.nationalities == ("IQ", "SY")
    assert identity.birth_places == ("Plumville, Iraq", "Orchard, Syria")
    assert [str(said) for said in identity.documents] == ["passport:AF:OR 80", "passport:IQ:TR 24"]
    assert (entry.entry_id, entry.references) == ("77", ("XXX0001", "XXX0002", "XXi.001"))
    assert (entry.programmes, entry.listed_on) == (("Orchard",), date(2001, 10, 2))
    assert edition.source_date == date(2025, 3, 4)
    assert edition.left_out == ()
    assert edition.unknown == {}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("12/05/1968", "1968-05-12"), ("dd/05/1968", "1968-05"), ("dd/mm/1968", "1968"), ("00/00/1968", "1968"),
        ("00/05/1968", "1968-05"), ("05/1968", "1968-05"), ("1968", "1968"), ("circa 1968", "about 1968"),
        ("1968-1970", "1968 to 1970"), ("12 May 1968", "1968-05-12"),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_in_every_form(tmp_path: Path, said: str, expected: str) -> None:
    edition = read(tmp_path, sanctions_list({"D.O.B": said}))
    assert [str(found) for found in edition.entries[0].identity.birth_dates] == [expected]
    assert edition.left_out == ()


@pytest.mark.parametrize(
    ("name_type", "strength", "letter"),
    [
        ("Primary Name", "", "p"), ("primary name", "", "p"), ("Primary Name Variation", "", "s"), ("Alias", "", "s"),
        ("ALias", "Good quality", "s"), ("Alias", "Good quality a.k.a", "s"), ("Alias", "Low quality", "w"),
        ("Primary Name Variation", "Low Quality A.K.A", "w"),
    ],
)  # fmt: skip
def test_the_quality_of_a_name_is_the_publishers(tmp_path: Path, name_type: str, strength: str, letter: str) -> None:
    edition = read(tmp_path, sanctions_list({"Name type": name_type, "Alias strength": strength}))
    assert names(edition) == [f"{letter} Vardo PLUM"]
    assert edition.unknown == {}


@pytest.mark.parametrize("header", ["Individual, Entity, Ship", "Individual/Entity/Ship", "Designation Type"])
def test_the_type_of_a_designation_is_read_under_each_of_its_columns_names(tmp_path: Path, header: str) -> None:
    text = sanctions_list({}, {"Unique ID": "XXX0002", "Designation Type": "Ship"})
    edition = read(tmp_path, text.replace("Designation Type", f'"{header}"'))
    assert [entry.entry_id for entry in edition.entries] == ["XXX0001"]
    assert edition.rows == {"line": 2, "individual": 1, "ship": 1}


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        ("A1234567", "", "passport::A1234567"),
        ("A1234567 (Iraq)", "", "passport:IQ:A1234567"),
        ("A1234567", "Issued in Tripoli. Libya number", "passport:LY:A1234567"),
        ("Afghan passport number OR 801168", "expired 2011", "passport:AF:OR 801168"),
    ],
)
def test_a_passport_is_read_with_the_issuer_that_the_words_name(
    tmp_path: Path, number: str, words: str, expected: str
) -> None:
    row = {"Passport number": number, "Passport additional information": words}
    assert [str(said) for said in read(tmp_path, sanctions_list(row)).entries[0].identity.documents] == [expected]


def test_a_national_identifier_is_of_the_kind_that_the_words_name(tmp_path: Path) -> None:
    row = {"National Identifier number": "7707", "National Identifier additional information": "Russian tax ID"}
    identity = read(tmp_path, sanctions_list(row)).entries[0].identity
    assert [str(said) for said in identity.documents] == ["tax_id:RU:7707"]


def test_several_references_in_one_cell_are_several_references(tmp_path: Path) -> None:
    edition = read(tmp_path, sanctions_list({"UN Reference Number": "QDi.042 and SOi.002"}))
    assert edition.entries[0].references == ("QDi.042", "SOi.002")
