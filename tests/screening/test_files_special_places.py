"""Pipes in place of lists, endings that say a form, and matches that never stand without their remarks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from command_line import small_files
from kstep.cli.app import run
from kstep.model import InputError
from kstep.screening.files import form_of
from kstep.screening.sources import open_lists, parse_sources


def test_list_that_is_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "watch.csv")
    with pytest.raises(InputError, match="is not an ordinary file; save it as a file"):
        open_lists(parse_sources([f"table={tmp_path / 'watch.csv'}"]))


@pytest.mark.parametrize(
    ("name", "form"),
    [("m.html", "html"), ("m.CSV", "csv"), ("m.parquet", "parquet"), ("m.jsonl", "jsonl"), ("m", "jsonl")],
)
def test_ending_of_the_output_says_its_form(name: str, form: str) -> None:
    assert form_of(Path(name)) == form


def test_matches_do_not_stand_without_their_remarks(tmp_path: Path) -> None:
    _, argument = small_files(tmp_path)
    people = tmp_path / "poor.csv"
    people.write_text("person_id,name\n1,Ali\n")
    (tmp_path / "matches.jsonl.attention.jsonl").mkdir()
    code = run(["screen", str(people), "--list", argument, "--out", str(tmp_path / "matches.jsonl")])
    assert code == 2
    assert not (tmp_path / "matches.jsonl").exists()
