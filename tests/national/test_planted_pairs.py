"""What bench/national counts of a peer: the same people and planted pairs that kstep made, and the whole from a sample.

The one peer that is installed here, rapidfuzz, is run as the bench runs it.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from planted import Clock, Screened, Tally, identities, present, read_truth, sample
from rapidfuzz import fuzz, utils

from kstep.lists import read_list
from kstep.synth import write_list, write_people

PEERS = Path(__file__).parents[2] / "bench" / "national" / "peers.py"
PEOPLE, ENTRIES, PLANTED_SHARE = 300, 80, 0.1


@dataclass(frozen=True)
class Files:
    people: Path
    entries: Path
    truth: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("national")
    found = Files(folder / "people.csv", folder / "list.csv", folder / "people.truth.csv")
    write_list(found.entries, "table", ENTRIES, 3)
    listed = read_list("table", found.entries).entries
    write_people(found.people, PEOPLE, 4, lists=[("table", listed)], planted_share=PLANTED_SHARE)
    return found


def test_entries_are_read_with_the_names_and_dates_that_kstep_reads(files: Files) -> None:
    read = {entry.key: entry for entry in identities(files.entries, "entry_id")}
    listed = read_list("table", files.entries).entries
    assert len(read) == len(listed) == ENTRIES
    for entry in listed:
        identity = read[entry.entry_id]
        assert sorted(identity.names + identity.weak_aliases) == sorted(name.full for name in entry.identity.names)
        assert len(identity.birth_dates) == len(entry.identity.birth_dates)
        assert len(identity.documents) == len(entry.identity.documents)
        assert list(identity.nationalities) == list(entry.identity.nationalities)


def test_truth_is_what_both_files_hold(files: Files) -> None:
    truth = read_truth(files.truth)
    people = [person.key for person in identities(files.people, "person_id")]
    entries = [entry.key for entry in identities(files.entries, "entry_id")]
    assert present(truth, people, entries) == truth
    assert len(truth) == PEOPLE * PLANTED_SHARE
    one, other = sorted(truth)[:2]
    assert present(truth, [one, other, "nobody"], [truth[one]]) == {one: truth[one]}


def test_sample_takes_from_both_groups_and_always_the_same() -> None:
    people = [f"P{number}" for number in range(100)]
    truth = {f"P{number}": "T" for number in range(5)}
    chosen = sample(people, truth, 20)
    assert len(chosen) == 25
    assert set(truth) <= chosen
    assert len(sample(people, truth, 2).intersection(truth)) == 2
    assert sample(people, truth, 20) == chosen
    assert sample(people, truth, None) == set(people)


def test_figures_of_a_sample_are_of_the_whole() -> None:
    people = [f"P{number}" for number in range(104)]
    truth = {"P0": "T0", "P1": "T1", "P2": "T2", "P3": "T3"}
    tally = Tally(truth)
    tally.add_pair("P0", "T0", 0.95)
    tally.add_pair("P1", "T1", 0.7)
    tally.add_pair("P1", "T9", 0.55)
    tally.add_pair("P50", "T0", 0.5)
    tally.add_pair("P51", "T0", 0.49)
    figures = tally.figures(people, {"P0", "P1", *people[50:60]})
    assert figures["planted"] == 2
    assert figures["pairs_at"] == {"0.5": 16, "0.7": 4, "0.9": 2}
    assert figures["recall_at"] == {"0.5": 1.0, "0.7": 1.0, "0.9": 0.5}
    assert figures["false_pairs_at"] == {"0.5": 12, "0.7": 0, "0.9": 0}
    assert figures["false_per_million_people_at"]["0.5"] == round(12e6 / 104)


def test_only_the_steps_of_a_sample_are_extrapolated() -> None:
    clock = Clock()
    clock.steps, clock.processor_steps = {"read": 2.0, "score": 3.0}, {"read": 1.0, "score": 5.0}
    screened = Screened(
        "1", ["P0", "P1"], {"P0"}, 7, 14, Tally({}), {"score": 10.0}, {"scored_pairs_a_second": 4.6}, []
    )
    report = screened.report("peer", clock)
    assert (report["wall_s"], report["measured_wall_s"], report["cpu_s"]) == (32.0, 5.0, 51.0)
    assert (report["people"], report["people_screened"], report["entries"]) == (2, 1, 7)
    assert report["extrapolated"] is True
    assert report["recall_at"]["0.5"] is None
    assert report["scored_pairs_a_second"] == 5


@pytest.mark.parametrize("size", [PEOPLE, 25])
def test_brute_force_finds_what_comparing_each_pair_finds(files: Files, tmp_path: Path, size: int) -> None:
    out = tmp_path / "out.json"
    command = [PEERS, files.people, files.entries, "--truth", files.truth, "--peer", "rapidfuzz", "--sample", f"{size}"]
    subprocess.run([sys.executable, *map(str, command), "--json", str(out)], check=True, capture_output=True)
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert (report["people"], report["entries"], report["pairs"]) == (PEOPLE, ENTRIES, PEOPLE * ENTRIES)
    assert report["extrapolated"] is (size < PEOPLE)
    assert set(report) >= {"peer", "version", "wall_s", "cpu_s", "peak_mb", "notes"}
    truth = read_truth(files.truth)
    people = dict(_names(files.people, "person_id"))
    entries = dict(_names(files.entries, "entry_id"))
    tally = Tally(truth)
    screened = sample(list(people), truth, size)
    for person in screened:
        for entry, names in entries.items():
            tally.add_pair(person, entry, max(_ratio(one, other) for one in people[person] for other in names) / 100)
    expected = tally.figures(list(people), screened)
    assert expected["pairs_at"]["0.5"] > expected["pairs_at"]["0.9"] > 0
    assert {name: report[name] for name in expected} == expected


def _names(path: Path, key: str) -> Iterator[tuple[str, list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts = [row["name"] or f"{row['given_names']} {row['family_name']}"]
            texts += f"{row['aliases']};{row.get('weak_aliases', '')}".split(";")
            yield row[key], [text for text in texts if text]


def _ratio(one: str, other: str) -> float:
    return fuzz.token_sort_ratio(one, other, processor=utils.default_process)
