"""What the UN writes in words: several names in one alias, facts in notes, numbers among words, dates of every form."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.model import Identity
from un_list import alias, consolidated, element, individual, read


def identity(folder: Path, *children: str, **fields: str) -> Identity:
    edition = read(folder, consolidated(individual(*children, **fields)))
    assert len(edition.entries) == 1
    return edition.entries[0].identity


def names(found: Identity) -> list[str]:
    return [f"{name.quality.value[0]} {name.full}" for name in found.names[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wardo Plumright", ["s Wardo Plumright"]),
        ("Wardo Plumright; Bardo Plum-Wright", ["s Wardo Plumright", "s Bardo Plum-Wright"]),
        ("Wardo Plum b) Vardo J. Plum; W. Plum", ["s Wardo Plum", "s Vardo J. Plum", "s W. Plum"]),
        ("PLUMRIGHT, Wardo", ["s Wardo PLUMRIGHT"]),
        ("Wardo Plumright, III (third)", ["s Wardo Plumright III"]),
        ("“The Plum”", ["s The Plum"]),
        ('"Captain" Wardo', ["s Captain Wardo"]),
        ("(Captain) Wardo", ["s Captain Wardo"]),
        (") Wardo Plumright,", ["s Wardo Plumright"]),
        ("Wardo Plumright (previously listed as)", ["s Wardo Plumright"]),
        ("Wardo Plumright (birth name)", ["s Wardo Plumright"]),
        ("Wardo Plumrait (Plumrayt)", ["s Wardo Plumrait", "w Plumrayt"]),
        ("Wardo Plum (واردو بلم)", ["s Wardo Plum", "s واردو بلم"]),
        ("Wardo (original script: Вардо)", ["s Wardo", "s Вардо"]),
        ("واردو بلم (Wardo Plum; Vardo Plum)", ["s واردو بلم", "s Wardo Plum", "s Vardo Plum"]),
        ("Wardo Plum واردو بلم", ["s Wardo Plum", "s واردو بلم"]),
        ("الشيخ واردو ، واردو", ["s الشيخ واردو", "s واردو"]),
        ("Wardo Plum son of Bardo Plum", ["s Wardo Plum"]),
        ("Wardo ‘Abd al-Plum’", ["s Wardo ‘Abd al-Plum’"]),
        ("VARDO PLUMWRIGHT", []),
    ],
)
def test_an_alias_text_gives_each_name_it_holds(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert names(identity(tmp_path, alias(text))) == expected


def test_a_family_name_before_a_comma_is_known_as_one(tmp_path: Path) -> None:
    name = identity(tmp_path, alias("PLUM WRIGHT, Wardo B.")).names[1]
    assert (name.full, name.family, name.given) == ("Wardo B. PLUM WRIGHT", "PLUM WRIGHT", "Wardo B.")


@pytest.mark.parametrize(
    ("quality", "letter"), [("Good", "s"), ("Low", "w"), ("a.k.a.", "s"), ("f.k.a.", "s"), ("Excellent", "s")]
)
def test_the_quality_of_an_alias_is_the_publishers(tmp_path: Path, quality: str, letter: str) -> None:
    edition = read(tmp_path, consolidated(individual(alias("Wardo", quality))))
    assert names(edition.entries[0].identity) == [f"{letter} Wardo"]
    assert edition.unknown == ({"QUALITY Excellent": 1} if quality == "Excellent" else {})


def test_an_alias_given_as_good_and_as_low_is_good(tmp_path: Path) -> None:
    assert names(identity(tmp_path, alias("Wardo", "Low"), alias("Wardo", "Good"))) == ["s Wardo"]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("previously listed as", []),
        ("nom de guerre", []),
        ("The Bookbinder", []),
        ("original script: Вардо Плам", ["w Вардо Плам"]),
        ("Previously listed as. In Arabic: واردو", ["w واردو"]),
        ("Vardo of Plum; Wardo Plum", ["w Vardo of Plum", "w Wardo Plum"]),
        ("Vardo Plum, Wardo Plum (transliterations of original script name)", ["w Vardo Plum", "w Wardo Plum"]),
        ("(Vardo; Wardo) known by this nom de guerre", ["w Vardo", "w Wardo"]),
        ("Passport number: K77; DOB: 1948", []),
    ],
)
def test_the_note_of_an_alias_gives_names_of_its_quality(tmp_path: Path, note: str, expected: list[str]) -> None:
    assert names(identity(tmp_path, alias("Plumkin", "Low", note=note)))[1:] == expected


@pytest.mark.parametrize(
    ("note", "births", "documents"),
    [
        ("born in 1965 in Plumville passport number OR 196 issued on 4 Feb. 2003", ["1965"], ["passport::OR 196"]),
        ("DOB: a) 11 Apr. 1960 b) 11 Apr. 1963. POB: Egypt", ["1960-04-11", "1963-04-11"], []),
        ("DPOB: 1970, Baghdad, Iraq, passport no. 2863S, expires 23 Aug. 2005", ["1970"], ["passport::2863S"]),
        ("(DPOB - 1977) - Passport No. 284173, expires 21 August 2005 (Iraq)", ["1977"], ["passport::284173"]),
        ("Mali ID Number 073/SPICRE; POB: Anefif, Mali", [], ["national_id:ML:073/SPICRE"]),
        ("appears in false Indonesian passport number S335026", [], ["passport:ID:S335026"]),
        ("He published a book in 1999 and met 23 people", [], []),
    ],
)
def test_the_note_of_an_alias_gives_birth_dates_and_documents(
    tmp_path: Path, note: str, births: list[str], documents: list[str]
) -> None:
    found = identity(tmp_path, alias("Wardo", note=note))
    assert list(map(str, found.birth_dates)) == births
    assert list(map(str, found.documents)) == documents


def test_a_birth_clause_in_an_alias_text_is_read_and_cut_off(tmp_path: Path) -> None:
    found = identity(
        tmp_path, alias("Wardo Plum, born 1 Jan. 1953 (Oman passport no.03825239, date of issue 4 May 2014)")
    )
    assert names(found) == ["s Wardo Plum"]
    assert list(map(str, found.birth_dates)) == ["1953-01-01"]
    assert list(map(str, found.documents)) == ["passport:OM:03825239"]


def test_comments_give_only_what_they_call_a_date_of_birth_or_a_passport(tmp_path: Path) -> None:
    comment = "His brother was born in 1950. Other possible date of birth: 1979. Holds diplomatic passport number 836."
    found = identity(tmp_path, comments1=comment)
    assert list(map(str, found.birth_dates)) == ["1979"]
    assert list(map(str, found.documents)) == ["passport::836"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type_of_date": "EXACT", "date": "1961-08-30"}, ["1961-08-30"]),
        ({"type_of_date": "EXACT", "year": "1961"}, ["1961"]),
        ({"type_of_date": "APPROXIMATELY", "year": "1961"}, ["about 1961"]),
        ({"type_of_date": "APPROXIMATELY", "date": "1961-08-30"}, ["about 1961-08-30"]),
        ({"type_of_date": "BETWEEN", "from_year": "1961", "to_year": "1963"}, ["1961 to 1963"]),
        ({"type_of_date": "BETWEEN", "from_year": "1961", "to_year": "1963", "note": "Approximately "},
         ["about 1961 to 1963"]),
        ({"type_of_date": "EXACT", "note": "Nov. 1973"}, ["1973-11"]),
        ({"type_of_date": "EXACT", "note": "Between Aug. and Sep. 1977"}, ["1977-08-01 to 1977-09-30"]),
        ({"type_of_date": "EXACT", "year": "1958", "note": "Sep."}, ["1958-09"]),
        ({"type_of_date": "EXACT", "date": "1979-03-03", "note": "from false passport"}, ["1979-03-03"]),
        ({"type_of_date": ""}, []),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_with_its_accuracy(tmp_path: Path, fields: dict[str, str], expected: list[str]) -> None:
    edition = read(tmp_path, consolidated(individual(element("INDIVIDUAL_DATE_OF_BIRTH", **fields))))
    assert list(map(str, edition.entries[0].identity.birth_dates)) == expected
    assert edition.left_out == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"type_of_date": "EXACT", "note": "24/06/1402 (Hijri Calendar)"},
        {"type_of_date": "APPROXIMATELY", "note": "30-35 years old"},
        {"type_of_date": "EXACT", "date": "1961-02-30"},
        {"type_of_date": "BETWEEN", "from_year": "1963", "to_year": "1961"},
        {"type_of_date": "BETWEEN", "from_year": "1963"},
    ],
)
def test_a_birth_date_that_cannot_be_read_is_left_out_with_its_words(tmp_path: Path, fields: dict[str, str]) -> None:
    edition = read(tmp_path, consolidated(individual(element("INDIVIDUAL_DATE_OF_BIRTH", **fields))))
    assert edition.entries[0].identity.birth_dates == ()
    assert [(item.reason, item.where) for item in edition.left_out] == [("unreadable date", "XXi.001")]
    assert all(said in edition.left_out[0].detail for said in fields.values())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type_of_document": "Passport", "number": "OR801168", "issuing_country": "Afghanistan"},
         ["passport:AF:OR801168"]),
        ({"type_of_document": "Passport", "number": "Afghan passport number OR 801168"}, ["passport:AF:OR 801168"]),
        ({"type_of_document": "Passport", "number": "R00005943, South Sudan"}, ["passport:SS:R00005943"]),
        ({"type_of_document": "Passport", "number": "5632 (Expires 18 Jun. 2018)"}, ["passport::5632"]),
        ({"type_of_document": "Passport", "number": "Russian passport number 51", "country_of_issue": "Egypt"},
         ["passport:RU:51"]),
        ({"type_of_document": "Passport", "number": "51", "country_of_issue": "Egypt"}, ["passport:EG:51"]),
        ({"type_of_document": "Passport", "number": "L33", "issuing_country": "Tunisia", "country_of_issue": "Italy"},
         ["passport:TN:L33"]),
        ({"type_of_document": "Numéro de passeport", "number": "3814"}, ["passport::3814"]),
        ({"type_of_document": "Passport", "number": "German travel document (“Reiseausweis”) A 0139243"},
         ["travel_document:DE:A 0139243"]),
        ({"type_of_document": "National Identification Number", "number": "A1", "note": "Italian Fiscal Code"},
         ["tax_id:IT:A1"]),
        ({"type_of_document": "National Identification Number", "type_of_document2": "Driver's Permit", "number": "8B"},
         ["driving_licence::8B"]),
        ({"type_of_document": "National Identification Number", "type_of_document2": "military identification number:",
          "number": "204"}, ["military_id::204"]),
        ({"type_of_document": "Passport", "note": "Libyan passport number 347834, issued 4 May 1999, expired 2004"},
         ["passport:LY:347834"]),
        ({"type_of_document": "Passport", "number": "A1 and B2"}, ["passport::A1", "passport::B2"]),
        ({}, []),
    ],
)  # fmt: skip
def test_a_document_is_read_out_of_all_its_fields(tmp_path: Path, fields: dict[str, str], expected: list[str]) -> None:
    edition = read(tmp_path, consolidated(individual(element("INDIVIDUAL_DOCUMENT", **fields))))
    assert list(map(str, edition.entries[0].identity.documents)) == expected
    assert edition.left_out == ()


@pytest.mark.parametrize("issuers", [("", "Iraq"), ("Iraq", "")])
def test_a_number_without_issuer_is_the_same_document_as_with_one(tmp_path: Path, issuers: tuple[str, str]) -> None:
    documents = [
        element("INDIVIDUAL_DOCUMENT", type_of_document="Passport", number=number, issuing_country=issuer)
        for number, issuer in zip(("A-1", "a1"), issuers, strict=True)
    ]
    (found,) = identity(tmp_path, *documents).documents
    assert (found.key, found.issuer) == ("A1", "IQ")


def test_the_bearers_name_in_a_document_is_a_name(tmp_path: Path) -> None:
    note = "expired 9 Sep. 2013, issued under name Wardo Plum, born 4 Mar. 1985 in Plumville"
    found = identity(tmp_path, element("INDIVIDUAL_DOCUMENT", type_of_document="Passport", number="1", note=note))
    assert names(found) == ["s Wardo Plum"]
    assert list(map(str, found.birth_dates)) == ["1985-03-04"]


def test_countries_of_the_past_and_of_two_times_are_read(tmp_path: Path) -> None:
    found = identity(tmp_path, element("NATIONALITY", value="former Soviet Union"))
    assert found.nationalities == ("SU",)
    found = identity(tmp_path, element("INDIVIDUAL_PLACE_OF_BIRTH", country="former USSR (currently Ukraine)"))
    assert found.birth_countries == ("SU", "UA")


def test_na_is_not_namibia(tmp_path: Path) -> None:
    edition = read(tmp_path, consolidated(individual(element("NATIONALITY", value="na"))))
    assert edition.entries[0].identity.nationalities == ()
    assert [(item.reason, item.detail) for item in edition.left_out] == [("unknown country", "nationality na")]
