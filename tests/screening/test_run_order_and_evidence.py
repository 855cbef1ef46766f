"""What a run gives: the shape that others rely on, in one order, with evidence that adds up, the same from both engines."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kstep.lists import read_list
from kstep.matching import build_index, engine_name, prepare, shipped_weights
from kstep.matching.reference import ceiling
from kstep.model import Entry, Identity, InputError, Name, NameQuality, PartialDate, Person
from kstep.records import read_people
from kstep.screening.matches import POSSIBLE, STRONG
from kstep.screening.run import Screening, screen
from kstep.screening.sources import OpenList
from kstep.synth import write_list, write_people

WEAK = 1e-6
"""A threshold at which pairs with much conflicting evidence are shown too."""


def opened(label: str, entries: Sequence[Entry], edition: str = "0" * 64) -> OpenList:
    return OpenList(label, "table", None, {}, (), build_index(edition, entries))


def person(person_id: str, *names: str, born: str = "") -> Person:
    return Person(person_id, identity(*names, born=born))


def identity(*names: str, born: str = "", quality: NameQuality = NameQuality.PRIMARY) -> Identity:
    dates = (PartialDate.parse(born),) if born else ()
    return Identity(names=tuple(Name.of(name, quality) for name in names), birth_dates=dates)


def written(found: Screening) -> list[dict[str, Any]]:
    return [match.to_json() for match in found.matches]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Person, ...], list[OpenList]]:
    """40 made-up people, half of them altered copies of entries of two made-up lists of 20."""
    folder = tmp_path_factory.mktemp("made")
    lists = []
    for label, kind, name in (("un", "un", "un.xml"), ("table", "table", "table.csv")):
        write_list(folder / name, kind, 20, seed=5)
        edition = read_list(kind, folder / name)
        lists.append(OpenList(label, kind, None, {}, (), build_index(edition.id, edition.entries)))
    planted = [(ready.label, list(ready.index.entries)) for ready in lists]
    write_people(folder / "people.csv", 40, seed=6, lists=planted, planted_share=0.5)
    return tuple(read_people(folder / "people.csv").people), lists


def test_match_has_the_agreed_fields_in_their_order() -> None:
    listed = Entry("E-7", identity("Qasrawan, Tariq", "Tarik Kasrawan", born="1980-01-02"))
    found = screen([person("P-1", "Tariq Qasrawan", born="1980-02-01")], [opened("un", [listed], "ab" * 32)])
    (row,) = written(found)
    assert list(row) == [
        "person_id", "list", "edition", "entry_id", "entry_name", "matched_name", "matched_entry_name", "probability",
        "bits", "prior_bits", "band", "evidence", "engine",
    ]  # fmt: skip
    assert all(list(part) == ["field", "person", "entry", "relation", "bits"] for part in row["evidence"])
    texts = ("person_id", "list", "edition", "entry_id", "entry_name", "matched_name", "band", "engine")
    assert {name: row[name] for name in texts} == {
        "person_id": "P-1", "list": "un", "edition": "ab" * 32, "entry_id": "E-7", "entry_name": "Qasrawan, Tariq",
        "matched_name": "Tariq Qasrawan", "band": "strong", "engine": engine_name(),
    }  # fmt: skip
    assert row["prior_bits"] == shipped_weights().for_list(1).prior / 1000


def test_match_names_the_name_that_matched_and_the_entrys_first() -> None:
    listed = Entry("E-7", identity("Somchai Rattanavong", "Tariq Qasrawan"))
    match = screen([person("P-1", "Oksana Brastova", "Tariq Qasrawan")], [opened("un", [listed])], 0.2).matches[0]
    assert (match.entry_name, match.matched_name, match.matched_entry_name) == (
        "Somchai Rattanavong", "Tariq Qasrawan", "Tariq Qasrawan",
    )  # fmt: skip


def test_evidence_adds_up_to_the_bits_and_the_probability_follows(
    made: tuple[tuple[Person, ...], list[OpenList]],
) -> None:
    people, lists = made
    rows = written(screen(people, lists, WEAK))
    assert len(rows) > 15
    assert any(part["bits"] < 0 for row in rows for part in row["evidence"])
    for row in rows:
        assert sum(round(part["bits"] * 1000) for part in row["evidence"]) == round(row["bits"] * 1000)
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -(row["bits"] + row["prior_bits"])), abs=1e-6)


def test_matches_are_ordered_by_person_then_bits_then_list_and_entry(
    made: tuple[tuple[Person, ...], list[OpenList]],
) -> None:
    people, lists = made
    rows = written(screen(people, [*lists, opened("again", list(lists[1].index.entries))], WEAK))
    keys = [(row["person_id"], -row["bits"], row["list"], row["entry_id"]) for row in rows]
    assert keys == sorted(keys)
    assert len({person_id for person_id, *_ in keys}) < len(keys)


def test_stronger_match_comes_first() -> None:
    entries = [
        Entry(entry_id, identity("Tariq Qasrawan", born=born))
        for entry_id, born in (("E-1", "1980-01"), ("E-2", "1980-01-02"), ("E-3", "1980"))
    ]
    found = screen([person("P-1", "Tariq Qasrawan", born="1980-01-02")], [opened("un", entries)]).matches
    assert [match.entry.entry_id for match in found] == ["E-2", "E-1", "E-3"]


def test_equal_matches_are_ordered_by_list_then_entry() -> None:
    twins = [Entry(entry_id, identity("Tariq Qasrawan", born="1980-01-02")) for entry_id in ("E-2", "E-10", "E-1")]
    lists = [opened("un:b", twins), opened("un:a", twins)]
    people = [person(person_id, "Tariq Qasrawan", born="1980-01-02") for person_id in ("b", "a", "B", "10", "9")]
    found = [(match.person.person_id, match.list, match.entry.entry_id) for match in screen(people, lists).matches]
    entries = ("E-1", "E-10", "E-2")
    assert found == list(itertools.product(("10", "9", "B", "a", "b"), ("un:a", "un:b"), entries))


def test_order_of_input_does_not_matter_but_for_rows_of_one_person(
    made: tuple[tuple[Person, ...], list[OpenList]],
) -> None:
    people, lists = made
    backwards = screen(people[::-1], lists[::-1], WEAK)
    assert json.dumps(written(backwards)) == json.dumps(written(screen(people, lists, WEAK)))


def test_band_follows_from_the_probability_as_it_is_written(
    made: tuple[tuple[Person, ...], list[OpenList]],
) -> None:
    people, lists = made
    rows = written(screen(people, lists, WEAK))
    assert {row["band"] for row in rows} == {"strong", "possible", "weak"}
    for row in rows:
        expected = "strong" if row["probability"] >= 0.95 else "possible" if row["probability"] >= 0.5 else "weak"
        assert row["band"] == expected


@pytest.mark.parametrize(
    ("probability", "band"),
    [(1.0, "strong"), (0.95, "strong"), (0.949999, "possible"), (0.5, "possible"), (0.499999, "weak"), (0.0, "weak")],
)
def test_bands_begin_where_they_are_said_to(probability: float, band: str) -> None:
    listed = opened("un", [Entry("E-1", identity("Tariq Qasrawan"))])
    match = screen([person("P-1", "Tariq Qasrawan")], [listed], 0.01).matches[0]
    assert dataclasses.replace(match, probability=probability).band == band


@pytest.mark.parametrize("least", [STRONG, POSSIBLE])
def test_no_probability_is_written_as_the_next_bands(least: float) -> None:
    weights = shipped_weights()
    around = weights.needed(least)
    for millibits in range(around - 2_000, around + 2_000):
        probability = weights.probability(millibits)
        assert (round(probability, 6) >= least) == (probability >= least), millibits


@pytest.mark.parametrize("threshold", [0.5, 0.05, 0.95])
def test_threshold_is_the_least_probability_that_is_shown(
    made: tuple[tuple[Person, ...], list[OpenList]], threshold: float
) -> None:
    people, lists = made
    every = screen(people, lists, WEAK).matches
    shown = screen(people, lists, threshold).matches
    assert list(shown) == [match for match in every if match.probability >= threshold]
    assert len(shown) < len(every)


@pytest.mark.parametrize("threshold", [0.5, WEAK])
def test_brute_force_gives_the_same_result(made: tuple[tuple[Person, ...], list[OpenList]], threshold: float) -> None:
    people, lists = made
    local, brute = (screen(people, lists, threshold, engine) for engine in ("local", "brute"))
    assert json.dumps(written(local)) == json.dumps(written(brute))
    assert (local.comparisons, list(local.poor_people), local.poor_entries) == (
        brute.comparisons, list(brute.poor_people), brute.poor_entries,
    )  # fmt: skip
    assert brute.compared == brute.comparisons == 40 * 40
    assert local.compared <= brute.compared


def test_rows_that_share_an_id_are_all_screened() -> None:
    lists = [opened("un", [Entry("E-1", identity("Tariq Qasrawan")), Entry("E-2", identity("Oksana Brastova"))])]
    rows = [person("P-1", "Tariq Qasrawan"), person("P-1", "Oksana Brastova"), person("P-1", "Tariq Qasrawan")]
    found = [(match.person.person_id, match.entry.entry_id) for match in screen(rows, lists, 0.1).matches]
    assert sorted(found) == [("P-1", "E-1"), ("P-1", "E-1"), ("P-1", "E-2")]


def test_too_poor_is_whoever_a_perfect_copy_would_not_find(made: tuple[tuple[Person, ...], list[OpenList]]) -> None:
    people, lists = made
    poor = [person("poor-1", "Ali"), person("poor-2"), person("poor-3", "---"), person("poor-4", born="1980-01-01")]
    everyone = [*people, *poor]
    found = screen(everyone, [*lists, opened("poor", [Entry("E-1", identity("Li")), Entry("E-2", identity())])])
    need = shipped_weights().needed(0.5)
    below = [ceiling(prepare(each.identity), shipped_weights()) < need for each in everyone]
    assert list(found.poor_people) == [number for number, is_below in enumerate(below) if is_below]
    assert {everyone[number].person_id for number in found.poor_people} >= {each.person_id for each in poor}
    assert list(found.poor_entries["poor"]) == [0, 1]
    assert set(found.poor_entries) == {"un", "table", "poor"}


@pytest.mark.parametrize("engine", ["local", "brute"])
def test_progress_adds_up_to_everyone_against_every_list(
    made: tuple[tuple[Person, ...], list[OpenList]], engine: str
) -> None:
    people, lists = made
    steps: list[int] = []
    screen(people, lists, 0.5, engine, progress=steps.append)
    assert sum(steps) == len(people) * len(lists)


def test_nobody_and_empty_lists_give_nothing() -> None:
    assert list(screen([], [opened("un", [Entry("E-1", identity("Tariq Qasrawan"))])]).matches) == []
    found = screen([person("P-1", "Tariq Qasrawan")], [opened("un", [])])
    assert (list(found.matches), found.comparisons, list(found.poor_entries["un"])) == ([], 0, [])
    assert list(screen([person("P-1", "Tariq Qasrawan")], []).matches) == []


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.1, 1.1, math.nan, math.inf])
def test_threshold_that_is_no_probability_is_refused(threshold: float) -> None:
    with pytest.raises(InputError, match="is not a probability between 0 and 1"):
        screen([], [], threshold)


def test_unknown_engine_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="'turbo' is not an engine of this version; write one of local, brute, spark"):
        screen([], [], engine="turbo")


def test_match_of_records_without_a_common_name_is_explained_too(tmp_path: Path) -> None:
    people = tmp_path / "people.jsonl"
    people.write_text('{"person_id": "P-1", "name": "", "documents": "passport:NO:K8812345"}\n')
    listed = tmp_path / "watch.jsonl"
    listed.write_text('{"entry_id": "E-1", "name": "", "documents": "passport:NO:K8812345"}\n')
    edition = read_list("table", listed)
    (row,) = written(screen(read_people(people).people, [opened("table", edition.entries)]))
    assert (row["entry_name"], row["matched_name"], row["matched_entry_name"]) == ("", "", "")
    assert [part["field"] for part in row["evidence"]] == ["document"]
