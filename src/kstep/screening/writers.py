"""Possible matches as files: JSON lines, CSV, Parquet. The same matches give the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

FORMATS = ("jsonl", "csv", "parquet", "html")

COLUMNS = (
    "person_id", "list", "edition", "entry_id", "entry_name", "matched_name", "matched_entry_name", "probability", "bits",
    "prior_bits", "band", "evidence", "engine",
)  # fmt: skip


_STEERING = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))}
"""Controls that JSON leaves as they are, line separators and direction overrides, as JSON escapes them."""


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON, readable in every script, in which nothing can steer a terminal."""
    separators = None if indent else (",", ":")
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators).translate(_STEERING)


def write_jsonl(rows: Iterable[Mapping[str, Any]], out: IO[str]) -> None:
    """One JSON object a line."""
    for row in rows:
        out.write(json_text(row) + "\n")


def write_csv(rows: Iterable[Mapping[str, Any]], out: IO[str]) -> None:
    """A header and a row a match; evidence is JSON. A cell that a spreadsheet would run as a formula is quoted with
    `'`.
    """
    # Texts are always quoted, because Python leaves a lone carriage return bare, which readers take for the row's end.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(column, row[column]) for column in COLUMNS])


def _cell(column: str, value: Any) -> Any:
    if column == "evidence":
        return json_text(value)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def write_parquet(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """A Parquet file; evidence is a list of structs."""
    import polars as pl

    text = dict.fromkeys(("field", "person", "entry", "relation"), pl.String)
    evidence = pl.List(pl.Struct({**text, "bits": pl.Float64}))
    numbers = dict.fromkeys(("probability", "bits", "prior_bits"), pl.Float64)
    schema = {column: numbers.get(column, pl.String) for column in COLUMNS} | {"evidence": evidence}
    pl.DataFrame(list(rows), schema=schema).write_parquet(path)
