"""`kstep screen`: what goes to stdout and to files, the exit code, and the same bytes each time."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from command_line import ENTRIES, PEOPLE, kstep, kstep_here, rows_of, small_files, write_rows

pytestmark = pytest.mark.usefixtures("cache")

FOUND = [("P-1", "E-1"), ("P-2", "E-2"), ("P-3", "E-3")]
SUMMARY = re.compile(r"kstep: 4 people, 16 comparisons, 3 possible matches, \d+\.\d s")

Capture = pytest.CaptureFixture[str]


def test_matches_go_to_stdout_and_everything_else_to_stderr(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    ended = kstep_here(capsys, "screen", people, "--list", argument)
    assert ended.code == 0
    assert [(row["person_id"], row["entry_id"]) for row in rows_of(ended.out)] == FOUND
    assert ended.told[0] == "kstep: building the index of table (4 entries) …"
    assert SUMMARY.fullmatch(ended.told[1])
    assert len(ended.told) == 2


def test_process_says_the_same_and_draws_no_progress_in_a_pipe(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    here = kstep_here(capsys, "screen", people, "--list", argument)
    ended = kstep("screen", people, "--list", argument)
    assert (ended.code, ended.out) == (here.code, here.out)
    assert len(ended.told) == 1
    assert SUMMARY.fullmatch(ended.told[0])


def test_no_match_is_done_too(tmp_path: Path, capsys: Capture) -> None:
    people = write_rows(tmp_path / "people.jsonl", PEOPLE[3:])
    ended = kstep_here(capsys, "screen", people, "--list", small_files(tmp_path)[1])
    assert ended.code == 0
    people = write_rows(tmp_path / "people.jsonl", PEOPLE[3:])
    ended = kstep_here(capsys, "screen", people, "--list", f"table={tmp_path / 'watch.jsonl'}")
    assert (ended.code, ended.out) == (0, "")
    assert ended.told[-1].startswith("kstep: 1 person, 4 comparisons, 0 possible matches, ")


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "html"])
def test_two_runs_give_the_same_bytes(tmp_path: Path, capsys: Capture, form: str) -> None:
    people, argument = small_files(tmp_path)
    write_rows(people, [*PEOPLE, {"person_id": "P-9", "name": "Ali"}])
    for name in ("first", "second"):
        ended = kstep_here(capsys, "screen", people, "--list", argument, "--format", form, "--out", tmp_path / name)
        assert (ended.code, ended.out) == (1, "")
        assert ended.told[-1] == f"kstep: all that needs attention is in {tmp_path / name}.attention.jsonl"
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert (tmp_path / "first.attention.jsonl").read_bytes() == (tmp_path / "second.attention.jsonl").read_bytes()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_stdout_has_the_bytes_of_the_file(tmp_path: Path, form: str) -> None:
    people, argument = small_files(tmp_path)
    options = ("screen", people, "--list", argument, "--format", form)
    written = kstep(*options, "--out", tmp_path / "matches")
    assert (written.code, written.out) == (0, "")
    assert kstep(*options).out == (tmp_path / "matches").read_text(encoding="utf-8")


def test_every_form_says_the_same(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    options = ("screen", people, "--list", argument)
    rows = rows_of(kstep_here(capsys, *options).out)
    table = csv.DictReader(io.StringIO(kstep_here(capsys, *options, "--format", "csv").out))
    assert [(row["person_id"], row["entry_id"], float(row["bits"])) for row in table] == [
        (row["person_id"], row["entry_id"], row["bits"]) for row in rows
    ]
    kstep_here(capsys, *options, "--format", "parquet", "--out", tmp_path / "matches.parquet")
    assert pl.read_parquet(tmp_path / "matches.parquet").to_dicts() == rows
    kstep_here(capsys, *options, "--format", "html", "--out", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<title>3 possible matches: people.jsonl against table</title>" in page
    assert all(row["entry_name"] in page for row in rows)
    assert "<dt>Time</dt>" not in page


@pytest.mark.parametrize(
    ("name", "begins"),
    [("m.jsonl", b"{"), ("m.csv", b'"person_id"'), ("m.CSV", b'"person_id"'), ("m.parquet", b"PAR1"),
     ("m.html", b"<!doctype html>"), ("matches", b"{"), ("m.txt", b"{")],
)  # fmt: skip
def test_form_is_that_of_the_outputs_name(tmp_path: Path, capsys: Capture, name: str, begins: bytes) -> None:
    people, argument = small_files(tmp_path)
    assert kstep_here(capsys, "screen", people, "--list", argument, "--out", tmp_path / name).code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    options = ("--format", "jsonl", "--out", tmp_path / name)
    assert kstep_here(capsys, "screen", people, "--list", argument, *options).code == 0
    assert (tmp_path / name).read_bytes().startswith(b"{")


def test_brute_force_gives_the_same_bytes(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    options = ("screen", people, "--list", argument, "--threshold", "0.00001")
    local, brute = (kstep_here(capsys, *options, "--engine", engine) for engine in ("local", "brute"))
    assert (local.code, local.out) == (brute.code, brute.out)
    assert len(local.told) == 2
    assert local.out.count("\n") > len(FOUND) - 1


@pytest.mark.parametrize(
    ("entries", "prior"),
    [(1, -9_966), (4_000, -11_966), (8_000, -12_966), (11_313, -12_966), (16_000, -14_633), (1_800_000, -26_302)],
)
def test_prior_is_that_of_the_nominal_list(tmp_path: Path, capsys: Capture, entries: int, prior: int) -> None:
    people, argument = small_files(tmp_path)
    usual = rows_of(kstep_here(capsys, "screen", people, "--list", argument).out)
    ended = kstep_here(
        capsys, "screen", people, "--list", argument, "--nominal-list", str(entries), "--threshold", "0.01"
    )
    told = f"kstep: so many entries have many matches by chance: the prior is {prior / 1000:.1f} bits; --nominal-list sets another"
    assert (told in ended.told) == (entries > 11_313)
    rows = rows_of(ended.out)
    assert {row["prior_bits"] for row in usual} == {-9.966}
    assert {row["prior_bits"] for row in rows} == {prior / 1000}
    assert _bits(usual).items() <= _bits(rows).items()
    for row in rows:
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -(row["bits"] + prior / 1000)), abs=1e-6)


def _bits(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    return {(row["person_id"], row["entry_id"]): row["bits"] for row in rows}


def test_weak_matches_are_shown_only_when_asked_for(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    write_rows(people, [*PEOPLE, {"person_id": "P-5", "name": "Tariq Osterhaal"}])
    default = rows_of(kstep_here(capsys, "screen", people, "--list", argument).out)
    asked = rows_of(kstep_here(capsys, "screen", people, "--list", argument, "--threshold", "0.000001").out)
    assert {row["band"] for row in default} == {"strong"}
    assert "weak" in {row["band"] for row in asked}
    assert [row for row in asked if row["band"] != "weak"] == default


def test_lists_of_one_kind_are_told_apart(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    other = write_rows(tmp_path / "other.jsonl", ENTRIES[:1])
    ended = kstep_here(capsys, "screen", people, "--list", argument, "--list", f"table={other}", "--list", argument)
    found = [(row["list"], row["entry_id"]) for row in rows_of(ended.out) if row["person_id"] == "P-1"]
    assert found == [("table:other", "E-1"), ("table:watch", "E-1"), ("table:watch:2", "E-1")]
    editions = {row["list"]: row["edition"] for row in rows_of(ended.out)}
    assert editions["table:watch"] == editions["table:watch:2"] != editions["table:other"]


def test_rows_that_share_an_id_are_screened_and_told(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    write_rows(people, [{**person, "person_id": "P-1"} for person in PEOPLE])
    ended = kstep_here(capsys, "screen", people, "--list", argument)
    assert ended.code == 1
    assert sorted((row["person_id"], row["entry_id"]) for row in rows_of(ended.out)) == [
        ("P-1", "E-1"), ("P-1", "E-2"), ("P-1", "E-3"),
    ]  # fmt: skip
    assert "kstep: attention: person_id shared: 1 (P-1: 4 rows have this person_id; each of them was screened)" in (
        ended.told
    )


def test_columns_that_are_dropped_are_named_and_need_no_attention(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    write_rows(people, [{**PEOPLE[0], "religion": "secret", "opinion": "secret"}])
    ended = kstep_here(capsys, "screen", people, "--list", argument, "--out", tmp_path / "report", "--format", "html")
    assert ended.code == 0
    assert "kstep: 2 columns are not declared and were dropped: religion, opinion" in ended.told
    assert "secret" not in (tmp_path / "report").read_text(encoding="utf-8")


def test_output_replaces_what_was_there(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    (tmp_path / "matches.jsonl").write_text("something longer than the matches\n" * 1000)
    kstep_here(capsys, "screen", people, "--list", argument, "--out", tmp_path / "matches.jsonl")
    assert len(rows_of((tmp_path / "matches.jsonl").read_text(encoding="utf-8"))) == 3


def test_pipe_as_output_is_refused_and_stays(tmp_path: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    ended = kstep_here(capsys, "screen", people, "--list", argument, "--out", tmp_path / "pipe")
    assert (ended.code, len(ended.told)) == (2, 1)
    assert (tmp_path / "pipe").is_fifo()


def test_bad_place_is_refused_before_anything_is_read(tmp_path: Path, capsys: Capture) -> None:
    ended = kstep_here(
        capsys, "screen", tmp_path / "gone.csv", "--list", f"un={tmp_path / 'gone.xml'}", "--out", tmp_path / "no" / "x"
    )
    assert ended.code == 2
    assert ended.told == [
        f"kstep: {tmp_path / 'no' / 'x'}: cannot be written (No such file or directory); choose another place with --out"
    ]


def test_bad_list_behind_a_good_one_is_told_alone(tmp_path: Path, capsys: Capture, cache: Path) -> None:
    people, argument = small_files(tmp_path)
    (tmp_path / "cut.xml").write_text('<CONSOLIDATED_LIST dateGenerated="2026-02-27"><INDIVIDUALS>')
    ended = kstep_here(capsys, "screen", people, "--list", argument, "--list", f"un={tmp_path / 'cut.xml'}")
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1)
    assert "cut.xml, line 1: is not whole XML" in ended.told[0]
    assert list(cache.glob("*.index")) == []
