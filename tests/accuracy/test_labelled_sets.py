"""The labelled sets of bench/accuracy: the same in every process, split by person and by native form, and readable by kstep."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from labelled import HALVES, LabelledSet, Row, is_fit_entry, is_held_out, plain
from list_sets import list_sets
from mistyped_sets import mistyped_sets
from people import Alike, Listed
from probes import probe_sets
from script_sets import script_sets
from token_sets import TRANSLITERATION, token_sets

from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate
from kstep.records import person_from_mapping

GIVEN = ["Ahmed", "Bilal", "Carlos", "Dmitri", "Emil", "Farid", "Goran", "Hassan", "Ivan", "Jamal", "Kofi", "Luis"]
FAMILY = ["Abaza", "Beko", "Castro", "Dudar", "Essid", "Fofana", "Galan", "Haddad", "Ilic", "Jovic", "Kamara"]


def entry(label: str, number: int, *, shared: bool) -> Entry:
    """Somebody with two names, the second only on this list; a passport where the person is on both lists."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[(number * 7) % len(FAMILY)]
    names = (
        Name(f"{given} {label[:1].upper()}{number}x {family}"),
        Name(f"{given} Abu {family}{label[:2]}{number}", quality=NameQuality.STRONG),
        Name("Abu", quality=NameQuality.WEAK),
        Name(
            f"{'محمد' if label == 'un' else 'سعيد'} {'ابجدوزلمنر'[number % 10]}{'كلمنسفتبد'[number // 10]}",
            quality=NameQuality.STRONG,
        ),
    )
    documents = (Document(DocumentType.PASSPORT, f"P{number:05d}", "SY"),) if shared else ()
    return Entry(f"{label}{number}", Identity(names, (PartialDate.of(1950 + number % 40),), nationalities=("SY",),
                                              documents=documents))  # fmt: skip


