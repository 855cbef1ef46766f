"""Writing people with planted matches: files of three kinds, and a truth that points at what is there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from kstep.model import Entry, Identity, InputError, Name
from kstep.synth import SyntheticPerson, people, write_people

LISTS = [
    (name, [Entry(f"{name}-{i}", Identity((Name.of_parts(f"Family{name}{i}", "Amin"),))) for i in range(40)])
    for name in ("un", "ofac-sdn")
]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_truth_points_at_people_and_entries_that_exist(tmp_path: Path) -> None:
    report = write_people(tmp_path / "people.csv", 2000, 1, lists=LISTS, planted_share=0.03)
    assert report.truth == tmp_path / "people.truth.csv"
    truth = rows(report.truth)
    assert len(truth) == report.planted == 60
    ids = {row["person_id"] for row in rows(report.path)}
    assert len(ids) == 2000
    assert {row["person_id"] for row in truth} <= ids and len({row["person_id"] for row in truth}) == 60
    entries = {(name, entry.entry_id) for name, found in LISTS for entry in found}
    named = [(row["list"], row["entry_id"]) for row in truth]
    assert set(named) <= entries
    assert len(set(named)) == 60, "no entry twice while there are others"
    assert all(row["corruptions"] for row in truth)
    assert sum(report.corruptions.values()) == sum(len(row["corruptions"].split(";")) for row in truth)


def test_only_the_identity_of_planted_people_differs(tmp_path: Path) -> None:
    report = write_people(tmp_path / "people.csv", 500, 1, lists=LISTS, planted_share=0.1)
    planted = {row["person_id"] for row in rows(tmp_path / "people.truth.csv")}
    for row, person in zip(rows(report.path), people(500, 1), strict=True):
        before = person._asdict()
        if row["person_id"] in planted:
            kept = ("person_id", "custody_place", "release_basis", "outcome", "office")
            assert all(row[field] == before[field] for field in kept)
        else:
            assert row == before


def test_at_least_one_person_is_planted_and_entries_come_again_when_all_were(tmp_path: Path) -> None:
    assert write_people(tmp_path / "few.csv", 50, 1, lists=LISTS, planted_share=0.0).planted == 1
    report = write_people(tmp_path / "many.csv", 200, 1, lists=LISTS[:1], planted_share=0.5)
    truth = rows(tmp_path / "many.truth.csv")
    assert report.planted == len(truth) == 100
    assert len({row["entry_id"] for row in truth}) == 40


def test_without_lists_there_is_no_truth(tmp_path: Path) -> None:
    report = write_people(tmp_path / "people.csv", 20, 1)
    assert report.truth is None and report.planted == 0
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_lists_without_entries_give_an_empty_truth(tmp_path: Path) -> None:
    report = write_people(tmp_path / "people.csv", 20, 1, lists=[("un", [])], truth=tmp_path / "answers.csv")
    assert report.planted == 0
    assert (tmp_path / "answers.csv").read_text() == "person_id,list,entry_id,corruptions\n"


def test_three_formats_hold_the_same_people(tmp_path: Path) -> None:
    for suffix in ("csv", "jsonl", "parquet"):
        write_people(tmp_path / f"people.{suffix}", 300, 9, lists=LISTS, planted_share=0.1)
    table = rows(tmp_path / "people.csv")
    assert list(table[0]) == list(SyntheticPerson._fields)
    frame = pl.read_parquet(tmp_path / "people.parquet").fill_null("")
    assert frame.to_dicts() == table
    lines = [json.loads(line) for line in (tmp_path / "people.jsonl").read_text(encoding="utf-8").splitlines()]
    joined = [
        {field: ";".join(value) if isinstance(value, list) else value for field, value in line.items()}
        for line in lines
    ]
    assert [{field: line.get(field, "") for field in SyntheticPerson._fields} for line in joined] == table
    truths = [(tmp_path / "people.truth.csv").read_bytes()]
    assert truths[0].count(b"\n") == 31
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "people.csv", "people.jsonl", "people.parquet", "people.truth.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "n", "share", "message"),
    [
        ("people.xlsx", 5, 0.1, "'.xlsx' is not a kind of people file; name it .csv, .jsonl or .parquet"),
        ("people", 5, 0.1, "'no suffix' is not a kind of people file; name it .csv, .jsonl or .parquet"),
        ("people.csv", -1, 0.1, "-1 is not a number of people; write 0 or more"),
        ("people.csv", 5, 1.5, "1.5 is not a share of the people; write a number from 0 to 1"),
        ("missing/people.csv", 5, 0.1, "cannot be written (No such file or directory); check the folder"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_message(
    tmp_path: Path, name: str, n: int, share: float, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        write_people(tmp_path / name, n, 1, lists=LISTS, planted_share=share)
    assert str(refused.value).removeprefix(f"{tmp_path / name}: ") == message
