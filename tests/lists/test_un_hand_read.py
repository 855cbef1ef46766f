"""Individuals of the real UN list of 2026-02-27, read in the XML by eye: what the reader must make of each of them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

import pytest

from kstep.lists import read_list
from kstep.model import Entry
from real_data import real_data


class Read(NamedTuple):
    """What stands in the XML; names as `quality: name`, without order."""

    names: set[str]
    birth_dates: list[str]
    nationalities: list[str]
    birth_countries: list[str]
    documents: list[str]
    programme: str
    listed_on: str
    data_id: str


BY_EYE = {
    "TAi.034": Read(
        # Two aliases are the names in two passports, with the names of fathers, dates of birth and the original script.
        {"primary: ABDUL JALIL HAQQANI WALI MOHAMMAD", "primary: عبد الجليل حقانی ولی محمد",
         "strong: Abdul Jalil Akhund", "strong: Akhter Mohmad", "strong: اختر محمد ولد نور محمد",
         "strong: Haji Gulab Gul",
         "strong: حاجی گلاب گل ولد حاجی حضرت گل", "strong: Abdul Jalil Haqqani", "weak: Nazar Jan"},
        ["about 1963", "1965", "1955"], ["AF"], ["AF"], ["passport:AF:OR1961825", "passport:AF:TR024417"],
        "Taliban", "2001-01-25", "111107"),
    "TAi.165": Read(
        # The numbers stand in TYPE_OF_DOCUMENT2; the second paper names no issuer.
        {"primary: MOHAMMED QASIM MIR WALI KHUDAI RAHIM", "primary: محمد قاسم میر ولی خدايرحيم",
         "strong: Muhammad Qasim", "strong: Abdul Salam"},
        ["1975 to 1976"], ["AF"], ["AF"], ["national_id:AF:57388", "residence::665"],
        "Taliban", "2012-11-21", "3000509"),
    "QDi.068": Read(
        {"primary: ADEL BEN AL-AZHAR BEN YOUSSEF HAMDI", "primary: عادل بن الأزهر بن يوسف حمدي", "weak: Zakariya",
         "strong: Adel ben al- Azhar ben Youssef ben Soltane"},
        ["1970-07-14"], ["TN"], ["TN"],
        ["passport:TN:M408665", "national_id:TN:W334061", "tax_id:IT:BNSDLA70L14Z352B"],
        "Al-Qaida", "2002-09-03", "112033"),
    "QDi.092": Read(
        # One alias comes three times, each with another birth date or country.
        {"primary: MEHREZ BEN MAHMOUD BEN SASSI AL-AMDOUNI", "primary: محرز بن محمود بن ساسي العمدوني",
         "strong: Fabio Fusco", "strong: Mohamed Hassan", "strong: Meherez Hamdouni", "strong: Amdouni Mehrez ben Tah",
         "strong: Meherez ben Ahdoud ben Amdouni", "weak: Abu Thale"},
        ["1969-12-18", "1968-05-25", "1968-12-18", "1969-07-14"], ["TN"], ["TN", "IT", "DZ"], ["passport:TN:G737411"],
        "Al-Qaida", "2003-06-25", "111734"),
    "QDi.299": Read(
        # Names in alias texts, in brackets behind another script, and in the notes of aliases.
        {"primary: IBRAHIM AWWAD IBRAHIM ALI AL-BADRI AL-SAMARRAI",
         "primary: إبراهيم عواد إبراهيم علي البدري السامرائي",
         "strong: Dr. Ibrahim ‘Awwad Ibrahim ’Ali al-Badri al-Samarrai’",
         "strong: Ibrahim ‘Awad Ibrahim al-Badri al-Samarrai", "strong: Ibrahim ‘Awad Ibrahim al-Samarra’i",
         "strong: Dr. Ibrahim Awwad Ibrahim al-Samarra’i", "weak: أبو دعاء", "weak: Abu Du’a", "weak: Abu Duaa’",
         "weak: Dr. Ibrahim", "weak: أبو بكر البغدادي الحسيني القريشي",
         "weak: Abu Bakr al-Baghdadi al-Husayni al-Quraishi", "weak: Abu Bakr al-Baghdadi"},
        ["1971"], ["IQ"], ["IQ"], ["other::0134852"], "Al-Qaida", "2011-10-05", "2975516"),
    "QDi.411": Read(
        # A shorter name in Arabic stands only in the note of a document.
        {"primary: SALIM MUSTAFA MUHAMMAD AL-MANSUR", "primary: سالم مصطفى محمد ال منصور",
         "strong: سالم مصطفى محمد", "strong: Salim Mustafa Muhammad Mansur Al-Ifri", "strong: Saleem Al-Ifri",
         "strong: Salim Mansur Mustafa", "strong: Salim Mansur", "strong: Hajji Salim Al-Shaklar"},
        ["1962-02-20", "1959"], ["IQ"], ["IQ"],
        ["passport:IQ:A6489694", "national_id:IQ:00813602", "other:IQ:300397"],
        "Al-Qaida", "2018-03-06", "6908658"),
    "QDi.395": Read(
        # YEAR 1958 with the NOTE "Sep."
        {"primary: MUHAMMAD SHOLEH IBRAHIM", "strong: Mohammad Sholeh Ibrahim", "strong: Muhammad Sholeh Ibrohim",
         "strong: Muhammad Soleh Ibrahim", "strong: Sholeh Ibrahim", "strong: Muh Sholeh Ibrahim"},
        ["1958-09"], ["ID"], ["ID"], ["national_id:ID:3311092409580002", "national_id:ID:3311092409580003"],
        "Al-Qaida", "2016-04-20", "6908545"),
    "CFi.009": Read(
        {"primary: JOSEPH KONY", "strong: Kony", "strong: Joseph Rao Kony", "strong: Josef Kony",
         "weak: Le Messie sanglant"},
        ["1959", "1960", "1961", "1963", "1964-09-18", "1965", "1961-08", "1961-07", "1961-01-01", "1963-04"],
        ["UG"], ["UG"], [], "CAR", "2016-03-07", "6908538"),
    "IRi.034": Read(
        # One alias element holds five names, one of them behind a letter.
        {"primary: M. JAVAD KARIMI SABET", "strong: Mohammed Sabet", "strong: Mohammad Sabet",
         "strong: M. Javad Kareemi Sabet", "strong: M. Jawad Kareemi Sabet", "strong: M. Jawad Karimi Sabet"},
        ["1973-07-25"], [], [], [], "Iran", "2008-03-03", "110413"),
    "KPi.016": Read(
        # The passport of the alias stands only in the comments.
        {"primary: JANG BOM SU", "strong: Jang Pom Su", "strong: Jang Hyon U"},
        ["1957-04-15", "1958-02-22"], ["KP"], [], ["passport::836110034"], "DPRK", "2016-03-02", "6908503"),
    "LYi.018": Read(
        # The notes of the alias hold a passport, an identity card, a birth date and places of birth.
        {"primary: ABDULLAH AL-SENUSSI", "strong: Abdoullah Ould Ahmed"},
        ["1949", "1948"], [], ["SD", "ML"], ["passport::B0515260", "national_id:ML:073/SPICRE"],
        "Libya", "2011-02-26", "690779"),
    "SOi.010": Read(
        {"primary: OMAR HAMMAMI", "strong: Abu Maansuur Al-Amriki", "strong: Abu Mansour Al-Amriki",
         "strong: Abu Mansuur Al-Amriki", "strong: Umar Hammami", "strong: Abu Mansur Al-Amriki"},
        ["1986-05-06"], ["US"], ["US"], ["passport:US:403062567", "social_security:US:423-31-3021"],
        "Somalia", "2011-07-28", "6908042"),
}  # fmt: skip


@cache
def entries() -> dict[str, Entry]:
    edition = read_list("un", real_data() / "un" / "consolidated-2026-02-27.xml")
    return {entry.entry_id: entry for entry in edition.entries}


@pytest.mark.parametrize("reference", BY_EYE)
def test_an_individual_is_read_as_by_eye(reference: str) -> None:
    expected, entry = BY_EYE[reference], entries()[reference]
    identity = entry.identity
    assert {f"{name.quality.value}: {name.full}" for name in identity.names} == expected.names
    assert sorted(map(str, identity.birth_dates)) == sorted(expected.birth_dates)
    assert list(identity.nationalities) == expected.nationalities
    assert sorted(identity.birth_countries) == sorted(expected.birth_countries)
    assert sorted(map(str, identity.documents)) == sorted(expected.documents)
    assert entry.programmes == (expected.programme,)
    assert entry.listed_on == date.fromisoformat(expected.listed_on)
    assert entry.references == (expected.data_id,)


def test_a_persons_own_name_and_birth_date_stand_first() -> None:
    identity = entries()["TAi.034"].identity
    assert identity.names[0].full == "ABDUL JALIL HAQQANI WALI MOHAMMAD"
    assert str(identity.birth_dates[0]) == "about 1963"


def test_places_of_birth_are_kept_to_be_read() -> None:
    assert entries()["TAi.165"].identity.birth_places == (
        "Minar village, Garmser District, Helmand Province, Afghanistan",
        "Darweshan Village, Garmser District, Helmand Province, Afghanistan",
    )
