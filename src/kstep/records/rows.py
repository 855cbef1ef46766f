"""A file to its rows, by the format that its name promises. A file that cannot be read to its end is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from kstep.model import InputError
from kstep.records.columns import Columns, Undeclared
from kstep.records.csv_rows import csv_rows
from kstep.records.jsonl_rows import jsonl_rows
from kstep.records.lines import text_lines
from kstep.records.row import Row

TEXT_ROWS = {".csv": csv_rows, ".jsonl": jsonl_rows, ".ndjson": jsonl_rows}
PARQUET = ".parquet"
GZIP = ".gz"


def format_of(path: Path) -> str:
    """The ending of a file's name that says its format, as `.csv` or `.jsonl.gz`. Raises `InputError` for others."""
    name = path.name.lower()
    for ending in (*TEXT_ROWS, *(ending + GZIP for ending in TEXT_ROWS), PARQUET):
        if name.endswith(ending):
            return ending
    if path.is_dir():
        raise InputError("is a directory", where=str(path), mend="name the file")
    if name.endswith((".xlsx", ".xls", ".ods")):
        raise InputError(
            "is a spreadsheet", where=str(path), mend="save it as CSV (UTF-8, with commas) and name that file"
        )
    raise InputError("has a name that says no format", where=str(path), mend="name it .csv, .jsonl or .parquet")


def place_word(path: Path) -> str:
    """What `Row.line` counts in this file: lines of a text, rows of a Parquet file."""
    return "row" if format_of(path) == PARQUET else "line"


def read_rows(path: Path, columns: Columns, undeclared: Undeclared, content: bytes | None = None) -> Iterator[Row]:
    """Each row of the file at `path`, in its order, blank lines left out.

    `content` is the file's bytes if they were read before. Columns that are not in `columns` go to `undeclared`, which
    is complete when the rows are. Raises `InputError` at any row for a file that cannot be read to its end.
    """
    ending = format_of(path)
    try:
        with path.open("rb") if content is None else io.BytesIO(content) as file:
            if ending == PARQUET:
                from kstep.records.parquet_rows import parquet_rows

                yield from parquet_rows(path, content, columns, undeclared)
            else:
                lines = text_lines(file, path, compressed=ending.endswith(GZIP))
                yield from TEXT_ROWS[ending.removesuffix(GZIP)](lines, path, columns, undeclared)
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=str(path), mend="check that it is a readable file"
        ) from None
