"""Possible matches as JSON lines, CSV and Parquet: every form says the same, and hostile text stays text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kstep.screening.writers import COLUMNS, json_text, write_csv, write_jsonl, write_parquet

HOSTILE = [
    '"; DROP TABLE people; --', "a\nb\r\nc", "comma, semicolon; tab\t", "\x1b[31mred\x1b[0m", "قصروان\u202e", "\u2028",
    "'quoted'", '"', "", " = 1", "名前", "\U0001f9ff",
]  # fmt: skip
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']


def row(name: str = "Tariq Qasrawan", **changes: Any) -> dict[str, Any]:
    """A possible match of which every text is `name`."""
    evidence = [{"field": "name", "person": name, "entry": name, "relation": "same", "bits": 27.076}]
    fields: dict[str, Any] = dict.fromkeys(COLUMNS, name)
    numbers = {"probability": 0.972, "bits": 27.076, "prior_bits": -21.932}
    return {**fields, **numbers, "evidence": evidence, **changes}


def as_csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    write_csv(rows, out)
    return out.getvalue()


def as_jsonl(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    write_jsonl(rows, out)
    return out.getvalue()


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS])
def test_json_lines_give_back_what_was_written(text: str) -> None:
    written = as_jsonl([row(text), row()])
    assert written.count("\n") == 2
    assert written.endswith("\n")
    assert [json.loads(line) for line in written.split("\n")[:-1]] == [row(text), row()]


@pytest.mark.parametrize("indent", [None, 2])
def test_json_cannot_steer_a_terminal(indent: int | None) -> None:
    steering = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))))
    written = json_text([steering], indent)
    assert written.replace("\n", "").isprintable()
    assert json.loads(written) == [steering]


def test_json_lines_keep_every_script_readable() -> None:
    assert "قصروان" in as_jsonl([row("قصروان")])


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_gives_back_what_was_written(text: str) -> None:
    header, first, second = csv.reader(io.StringIO(as_csv([row(text), row()]), newline=""))
    assert tuple(header) == COLUMNS
    expected = [json_text(value) if name == "evidence" else str(value) for name, value in row(text).items()]
    assert first == expected
    assert len(second) == len(COLUMNS)


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_cell_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    _, cells = csv.reader(io.StringIO(as_csv([row(text)]), newline=""))
    by_column = dict(zip(COLUMNS, cells, strict=True))
    texts = set(COLUMNS) - {"evidence", "probability", "bits", "prior_bits"}
    assert {by_column[column] for column in texts} == {"'" + text}
    assert json.loads(by_column["evidence"])[0]["person"] == text


def test_csv_numbers_are_not_quoted() -> None:
    _, cells = csv.reader(io.StringIO(as_csv([row()]), newline=""))
    assert float(dict(zip(COLUMNS, cells, strict=True))["prior_bits"]) == -21.932


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS])
def test_parquet_gives_back_what_was_written(tmp_path: Path, text: str) -> None:
    write_parquet([row(text), row()], tmp_path / "matches.parquet")
    assert pl.read_parquet(tmp_path / "matches.parquet").to_dicts() == [row(text), row()]


def test_parquet_has_the_same_columns_with_and_without_matches(tmp_path: Path) -> None:
    write_parquet([row()], tmp_path / "some.parquet")
    write_parquet([], tmp_path / "none.parquet")
    some, none = (pl.read_parquet_schema(tmp_path / f"{name}.parquet") for name in ("some", "none"))
    assert tuple(some) == COLUMNS
    assert some == none
    assert {str(some[name]) for name in ("probability", "bits", "prior_bits")} == {"Float64"}
    evidence = some["evidence"]
    assert isinstance(evidence, pl.List)
    assert evidence.inner == pl.Struct(
        {"field": pl.String, "person": pl.String, "entry": pl.String, "relation": pl.String, "bits": pl.Float64}
    )


def test_no_matches_are_an_empty_file_and_a_header() -> None:
    assert as_jsonl([]) == ""
    assert as_csv([]) == ",".join(f'"{column}"' for column in COLUMNS) + "\n"
