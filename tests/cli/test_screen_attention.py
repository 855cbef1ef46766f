"""`kstep screen` when something needs attention: told and counted on stderr, named beside the output, exit code 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from command_line import ENTRIES, PEOPLE, kstep_here, rows_of, write_rows

pytestmark = pytest.mark.usefixtures("cache")

Capture = pytest.CaptureFixture[str]
Rows = tuple[dict[str, Any], ...]

BAD_FIELDS: Rows = (
    {"person_id": "P-5", "name": "Oksana Brastova Velorin Kandelaru", "birth_date": "1980-02-31"},
    {"person_id": "P-6", "name": "Nino Gvelashuri", "sex": "Q", "nationality": "QQ", "birth_date": "1980"},
)
NOT_JSON = "this is no JSON"


def screened(folder: Path, capsys: Capture, people: Rows, entries: Rows = ENTRIES) -> tuple[int, list[str], list[Any]]:
    """Exit code, the lines of attention on stderr, and the rows of the file beside the output."""
    write_rows(folder / "people.jsonl", people)
    write_rows(folder / "watch.jsonl", entries)
    out = folder / "matches.jsonl"
    ended = kstep_here(
        capsys, "screen", folder / "people.jsonl", "--list", f"table={folder / 'watch.jsonl'}", "--out", out
    )
    beside = folder / "matches.jsonl.attention.jsonl"
    pointed_at = f"kstep: all that needs attention is in {beside}"
    assert (pointed_at in ended.told) == beside.exists()
    told = [line.removeprefix("kstep: attention: ") for line in ended.told if "attention: " in line]
    return ended.code, told, rows_of(beside.read_text(encoding="utf-8")) if beside.exists() else []


def test_bad_fields_are_counted_and_named(tmp_path: Path, capsys: Capture) -> None:
    code, told, rows = screened(tmp_path, capsys, PEOPLE + BAD_FIELDS)
    assert code == 1
    assert told == ["field not read: 3 (line 5, birth_date P-5: there is no date …, …)"]
    assert [(row["where"], row["record"]) for row in rows] == [
        ("line 5, birth_date", "P-5"), ("line 6, sex", "P-6"), ("line 6, nationality", "P-6"),
    ]  # fmt: skip


def test_refused_rows_are_counted_and_named(tmp_path: Path, capsys: Capture) -> None:
    code, told, rows = screened(tmp_path, capsys, ({"name": "Without Id"}, *PEOPLE, {"person_id": ["a", "b"]}))
    assert code == 1
    assert told[0].startswith("row refused: 2 (line 1, person_id: has no person_id; give every row an id, …")
    assert [(row["what"], row["where"]) for row in rows] == [
        ("row refused", "line 1, person_id"), ("row refused", "line 6, person_id"),
    ]  # fmt: skip


def test_line_that_is_no_row_is_refused_and_the_others_screened(tmp_path: Path, capsys: Capture) -> None:
    write_rows(tmp_path / "people.jsonl", PEOPLE)
    with (tmp_path / "people.jsonl").open("a") as rows:
        rows.write(NOT_JSON + "\n")
    watch = write_rows(tmp_path / "watch.jsonl", ENTRIES)
    ended = kstep_here(capsys, "screen", tmp_path / "people.jsonl", "--list", f"table={watch}")
    assert ended.code == 1
    assert len(rows_of(ended.out)) == 3
    assert ended.told[-2].startswith("kstep: attention: row refused: 1 (line 5: is not JSON")
    assert ended.told[-1] == "kstep: --out FILE has all of them written beside it"


def test_people_too_poor_to_screen_are_counted_and_named(tmp_path: Path, capsys: Capture) -> None:
    poor = tuple({"person_id": f"poor-{number}", "name": "Ali"} for number in range(7))
    code, told, rows = screened(tmp_path, capsys, PEOPLE + poor)
    assert code == 1
    assert told == [
        "person too poor to screen: 7 (poor-0: even a perfect copy of this record would stay below 0.5: it needs a "
        "fuller name or a birth date, …)"
    ]
    assert [row["record"] for row in rows] == [person["person_id"] for person in poor]


def test_entries_too_poor_to_be_found_are_counted_and_named(tmp_path: Path, capsys: Capture) -> None:
    code, told, rows = screened(tmp_path, capsys, PEOPLE, (*ENTRIES, {"entry_id": "E-5", "name": "Li"}))
    assert code == 1
    assert told == ["entry too poor to be found: 1 (table E-5: even a perfect copy of this entry would stay below 0.5)"]
    assert [(row["what"], row["where"], row["record"]) for row in rows] == [
        ("entry too poor to be found", "table", "E-5")
    ]


def test_what_was_left_out_of_a_list_is_counted_by_record(tmp_path: Path, capsys: Capture) -> None:
    twice = tuple({**entry, "name": "Another"} for entry in ENTRIES[:3])
    dated: Rows = ({"entry_id": "E-5", "name": "Noam Ben-Teviel", "birth_date": "1980-13"},)
    code, told, rows = screened(tmp_path, capsys, PEOPLE, ENTRIES + twice + dated)
    assert code == 1
    assert told == ["left out of the list: 4 (table: 3 × duplicate id; `kstep lists inspect` names each, …)"]
    assert [row["message"] for row in rows] == [
        "3 × duplicate id; `kstep lists inspect` names each", "1 × unreadable date; `kstep lists inspect` names each",
    ]  # fmt: skip


def test_column_that_is_named_amiss_is_not_passed_over(tmp_path: Path, capsys: Capture) -> None:
    misnamed = tuple({**person, "DOB": person["birth_date"], "birth_date": ""} for person in PEOPLE)
    code, told, rows = screened(tmp_path, capsys, misnamed)
    assert code == 1
    assert any(line.startswith("column not read: 1 (dob: looks like birth_date and was dropped") for line in told)
    assert [row["record"] for row in rows if row["what"] == "column not read"] == ["dob"]


def test_nobody_to_screen_is_not_passed_over(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "people.csv").write_text("person_id,name\n")
    watch = write_rows(tmp_path / "watch.jsonl", ENTRIES)
    ended = kstep_here(capsys, "screen", tmp_path / "people.csv", "--list", f"table={watch}")
    assert (ended.code, ended.out) == (1, "")
    assert "kstep: there are no rows" in ended.told
    assert "kstep: attention: nobody to screen: 1 (the file of people holds nobody)" in ended.told


def test_empty_list_is_not_passed_over(tmp_path: Path, capsys: Capture) -> None:
    people = write_rows(tmp_path / "people.jsonl", PEOPLE)
    (tmp_path / "watch.csv").write_text("entry_id,name\n")
    ended = kstep_here(capsys, "screen", people, "--list", f"table={tmp_path / 'watch.csv'}")
    assert (ended.code, ended.out) == (1, "")
    assert "kstep: attention: empty list: 1 (table: nobody is on it)" in ended.told


def test_file_beside_goes_when_everything_was_mended(tmp_path: Path, capsys: Capture) -> None:
    assert screened(tmp_path, capsys, PEOPLE + BAD_FIELDS)[0] == 1
    assert screened(tmp_path, capsys, PEOPLE) == (0, [], [])
    assert not (tmp_path / "matches.jsonl.attention.jsonl").exists()


def test_hostile_texts_reach_no_terminal_raw(tmp_path: Path, capsys: Capture) -> None:
    people: Rows = (
        {"person_id": "\x1b[31mP\x9b-1[red]", "name": "Tariq \x1b]0;owned\x07 Qasrawan", "birth_date": "\x1b[2J"},
        {"person_id": "\u202eP-2", "name": "Ali", "\x1b[2Jcolumn": "x"},
    )
    write_rows(tmp_path / "people.jsonl", people)
    watch = write_rows(tmp_path / "watch.ftm.json", [
        {"id": "\x1b[31mQ-1", "schema": "Person", "properties": {"name": ["Li"], "birthDate": ["\x1b[2J"]}},
        {"id": "Q\x9b2", "schema": "Person", "properties": {"name": ["\x1b[31m"]}},
    ])  # fmt: skip
    ended = kstep_here(capsys, "screen", tmp_path / "people.jsonl", "--list", f"ftm={watch}")
    assert ended.code == 1
    assert "P-1[red]" in ended.err
    assert [line for line in ended.told if not line.isprintable()] == []
