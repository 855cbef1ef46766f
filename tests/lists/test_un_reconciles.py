"""The real UN files against a plain count of their XML that uses nothing of the reader: nothing comes or goes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kstep.lists import Edition, read_list
from kstep.model import Entry
from real_data import real_data

FILES = ["consolidated-2025.xml", "consolidated-2026-02-27.xml"]
GENERATED = {FILES[0]: date(2025, 4, 19), FILES[1]: date(2026, 2, 27)}
COUNTS = {FILES[0]: (684, 193), FILES[1]: (730, 273)}
TOTALS = {FILES[0]: (3235, 880, 448), FILES[1]: (3331, 906, 471)}
PAGE = Path(__file__).parents[2] / "docs" / "lists-un-eu-uk-ftm.md"

# The texts that stand among aliases and are no part of a name, read one by one in both files.
REMARKS = set(
    "previously listed as · original script · born in 1963 · birth name · third · COMBAT NAME · b) · "
    "born in Kandahar on 01 Jan.1967 · son of Noor Mohmad · son of M. Anwar Khan · "
    "born 1 Jan. 1953 (Oman passport no.03825239, date of issue 4 May 2014, expiry 3 May 2024.) · "
    "false identity related to fraudulent South African identification number 6910275240086 linked to South African "
    "passport number 434021161, both documents have been confiscated".replace(".", " ").split()
)
CODES = {
    "Democratic People's Republic of Korea": "KP", "Democratic Republic of the Congo": "CD", "Iraq": "IQ",
    "Iran (Islamic Republic of)": "IR", "State of Palestine": "PS", "Türkiye": "TR", "Russian Federation": "RU",
    "United Kingdom of Great Britain and Northern Ireland": "GB", "former Soviet Union": "SU", "Afghanistan": "AF",
    "Syrian Arab Republic": "SY", "United Republic of Tanzania": "TZ", "Guinea-Bissau": "GW", "South Sudan": "SS",
    "Congo": "CG", "Niger": "NE", "Nigeria": "NG", "United States of America": "US",
}  # fmt: skip


@cache
def edition(file: str) -> Edition:
    return read_list("un", real_data() / "un" / file)


@cache
def individuals(file: str) -> tuple[ElementTree.Element, ...]:
    return tuple(ElementTree.parse(real_data() / "un" / file).getroot().iter("INDIVIDUAL"))


def pairs(file: str) -> list[tuple[ElementTree.Element, Entry]]:
    entries = {entry.entry_id: entry for entry in edition(file).entries}
    return [(element, entries[text(element, "REFERENCE_NUMBER")]) for element in individuals(file)]


def text(element: ElementTree.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def words(*texts: str) -> list[str]:
    return [word for said in texts for word in re.findall(r"[^\W\d_]+", said)]


@pytest.mark.parametrize("file", FILES)
def test_every_individual_becomes_an_entry_and_every_entity_is_left_out(file: str) -> None:
    people, organisations = COUNTS[file]
    references = {text(element, "REFERENCE_NUMBER") for element in individuals(file)}
    assert len(individuals(file)) == people == len(references)
    assert {entry.entry_id for entry in edition(file).entries} == references
    assert len(edition(file).entries) == edition(file).rows["individual"] == people
    assert edition(file).left_out_by_reason["entity"] == edition(file).rows["entity"] == organisations
    assert edition(file).source_date == GENERATED[file]
    assert edition(file).unknown == {}
    assert edition(file).notes == ()


@pytest.mark.parametrize("file", FILES)
def test_what_is_left_out_is_what_was_found_unreadable_by_eye(file: str) -> None:
    said = [(item.reason, item.where, item.detail[:40]) for item in edition(file).left_out if item.reason != "entity"]
    assert sorted(said) == [
        ("unknown country", "SDi.001", "nationality na"),
        ("unreadable date", "LYi.022", "birth date APPROXIMATELY; 30-35 years ol"),
        ("unreadable date", "QDi.291", "birth date EXACT; 24/06/1402 (Hijri Cale"),
        ("unreadable document", "QDi.129", "National Identification Number; Birth ce"),
        ("unreadable document", "QDi.318", "Passport; Egypt; issued in 1993, under n"),
    ]


@pytest.mark.parametrize("file", FILES)
def test_the_primary_name_and_the_original_script_are_names_word_for_word(file: str) -> None:
    for element, entry in pairs(file):
        parts = [text(element, f"{number}_NAME") for number in ("FIRST", "SECOND", "THIRD", "FOURTH")]
        names = {name.full: name.quality.value for name in entry.identity.names}
        assert names[" ".join(filter(None, parts))] == "primary", entry.entry_id
        if original := text(element, "NAME_ORIGINAL_SCRIPT"):
            assert names[original] == "primary", entry.entry_id


@pytest.mark.parametrize("file", FILES)
def test_no_word_of_an_alias_is_lost_but_remarks(file: str) -> None:
    lost: Counter[str] = Counter()
    aliases = 0
    for element, entry in pairs(file):
        known = set(words(*(name.full for name in entry.identity.names)))
        for alias in element.iter("INDIVIDUAL_ALIAS"):
            if said := text(alias, "ALIAS_NAME"):
                aliases += 1
                lost.update(word for word in words(said) if word not in known)
    assert aliases == edition(file).rows["alias"]
    assert set(lost) <= set(words(*REMARKS))


@pytest.mark.parametrize("file", FILES)
def test_a_plain_alias_is_a_name_of_its_quality(file: str) -> None:
    plain = 0
    for element, entry in pairs(file):
        names = {name.full: name.quality.value for name in entry.identity.names}
        good = {
            text(alias, "ALIAS_NAME") for alias in element.iter("INDIVIDUAL_ALIAS") if text(alias, "QUALITY") == "Good"
        }
        for alias in element.iter("INDIVIDUAL_ALIAS"):
            said = text(alias, "ALIAS_NAME")
            if said and not re.search(r"""[,;()"“”،]|\bborn\b|[؀-ۿ].*[a-z]|[a-z].*[؀-ۿ]""", said):
                plain += 1
                allowed = {"primary", "strong"} if said in good else {"primary", "strong", "weak"}
                assert names[said] in allowed, (entry.entry_id, said)
    assert plain > 1900