@pytest.fixture(scope="module")
def listed() -> Listed:
    """Two lists of 60, of whom the first 40 are the same people."""
    return Listed({label: tuple(entry(label, n, shared=n < 40) for n in range(60)) for label in ("un", "ofac-sdn")})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Transliteration files of made-up tokens, each written by one rule."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "transliteration").mkdir()
    for name in TRANSLITERATION.values():
        with gzip.open(folder / "transliteration" / f"{name}.tsv.gz", "wt", encoding="utf-8") as file:
            for number in range(1_000):
                first, second = "bdfgklmnrt"[number % 10], "bdfgklmnrt"[number // 50 % 10]
                token = f"{first}{'aeiou'[number // 10 % 5]}{second}{'aeiou'[number // 500]}"
                file.write(
                    f"{token}\t{' '.join(chr(ord(letter) + 0x3B0 - 0x41) for letter in token)}\t{number % 5 + 1}\n"
                )
    return folder


def all_sets(data: Path, listed: Listed) -> dict[str, list[Row]]:
    """Every set but those of queries among thousands of synthetic people."""
    made: Iterator[LabelledSet]
    found: dict[str, list[Row]] = {}
    for made in (probe_sets(), token_sets(data), script_sets(data, listed), list_sets(listed)):
        found |= dict(made)
    return found


@pytest.fixture(scope="module")
def sets(data: Path, listed: Listed) -> dict[str, list[Row]]:
    """The sets."""
    return all_sets(data, listed)


@pytest.fixture(scope="module")
def mistyped(listed: Listed) -> dict[str, list[Row]]:
    """The queries among thousands of synthetic people."""
    return dict(mistyped_sets(listed))


def persons(row: Row) -> list[Row]:
    """The persons of a pair or query."""
    return [cast(Row, row[side]) for side in ("left", "right", "person") if side in row]


def names(person: Row) -> list[str]:
    """All names of a person."""
    return [cast(str, person["name"]), *cast("list[str]", person.get("aliases", []))]


def test_sets_are_the_same_in_every_process(data: Path) -> None:
    script = f"""
import hashlib, sys
sys.path[:0] = {[str(Path(__file__).parent), *(path for path in sys.path if path)]!r}
import test_labelled_sets as made
from pathlib import Path
lists = {{label: tuple(made.entry(label, n, shared=n < 40) for n in range(60)) for label in ("un", "ofac-sdn")}}
print(hashlib.sha256(repr(made.all_sets(Path({str(data)!r}), made.Listed(lists))).encode()).hexdigest())
"""
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1
    assert len(hashes.pop().strip()) == 64


def test_every_set_says_its_half_and_holds_something(sets: dict[str, list[Row]]) -> None:
    assert all(name.endswith(HALVES) for name in sets)
    empty = [name for name, rows in sets.items() if not rows and "cyrillic" not in name]
    assert empty == []


def test_no_person_is_in_both_halves(sets: dict[str, list[Row]]) -> None:
    for base in ("alias_un_fields", "alias_ofac-sdn_names", "across_fields", "queries_un_against_ofac-sdn_names"):
        asked = {
            half: {plain(name) for row in sets[f"{base}_{half}"] for name in names(persons(row)[0])} for half in HALVES
        }
        assert asked["fit"] and asked["test"]
        assert not asked["fit"] & asked["test"]


def test_nobody_of_the_measuring_half_is_a_negative_to_fit_on(sets: dict[str, list[Row]], listed: Listed) -> None:
    half_of_name = {plain(name.full): listed.half("un", one) for one in listed.entries["un"] for name in one.identity.names
                    if name.quality is not NameQuality.WEAK}  # fmt: skip
    for name in ("alias_un_fields_fit", "script_arabic_fit"):
        halves = {half_of_name[plain(said)] for row in sets[name] for person in persons(row) for said in names(person)}
        assert halves == {"fit"}


def test_entries_of_one_person_are_in_one_half(listed: Listed) -> None:
    halves = {label: [listed.half(label, one) for one in entries[:40]] for label, entries in listed.entries.items()}
    assert halves["un"] == halves["ofac-sdn"]
    assert set(halves["un"]) == set(HALVES)


def test_whoever_has_an_entry_to_fit_on_is_not_measured_with(listed: Listed) -> None:
    for label, entries in listed.entries.items():
        for one in entries:
            if is_fit_entry(one.entry_id):
                assert listed.half(label, one) == "fit"
    alone = [one for one in listed.entries["un"][40:] if not is_fit_entry(one.entry_id)]
    assert alone and {listed.half("un", one) for one in alone} == {"test"}


def test_truth_is_a_shared_passport(sets: dict[str, list[Row]]) -> None:
    truths = [row["truth"] for half in HALVES for row in sets[f"queries_un_against_ofac-sdn_fields_{half}"]]
    assert sorted(truths, key=str) == sorted(([f"ofac-sdn:ofac-sdn{n}"] for n in range(40)), key=str)


def test_no_pair_labelled_false_is_one_person(sets: dict[str, list[Row]]) -> None:
    numbers = {
        (person["name"], row["match"])
        for row in sets["across_fields_test"]
        for person in [cast(Row, row["right"])]
        if str(cast(Row, row["left"])["name"]).split()[1][1:] == str(person["name"]).split()[1][1:]
    }
    assert numbers and {match for _, match in numbers} == {True}


def test_documents_and_weak_aliases_are_hidden(sets: dict[str, list[Row]]) -> None:
    for rows in sets.values():
        for row in rows:
            for person in persons(row):
                assert "documents" not in person
                assert "Abu" not in names(person)


def test_the_alias_left_out_is_not_among_the_names(sets: dict[str, list[Row]]) -> None:
    for row in sets["alias_un_names_test"]:
        left, right = persons(row)
        if row["match"]:
            assert not {plain(name) for name in names(left)} & {plain(name) for name in names(right)}


def test_measured_tokens_are_held_out_and_fitted_ones_are_not(sets: dict[str, list[Row]]) -> None:
    for language in TRANSLITERATION:
        between = {"katakana": "・", "zh": "·"}.get(language, " ")
        for half, kept in (("test", True), ("fit", False)):
            rows = sets[f"composed_{language}_{half}"]
            natives = {word for row in rows for word in str(cast(Row, row["right"])["name"]).split(between)}
            assert natives and {is_held_out(word) for word in natives} == {kept}
        tokens = {str(cast(Row, row["right"])["name"]) for row in sets[f"tokens_{language}_test"]}
        assert {is_held_out(token) for token in tokens} == {True}


def test_how_a_form_is_written_does_not_change_whether_it_is_held_out() -> None:
    for word in ("й о с и ф", "ё л к и н", "パ キ タ", "한 국", "أ و ل ف"):
        solid = word.replace(" ", "")
        assert is_held_out(word) == is_held_out(solid) == is_held_out(unicodedata.normalize("NFD", solid))
    share = sum(is_held_out(f"{number}") for number in range(10_000)) / 10_000
    assert 0.09 < share < 0.115


def test_every_person_is_read_by_kstep_without_a_remark(sets: dict[str, list[Row]]) -> None:
    seen = {str(person): person for rows in sets.values() for row in rows for person in persons(row)}
    assert [errors for person in seen.values() if (errors := person_from_mapping(person, "x")[1])] == []


@pytest.mark.parametrize("kind", ["slipped", "mistyped", "recorded"])
def test_mistyped_names_differ_from_the_list_and_stand_among_unrelated_people(
    kind: str, listed: Listed, mistyped: dict[str, list[Row]]
) -> None:
    rows = mistyped[f"queries_{kind}_date_test"] + mistyped[f"queries_{kind}_date_fit"]
    known = {name.full.casefold() for one in listed.entries["un"] for name in one.identity.names}
    asked = [row for row in rows if row["truth"]]
    assert len(asked) == 60 and len(rows) == 60 + 2 * 6_000
    assert not known & {str(cast(Row, row["person"])["name"]).casefold() for row in asked}
    assert all(set(cast(Row, row["person"])) <= {"name", "birth_date"} for row in rows)
    people = [str(row["person"]) for row in rows if not row["truth"]]
    assert len(set(people)) > 0.99 * len(people)


def test_a_mistyped_name_is_made_the_same_way_twice(listed: Listed, mistyped: dict[str, list[Row]]) -> None:
    assert dict(mistyped_sets(listed)) == mistyped


def test_negatives_are_the_names_most_alike(listed: Listed) -> None:
    nearest = Alike(listed.entries["un"]).nearest(["Ahmed Abu Abazaun0"])
    assert nearest[0] == 0
    assert len(set(nearest)) == len(nearest) == 60
