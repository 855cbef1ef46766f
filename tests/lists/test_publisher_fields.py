"""Publishers' fields and papers as values: what each text means, and that a text which means nothing is said to."""

from __future__ import annotations

import pytest

from kstep.lists.fields import countries, country_named_in, date_of, numbered
from kstep.lists.papers import Paper, kind_of, papers
from kstep.model import DocumentType, ValueRefused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1968", "1968"), ("1968-05", "1968-05"), ("1968-05-12", "1968-05-12"), ("1968-00-00", "1968"),
        ("2025-03-04T23:00:04.625Z", "2025-03-04"), ("2001-02-23-05:00", "2001-02-23"), ("12/05/1968", "1968-05-12"),
        ("dd/05/1968", "1968-05"), ("dd/mm/1968", "1968"), ("--/--/1968", "1968"), ("05/1968", "1968-05"),
        ("12 May 1968", "1968-05-12"), ("01 Jan.1967", "1967-01-01"), ("13-Feb-2026", "2026-02-13"),
        ("Sept. 1968", "1968-09"), ("May 12, 1968", "1968-05-12"), ("circa 1968", "about 1968"),
        ("Approximately May 1968", "about 1968-05"), ("between 1968 and 1970", "1968 to 1970"),
        ("Between Aug. and Sep. 1977", "1977-08-01 to 1977-09-30"), ("1968 - 1970", "1968 to 1970"),
        ("circa 1968-1970", "about 1968 to 1970"),
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_form(text: str, expected: str) -> None:
    assert str(date_of(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1968-13", "31/02/1970", "15/08/19yy", "24/06/1402 (Hijri Calendar)", "30-35 years old", "0000",
     "between 1970 and 1968", "12.05.1968", "between " * 1000],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        date_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iraq", ["IQ"]), ("Iraqi", ["IQ"]), ("IQ", ["IQ"]), ("IRQ", ["IQ"]), ("UK", ["GB"]), ("Türkiye", ["TR"]),
        ("Congo (Democratic Republic)", ["CD"]), ("Congo", ["CG"]), ("The Gambia", ["GM"]),
        ("former USSR (currently Ukraine)", ["SU", "UA"]), ("Former USSR Currently Belarus", ["SU", "BY"]),
        ("Myanmar (Burma)", ["MM"]), ("Bosnia and Herzegovina", ["BA"]), ("South Sudan", ["SS"]),
        ("na", []), ("no", []), ("and", []), ("Atlantis", []), ("Iraq or Atlantis", []), ("", []), ("Iraq " * 100, []),
    ],
)  # fmt: skip
def test_countries_are_read_and_words_are_not_codes(text: str, expected: list[str]) -> None:
    assert list(countries(text)) == expected


def test_a_country_is_found_among_other_words() -> None:
    assert country_named_in("Afghan national identification card (tazkira)") == "AF"
    assert country_named_in("issued in the Central African Republic") == "CF"
    assert country_named_in("no number in it") == ""


def test_numbered_items_are_told_apart() -> None:
    assert numbered("(1) Kabul. (2) Logar, (3) Herat") == ["Kabul", "Logar", "Herat"]
    assert numbered("Kabul (old city)") == ["Kabul (old city)"]
    assert numbered("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OR801168", [Paper("OR801168")]),
        ("OR 801168", [Paper("OR 801168")]),
        ("Afghan passport number OR 801168", [Paper("OR 801168", DocumentType.PASSPORT, "AF")]),
        ("Libyan Passport No. 96/184442", [Paper("96/184442", DocumentType.PASSPORT, "LY")]),
        ("Jordan 286062", [Paper("286062", None, "JO")]),
        ("No34409/129", [Paper("34409/129")]),
        ("CAR diplomatic passport no. D00000897", [Paper("D00000897", DocumentType.PASSPORT, "CF")]),
        ("Russian passport number 8208 No. 555627", [Paper("8208 555627", DocumentType.PASSPORT, "RU")]),
        ("SSN 156-92-9858 (United States of America)",
         [Paper("156-92-9858", DocumentType.SOCIAL_SECURITY, "US")]),
        ("R00005943, South Sudan", [Paper("R00005943", None, "SS")]),
        ("04643632 issued on 18 Jun. 1999", [Paper("04643632")]),
        ("(1) A1 (2) B2", [Paper("A1"), Paper("B2")]),
        ("A1, B2 and C3", [Paper("A1"), Paper("B2"), Paper("C3")]),
        ("٠١٢٣٤", [Paper("٠١٢٣٤")]),
        ("issued in 1993, under name Vardo Plum", []),
        ("lost", []),
        ("1 " * 1000, []),
    ],
)  # fmt: skip
def test_a_number_is_found_among_its_words(text: str, expected: list[Paper]) -> None:
    assert papers(text) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Numéro de passeport", DocumentType.PASSPORT), ("national passport", DocumentType.PASSPORT),
        ("National Identification Number", DocumentType.NATIONAL_ID), ("tazkira", DocumentType.NATIONAL_ID),
        ("Driver's Permit", DocumentType.DRIVING_LICENCE), ("Birth certificate", DocumentType.BIRTH_CERTIFICATE),
        ("alien registration number", DocumentType.RESIDENCE), ("FARDC ID", DocumentType.MILITARY_ID),
        ("Laissez-passer", DocumentType.TRAVEL_DOCUMENT), ("Italian Fiscal Code", DocumentType.TAX_ID),
        ("Certificate of Iraqi Nationality", DocumentType.OTHER), ("Other ID", DocumentType.OTHER),
        ("Ration card", DocumentType.OTHER), ("a letter", None),
    ],
)  # fmt: skip
def test_the_kind_of_a_document_is_read_from_its_words(words: str, expected: DocumentType | None) -> None:
    assert kind_of(words) is expected