@pytest.mark.parametrize("file", FILES)
def test_every_birth_date_is_read_with_its_accuracy(file: str) -> None:
    counted = 0
    for element, entry in pairs(file):
        read = {str(birth_date) for birth_date in entry.identity.birth_dates}
        for birth in element.iter("INDIVIDUAL_DATE_OF_BIRTH"):
            kind, note = text(birth, "TYPE_OF_DATE"), text(birth, "NOTE")
            day, year, first, last = (text(birth, name) for name in ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR"))
            counted += any((day, year, first, note))
            about = "about " if kind == "APPROXIMATELY" or note == "Approximately" else ""
            if day:
                assert day in read, entry.entry_id
            elif year and note != "Sep.":
                assert about + year in read, entry.entry_id
            elif first:
                expected = f"{first} to {last}" if first != last else first
                assert about + expected in read, entry.entry_id
        for alias in element.iter("INDIVIDUAL_ALIAS"):
            if said := text(alias, "DATE_OF_BIRTH"):
                assert said in read, entry.entry_id
    assert counted == edition(file).rows["birth date"]


@pytest.mark.parametrize("file", FILES)
def test_every_document_number_is_read_with_all_its_digits(file: str) -> None:
    counted = 0
    for element, entry in pairs(file):
        digits = {re.sub(r"\D", "", document.number) for document in entry.identity.documents}
        for document in element.iter("INDIVIDUAL_DOCUMENT"):
            counted += any((child.text or "").strip() for child in document)
            if number := text(document, "NUMBER"):
                assert re.sub(r"\([^)]*\)|\D", "", number) in digits, (entry.entry_id, number)
    assert counted == edition(file).rows["document"]


@pytest.mark.parametrize("file", FILES)
def test_a_plain_document_number_is_kept_as_it_is_written(file: str) -> None:
    for element, entry in pairs(file):
        keys = {document.key for document in entry.identity.documents}
        for document in element.iter("INDIVIDUAL_DOCUMENT"):
            number = text(document, "NUMBER")
            if number and not re.search(r"[a-z,()]|N[o°]", number):
                assert re.sub(r"[\W_]", "", number).upper() in keys, (entry.entry_id, number)


@pytest.mark.parametrize("file", FILES)
def test_every_nationality_and_country_of_birth_is_read(file: str) -> None:
    checked = 0
    for element, entry in pairs(file):
        nationalities = {" ".join((value.text or "").split()) for value in element.iterfind("NATIONALITY/VALUE")}
        places = {text(place, "COUNTRY") for place in element.iter("INDIVIDUAL_PLACE_OF_BIRTH")}
        places |= {text(alias, "COUNTRY_OF_BIRTH") for alias in element.iter("INDIVIDUAL_ALIAS")}
        for said, read in (
            (nationalities - {"na"}, entry.identity.nationalities),
            (places - {""}, entry.identity.birth_countries),
        ):
            assert len(read) >= len(said), entry.entry_id
            assert {CODES[country] for country in said if country in CODES} <= set(read), entry.entry_id
            checked += len(said)
    assert checked > 1100


@pytest.mark.parametrize("file", FILES)
def test_sex_programme_listing_day_and_both_ids_are_read(file: str) -> None:
    for element, entry in pairs(file):
        sex = {"Male": ["M"], "Female": ["F"], "": []}[text(element, "GENDER")]
        assert [found.value for found in entry.identity.sexes] == sex
        assert entry.programmes == (text(element, "UN_LIST_TYPE"),)
        assert entry.listed_on == date.fromisoformat(text(element, "LISTED_ON")[:10])
        assert entry.references == (text(element, "DATAID"),)


def test_the_totals_are_those_on_the_users_page() -> None:
    for file, totals in TOTALS.items():
        identities = [entry.identity for entry in edition(file).entries]
        assert totals == (
            sum(len(identity.names) for identity in identities),
            sum(len(identity.birth_dates) for identity in identities),
            sum(len(identity.documents) for identity in identities),
        )
    page = PAGE.read_text(encoding="utf-8")
    for first, second in zip(*TOTALS.values(), strict=True):
        assert f"| {first:,} | {second:,} |" in page
    for first, second in zip(*COUNTS.values(), strict=True):
        assert f"| {first:,} | {second:,} |" in page
