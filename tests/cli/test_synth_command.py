"""`kstep synth`: made-up people and lists as files, the truth about what was planted, and the figures that it prints."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from command_line import kstep, kstep_here, small_files
from kstep.lists import read_list
from kstep.records import read_people

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_people_are_written_and_counted(tmp_path: Path, capsys: Capture, suffix: str) -> None:
    out = tmp_path / f"people.{suffix}"
    ended = kstep_here(capsys, "synth", "people", "--n", "50", "--seed", "3", "--out", out, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == {
        "path": str(out), "people": 50, "planted": 0, "truth": None, "corruptions": {},
    }  # fmt: skip
    made = read_people(out)
    assert (len(made.people), made.errors, made.refused, made.shared_ids) == (50, (), (), {})
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_figures_are_told_to_people_too(tmp_path: Path, capsys: Capture) -> None:
    ended = kstep_here(capsys, "synth", "people", "--n", "1200", "--out", tmp_path / "people.csv")
    assert ended.out.splitlines() == [f"path      {tmp_path / 'people.csv'}", "people    1,200", "planted   0"]


def test_seed_decides_everything(tmp_path: Path, capsys: Capture) -> None:
    for name, seed in (("a.csv", "7"), ("b.csv", "7"), ("c.csv", "8")):
        kstep_here(capsys, "synth", "people", "--n", "30", "--seed", seed, "--out", tmp_path / name)
    first, second, other = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert first == second != other


def test_common_given_names_are_asked_for(tmp_path: Path, capsys: Capture) -> None:
    out, carried = tmp_path / "made.csv", []
    for more in ((), ("--common", "0.35")):
        assert kstep_here(capsys, "synth", "people", "--n", "4000", "--out", out, *more).code == 0
        with out.open(encoding="utf-8", newline="") as rows:
            given = [row["given_names"].split()[0].lower() for row in csv.DictReader(rows) if row["given_names"]]
        carried.append(sum(count for _, count in Counter(given).most_common(10)) / len(given))
    assert 0.1 < carried[0] < 0.16 and 0.32 < carried[1] < 0.38


def test_planted_people_are_in_the_truth(tmp_path: Path, capsys: Capture) -> None:
    argument = small_files(tmp_path)[1]
    out = tmp_path / "made.csv"
    ended = kstep_here(
        capsys, "synth", "people", "--n", "40", "--out", out, "--list", argument, "--planted", "0.1", "--json"
    )
    figures = json.loads(ended.out)
    with (tmp_path / "made.truth.csv").open(encoding="utf-8", newline="") as rows:
        truth = list(csv.DictReader(rows))
    assert (ended.code, figures["planted"], figures["truth"]) == (0, 4, str(tmp_path / "made.truth.csv"))
    assert {row["list"] for row in truth} == {"table"}
    assert {row["entry_id"] for row in truth} == {"E-1", "E-2", "E-3", "E-4"}
    assert {row["person_id"] for row in truth} <= {person.person_id for person in read_people(out).people}
    assert sum(figures["corruptions"].values()) == sum(row["corruptions"].count(";") + 1 for row in truth)


def test_lists_of_one_kind_have_the_labels_of_a_run_in_the_truth(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a.csv", "b.csv"):
        kstep_here(capsys, "synth", "list", "--kind", "table", "--n", "2", "--out", tmp_path / name)
    lists = ("--list", f"table={tmp_path / 'a.csv'}", "--list", f"table={tmp_path / 'b.csv'}")
    kstep_here(capsys, "synth", "people", "--n", "20", "--out", tmp_path / "p.csv", *lists, "--planted", "0.2")
    with (tmp_path / "p.truth.csv").open(encoding="utf-8", newline="") as rows:
        assert {row["list"] for row in csv.DictReader(rows)} == {"table:a", "table:b"}


@pytest.mark.parametrize(("kind", "name"), [("table", "own.csv"), ("un", "un.xml"), ("ofac-sdn", "sdn")])
def test_lists_are_written_in_the_publishers_form(tmp_path: Path, capsys: Capture, kind: str, name: str) -> None:
    out = tmp_path / name
    ended = kstep_here(capsys, "synth", "list", "--kind", kind, "--n", "25", "--seed", "2", "--out", out, "--json")
    figures = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    edition = read_list(kind, out)
    assert figures == {"path": str(out), "kind": kind, "people": 25, "others": figures["others"]}
    assert len(edition.entries) == 25
    assert len(edition.left_out) == figures["others"]
    assert (figures["others"] > 0) == (kind != "table")


def test_process_writes_to_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kstep("synth", "list", "--n", "3").code == 0
    assert kstep("synth", "people", "--n", "3", "--list", "table=list.csv").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "people.csv", "people.truth.csv"]
